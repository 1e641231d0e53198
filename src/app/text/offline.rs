//! The words about the use of the page without a network.

use crate::app::format;
use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("Without a network");
pub(in crate::app) const FILLING: Text = Text("The page is being kept in this browser, behind everything else.");
pub(in crate::app) const KEPT: Text =
    Text("The page is kept in this browser: it opens and computes without a network.");
pub(in crate::app) const REFUSED: Text = Text(
    "The browser keeps pages only from https addresses and from this machine itself, so this address needs its network.",
);
pub(in crate::app) const FAILED: Text = Text(
    "The page could not be kept in this browser; it is tried again when you open it the next time. Private windows and full disks are the usual reasons.",
);

/// Bytes kept of all data: two sizes.
pub(in crate::app) const DATA: Text = Text("Data sets kept: {} of {}. What a run has used stays by itself.");
/// A size.
pub(in crate::app) const KEEP: Text = Text("Keep all data for offline use: {}");
pub(in crate::app) const KEEPING: Text = Text("Data sets kept");
pub(in crate::app) const FORGET: Text = Text("Remove the kept data");
pub(in crate::app) const NO_ROOM: Text = Text(
    "The browser gives this page no more room: what is kept so far stays. Free some of the disk, or delete old runs, and press the button again.",
);
pub(in crate::app) const NO_NETWORK: Text =
    Text("A data file did not come: what is kept so far stays. Press the button again when the network is back.");

pub(in crate::app) const NEWER: Text =
    Text("A new version is there: reload when it suits you. Experiments and results stay.");
pub(in crate::app) const NEWER_BUSY: Text =
    Text("A new version is there; it can be taken when what is under way has ended.");
pub(in crate::app) const RELOAD: Text = Text("Reload with it");
pub(in crate::app) const LATER: Text = Text("Later");
pub(in crate::app) const OTHER_WINDOWS: Text = Text(
    "The page is open in other tabs, which would be left between two versions. Close them and press again; or close all, and the new version comes by itself.",
);

/// See [`DATA`].
pub(in crate::app) fn data(kept: f64, total: f64) -> String {
    DATA.with(&[&format::bytes(kept), &format::bytes(total)])
}

/// See [`KEEP`].
pub(in crate::app) fn keep(total: f64) -> String {
    KEEP.with(&[&format::bytes(total)])
}
