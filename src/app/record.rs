//! A run that has ended, as it is kept.

use super::curve::{Boundary, Curve};
use super::language::said;
use super::state::Shared;
use super::{browser, text};
use crate::experiment::Report;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A run that has ended.
#[derive(Clone)]
pub(super) struct Record {
    pub notes: Notes,
    pub report: Shared<Report>,
}

/// What is kept of a run beside its report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// The second it was begun, since 1970: its key.
    pub id: u32,
    /// What the visitor calls it; empty for its title and time.
    #[serde(default)]
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// It was stopped, or a worker was lost.
    pub stopped: bool,
    pub curves: Vec<Curve>,
    pub boundaries: Vec<Boundary>,
    /// What the visitor has done to single results.
    #[serde(default)]
    pub marked: Vec<Marked>,
}

/// A result that the visitor has renamed or pinned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Marked {
    /// The variant's name in the report.
    pub variant: String,
    /// What the visitor calls it; empty for the variant's name.
    #[serde(default)]
    pub name: String,
    /// Stays on top of lists.
    #[serde(default)]
    pub pinned: bool,
}

impl Notes {
    /// What the visitor has done to this variant's result.
    pub fn mark(&self, variant: &str) -> Marked {
        let found = self.marked.iter().find(|mark| mark.variant == variant);
        found.cloned().unwrap_or_else(|| Marked { variant: variant.into(), ..Marked::default() })
    }

    /// Takes the place of what was kept of the variant.
    pub fn set_mark(&mut self, mark: Marked) {
        self.marked.retain(|other| other.variant != mark.variant);
        if mark.pinned || !mark.name.is_empty() {
            self.marked.push(mark);
        }
    }
}

/// A record as the database holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub notes: Notes,
    pub report: Report,
}

impl Record {
    /// Its name, or title and time.
    pub fn title(&self) -> String {
        if !self.notes.name.is_empty() {
            return self.notes.name.clone();
        }
        let recipe = &self.report.0.recipe;
        let title = if recipe.title.is_empty() { text::UNTITLED.into() } else { said(&recipe.title) };
        format!("{title} · {}", browser::time_text(f64::from(self.notes.id) * 1000.0))
    }

    /// As the database holds it.
    pub fn to_kept(&self) -> Kept {
        Kept { notes: self.notes.clone(), report: (*self.report.0).clone() }
    }
}

impl From<Kept> for Record {
    fn from(kept: Kept) -> Self {
        Self { notes: kept.notes, report: Shared(Arc::new(kept.report)) }
    }
}
