//! Time per sample against multiply-accumulates, over three decades of widths.

use super::of_kind;
use crate::app::charts::{Axis, Kind as Scale, LineChart, Series};
use crate::app::state::State;
use crate::app::{format, text, text::device as words};
use crate::benchmark::Kind;
use leptos::prelude::*;

/// The chart, once two points are there.
#[component]
pub(super) fn Cost(state: State) -> impl IntoView {
    let costs = of_kind(state, |kind| matches!(kind, Kind::Cost { .. }));
    let any = Memo::new(move |_| costs.with(|c| c.len() > 1));
    let series = Signal::derive(move || {
        let points = costs.with(|c| c.iter().filter_map(|(_, m)| Some((m.macs? as f64, m.median))).collect());
        vec![Series { name: words::HIDDEN.into(), index: 0, faint: false, points }]
    });
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="cost-title" data-testid="device-cost">
                    <h3 id="cost-title">{words::COST}</h3>
                    <h4>{words::PER_SAMPLE}</h4>
                    <LineChart
                        label=Signal::stored(words::COST_LABEL.to_string())
                        series
                        x_axis=Axis { title: text::MACS.into(), write: format::amount }
                        y_axis=Axis { title: words::PER_SAMPLE.into(), write: format::micros }
                        x_kind=Scale::Log
                        y_kind=Scale::Log
                    />
                    <p class="hint">{words::COST_HELP}</p>
                </section>
            }
        })
    }
}
