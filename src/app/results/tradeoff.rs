//! Accuracy against what it costs: bytes, and time.

use super::super::charts::{Axis, Dot, Scatter};
use super::super::language::Text;
use super::super::state::State;
use super::super::{format, text};
use crate::experiment::VariantReport;
use leptos::prelude::*;

/// Both scatter plots; pointing at a variant in one lights it in the other and in the table.
#[component]
pub(super) fn Tradeoff(state: State) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="tradeoff-title">
            <h3 id="tradeoff-title">{text::TRADEOFF}</h3>
            <div class="pair">
                <Against state title=text::AGAINST_BYTES axis=text::BYTES read=|v| v.bytes as f64 write=format::bytes/>
                <Against
                    state
                    title=text::AGAINST_LATENCY
                    axis=text::LATENCY
                    read=|v| v.latency.map_or(0.0, |latency| latency.batch1.median_us)
                    write=format::micros
                />
            </div>
            <p class="hint">{text::TRADEOFF_HELP}</p>
        </section>
    }
}

/// Accuracy against one cost: how it is read from a variant (0 where it is not known yet), and written.
#[component]
fn Against(
    state: State,
    title: Text,
    axis: Text,
    read: fn(&VariantReport) -> f64,
    write: fn(f64) -> String,
) -> impl IntoView {
    let dots = Signal::derive(move || {
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
    view! {
        <div>
            <h4>{title}</h4>
            <Scatter
                label=Signal::stored(title.to_string())
                dots
                x_axis=Signal::derive(move || Axis { title: axis.into(), write })
                y_axis=Axis { title: text::ACCURACY.into(), write: format::short_percent }
                lit=state.lit
                chosen=state.chosen
            />
        </div>
    }
}
