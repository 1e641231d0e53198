//! The words of the cards that show what quantization does.

use super::super::format;
use crate::app::language::Text;

pub(in crate::app) const LINE: Text = Text("Weights on a grid of integers");
pub(in crate::app) const LINE_ABOUT: Text = Text(
    "Quantization puts each weight on the nearest of a few values, evenly spaced: integer minus zero point, times the scale. A wide grid rounds coarsely; a narrow one clips what lies beyond its ends. Move the grid, and see what each costs.",
);
pub(in crate::app) const LINE_EXAMPLE: Text =
    Text("These are 10,000 bell-shaped weights, as an example. After a run, the weights of its networks stand here.");
pub(in crate::app) const LINE_WAIT: Text = Text("The weights are on their way.");
pub(in crate::app) const BITS: Text = Text("Bits");
pub(in crate::app) const SCALE: Text = Text("Scale");
pub(in crate::app) const ZERO_POINT: Text = Text("Zero point");
pub(in crate::app) const BEST: Text = Text("Back to the least error");
pub(in crate::app) const IS_BEST: Text = Text("this is the grid of least squared error");
pub(in crate::app) const MSE: Text = Text("Mean squared error");
pub(in crate::app) const SQNR: Text = Text("Signal to quantization noise");
pub(in crate::app) const CLIPPED: Text = Text("Weights clipped");
pub(in crate::app) const SPLIT: Text = Text("The error is");

pub(in crate::app) fn line_label(bits: u32, clipped: f64) -> String {
    Text("Histogram of weights under a grid of {} integers; {} of the weights lie beyond its ends")
        .with(&[&(1u32 << bits), &format::percent(clipped)])
}

/// `23.4 dB`
pub(in crate::app) fn decibels(decibels: Option<f64>) -> String {
    decibels.map_or(Text("no error").into(), |db| Text("{}\u{a0}dB").with(&[&format::fixed(db, 1)]))
}

pub(in crate::app) fn split(clipping: f64) -> String {
    Text("{} rounding, {} clipping").with(&[&format::short_percent(1.0 - clipping), &format::short_percent(clipping)])
}

pub(in crate::app) fn line_note(zeros: u32) -> String {
    let removed = match zeros {
        0 => String::new(),
        n => Text(" {} weights are exactly zero, are not drawn, and are counted in the figures.")
            .with(&[&format::count(n.into())]),
    };
    Text("The figures are computed from a histogram of 4,096 bins, with one scale for the whole layer; a quantized network may have one for each unit. Each further bit is worth about 6 dB.{removed}").with(&[&removed])
}

pub(in crate::app) const OVERFLOW: Text = Text("Why sums take 32 bits");
pub(in crate::app) const OVERFLOW_ABOUT: Text = Text(
    "A product of two 8-bit integers takes 15 bits and a sign, and a sum of n products takes log2(n) bits more. So a layer with 784 inputs wants up to 25 bits, and in 32 bits no sum of fewer than 131,072 products can overflow.",
);
pub(in crate::app) const TERMS: Text = Text("Products to add");
pub(in crate::app) const INPUTS: Text = Text("Inputs up to");
pub(in crate::app) const FACTORS: Text = Text("Weights up to");
pub(in crate::app) const LARGEST: Text = Text("Largest values");
pub(in crate::app) const DRAWN: Text = Text("Random values");
pub(in crate::app) const OVERFLOW_TABLE: Text = Text("Sums step by step");
pub(in crate::app) const STEP: Text = Text("Step");
pub(in crate::app) const PRODUCT: Text = Text("Input × weight");
pub(in crate::app) const OVERFLOWS: Text = Text("overflows");

pub(in crate::app) fn sum_in(bits: u32) -> String {
    Text("Sum in {bits} bits").with(&[&bits])
}

/// At which step sums in 8, 16 and 32 bits first overflow, counted from 0.
pub(in crate::app) fn overflows(first: [Option<usize>; 3]) -> String {
    let when = |first: Option<usize>| {
        first.map_or(Text("does not overflow").into(), |at| Text("first overflows at step {}").with(&[&(at + 1)]))
    };
    Text("In 8 bits the sum {}, in 16 bits it {}, in 32 bits it {}.").with(&[
        &when(first[0]),
        &when(first[1]),
        &when(first[2]),
    ])
}

