//! The button that runs, the one that stops, and what a run will cost.

use super::super::state::{Phase, State};
use super::super::text;
use crate::experiment::Link;
use leptos::prelude::*;

/// Run or Stop.
#[component]
pub(in crate::app) fn RunBar(state: State) -> impl IntoView {
    let cost = move || {
        state.plan.with(|plan| {
            plan.as_ref()
                .ok()
                .map(|p| text::cost(p.variants.len(), p.stages.len(), p.training_samples(), p.recipe.seeds.len()))
        })
    };
    // Once the link's experiment has been run, the verdict says the rest.
    let unseen = move |link: &Link| state.report.with(|r| r.as_ref().is_none_or(|r| r.recipe != link.recipe));
    let banner = move || {
        let link = state.opened.get().filter(unseen)?;
        Some(text::opened(&link.recipe.title, link.digest.as_deref()))
    };
    let label = move || if state.phase.get() == Phase::Done { text::RUN_AGAIN.tr() } else { text::RUN.tr() };
    // Pressed before the page has the code of a run.
    let waits = RwSignal::new(false);
    let run = move |_| {
        waits.set(true);
        state.parts.with_engine(move |engine| {
            waits.set(false);
            (engine.run)(state);
        });
    };
    view! {
        {move || banner().map(|b| view! {
            <p class="notice" data-testid="opened">{b}</p>
            {state.parts.draw(move |rest| (rest.preview)(state))}
        })}
        <div class="runbar">
            {move || match state.busy() {
                false => view! {
                    <button
                        class="primary"
                        data-testid="run"
                        disabled=move || waits.get() || state.plan.with(Result::is_err) || state.device.busy()
                        on:click=run
                    >{label}</button>
                }.into_any(),
                true => view! {
                    <button
                        class="primary stop"
                        data-testid="stop"
                        disabled=move || state.phase.get() == Phase::Stopping
                        on:click=move |_| state.parts.with_engine(move |engine| (engine.stop)(state))
                    >{move || if state.phase.get() == Phase::Stopping { text::STOPPING.tr() } else { text::STOP.tr() }}</button>
                }.into_any(),
            }}
            <p class="cost" data-testid="cost">
                {cost}
                {move || state.device.busy().then(|| view! { <br/><em>{text::device::RUN_WAITS}</em> })}
                {move || (waits.get() || state.phase.get() == Phase::Loading).then(|| view! { <br/><em>{text::NO_SCRIPT_STATE}</em> })}
            </p>
        </div>
        {state.parts.add(move |rest| (rest.budget)(state))}
    }
}
