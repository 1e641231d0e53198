//! The site kept in the browser, to be used without a network: what of it is kept, and how a new version is taken.
//!
//! The keeping itself is the service worker's (`www/service-worker.js`); here it is started, asked, and told of.

mod service;
mod views;

pub(super) use service::start;
pub(super) use views::{card, new_version};

use leptos::prelude::*;
use serde::Deserialize;

/// All signals; copies are the same signals.
#[derive(Clone, Copy)]
pub(super) struct OfflineState {
    pub stage: RwSignal<Stage>,
    /// A newer version is kept and waits to be taken.
    pub newer: RwSignal<bool>,
    /// What is kept of the data, once it was asked for.
    pub data: RwSignal<Option<Amounts>>,
    /// Data is being loaded or removed.
    pub at_work: RwSignal<bool>,
}

/// How far the keeping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not begun: what the visitor came for goes first.
    Waiting,
    /// Files are being loaded.
    Filling,
    /// The site works without a network.
    Kept,
    /// The browser keeps nothing for addresses like this one.
    Refused,
    /// It did not come to its end; it is tried again at the next visit.
    Failed,
}

/// Bytes of data, as the service worker counts them.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(super) struct Amounts {
    pub kept: f64,
    pub total: f64,
    ended: bool,
    #[serde(default)]
    pub trouble: Option<Trouble>,
}

/// Why not all was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Trouble {
    /// The browser gives no more room.
    Full,
    /// A file did not come.
    Network,
}

impl OfflineState {
    pub fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Waiting),
            newer: RwSignal::new(false),
            data: RwSignal::new(None),
            at_work: RwSignal::new(false),
        }
    }
}
