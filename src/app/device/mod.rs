//! The place "This device": the engine measured on the visitor's machine.

mod actions;
mod backends;
mod calls;
mod cost;
mod facts;
mod figures;
mod peak;
mod state;
mod training;

pub(super) use actions::{ended, measured, restore, save};
pub(super) use state::{DeviceState, Figures};

use super::language::said;
use super::state::State;
use super::{browser, offline, text};
use crate::benchmark::{Kind, Measurement, Work, works};
use backends::Backends;
use calls::Calls;
use cost::Cost;
use facts::Facts;
use figures::AllFigures;
use leptos::prelude::*;
use peak::Shares;
use text::device as words;
use training::TrainingFigures;

/// A figure and the work that it is of.
pub(super) type Figure = (Work, Measurement);

/// The figures of one kind of work, as far as they have been measured, in the order of works.
pub(super) fn of_kind(state: State, wanted: fn(&Kind) -> bool) -> Memo<Vec<Figure>> {
    Memo::new(move |_| {
        state.device.measured.with(|measured| {
            let find = |work: Work| Some((measured.iter().find(|m| m.work == work.id)?.clone(), work));
            works().into_iter().filter(|w| wanted(&w.kind)).filter_map(find).map(|(m, w)| (w, m)).collect()
        })
    })
}

/// The place, as the page's first part asks for it.
pub(super) fn place(state: State) -> AnyView {
    view! { <Device state/> }.into_any()
}

#[component]
fn Device(state: State) -> impl IntoView {
    let empty = move || state.device.measured.with(Vec::is_empty);
    view! {
        <div class="device">
            <section class="card measure" aria-labelledby="device-title">
                <p class="hint">{words::HOW}</p>
                <Button state/>
                <Facts/>
            </section>
            {offline::card(state)}
            <section id="measured" class="figures" tabindex="-1" aria-label=words::FIGURES>
                {move || empty().then(|| view! { <p class="hint">{words::EMPTY}</p> })}
                <div>
                    <Shares state/>
                    <TrainingFigures state/>
                    <Backends state/>
                </div>
                <div>
                    <Calls state/>
                    <Cost state/>
                </div>
                <AllFigures state/>
            </section>
        </div>
    }
}

/// Measure or Stop, and how far it is.
#[component]
fn Button(state: State) -> impl IntoView {
    let device = state.device;
    let done = move || device.measured.with(Vec::len);
    let label = move || if done() > 0 { words::MEASURE_AGAIN.tr() } else { words::MEASURE.tr() };
    let under_way = move || {
        device.wanted.with(|works| {
            works.get(done()).map(|work| words::under_way(done(), works.len(), &said(&work.title))).unwrap_or_default()
        })
    };
    let status = move || match (device.busy(), device.ended_ms.get()) {
        (true, _) if device.stopping.get() => text::STOPPING.into(),
        (true, _) => under_way(),
        (false, Some(ended)) => words::measured_at(&browser::time_text(ended), done()),
        (false, None) if done() > 0 => words::PARTIAL.into(),
        (false, None) => match actions::asked_for().len() {
            0 => String::new(),
            count => words::only(count),
        },
    };
    let share = move || done() as f64 / device.wanted.with(Vec::len).max(1) as f64;
    view! {
        <div class="control">
            {move || match device.busy() {
                false => view! {
                    <button
                        class="primary"
                        data-testid="measure"
                        disabled=move || state.busy() || state.backend.run.with(Option::is_some)
                        on:click=move |_| actions::start(state)
                    >{label}</button>
                }.into_any(),
                true => view! {
                    <button
                        class="primary stop"
                        data-testid="measure-stop"
                        disabled=move || device.stopping.get()
                        on:click=move |_| actions::stop(state)
                    >{text::STOP}</button>
                }.into_any(),
            }}
            {move || device.busy().then(|| view! { <progress max="1" prop:value=share aria-label=text::PROGRESS></progress> })}
            {move || state.busy().then(|| view! { <p class="hint">{words::BUSY}</p> })}
            <p class="stage" data-testid="measure-status">{status}</p>
        </div>
    }
}
