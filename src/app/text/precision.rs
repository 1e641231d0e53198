//! The words of the analysis of bits.

use super::super::format;
use crate::app::language::{Text, Value, list};

pub(in crate::app) const TITLE: Text = Text("How many bits does each layer need?");
pub(in crate::app) const ABOUT: Text = Text(
    "Each layer of the chosen variant is rounded alone to 2 to 8 bits, and the loss on 1,000 training samples is measured. Rises are then taken to add up, and for every size the bits with the least rise are found: sensitive layers keep more.",
);
pub(in crate::app) const START: Text = Text("Measure what the layers' bits cost");
pub(in crate::app) const UNDER_WAY: Text = Text("Measuring, layer by layer…");
pub(in crate::app) const CHART: Text = Text("Rise of the loss against the bits of one layer, layer by layer");
pub(in crate::app) const BITS: Text = Text("bits of the layer");
pub(in crate::app) const RISE: Text = Text("rise of the loss");
pub(in crate::app) const SEARCH: Text = Text("Search for");
pub(in crate::app) const LEAST_RISE: Text = Text("the least loss within so many bytes");
pub(in crate::app) const FEWEST_BYTES: Text = Text("the fewest bytes for a loss that may rise so far");
pub(in crate::app) const ALLOWED: Text = Text("The loss may rise by");
pub(in crate::app) const BUDGET: Text = Text("What all weights may take");
pub(in crate::app) const ADOPT: Text = Text("Add a variant with these bits");
pub(in crate::app) const NO_FILE: Text =
    Text("This variant's file is not at hand in this browser; run the experiment again, then measure.");

pub(in crate::app) fn found(bits: &[usize], bytes: usize, rise: f64) -> String {
    let all: Vec<String> = bits.iter().map(Value::written).collect();
    Text("Bits from the first layer to the last: {}. The weights take {}, and the loss is expected to rise by {}.")
        .with(&[&list(&all), &format::bytes(bytes as f64), &format::trimmed(rise, 4)])
}

pub(in crate::app) fn uniform(bits: usize, bytes: usize, rise: f64) -> String {
    Text("The same {bits} bits everywhere would take {} and cost {}.").with(&[
        &bits,
        &format::bytes(bytes as f64),
        &format::trimmed(rise, 4),
    ])
}

pub(in crate::app) fn new_name(variant: &str, n: usize) -> String {
    let how = Text("mixed bits");
    if n == 1 { format!("{variant}, {how}") } else { format!("{variant}, {how} {n}") }
}
