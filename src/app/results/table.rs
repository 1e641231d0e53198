//! The variants side by side, each figure under the way it was obtained.

use super::super::charts::Mark;
use super::super::state::State;
use super::super::{format, text};
use crate::experiment::{Quartiles, Report, VariantReport};
use leptos::prelude::*;

/// The table.
#[component]
pub(super) fn VariantTable(state: State) -> impl IntoView {
    let names = Memo::new(move |_| {
        state
            .report
            .with(|r| r.as_ref().map(|r| r.variants.iter().map(|v| v.name.clone()).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    let base = Memo::new(move |_| names.with(|n| n.first().cloned()).unwrap_or_default());
    let trials = Memo::new(move |_| state.report.with(|r| r.as_ref().map_or(1, |r| r.recipe.seeds.len())));
    let numbered = move || names.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="table-title">
            <h3 id="table-title">{text::TABLE}</h3>
            <div class="scroll" tabindex="0" role="group" aria-labelledby="table-title">
                <table class="variants-table" data-testid="results-table">
                    <thead>
                        <tr class="origin">
                            <td></td>
                            <th scope="colgroup" colspan="2">{text::ON_TEST}</th>
                            <th scope="colgroup" colspan="2">{text::FROM_FILE}</th>
                            <th scope="colgroup" colspan="3">{text::COUNTED}</th>
                            <th scope="colgroup" colspan="3">{text::MEASURED}</th>
                        </tr>
                        <tr>
                            {[
                                text::VARIANT, text::ACCURACY, text::LOSS, text::BYTES, text::RATIO, text::NONZERO,
                                text::SPARSITY, text::MACS, text::LATENCY_1, text::SPEEDUP, text::LATENCY_64,
                            ].map(|head| view! { <th scope="col">{head}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        <For each=numbered key=|n| n.clone() let((index, name))>
                            <Row state index name/>
                        </For>
                    </tbody>
                </table>
            </div>
            <p class="hint">
                {text::TABLE_HELP}" "{move || text::ratio_to(&base.get())}" "
                {move || (trials.get() > 1).then(|| text::trials(trials.get()))}
                {move || state.busy().then_some(text::MORE_COMING).map(|t| format!(" {t}"))}
            </p>
        </section>
    }
}

#[component]
fn Row(state: State, index: usize, name: String) -> impl IntoView {
    let me = StoredValue::new(name.clone());
    let is_me = move |other: &Option<String>| me.with_value(|me| other.as_ref() == Some(me));
    let point = move || state.lit.set(Some(me.get_value()));
    let cells = move || {
        state.report.with(|r| {
            let report = r.as_ref()?;
            let variant = report.variants.iter().find(|v| me.with_value(|me| v.name == *me))?;
            Some(cells(report, variant))
        })
    };
    let partial = move || {
        state.report.with(|r| {
            r.as_ref()
                .and_then(|r| r.variants.iter().find(|v| me.with_value(|me| v.name == *me)))
                .is_some_and(|v| v.stopped)
        })
    };
    view! {
        <tr
            class:lit=move || state.lit.with(is_me)
            class:chosen=move || state.variant.with(is_me)
            on:pointerenter=move |_| point()
            on:pointerleave=move |_| state.lit.set(None)
        >
            <th scope="row">
                <button
                    class="row"
                    aria-pressed=move || state.variant.with(is_me).to_string()
                    on:focus=move |_| point()
                    on:blur=move |_| state.lit.set(None)
                    on:click=move |_| state.chosen.set(Some(me.get_value()))
                >
                    <Mark index/>
                    {name}
                </button>
                {move || partial().then(|| view! { <em class="tag">{text::PARTIAL}</em> })}
            </th>
            {move || cells().map(|cells| cells.into_iter().map(|(value, more)| view! {
                <td>{value}{more.map(|m| view! { <small>{m}</small> })}</td>
            }).collect_view())}
        </tr>
    }
}

/// Each cell's figure, and what stands small beneath it.
fn cells(report: &Report, v: &VariantReport) -> Vec<(String, Option<String>)> {
    let base = report.variants.first().unwrap_or(v);
    let several = v.trials.len() > 1;
    let quartiles = |q: &Quartiles| {
        let range = (q.q3_us > 0.0).then(|| format!("{} – {}", format::micros(q.q1_us), format::micros(q.q3_us)));
        (format::micros(q.median_us), range)
    };
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let speedup = share(base.latency.batch1.median_us, v.latency.batch1.median_us);
    vec![
        (
            format::percent(v.accuracy),
            several.then(|| format!("{} – {}", format::percent(v.accuracy_min), format::percent(v.accuracy_max))),
        ),
        (format::fixed(v.loss, 4), None),
        (format::bytes(v.bytes as f64), None),
        (format!("{}×", format::fixed(share(v.bytes as f64, base.bytes as f64), 2)), None),
        (format::count(v.nonzero as f64), Some(format!("/ {}", format::count(v.parameters as f64)))),
        (format::short_percent(1.0 - share(v.nonzero as f64, v.parameters as f64)), None),
        (format::amount(v.macs as f64), None),
        quartiles(&v.latency.batch1),
        (format!("{}×", format::fixed(speedup, 2)), None),
        quartiles(&v.latency.batch64),
    ]
}
