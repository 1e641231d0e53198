//! The words of presenting.

use super::fill;

pub(in crate::app) const PRESENT: &str = "Present";
pub(in crate::app) const PRESENT_HELP: &str =
    "One idea a screen, in large type. Arrows, Page Up, Page Down and space move on; Escape leaves. The key P begins.";
pub(in crate::app) const BAR: &str = "Presenting";
pub(in crate::app) const PREVIOUS: &str = "Back";
pub(in crate::app) const NEXT: &str = "Next";
pub(in crate::app) const LEAVE: &str = "Leave";
pub(in crate::app) const KEY: &str = "The key P begins presenting";
pub(in crate::app) const NOTHING: &str =
    "There is nothing to present here yet: run an experiment, or open a place that shows results.";
const AT: &str = "{} / {}";

/// `3 / 9`
pub(in crate::app) fn at(index: usize, of: usize) -> String {
    fill(AT, &[&(index + 1).to_string(), &of.to_string()])
}
