//! Past runs: choose, rename, delete.

use super::super::state::{Shown, State};
use super::super::{actions, compare, format, text};
use leptos::prelude::*;

/// The list of runs, and what can be done with the one shown.
#[component]
pub(super) fn Runs(state: State) -> impl IntoView {
    let live = Memo::new(move |_| state.watch(Option::is_some));
    let list = Memo::new(move |_| {
        state.runs.with(|runs| {
            runs.iter()
                .map(|r| {
                    let best = r.report.variants.iter().map(|v| v.accuracy).fold(0.0, f64::max);
                    let tag = if r.notes.stopped { text::STOPPED.into() } else { format::percent(best) };
                    (r.notes.id, r.title(), tag)
                })
                .collect::<Vec<_>>()
        })
    });
    let current = Memo::new(move |_| match state.shown.get() {
        Shown::Run(id) => Some(id),
        _ => None,
    });
    let name = move || {
        let id = current.get();
        state
            .runs
            .with(|runs| runs.iter().find(|r| Some(r.notes.id) == id).map(|r| r.notes.name.clone()))
            .unwrap_or_default()
    };
    move || {
        (live.get() || !list.with(Vec::is_empty)).then(|| view! {
            <nav class="runs" aria-label=text::RUNS>
                <ul>
                    {move || live.get().then(|| view! {
                        <li><button
                            aria-current=move || (state.shown.get() == Shown::Live).then_some("true")
                            on:click=move |_| actions::show_live(state)
                        >{text::LIVE_RUN}</button></li>
                    })}
                    <For each=move || list.get() key=|run| run.clone() let((id, title, tag))>
                        <li><button
                            data-testid="run-item"
                            aria-current=move || (current.get() == Some(id)).then_some("true")
                            on:click=move |_| actions::show(state, id)
                        ><bdi>{title}</bdi><small>{tag}</small></button></li>
                    </For>
                </ul>
                {move || current.get().map(|id| view! {
                    <details class="more">
                        <summary>{text::RUN_MENU}</summary>
                        <div class="buttons">
                            <input
                                type="text"
                                maxlength="80"
                                aria-label=text::RENAME
                                prop:value=name
                                on:change:target=move |ev| actions::rename(state, id, ev.target().value())
                            />
                            <button on:click=move |_| edit(state, id)>{text::EDIT_RUN}</button>
                            <button data-testid="run-compare" on:click=move |_| compare::run(state, id)>{text::compare::COMPARE_RUN}</button>
                            <button data-testid="run-delete" on:click=move |_| actions::delete(state, id)>{text::DELETE_RUN}</button>
                        </div>
                    </details>
                })}
            </nav>
        })
    }
}

/// Lays out the experiment of a past run.
fn edit(state: State, id: u32) {
    let recipe =
        state.runs.with_untracked(|runs| runs.iter().find(|r| r.notes.id == id).map(|r| r.report.recipe.clone()));
    let Some(recipe) = recipe else { return };
    // What an assignment allows may be the student's own, and is work on it.
    match state.assignment.with_untracked(|a| a.as_ref().is_none_or(|a| a.changed(&recipe).is_empty())) {
        true => actions::lay_out(state, recipe),
        false => actions::lay_out_other(state, recipe),
    }
}
