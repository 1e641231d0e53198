//! The page: Leptos components over one struct of signals. It never computes; the workers do.
//!
//! What comes after the first view, and how: `parts`. State and its changes: `state`, `draft`, `tracker`, `record`, `actions`, `storage`. Drawing: `page`, `places`, `editor`, `results`, `device`, `classroom`, `charts`. Handing on and showing: `share`, `present`.
//! Words: `text`, `language`, `format`.

mod actions;
mod announce;
mod backend;
mod browser;
mod budget;
mod charts;
mod classroom;
mod compare;
mod curve;
mod demo;
mod device;
mod draft;
mod editor;
mod fields;
mod format;
mod gallery;
mod importing;
mod language;
mod learn;
mod offline;
mod own;
mod page;
mod parts;
mod places;
mod present;
mod presets;
mod record;
mod results;
mod share;
mod state;
mod storage;
mod supplied;
mod text;
mod theme;
mod tracker;
mod turns;

pub use parts::{Engine, Rest, Sources};

/// Puts the page into the document. Its later parts come from `sources`.
pub fn mount(sources: Sources) {
    wasm_bindgen_futures::spawn_local(async move {
        language::begin().await;
        leptos::mount::mount_to_body(move || page::Page(page::PageProps { sources }));
    });
}
