//! The words of what moves on a first visit.

use super::fill;

pub(in crate::app) const TITLE: &str = "A network learns and is made lighter, on this device";
pub(in crate::app) const LABEL: &str = "A square in two colours: the class that a small network gives to each point of the plane; the classes are two spirals.";
pub(in crate::app) const STARTING: &str = "A small network is about to learn two spirals…";
pub(in crate::app) const LEARNS: &str = "It learns two spirals: epoch {}";
pub(in crate::app) const PRUNED: &str = "{} of its weights removed, trained on: epoch {}";
pub(in crate::app) const ENDED: &str = "Measured here: {} right with all weights, {} with {} of them removed.";
pub(in crate::app) const PAUSE: &str = "Pause";
pub(in crate::app) const GO_ON: &str = "Go on";
pub(in crate::app) const AGAIN: &str = "Watch again";

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
