//! Accuracy against what it costs.

use super::super::charts::{Axis, Dot, Scatter};
use super::super::state::State;
use super::super::{format, text};
use crate::experiment::VariantReport;
use leptos::prelude::*;

/// What a cost is called, how it is read from a variant and written.
type Cost = (&'static str, fn(&VariantReport) -> f64, fn(f64) -> String);

const COSTS: [Cost; 3] = [
    (text::BYTES, |v| v.bytes as f64, format::bytes),
    (text::LATENCY, |v| v.latency.batch1.median_us, format::micros),
    (text::MACS, |v| v.macs as f64, format::amount),
];

/// The scatter plot and the choice of its axis.
#[component]
pub(super) fn Tradeoff(state: State) -> impl IntoView {
    let cost = RwSignal::new(0usize);
    let dots = Signal::derive(move || {
        let (_, read, _) = COSTS[cost.get()];
        state.report.with(|r| {
            let variants = r.as_ref().map(|r| r.variants.as_slice()).unwrap_or_default();
            let dot = |(index, v): (usize, &VariantReport)| Dot {
                name: v.name.clone(),
                index,
                x: read(v),
                y: v.accuracy,
                spread: (v.trials.len() > 1).then_some((v.accuracy_min, v.accuracy_max)),
            };
            variants.iter().enumerate().map(dot).filter(|d| d.x > 0.0).collect()
        })
    });
    let x_axis = Signal::derive(move || {
        let (title, _, write) = COSTS[cost.get()];
        Axis { title: title.into(), write }
    });
    let label = Signal::derive(move || format!("{} {}", text::AGAINST, COSTS[cost.get()].0));
    view! {
        <section class="card" aria-labelledby="tradeoff-title">
            <h3 id="tradeoff-title">{text::TRADEOFF}</h3>
            <fieldset class="segments">
                <legend>{text::AGAINST}</legend>
                {COSTS.iter().enumerate().map(|(i, (title, ..))| view! {
                    <label>
                        <input
                            type="radio"
                            name="cost"
                            prop:checked=move || cost.get() == i
                            on:change=move |_| cost.set(i)
                        />
                        <span>{*title}</span>
                    </label>
                }).collect_view()}
            </fieldset>
            <Scatter
                label
                dots
                x_axis
                y_axis=Axis { title: text::ACCURACY.into(), write: format::short_percent }
                lit=state.lit
                chosen=state.chosen
            />
            <p class="hint">{text::TRADEOFF_HELP}</p>
        </section>
    }
}
