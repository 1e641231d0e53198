//! The words that screen readers speak while something is under way.

use crate::app::format;
use crate::app::language::Text;

/// Percent; variants tested, of all.
pub(in crate::app) const RUNNING: Text = Text("Running: {} % done, {} of {} variants tested.");
/// Percent.
pub(in crate::app) const MEASURING: Text = Text("Measuring this device: {} % done.");
/// How a run ended; a variant's name and its accuracy.
pub(in crate::app) const ENDED: Text = Text("{} Most accurate: {}, {}.");

/// See [`RUNNING`].
pub(in crate::app) fn running(percent: u32, tested: usize, all: usize) -> String {
    RUNNING.with(&[&percent, &tested, &all])
}

/// See [`MEASURING`].
pub(in crate::app) fn measuring(percent: u32) -> String {
    MEASURING.with(&[&percent])
}

/// See [`ENDED`].
pub(in crate::app) fn ended(how: &str, best: &str, accuracy: f64) -> String {
    ENDED.with(&[&how, &best, &format::percent(accuracy)])
}
