//! What the experiment of a link takes, told before it runs.

use super::super::state::State;
use super::super::text::share as words;
use crate::experiment::{Plan, Preview};
use leptos::prelude::*;

/// Runs that ended sooner say more of how they began than of how fast they go.
const LEAST_SECONDS: f64 = 0.2;

/// The sentence; the time is told where this device has run something.
pub(in crate::app) fn place(state: State) -> AnyView {
    let told = Memo::new(move |_| {
        let preview = state.plan.with(|plan| plan.as_ref().ok().map(|plan| Preview::of(plan)))?;
        let time = measured(state, preview.work);
        Some(words::preview(&preview, time.as_ref().map(|(seconds, run)| (*seconds, run.as_str()))))
    });
    view! { <p class="hint" data-testid="preview">{told}</p> }.into_any()
}

/// How long so much work takes, judged by a run that was kept: the newest of the same network, else the newest.
fn measured(state: State, work: f64) -> Option<(f64, String)> {
    let network = state.draft.with(|d| d.recipe.network.clone());
    state.runs.with(|runs| {
        let whole = || runs.iter().filter(|run| !run.notes.stopped && run.notes.seconds > LEAST_SECONDS);
        let judge = whole().find(|run| run.report.recipe.network == network).or_else(|| whole().next())?;
        let its_work = Preview::of(&Plan::new(&judge.report.recipe).ok()?).work;
        (its_work > 0.0).then(|| (work / its_work * judge.notes.seconds, judge.title()))
    })
}
