//! The words of the cards that show what quantization does.

use super::super::format;

pub(in crate::app) const LINE: &str = "Weights on a grid of integers";
pub(in crate::app) const LINE_ABOUT: &str = "Quantization puts each weight on the nearest of a few values, evenly spaced: integer minus zero point, times the scale. A wide grid rounds coarsely; a narrow one clips what lies beyond its ends. Move the grid, and see what each costs.";
pub(in crate::app) const LINE_EXAMPLE: &str =
    "These are 10,000 bell-shaped weights, as an example. After a run, the weights of its networks stand here.";
pub(in crate::app) const LINE_WAIT: &str = "The weights are on their way.";
pub(in crate::app) const BITS: &str = "Bits";
pub(in crate::app) const SCALE: &str = "Scale";
pub(in crate::app) const ZERO_POINT: &str = "Zero point";
pub(in crate::app) const BEST: &str = "Back to the least error";
pub(in crate::app) const IS_BEST: &str = "this is the grid of least squared error";
pub(in crate::app) const MSE: &str = "Mean squared error";
pub(in crate::app) const SQNR: &str = "Signal to quantization noise";
pub(in crate::app) const CLIPPED: &str = "Weights clipped";
pub(in crate::app) const SPLIT: &str = "The error is";

pub(in crate::app) fn line_label(bits: u32, clipped: f64) -> String {
    format!(
        "Histogram of weights under a grid of {} integers; {} of the weights lie beyond its ends",
        1u32 << bits,
        format::percent(clipped)
    )
}

/// `23.4 dB`
pub(in crate::app) fn decibels(decibels: Option<f64>) -> String {
    decibels.map_or("no error".into(), |db| format!("{}\u{a0}dB", format::fixed(db, 1)))
}

pub(in crate::app) fn split(clipping: f64) -> String {
    format!("{} rounding, {} clipping", format::short_percent(1.0 - clipping), format::short_percent(clipping))
}

pub(in crate::app) fn line_note(zeros: u32) -> String {
    let removed = match zeros {
        0 => String::new(),
        n => format!(" {} weights are exactly zero, are not drawn, and are counted in the figures.", format::count(n.into())),
    };
    format!(
        "The figures are computed from a histogram of 4,096 bins, with one scale for the whole layer; a quantized network may have one for each unit. Each further bit is worth about 6 dB.{removed}"
    )
}
