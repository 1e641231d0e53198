//! The words of the gallery that do not come from the exhibits themselves.

use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("Gallery");
pub(in crate::app) const ABOUT: Text = Text(
    "The figures that founded the field, run anew on this device. Each stands beside what its paper reports; every number of ours is measured here, by a network that is trained while you watch.",
);
pub(in crate::app) const SETUP: Text = Text("Network and data");
pub(in crate::app) const QUICK: Text = Text("Run, quick");
pub(in crate::app) const FULL: Text = Text("Run in full");
pub(in crate::app) const OPEN: Text = Text("Open in the playground");
pub(in crate::app) const SHORTENED: Text = Text("Quick:");
pub(in crate::app) const REPORTED: Text = Text("The paper reports");
pub(in crate::app) const NOTICE: Text = Text("What to notice");
pub(in crate::app) const NOT_YET: Text =
    Text("Not run on this device yet. The chart appears as soon as the first networks are trained.");
pub(in crate::app) const COLLAPSED: Text = Text(
    "A crossed-out point is a collapsed network: pruning left no chain of weights from its input to its outputs, so nothing that it is shown reaches them, and no training can mend that.",
);

/// What a chart was drawn from.
pub(in crate::app) fn drawn_from(full: bool, trials: usize, partial: bool) -> String {
    let settings = if full { Text("Measured here, in full") } else { Text("Measured here, with the quick settings") };
    let bars = if trials > 1 {
        Text("; means of {trials} trials, bars from the least to the greatest").with(&[&trials])
    } else {
        Text("; one trial, so differences of a few tenths of a point may be chance").into()
    };
    format!("{settings}{bars}{}", if partial { Text("; stopped early or still under way.") } else { Text(".") })
}
