//! The words of what moves on a first visit.

use super::fill;
use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("A network learns and is made lighter, on this device");
pub(in crate::app) const LABEL: Text = Text(
    "A square in two colours: the class that a small network gives to each point of the plane; the classes are two spirals.",
);
pub(in crate::app) const STARTING: Text = Text("A small network is about to learn two spirals…");
pub(in crate::app) const LEARNS: Text = Text("It learns two spirals: epoch {}");
pub(in crate::app) const PRUNED: Text = Text("{} of its weights removed, trained on: epoch {}");
pub(in crate::app) const ENDED: Text = Text("Measured here: {} right with all weights, {} with {} of them removed.");
pub(in crate::app) const PAUSE: Text = Text("Pause");
pub(in crate::app) const GO_ON: Text = Text("Go on");
pub(in crate::app) const AGAIN: Text = Text("Watch again");

pub(in crate::app) fn learns(epoch: usize) -> String {
    fill(LEARNS, &[&epoch.to_string()])
}

pub(in crate::app) fn pruned(share: &str, epoch: usize) -> String {
    fill(PRUNED, &[share, &epoch.to_string()])
}

/// Accuracies with all weights and with few, and the share that was removed.
pub(in crate::app) fn ended(all: &str, few: &str, removed: &str) -> String {
    fill(ENDED, &[all, few, removed])
}
