//! The words that screen readers speak while something is under way.

use crate::app::format;

/// Percent; variants tested, of all.
pub(in crate::app) const RUNNING: &str = "Running: {} % done, {} of {} variants tested.";
/// Percent.
pub(in crate::app) const MEASURING: &str = "Measuring this device: {} % done.";
/// How a run ended; a variant's name and its accuracy.
pub(in crate::app) const ENDED: &str = "{} Most accurate: {}, {}.";

/// See [`RUNNING`].
pub(in crate::app) fn running(percent: u32, tested: usize, all: usize) -> String {
    RUNNING.replacen("{}", &percent.to_string(), 1).replacen("{}", &tested.to_string(), 1).replacen(
        "{}",
        &all.to_string(),
        1,
    )
}

/// See [`MEASURING`].
pub(in crate::app) fn measuring(percent: u32) -> String {
    MEASURING.replacen("{}", &percent.to_string(), 1)
}

/// See [`ENDED`]. Filled place by place, since a name may hold anything.
pub(in crate::app) fn ended(how: &str, best: &str, accuracy: f64) -> String {
    let parts: Vec<&str> = ENDED.splitn(4, "{}").collect();
    let values = [how.to_string(), best.to_string(), format::percent(accuracy), String::new()];
    parts.into_iter().zip(values).flat_map(|(part, value)| [part.to_string(), value]).collect()
}
