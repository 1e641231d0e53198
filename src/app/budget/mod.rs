//! How long a run will take on this device, by what was measured here: earlier runs, or a second of training.

mod views;

pub(super) use views::{of_draft, of_exhibit};

use super::browser;
use super::state::State;
use crate::benchmark::{COMPARED, Measurement};
use crate::data::DatasetName;
use crate::experiment::{BackendName, Plan, Recipe, training_work};
use crate::network::Shape;
use crate::worker::{Question, workers};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where local storage keeps what was measured.
const KEY: &str = "featherweight-pace";

/// What is to be over within it, in seconds.
const MINUTE: f64 = 60.0;
/// A fitted run aims at this share of it: the estimate is no better than that.
const AIM: f64 = 0.75;

/// The benchmark's works that are measured, by whether the networks are dense, and which of [`COMPARED`] they are.
const DENSE: (&str, usize) = ("cpu-train-lenet-300-100-64", 0);
const CONVOLVED: (&str, usize) = ("cpu-train-lenet-5-64", 1);

/// All signals; copies are the same signals.
#[derive(Clone, Copy)]
pub(super) struct BudgetState {
    /// What was measured.
    pub pace: RwSignal<Pace>,
    /// The measuring under way.
    pub run: RwSignal<Option<u32>>,
}

/// Work a second of one worker, as [`Plan::cost`] counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Pace {
    /// Of dense networks.
    dense: Option<f64>,
    /// Of those whose weights are shared: convolutions and attention.
    convolved: Option<f64>,
}

impl BudgetState {
    pub fn new() -> Self {
        Self { pace: RwSignal::new(Pace::default()), run: RwSignal::new(None) }
    }
}

/// Reads what was kept.
pub(super) fn restore(state: State) {
    if let Some(pace) = browser::kept(KEY).and_then(|json| serde_json::from_str(&json).ok()) {
        state.budget.pace.set(pace);
    }
}

/// Whether anything is known that a time could be told from; where not, no plan need be made to find that out.
fn anything(state: State) -> bool {
    state.budget.pace.with(|pace| *pace != Pace::default()) || state.runs.with(|runs| !runs.is_empty())
}

/// About how many seconds a run takes here; none where that was never measured.
fn seconds(state: State, plan: &Plan) -> Option<f64> {
    let span = plan.span(workers(plan));
    let recipe = &plan.recipe;
    // What ran here with the same network says most: it had the same kernels, and all that comes beside training.
    let alike = |other: &Recipe| {
        other.network == recipe.network
            && other.training.batch == recipe.training.batch
            && other.data.dataset == recipe.data.dataset
            && other.backend == recipe.backend
    };
    let run = state.runs.with(|runs| {
        let ended = || runs.iter().filter(|run| !run.notes.stopped && run.notes.seconds > 0.0);
        let found =
            ended().find(|run| run.report.recipe == *recipe).or_else(|| ended().find(|run| alike(&run.report.recipe)));
        found.map(|run| (run.report.recipe.clone(), run.notes.seconds))
    });
    if let Some((earlier, passed)) = run
        && let Ok(earlier) = Plan::new(&earlier)
    {
        return Some(passed * span / earlier.span(workers(&earlier)));
    }
    if recipe.backend == BackendName::Gpu {
        return None; // a GPU's pace hangs on the network too much to be told from another's
    }
    let pace = state.budget.pace.get();
    let measured = if plan.is_dense() { pace.dense } else { pace.convolved };
    measured.map(|pace| span / pace)
}

/// The recipe on as many of its samples as fit into a minute, where it takes longer and can be made shorter.
fn fitted(state: State, recipe: &Recipe) -> Option<Recipe> {
    let seconds = seconds(state, &Plan::new(recipe).ok()?)?;
    if seconds <= MINUTE { None } else { recipe.on_fewer_samples(AIM * MINUTE / seconds) }
}

/// Measures how fast networks of this kind train here.
fn measure(state: State, dense: bool) {
    if untrack(|| state.occupied()) {
        return;
    }
    let (id, _) = if dense { DENSE } else { CONVOLVED };
    let run = (browser::date_ms() / 1000.0) as u32;
    state.budget.run.set(Some(run));
    state.with_pool(|pool| pool.inspect(Some(run), Question::Benchmark { works: vec![id.into()] }.to_json()));
}

/// A figure came: of this measuring, or of all that "This device" measures.
pub(super) fn measured(state: State, measurement: &Measurement) {
    for (id, subject) in [DENSE, CONVOLVED] {
        if measurement.work != id {
            continue;
        }
        let [height, width, channels] = DatasetName::Mnist.info().shape;
        let (_, architecture, _) = COMPARED[subject];
        let layers = architecture().layers(Shape { height, width, channels }, DatasetName::Mnist.info().classes());
        let work = training_work(&layers.unwrap_or_default());
        state.budget.pace.update(|pace| {
            let of = if id == DENSE.0 { &mut pace.dense } else { &mut pace.convolved };
            *of = Some(measurement.median * work);
        });
        let json = serde_json::to_string(&state.budget.pace.get_untracked()).unwrap_or_default(); // plain data: cannot fail
        browser::keep(KEY, &json);
    }
}

/// Measuring ended.
pub(super) fn ended(state: State, run: u32) {
    if state.budget.run.get_untracked() == Some(run) {
        state.budget.run.set(None);
    }
}
