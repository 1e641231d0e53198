//! The words of presenting.

use super::fill;
use crate::app::language::Text;

pub(in crate::app) const PRESENT: Text = Text("Present");
pub(in crate::app) const PRESENT_HELP: Text = Text(
    "One idea a screen, in large type. Arrows, Page Up, Page Down and space move on; Escape leaves. The key P begins.",
);
pub(in crate::app) const BAR: Text = Text("Presenting");
pub(in crate::app) const PREVIOUS: Text = Text("Back");
pub(in crate::app) const NEXT: Text = Text("Next");
pub(in crate::app) const LEAVE: Text = Text("Leave");
pub(in crate::app) const KEY: Text = Text("The key P begins presenting");
pub(in crate::app) const NOTHING: Text =
    Text("There is nothing to present here yet: run an experiment, or open a place that shows results.");
const AT: Text = Text("{} / {}");

/// `3 / 9`
pub(in crate::app) fn at(index: usize, of: usize) -> String {
    fill(AT, &[&(index + 1).to_string(), &of.to_string()])
}
