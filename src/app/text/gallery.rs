//! The words of the gallery that do not come from the exhibits themselves.

pub(in crate::app) const TITLE: &str = "Gallery";
pub(in crate::app) const ABOUT: &str = "The figures that founded the field, run anew on this device. Each stands beside what its paper reports; every number of ours is measured here, by a network that is trained while you watch.";
pub(in crate::app) const SETUP: &str = "Network and data";
pub(in crate::app) const QUICK: &str = "Run, quick";
pub(in crate::app) const FULL: &str = "Run in full";
pub(in crate::app) const OPEN: &str = "Open in the playground";
pub(in crate::app) const SHORTENED: &str = "Quick:";
pub(in crate::app) const REPORTED: &str = "The paper reports";
pub(in crate::app) const NOTICE: &str = "What to notice";
pub(in crate::app) const NOT_YET: &str =
    "Not run on this device yet. The chart appears as soon as the first networks are trained.";
pub(in crate::app) const COLLAPSED: &str = "A crossed-out point is a collapsed network: pruning left one of its layers without a single weight, so nothing that it is shown reaches its outputs, and no training can mend that.";

/// What a chart was drawn from.
pub(in crate::app) fn drawn_from(full: bool, trials: usize, partial: bool) -> String {
    let settings = if full { "Measured here, in full" } else { "Measured here, with the quick settings" };
    let bars = if trials > 1 {
        format!("; means of {trials} trials, bars from the least to the greatest")
    } else {
        "; one trial, so differences of a few tenths of a point may be chance".into()
    };
    format!("{settings}{bars}{}", if partial { "; stopped early or still under way." } else { "." })
}
