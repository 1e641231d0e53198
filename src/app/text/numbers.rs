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
        n => format!(
            " {} weights are exactly zero, are not drawn, and are counted in the figures.",
            format::count(n.into())
        ),
    };
    format!(
        "The figures are computed from a histogram of 4,096 bins, with one scale for the whole layer; a quantized network may have one for each unit. Each further bit is worth about 6 dB.{removed}"
    )
}

pub(in crate::app) const OVERFLOW: &str = "Why sums take 32 bits";
pub(in crate::app) const OVERFLOW_ABOUT: &str = "A product of two 8-bit integers takes 15 bits and a sign, and a sum of n products takes log2(n) bits more. So a layer with 784 inputs wants up to 25 bits, and in 32 bits no sum of fewer than 131,072 products can overflow.";
pub(in crate::app) const TERMS: &str = "Products to add";
pub(in crate::app) const INPUTS: &str = "Inputs up to";
pub(in crate::app) const FACTORS: &str = "Weights up to";
pub(in crate::app) const LARGEST: &str = "Largest values";
pub(in crate::app) const DRAWN: &str = "Random values";
pub(in crate::app) const OVERFLOW_TABLE: &str = "Sums step by step";
pub(in crate::app) const STEP: &str = "Step";
pub(in crate::app) const PRODUCT: &str = "Input × weight";
pub(in crate::app) const OVERFLOWS: &str = "overflows";

pub(in crate::app) fn sum_in(bits: u32) -> String {
    format!("Sum in {bits} bits")
}

/// At which step sums in 8, 16 and 32 bits first overflow, counted from 0.
pub(in crate::app) fn overflows(first: [Option<usize>; 3]) -> String {
    let when = |first: Option<usize>| {
        first.map_or("does not overflow".into(), |at| format!("first overflows at step {}", at + 1))
    };
    format!("In 8 bits the sum {}, in 16 bits it {}, in 32 bits it {}.", when(first[0]), when(first[1]), when(first[2]))
}

pub(in crate::app) const NOISE: &str = "Which layer does quantization hurt?";
pub(in crate::app) const NOISE_ABOUT: &str = "The quantized network and the float network that it came from are shown the same 256 validation samples, and what each layer leaves is compared. The more decibels, the less noise: 20 dB is a tenth of the signal, 40 dB a hundredth. The layer at which the activations lose most is the one to give more bits.";
pub(in crate::app) const NOISE_UNDER_WAY: &str = "Comparing…";
pub(in crate::app) const NOISE_WEIGHTS: &str = "Weights";
pub(in crate::app) const NOISE_ACTIVATIONS: &str = "Activations";
pub(in crate::app) const NOISE_RANGE: &str = "Range of activations";
pub(in crate::app) const NOISE_GRID: &str = "Range of their grid";
pub(in crate::app) const NOISE_NOTE: &str = "Signal to quantization noise; bars are full at 50 dB. Noise of earlier layers is handed on to later ones. Where a step trained the network further, or evened out its channels (equalization), the difference counts as noise too.";
pub(in crate::app) const FLOATS: &str = "floats";

pub(in crate::app) fn compare_with(float: &str) -> String {
    format!("Compare with \"{float}\"")
}

pub(in crate::app) fn clipped(share: f64) -> String {
    format!(", {} clipped", format::percent(share))
}

/// `−1.2 to 3.4`
pub(in crate::app) fn span(low: f32, high: f32) -> String {
    let write = |value: f32| format::significant(value.into(), 3).replace('-', "−");
    format!("{} to {}", write(low), write(high))
}

pub(in crate::app) fn step(scale: f32) -> String {
    format!("in steps of {}", format::significant(scale.into(), 3))
}

pub(in crate::app) const LANDSCAPE: &str = "The landscape of the loss";
pub(in crate::app) const LANDSCAPE_ABOUT: &str = "The loss on training samples around the trained network, which stands in the middle: its weights are moved along two random directions, each as long, filter by filter, as the filter itself (Li et al. 2018). On the second plane every weight is then put on the nearest integer. With few bits the valley breaks up into steps, on which training by gradients has nothing to go by.";
pub(in crate::app) const DRAW_LANDSCAPE: &str = "Draw the landscape";
pub(in crate::app) const LANDSCAPE_UNDER_WAY: &str = "Drawing, row by row…";
pub(in crate::app) const ALONG: &str = "Along the first direction, through the network";
pub(in crate::app) const ALONG_CHART: &str =
    "Loss along the first direction through the trained network, in floats and with quantized weights";
pub(in crate::app) const DOWN: &str = "Step along the second direction";
pub(in crate::app) const ACROSS: &str = "Step along the first direction";
pub(in crate::app) const DIRECTION: &str = "step along the direction";

pub(in crate::app) fn in_floats() -> String {
    "in floats".into()
}

pub(in crate::app) fn in_bits(bits: u32) -> String {
    if bits == 1 { "weights of 1 bit".into() } else { format!("weights of {bits} bits") }
}

pub(in crate::app) fn plane(title: &str, low: f64, high: f64) -> String {
    format!("Loss {title}: from {} to {}", format::significant(low, 3), format::significant(high, 3))
}

pub(in crate::app) fn loss(value: f64) -> String {
    format!("loss {}", format::significant(value, 3))
}

pub(in crate::app) fn landscape_note(side: usize, samples: usize) -> String {
    format!(
        "{side} by {side} points, {samples} training samples each. Both planes share one scale of colours, even steps of the loss's logarithm."
    )
}
