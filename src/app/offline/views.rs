//! What the visitor sees of it: a card in "This device", and a line where there is a newer version.

use super::service::{ask_of_data, take_over};
use super::{Amounts, Stage, Trouble};
use crate::app::state::State;
use crate::app::text::offline as words;
use leptos::prelude::*;

/// Whether the page works without a network, how much of the data does, and a button for the rest of it.
pub(in crate::app) fn card(state: State) -> AnyView {
    let offline = state.offline;
    let stage = move || match offline.stage.get() {
        Stage::Waiting | Stage::Filling => words::FILLING.tr(),
        Stage::Kept => words::KEPT.tr(),
        Stage::Refused => words::REFUSED.tr(),
        Stage::Failed => words::FAILED.tr(),
    };
    let kept = move || offline.stage.get() == Stage::Kept;
    view! {
        <section class="card offline" aria-labelledby="offline-title" data-testid="offline">
            <h3 id="offline-title">{words::TITLE}</h3>
            <p role="status" data-testid="offline-stage">{stage}</p>
            {move || offline.data.get().filter(|_| kept()).map(|data| view! { <Data state data/> })}
        </section>
    }
    .into_any()
}

#[component]
fn Data(state: State, data: Amounts) -> impl IntoView {
    let at_work = state.offline.at_work;
    let all = data.kept >= data.total;
    let trouble = data.trouble.map(|trouble| match trouble {
        Trouble::Full => words::NO_ROOM,
        Trouble::Network => words::NO_NETWORK,
    });
    view! {
        <p data-testid="offline-data">{words::data(data.kept, data.total)}</p>
        {(at_work.get_untracked() && !all).then(|| view! {
            <progress max="1" prop:value=data.kept / data.total.max(1.0) aria-label=words::KEEPING></progress>
        })}
        {trouble.map(|sentence| view! { <p class="notice bad" role="alert">{sentence}</p> })}
        <div class="buttons">
            {(!all).then(|| view! {
                <button data-testid="offline-keep" disabled=move || at_work.get() on:click=move |_| ask_of_data(state, "keep")>
                    {words::keep(data.total)}
                </button>
            })}
            {(data.kept > 0.0).then(|| view! {
                <button class="quiet" data-testid="offline-forget" disabled=move || at_work.get() on:click=move |_| ask_of_data(state, "forget")>
                    {words::FORGET}
                </button>
            })}
        </div>
    }
}

/// Says that there is a newer version, and takes it when it suits the visitor.
pub(in crate::app) fn new_version(state: State) -> AnyView {
    view! {
        <p class="notice" data-testid="new-version">
            <span>{move || if state.occupied() { words::NEWER_BUSY.tr() } else { words::NEWER.tr() }}</span>
            <button data-testid="take-over" disabled=move || state.occupied() on:click=move |_| take_over(state)>{words::RELOAD}</button>
            <button class="quiet" on:click=move |_| state.offline.newer.set(false)>{words::LATER}</button>
        </p>
    }
    .into_any()
}
