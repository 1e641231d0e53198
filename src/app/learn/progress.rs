//! Which chapters were read, kept in this browser.

use crate::app::browser;
use leptos::prelude::*;
use std::collections::BTreeSet;

const KEY: &str = "featherweight-learn";

/// The names of the chapters that were read; copies are the same signal.
#[derive(Clone, Copy)]
pub(super) struct Progress(RwSignal<BTreeSet<String>>);

impl Progress {
    /// What the browser remembers.
    pub fn kept() -> Self {
        let names = browser::kept(KEY).unwrap_or_default();
        Self(RwSignal::new(names.split(',').filter(|name| !name.is_empty()).map(String::from).collect()))
    }

    pub fn has(self, name: &str) -> bool {
        self.0.with(|read| read.contains(name))
    }

    /// Remembers that a chapter was read, or that it was not.
    pub fn set(self, name: &str, read: bool) {
        self.0.update(|names| {
            if read {
                names.insert(name.into());
            } else {
                names.remove(name);
            }
        });
        self.0.with_untracked(|names| browser::keep(KEY, &names.iter().cloned().collect::<Vec<_>>().join(",")));
    }
}
