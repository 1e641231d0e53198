//! How long a call takes: medians and quartiles.

use super::super::charts::{Axis, Kind, RankedChart, Spotted};
use super::super::text::compare as words;
use super::super::{format, text};
use super::{Entry, Results};
use crate::app::language::Text;
use crate::experiment::compare::Quantity;
use leptos::prelude::*;

/// One chart for single samples, one for batches of 64.
#[component]
pub(super) fn LatencyCard(results: Results) -> impl IntoView {
    let of = move |quantity: Quantity| {
        let names = results.names.get();
        results.ticked.with(|ticked| {
            let row = |(index, entry): (usize, &Entry)| {
                let spread = quantity.spread(entry.variant());
                let at = Spotted { x: 0.0, y: quantity.of(entry.variant())?, spread, crossed: false };
                Some((false, names[index].clone(), at))
            };
            ticked.iter().enumerate().filter_map(row).collect::<Vec<_>>()
        })
    };
    let chart = move |quantity: Quantity, title: Text| {
        let rows = of(quantity);
        (!rows.is_empty()).then(|| {
            let told = rows.iter().map(|(_, name, at)| format!("{name} {}", format::micros(at.y)));
            let label = format!("{title}: {}", told.collect::<Vec<_>>().join("; "));
            let axis = Axis { title: title.into(), write: format::micros };
            view! { <div><h4>{title}</h4><RankedChart label rows axis kind=Kind::Log/></div> }
        })
    };
    view! {
        <section class="card" aria-labelledby="compare-latency" data-testid="compare-latency">
            <h3 id="compare-latency">{words::LATENCY}</h3>
            <div class="pair">
                {move || chart(Quantity::Latency1, text::LATENCY_1)}
                {move || chart(Quantity::Latency64, text::LATENCY_64)}
            </div>
            <p class="hint">{words::LATENCY_HELP}</p>
        </section>
    }
}
