//! Sharing beyond the link itself: the dialog with code and file, frames for other pages, what a link costs, what differs.

mod code;
mod dialog;
mod differences;
mod embed;
mod files;
mod preview;

pub(super) use dialog::{Dialog, Sharing, place as dialog};
pub(super) use differences::Differences;
pub(super) use embed::place as embed;
pub(super) use files::{follow_drops, open_file};
pub(super) use preview::place as preview;

/// A file's name from a title.
pub(super) fn stem(title: &str) -> String {
    let safe = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let stem: String =
        safe.take(60).collect::<String>().split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if stem.is_empty() { "featherweight".into() } else { stem.to_lowercase() }
}
