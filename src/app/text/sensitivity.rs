//! The words of the sensitivity analysis.

use super::super::format;

pub(in crate::app) const TITLE: &str = "Which layers can be pruned?";
pub(in crate::app) const ABOUT: &str = "Each layer of the chosen variant is pruned alone, by magnitude and without retraining, and the network classifies 1,000 validation samples. A layer whose line stays flat can lose most of its weights.";
pub(in crate::app) const START: &str = "Measure the layers' sensitivity";
pub(in crate::app) const UNDER_WAY: &str = "Measuring, layer by layer…";
pub(in crate::app) const CHART: &str = "Accuracy against the sparsity of one layer, layer by layer";
pub(in crate::app) const SPARSITY: &str = "sparsity of the layer";
pub(in crate::app) const LOSS: &str = "What each layer alone may cost";
pub(in crate::app) const ADOPT: &str = "Add a variant pruned by these budgets";
pub(in crate::app) const NO_FILE: &str =
    "This variant's file is not at hand in this browser; run the experiment again, then measure.";

pub(in crate::app) fn points(loss: f64) -> String {
    format!("{} points of accuracy", format::trimmed(loss * 100.0, 1))
}

pub(in crate::app) fn budgets(budgets: &[f64]) -> String {
    let all: Vec<String> = budgets.iter().map(|b| format::short_percent(*b)).collect();
    format!("Sparsities from the first layer to the last: {}.", all.join(", "))
}

pub(in crate::app) fn new_name(variant: &str, n: usize) -> String {
    if n == 1 { format!("{variant}, by budgets") } else { format!("{variant}, by budgets {n}") }
}

pub(in crate::app) fn adopted(name: &str) -> String {
    format!("The experiment now has the variant \"{name}\"; press Run.")
}
