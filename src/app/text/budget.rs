//! The words about the time that a run will take.

use crate::app::format;
use crate::app::language::Text;

/// A time.
pub(in crate::app) const ABOUT: Text = Text("About {} on this device.");
/// A time.
pub(in crate::app) const LONG: Text =
    Text("About {} on this device, which is more than a minute. Fewer training samples make it shorter.");
/// Training samples.
pub(in crate::app) const FIT: Text = Text("Fit it into a minute: {} training samples");
/// Two times.
pub(in crate::app) const EXHIBIT: Text = Text("On this device, quick takes about {}, in full about {}.");
pub(in crate::app) const UNKNOWN: Text = Text("Not timed here yet.");
pub(in crate::app) const MEASURE: Text = Text("Measure for a second");
pub(in crate::app) const MEASURING: Text = Text("Measuring how fast this device trains…");
/// Training samples.
pub(in crate::app) const FITTED: Text = Text("Quick, on {} training samples only, so that it fits this device.");
pub(in crate::app) const RUN_FITTED: Text = Text("Run within a minute");

/// Whole minutes.
pub(in crate::app) const MINUTES: Text = Text("{}\u{a0}min");

/// A time, and whether it is long.
pub(in crate::app) fn about(seconds: f64, long: bool) -> String {
    let template = if long { LONG } else { ABOUT };
    template.with(&[&rounded(seconds)])
}

/// See [`FIT`].
pub(in crate::app) fn fit(samples: usize) -> String {
    FIT.with(&[&format::count(samples as f64)])
}

/// See [`EXHIBIT`].
pub(in crate::app) fn exhibit(quick: f64, full: f64) -> String {
    EXHIBIT.with(&[&rounded(quick), &rounded(full)])
}

/// See [`FITTED`].
pub(in crate::app) fn fitted(samples: usize) -> String {
    FITTED.with(&[&format::count(samples as f64)])
}

/// An estimate is told no finer than it is good: a second up to ten, five up to a minute, then minutes.
fn rounded(seconds: f64) -> String {
    let to = |step: f64| (seconds / step).round() * step;
    match seconds {
        s if s < 10.0 => format::seconds(to(1.0).max(1.0)),
        s if s < 57.5 => format::seconds(to(5.0)),
        s if s < 3570.0 => MINUTES.with(&[&format::fixed((s / 60.0).round(), 0)]),
        _ => format::seconds(to(600.0)),
    }
}
