//! What runs came to: progress, curves, table, trade-off, a look inside, a pad to draw on, and how to reproduce it all.

pub(super) mod boundary;
mod choosers;
mod collapse;
pub(super) mod confusion;
mod curves;
mod digit;
mod draw_pad;
mod files;
mod hints;
mod inside;
mod network;
pub(super) mod numbers;
mod precision;
mod progress;
mod readings;
mod report_files;
mod reproduce;
mod runs;
mod sensitivity;
mod strokes;
mod table;
mod tradeoff;
mod try_text;
mod verdict;
pub(super) mod weights_picture;

use super::charts::Origin;
use super::share::Differences;
use super::state::{Shown, State};
use super::text;
use super::turns::in_turn;
use crate::data::DatasetInfo;
use crate::experiment::Link;
use boundary::Boundaries;
pub(super) use boundary::Plane;
use collapse::Collapse;
use curves::Curves;
pub(super) use digit::SIDE;
use draw_pad::DrawPad;
pub(super) use draw_pad::{PAD, Pad, drawn, stroke, wipe};
pub(super) use files::made;
use hints::Hints;
use inside::Inside;
use leptos::prelude::*;
use numbers::Numbers;
pub(super) use numbers::Overflow;
use precision::PrecisionPanel;
use progress::ProgressPanel;
use reproduce::Reproduce;
pub(super) use reproduce::{link, share};
use runs::Runs;
use sensitivity::SensitivityPanel;
pub(super) use strokes::DIGITS;
use table::VariantTable;
use tradeoff::Tradeoff;
use try_text::TryText;
use verdict::VerdictLine;
pub(super) use weights_picture::WeightsPicture;

/// The right half of the page. Only its head and what a newcomer reads are part of the first view.
#[component]
pub(super) fn Results(state: State) -> impl IntoView {
    let nothing = Memo::new(move |_| state.shown.get() == Shown::Nothing);
    view! {
        <section id="results" class="results" tabindex="-1" aria-labelledby="results-title">
            <div class="results-head">
                <h2 id="results-title">{text::RESULTS}</h2>
                <button on:click=move |_| state.parts.with_rest(move |rest| (rest.share)(state))>{text::SHARE}</button>
            </div>
            {state.parts.add(move |rest| (rest.runs)(state))}
            {move || nothing.get().then(|| view! { <Hints/> })}
            {state.parts.draw(move |rest| (rest.results)(state))}
        </section>
    }
}

/// The list of runs.
pub(super) fn runs(state: State) -> AnyView {
    view! { <Runs state/> }.into_any()
}

/// The most cards that are due at once: those that come when the first variant has been tested.
const CARDS: usize = 5;

/// What there is to see of a run.
pub(super) fn all(state: State) -> AnyView {
    provide_context(Origin(Signal::derive(move || state.report.get().map(|report| Link::from(&*report)))));
    let something = state.memo(move || state.shown.get() != Shown::Nothing);
    let measured = Memo::new(move |_| state.report.with(|r| r.as_ref().is_some_and(|r| !r.variants.is_empty())));
    let tabled = state.memo(move || measured.get() || state.shown.get() == Shown::Live);
    let of_data = move |is: fn(&DatasetInfo) -> bool| {
        Memo::new(move |_| state.report.with(|r| r.as_ref().is_some_and(|r| is(r.recipe.data.info()))))
    };
    let (plane, words) = (of_data(boundary::is_drawn), of_data(DatasetInfo::is_text));
    // The pad's picture is what MNIST's are.
    let drawable = of_data(|info| info.shape == [SIDE, SIDE, 1]);
    let begun = in_turn(something, CARDS, false);
    let [begun, begun_table, begun_curves] = [0, 1, 2].map(begun);
    let turn = in_turn(measured, CARDS, false);
    let [traded, tried, looked, sensitive, precise] = [0, 1, 2, 3, 4].map(turn);
    let after = in_turn(Memo::new(|_| true), 1, state.parts.settled())(0);
    view! {
            {move || begun.get().then(|| view! { <ProgressPanel state/> })}
            <VerdictLine state/>
            <Differences state/>
            {move || (tabled.get() && begun_table.get()).then(|| view! { <VariantTable state/> })}
            <Collapse state/>
            {move || (begun_curves.get() && plane.get()).then(|| view! { <Boundaries state/> })}
            {move || traded.get().then(|| view! { <Tradeoff state/> })}
            {move || begun_curves.get().then(|| view! { <Curves state/> })}
            {move || (tried.get() && drawable.get()).then(|| view! { <DrawPad state/> })}
            {move || (tried.get() && words.get()).then(|| view! { <TryText state/> })}
            {move || looked.get().then(|| view! { <Inside state/> })}
            {move || sensitive.get().then(|| view! { <SensitivityPanel state/> })}
            {move || precise.get().then(|| view! { <PrecisionPanel state/> })}
            {move || after.get().then(|| view! { <Numbers state/><Reproduce state/> })}
    }
    .into_any()
}

/// One chart of what there is to see, for a frame in another page.
pub(super) fn one(state: State, name: &str) -> AnyView {
    let something = Memo::new(move |_| state.shown.get() != Shown::Nothing);
    let name = name.to_string();
    let chosen = move |state| match name.as_str() {
        "curves" => view! { <Curves state/> }.into_any(),
        "tradeoff" => view! { <Tradeoff state/> }.into_any(),
        _ => view! { <VariantTable state/> }.into_any(),
    };
    view! {
        <div class="results">
            <VerdictLine state/>
            {move || something.get().then(|| view! { <ProgressPanel state/> })}
            {move || something.get().then(|| chosen(state))}
        </div>
    }
    .into_any()
}
