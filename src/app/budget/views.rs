//! The time that a run will take, and ways to make it shorter.

use super::{MINUTE, anything, fitted, measure, seconds};
use crate::app::actions;
use crate::app::state::State;
use crate::app::text::budget as words;
use crate::experiment::{Plan, Recipe};
use leptos::prelude::*;

/// Of the experiment under edit, beside its Run button.
pub(in crate::app) fn of_draft(state: State) -> AnyView {
    let known = Memo::new(move |_| state.plan.with(|plan| plan.as_ref().ok().and_then(|plan| seconds(state, plan))));
    let shorter = Memo::new(move |_| {
        known.get().filter(|&seconds| seconds > MINUTE)?;
        state.draft.with(|draft| fitted(state, &draft.recipe))
    });
    let dense = move || state.plan.with_untracked(|plan| plan.as_ref().is_ok_and(|plan| plan.is_dense()));
    view! {
        <div class="budget" data-testid="budget">
            {move || match (known.get(), state.plan.with(Result::is_ok)) {
                (_, false) => ().into_any(),
                (Some(seconds), _) => view! { <p>{words::about(seconds, shorter.with(Option::is_some))}</p> }.into_any(),
                (None, _) => view! { <Unknown state dense=Signal::derive(dense)/> }.into_any(),
            }}
            {move || shorter.get().filter(|_| !state.busy()).map(|recipe| view! {
                <button data-testid="budget-fit" on:click=move |_| {
                    let samples = recipe.data.samples;
                    state.draft.update(|draft| draft.recipe.data.samples = samples);
                }>{words::fit(recipe.data.samples.unwrap_or_default())}</button>
            })}
        </div>
    }
    .into_any()
}

/// Of an exhibit's recipes, quick and full, under their buttons.
pub(in crate::app) fn of_exhibit(state: State, quick: Signal<Recipe>, full: Signal<Recipe>) -> AnyView {
    let anything = Memo::new(move |_| anything(state));
    let of = move |recipe: Signal<Recipe>| {
        Memo::new(move |_| {
            let known = anything.get().then(|| recipe.with(|recipe| Plan::new(recipe).ok()))?;
            known.and_then(|plan| seconds(state, &plan))
        })
    };
    let (quick_seconds, full_seconds) = (of(quick), of(full));
    let shorter = Memo::new(move |_| anything.get().then(|| quick.with(|recipe| fitted(state, recipe))).flatten());
    let dense = move || quick.with_untracked(|recipe| Plan::new(recipe).is_ok_and(|plan| plan.is_dense()));
    view! {
        <div class="budget" data-testid="exhibit-budget">
            {move || match (quick_seconds.get(), full_seconds.get()) {
                (Some(quick), Some(full)) => view! { <p class="hint">{words::exhibit(quick, full)}</p> }.into_any(),
                _ => view! { <Unknown state dense=Signal::derive(dense)/> }.into_any(),
            }}
            {move || shorter.get().map(|recipe| view! {
                <button data-testid="run-fitted" disabled=move || state.busy() on:click=move |_| {
                    actions::lay_out(state, recipe.clone());
                    state.parts.with_engine(move |engine| (engine.run)(state));
                }>{words::RUN_FITTED}</button>
            })}
        </div>
    }
    .into_any()
}

/// Where nothing was measured yet: a way to.
#[component]
fn Unknown(state: State, dense: Signal<bool>) -> impl IntoView {
    move || match state.budget.run.with(Option::is_some) {
        true => view! { <p class="hint" role="status">{words::MEASURING}</p> }.into_any(),
        false => view! {
            <p class="hint">{words::UNKNOWN}</p>
            <button
                data-testid="budget-measure"
                disabled=move || state.occupied()
                on:click=move |_| measure(state, dense.get_untracked())
            >{words::MEASURE}</button>
        }
        .into_any(),
    }
}
