//! The words of the sensitivity analysis.

use super::super::format;
use crate::app::language::{Text, list};

pub(in crate::app) const TITLE: Text = Text("Which layers can be pruned?");
pub(in crate::app) const ABOUT: Text = Text(
    "Each layer of the chosen variant is pruned alone, by magnitude and without retraining, and the network classifies 1,000 validation samples. A layer whose line stays flat can lose most of its weights.",
);
pub(in crate::app) const START: Text = Text("Measure the layers' sensitivity");
pub(in crate::app) const UNDER_WAY: Text = Text("Measuring, layer by layer…");
pub(in crate::app) const CHART: Text = Text("Accuracy against the sparsity of one layer, layer by layer");
pub(in crate::app) const SPARSITY: Text = Text("sparsity of the layer");
pub(in crate::app) const LOSS: Text = Text("What each layer alone may cost");
pub(in crate::app) const ADOPT: Text = Text("Add a variant pruned by these budgets");
pub(in crate::app) const NO_FILE: Text =
    Text("This variant's file is not at hand in this browser; run the experiment again, then measure.");

pub(in crate::app) fn points(loss: f64) -> String {
    Text("{} points of accuracy").with(&[&format::trimmed(loss * 100.0, 1)])
}

pub(in crate::app) fn budgets(budgets: &[f64]) -> String {
    let all: Vec<String> = budgets.iter().map(|b| format::short_percent(*b)).collect();
    Text("Sparsities from the first layer to the last: {}.").with(&[&list(&all)])
}

pub(in crate::app) fn new_name(variant: &str, n: usize) -> String {
    let how = Text("by budgets");
    if n == 1 { format!("{variant}, {how}") } else { format!("{variant}, {how} {n}") }
}

pub(in crate::app) fn adopted(name: &str) -> String {
    Text("The experiment now has the variant \"{name}\"; press Run.").with(&[&name])
}
