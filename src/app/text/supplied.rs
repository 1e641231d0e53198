//! The words about files that the visitor supplies.

use crate::app::format;
use crate::app::language::Text;
use crate::data::Own;
use crate::experiment::imported_digest;

/// A digest.
const MISSING_MODEL: Text = Text(
    "This experiment begins with an imported network, and its file is not in this browser: the model file with the digest {}. Choose the file that the experiment was made with, or the model file that came of it; it stays in this browser and is sent nowhere.",
);
/// What the data are called, their samples, the beginning of their digest.
const MISSING_DATA: Text = Text(
    "This experiment is on somebody's own data, {} ({} samples), which are not part of the link and not in this browser. Choose their data file (digest {}…), which whoever sent the link can save under Data; it stays in this browser and is sent nowhere.",
);
/// A path.
const MISSING_FILE: Text = Text(
    "This experiment needs a file that is not in this browser: {}. Choose it here; it stays in this browser and is sent nowhere.",
);
pub(in crate::app) const CHOOSE: Text = Text("Choose the file…");
pub(in crate::app) const OTHER_FILE: Text = Text(
    "That is another file than the experiment was made with: its digest is not the one that is asked for. Ask whoever sent the link for the file.",
);
pub(in crate::app) const UNREAD_FILE: Text =
    Text("The browser could not read that file; choose it again, or copy it to another place first.");
pub(in crate::app) const TAKEN: Text = Text("The file is here. Press Run.");
pub(in crate::app) const NO_ROOM: Text = Text(
    "The browser's storage is full or closed to the page, so the file stays here until the page is closed; delete old runs to make room, and choose it again.",
);
/// Megabytes twice.
const TOO_LARGE: Text = Text("The file has {} MB, and files of up to {} MB are taken; choose a smaller one.");

/// What is to be supplied.
pub(in crate::app) fn missing(path: &str, own: Option<&Own>) -> String {
    if let Some(own) = own.filter(|own| own.path() == path) {
        let digest = own.digest.get(..8).unwrap_or_default();
        return MISSING_DATA.with(&[&own.title, &format::count(own.samples() as f64), &digest]);
    }
    match imported_digest(path) {
        Some(digest) => MISSING_MODEL.with(&[&digest]),
        None => MISSING_FILE.with(&[&path]),
    }
}

pub(in crate::app) fn too_large(bytes: f64, most: f64) -> String {
    TOO_LARGE.with(&[&(bytes / 1e6).ceil(), &(most / 1e6)])
}
