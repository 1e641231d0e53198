//! The words about the time that a run will take.

use crate::app::format;

/// A time.
pub(in crate::app) const ABOUT: &str = "About {} on this device.";
/// A time.
pub(in crate::app) const LONG: &str =
    "About {} on this device, which is more than a minute. Fewer training samples make it shorter.";
/// Training samples.
pub(in crate::app) const FIT: &str = "Fit it into a minute: {} training samples";
/// Two times.
pub(in crate::app) const EXHIBIT: &str = "On this device, quick takes about {}, in full about {}.";
pub(in crate::app) const UNKNOWN: &str = "Not timed here yet.";
pub(in crate::app) const MEASURE: &str = "Measure for a second";
pub(in crate::app) const MEASURING: &str = "Measuring how fast this device trains…";
/// Training samples.
pub(in crate::app) const FITTED: &str = "Quick, on {} training samples only, so that it fits this device.";
pub(in crate::app) const RUN_FITTED: &str = "Run within a minute";

/// Whole minutes.
pub(in crate::app) const MINUTES: &str = "{}\u{a0}min";

/// A time, and whether it is long.
pub(in crate::app) fn about(seconds: f64, long: bool) -> String {
    let template = if long { LONG } else { ABOUT };
    template.replacen("{}", &rounded(seconds), 1)
}

/// See [`FIT`].
pub(in crate::app) fn fit(samples: usize) -> String {
    FIT.replacen("{}", &format::count(samples as f64), 1)
}

/// See [`EXHIBIT`].
pub(in crate::app) fn exhibit(quick: f64, full: f64) -> String {
    EXHIBIT.replacen("{}", &rounded(quick), 1).replacen("{}", &rounded(full), 1)
}

/// See [`FITTED`].
pub(in crate::app) fn fitted(samples: usize) -> String {
    FITTED.replacen("{}", &format::count(samples as f64), 1)
}

/// An estimate is told no finer than it is good: a second up to ten, five up to a minute, then minutes.
fn rounded(seconds: f64) -> String {
    let to = |step: f64| (seconds / step).round() * step;
    match seconds {
        s if s < 10.0 => format::seconds(to(1.0).max(1.0)),
        s if s < 57.5 => format::seconds(to(5.0)),
        s if s < 3570.0 => MINUTES.replacen("{}", &format::fixed((s / 60.0).round(), 0), 1),
        _ => format::seconds(to(600.0)),
    }
}