pub(in crate::app) const NOISE: Text = Text("Which layer does quantization hurt?");
pub(in crate::app) const NOISE_ABOUT: Text = Text(
    "The quantized network and the float network that it came from are shown the same 256 validation samples, and what each layer leaves is compared. The more decibels, the less noise: 20 dB is a tenth of the signal, 40 dB a hundredth. The layer at which the activations lose most is the one to give more bits.",
);
pub(in crate::app) const NOISE_UNDER_WAY: Text = Text("Comparing…");
pub(in crate::app) const NOISE_WEIGHTS: Text = Text("Weights");
pub(in crate::app) const NOISE_ACTIVATIONS: Text = Text("Activations");
pub(in crate::app) const NOISE_RANGE: Text = Text("Range of activations");
pub(in crate::app) const NOISE_GRID: Text = Text("Range of their grid");
pub(in crate::app) const NOISE_NOTE: Text = Text(
    "Signal to quantization noise; bars are full at 50 dB. Noise of earlier layers is handed on to later ones. Where a step trained the network further, or evened out its channels (equalization), the difference counts as noise too.",
);
pub(in crate::app) const FLOATS: Text = Text("floats");

pub(in crate::app) fn compare_with(float: &str) -> String {
    Text("Compare with \"{float}\"").with(&[&float])
}

pub(in crate::app) fn clipped(share: f64) -> String {
    Text(", {} clipped").with(&[&format::percent(share)])
}

/// `−1.2 to 3.4`
pub(in crate::app) fn span(low: f32, high: f32) -> String {
    let write = |value: f32| format::significant(value.into(), 3).replace('-', "−");
    Text("{} to {}").with(&[&write(low), &write(high)])
}

pub(in crate::app) fn step(scale: f32) -> String {
    Text("in steps of {}").with(&[&format::significant(scale.into(), 3)])
}

pub(in crate::app) const LANDSCAPE: Text = Text("The landscape of the loss");
pub(in crate::app) const LANDSCAPE_ABOUT: Text = Text(
    "The loss on training samples around the trained network, which stands in the middle: its weights are moved along two random directions, each as long, filter by filter, as the filter itself (Li et al. 2018). On the second plane every weight is then put on the nearest integer. With few bits the valley breaks up into steps, on which training by gradients has nothing to go by.",
);
pub(in crate::app) const DRAW_LANDSCAPE: Text = Text("Draw the landscape");
pub(in crate::app) const LANDSCAPE_UNDER_WAY: Text = Text("Drawing, row by row…");
pub(in crate::app) const ALONG: Text = Text("Along the first direction, through the network");
pub(in crate::app) const ALONG_CHART: Text =
    Text("Loss along the first direction through the trained network, in floats and with quantized weights");
pub(in crate::app) const DOWN: Text = Text("Step along the second direction");
pub(in crate::app) const ACROSS: Text = Text("Step along the first direction");
pub(in crate::app) const DIRECTION: Text = Text("step along the direction");

pub(in crate::app) fn in_floats() -> String {
    Text("in floats").into()
}

pub(in crate::app) fn in_bits(bits: u32) -> String {
    if bits == 1 { Text("weights of 1 bit").into() } else { Text("weights of {bits} bits").with(&[&bits]) }
}

pub(in crate::app) fn plane(title: &str, low: f64, high: f64) -> String {
    Text("Loss {title}: from {} to {}").with(&[&title, &format::significant(low, 3), &format::significant(high, 3)])
}

pub(in crate::app) fn loss(value: f64) -> String {
    Text("loss {}").with(&[&format::significant(value, 3)])
}

pub(in crate::app) fn landscape_note(side: usize, samples: usize) -> String {
    Text("{side} by {side} points, {samples} training samples each. Both planes share one scale of colours, even steps of the loss's logarithm.").with(&[&side, &side, &samples])
}
