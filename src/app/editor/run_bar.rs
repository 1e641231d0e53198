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
    // Pressed before the page has the code of a run.
    let waits = RwSignal::new(false);
    let run = move || {
        waits.set(true);
        state.parts.with_engine(move |engine| {
            waits.set(false);
            (engine.run)(state);
        });
    };
    let press = move |_| match untrack(|| state.busy()) {
        true => state.parts.with_engine(move |engine| (engine.stop)(state)),
        false => run(),
    };
    view! {
        {move || banner().map(|b| view! {
            <p class="notice" data-testid="opened">{b}</p>
            {state.parts.draw(move |rest| (rest.preview)(state))}
        })}
        <div class="runbar">
            // One button for both, so that who pressed it by keyboard is still at it.
            <button
                class="primary"
                class:stop=move || state.busy()
                data-testid=move || if state.busy() { "stop" } else { "run" }
                disabled=move || match state.phase.get() {
                    Phase::Stopping => true,
                    Phase::Running => false,
                    _ => waits.get() || state.plan.with(Result::is_err) || state.device.busy() || state.budget.run.with(Option::is_some),
                }
                on:click=press
            >{move || match state.phase.get() {
                Phase::Stopping => text::STOPPING.tr(),
                Phase::Running => text::STOP.tr(),
                Phase::Done => text::RUN_AGAIN.tr(),
                _ => text::RUN.tr(),
            }}</button>
            <p class="cost" data-testid="cost">
                {cost}
                {move || state.device.busy().then(|| view! { <br/><em>{text::device::RUN_WAITS}</em> })}
                {move || (waits.get() || state.phase.get() == Phase::Loading).then(|| view! { <br/><em>{text::NO_SCRIPT_STATE}</em> })}
            </p>
        </div>
        // Holds its place until that part is there, so that nothing moves.
        <div class="budget-place">{state.parts.add(move |rest| (rest.budget)(state))}</div>
    }
}
