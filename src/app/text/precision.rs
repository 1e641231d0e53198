//! The words of the analysis of bits.

use super::super::format;

pub(in crate::app) const TITLE: &str = "How many bits does each layer need?";
pub(in crate::app) const ABOUT: &str = "Each layer of the chosen variant is rounded alone to 2 to 8 bits, and the loss on 1,000 training samples is measured. Rises are then taken to add up, and for every size the bits with the least rise are found: sensitive layers keep more.";
pub(in crate::app) const START: &str = "Measure what the layers' bits cost";
pub(in crate::app) const UNDER_WAY: &str = "Measuring, layer by layer…";
pub(in crate::app) const CHART: &str = "Rise of the loss against the bits of one layer, layer by layer";
pub(in crate::app) const BITS: &str = "bits of the layer";
pub(in crate::app) const RISE: &str = "rise of the loss";
pub(in crate::app) const SEARCH: &str = "Search for";
pub(in crate::app) const LEAST_RISE: &str = "the least loss within so many bytes";
pub(in crate::app) const FEWEST_BYTES: &str = "the fewest bytes for a loss that may rise so far";
pub(in crate::app) const ALLOWED: &str = "The loss may rise by";
pub(in crate::app) const BUDGET: &str = "What all weights may take";
pub(in crate::app) const ADOPT: &str = "Add a variant with these bits";
pub(in crate::app) const NO_FILE: &str =
    "This variant's file is not at hand in this browser; run the experiment again, then measure.";

pub(in crate::app) fn found(bits: &[usize], bytes: usize, rise: f64) -> String {
    let all: Vec<String> = bits.iter().map(ToString::to_string).collect();
    format!(
        "Bits from the first layer to the last: {}. The weights take {}, and the loss is expected to rise by {}.",
        all.join(", "),
        format::bytes(bytes as f64),
        format::trimmed(rise, 4)
    )
}

pub(in crate::app) fn uniform(bits: usize, bytes: usize, rise: f64) -> String {
    format!(
        "The same {bits} bits everywhere would take {} and cost {}.",
        format::bytes(bytes as f64),
        format::trimmed(rise, 4)
    )
}

pub(in crate::app) fn new_name(variant: &str, n: usize) -> String {
    if n == 1 { format!("{variant}, mixed bits") } else { format!("{variant}, mixed bits {n}") }
}
