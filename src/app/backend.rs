//! Which backend trains: the visitor's wish, what was measured here, and what follows from both.

use super::state::State;
use super::{browser, text};
use crate::benchmark::Measurement;
use crate::experiment::{BackendName, Plan, Recipe};
use crate::worker::Question;
use crate::worker::workers;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where local storage keeps it.
const KEY: &str = "featherweight-backend";

/// How many times as fast as all the workers together the GPU must be to be chosen: its results carry no digest, which is a
/// loss that a little speed does not make good.
const WORTH: f64 = 2.0;

/// All signals; copies are the same signals.
#[derive(Clone, Copy)]
pub(super) struct BackendState {
    /// The wish and the figures.
    pub kept: RwSignal<Kept>,
    /// The comparison under way.
    pub run: RwSignal<Option<u32>>,
    /// What it has come to so far: its subject, and samples a second by work.
    coming: StoredValue<(String, Vec<(String, f64)>)>,
}

/// What is kept over a reload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The GPU is taken where it was measured to be worth it.
    pub automatic: bool,
    /// The newest last.
    pub compared: Vec<Compared>,
}

/// A network and batch on both backends, in samples a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Compared {
    /// See [`subject`].
    pub subject: String,
    /// Training on one core of the processor, and on the GPU.
    pub training: [f64; 2],
    /// Classifying.
    pub inference: [f64; 2],
}

impl BackendState {
    pub fn new() -> Self {
        Self {
            kept: RwSignal::new(Kept { automatic: true, compared: Vec::new() }),
            run: RwSignal::new(None),
            coming: StoredValue::new((String::new(), Vec::new())),
        }
    }

    /// What was measured of a recipe's network and batch.
    pub fn compared(&self, recipe: &Recipe) -> Option<Compared> {
        let subject = subject(recipe);
        self.kept.with(|kept| kept.compared.iter().find(|compared| compared.subject == subject).cloned())
    }
}

/// What the comparison is about: network, batch and data.
fn subject(recipe: &Recipe) -> String {
    let Recipe { network, training, data, .. } = recipe;
    format!("{}, batch {}, {}", network.label(), training.batch, data.dataset)
}

/// The plan with the backend that is to train it; none if the experiment has become one that cannot be run. The GPU is taken
/// of itself where it was measured to be worth it, but not where a link's digest waits to be compared.
pub(super) fn decide(state: State, plan: Arc<Plan>) -> Option<Arc<Plan>> {
    let automatic = state.backend.kept.with_untracked(|kept| kept.automatic);
    if plan.recipe.backend == BackendName::Gpu || !automatic || !browser::webgpu() {
        return Some(plan);
    }
    let awaited = |recipe: &Recipe| {
        state.opened.with_untracked(|link| link.as_ref().is_some_and(|l| l.digest.is_some() && l.recipe == *recipe))
    };
    let compared = untrack(|| state.backend.compared(&plan.recipe)).filter(|_| !awaited(&plan.recipe));
    match compared.map(|compared| compared.training[1] / compared.training[0]) {
        Some(ratio) if ratio >= WORTH * workers(&plan) as f64 => {
            state.draft.update(|draft| draft.recipe.backend = BackendName::Gpu);
            state.tell(text::gpu_chosen(ratio));
            state.plan.get_untracked().ok()
        }
        _ => Some(plan),
    }
}

/// Reads what was kept, and keeps what changes.
pub(super) fn restore(state: State) {
    if let Some(kept) = browser::kept(KEY).and_then(|json| serde_json::from_str(&json).ok()) {
        state.backend.kept.set(kept);
    }
    Effect::new(move |before: Option<()>| {
        let json = state.backend.kept.with(|kept| serde_json::to_string(kept).unwrap_or_default()); // plain data: cannot fail
        if before.is_some() {
            browser::keep(KEY, &json);
        }
    });
}

/// Measures what trains the experiment's network faster.
pub(super) fn compare(state: State) {
    let busy = state.backend.run.with_untracked(Option::is_some) || untrack(|| state.busy() || state.device.busy());
    if busy {
        return;
    }
    let recipe = state.draft.with_untracked(|draft| draft.recipe.clone());
    let run = (browser::date_ms() / 1000.0) as u32;
    state.notice.set(None);
    state.backend.coming.set_value((subject(&recipe), Vec::new()));
    state.backend.run.set(Some(run));
    state.with_pool(|pool| pool.inspect(Some(run), Question::Compare { recipe }.to_json()));
}

/// A figure came.
pub(super) fn measured(state: State, run: u32, measurement: &Measurement) {
    if state.backend.run.get_untracked() == Some(run) {
        let figure = (measurement.work.clone(), measurement.median);
        state.backend.coming.update_value(|(_, figures)| figures.push(figure));
    }
}

/// A comparison ended.
pub(super) fn ended(state: State, run: u32, complete: bool) {
    if state.backend.run.get_untracked() != Some(run) {
        return;
    }
    state.backend.run.set(None);
    if !complete {
        return; // why was told then
    }
    let (subject, figures) = state.backend.coming.get_value();
    let of = |work: &str| figures.iter().find(|(id, _)| id == work).map_or(0.0, |(_, rate)| *rate);
    let compared = Compared {
        subject,
        training: [of("cpu-train-here"), of("gpu-train-here")],
        inference: [of("cpu-infer-here"), of("gpu-infer-here")],
    };
    state.backend.kept.update(|kept| {
        kept.compared.retain(|other| other.subject != compared.subject);
        kept.compared.push(compared);
    });
}
