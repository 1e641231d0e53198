//! The page: Leptos components over one struct of signals. It never computes; the workers do.
//!
//! State and its changes: `state`, `draft`, `tracker`, `record`, `actions`, `storage`. Drawing: `page`, `places`, `editor`, `results`, `device`, `charts`.
//! Words: `text`, `format`.

mod actions;
mod browser;
mod charts;
mod curve;
mod device;
mod draft;
mod editor;
mod fields;
mod format;
mod page;
mod places;
mod presets;
mod record;
mod results;
mod state;
mod storage;
mod text;
mod theme;
mod tracker;

/// Puts the page into the document, in place of what stood there while it loaded.
pub fn mount() {
    if let Some(loading) = leptos::prelude::document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(page::Page);
}
