//! The variants side by side, each figure under the way it was obtained.

use super::super::charts::Mark;
use super::super::language::{Text, said};
use super::super::state::{ResultKey, Shown, State};
use super::super::text::compare as words;
use super::super::tracker::Tracker;
use super::super::{compare, format, text};
use crate::experiment::{Latency, Quartiles, VariantReport};
use leptos::prelude::*;

/// The table. During a run its rows stand there from the start and say what each variant waits for.
#[component]
pub(super) fn VariantTable(state: State) -> impl IntoView {
    let names = Memo::new(move |_| match state.shown.get() {
        Shown::Live => state.watch(|l| l.as_ref().map(|l| l.plan.variants.iter().map(|v| v.name.clone()).collect())),
        _ => state.report.with(|r| r.as_ref().map(|r| r.variants.iter().map(|v| v.name.clone()).collect())),
    });
    let names = Memo::new(move |_| names.get().unwrap_or_else(Vec::new));
    let base = Memo::new(move |_| names.with(|n| n.first().cloned()).unwrap_or_default());
    let trials = Memo::new(move |_| state.report.with(|r| r.as_ref().map_or(1, |r| r.recipe.seeds.len())));
    let compared = move || {
        let count = state.compared.with(Vec::len);
        matches!(state.shown.get(), Shown::Run(_)).then(|| {
            if count == 0 {
                view! { <p class="hint">{words::TICK_HERE}</p> }.into_any()
            } else {
                view! { <p><a href="#compare" data-testid="to-compare">{words::compare_ticked(count)}</a></p> }
                    .into_any()
            }
        })
    };
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
                            <th scope="colgroup">{text::FROM_FILE}</th>
                            <th scope="colgroup" colspan="3">{text::COUNTED}</th>
                            <th scope="colgroup" colspan="2">{text::MEASURED}</th>
                        </tr>
                        <tr>
                            {HEADS.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        <For each=numbered key=|n| n.clone() let((index, name))>
                            <Row state index name base/>
                        </For>
                    </tbody>
                </table>
            </div>
            <p class="hint">
                {text::TABLE_HELP}" "{move || text::ratio_to(&base.get())}
                {move || (state.shown.get() == Shown::Live).then(|| format!(" {}", text::TIMED_ALONE))}
                {move || (trials.get() > 1).then(|| format!(" {}", text::trials(trials.get())))}
            </p>
            {compare::hows()}
            {compared}
        </section>
    }
}

const HEADS: [Text; 9] = [
    text::VARIANT,
    text::ACCURACY,
    text::LOSS,
    text::BYTES,
    text::NONZERO,
    text::SPARSITY,
    text::MACS,
    text::LATENCY_1,
    text::LATENCY_64,
];

#[component]
fn Row(state: State, index: usize, name: String, base: Memo<String>) -> impl IntoView {
    let me = StoredValue::new(name.clone());
    let is_me = move |other: &Option<String>| me.with_value(|me| other.as_ref() == Some(me));
    let point = move || state.lit.set(Some(me.get_value()));
    let cells = move || {
        state.report.with(|r| {
            let report = r.as_ref()?;
            let variant = report.variants.iter().find(|v| me.with_value(|me| v.name == *me))?;
            let base = base.with(|base| report.variants.iter().find(|v| v.name == *base));
            Some(cells(base, variant, state.shown.get() == Shown::Live))
        })
    };
    let wait = move || state.watch(|l| me.with_value(|me| waits_for(l.as_ref()?, me)));
    let partial = move || {
        state.report.with(|r| {
            r.as_ref()
                .and_then(|r| r.variants.iter().find(|v| me.with_value(|me| v.name == *me)))
                .is_some_and(|v| v.stopped)
        })
    };
    // Of a run that has ended, each result can be compared with those of others.
    let tick = move || {
        let Shown::Run(run) = state.shown.get() else { return None };
        let key = ResultKey { run, variant: me.get_value() };
        let (asked, label) = (key.clone(), words::tick_one(&key.variant));
        let checked = move || state.compared.with(|keys| keys.contains(&asked));
        let change = move |ev: web_sys::Event| {
            let on = event_target_checked(&ev);
            if !compare::tick(state, &key, on) {
                // As it was: there is no room.
                event_target::<web_sys::HtmlInputElement>(&ev).set_checked(!on);
            }
        };
        Some(view! { <input type="checkbox" class="tick" aria-label=label prop:checked=checked on:change=change/> })
    };
    view! {
        <tr
            class:lit=move || state.lit.with(is_me)
            class:chosen=move || state.variant.with(is_me)
            on:pointerenter=move |_| point()
            on:pointerleave=move |_| state.lit.set(None)
        >
            <th scope="row">
                {tick}
                <button
                    class="row"
                    aria-pressed=move || state.variant.with(is_me).to_string()
                    on:focus=move |_| point()
                    on:blur=move |_| state.lit.set(None)
                    on:click=move |_| state.chosen.set(Some(me.get_value()))
                >
                    <Mark index/>
                    <bdi>{name}</bdi>
                </button>
                {move || partial().then(|| view! { <em class="tag">{text::PARTIAL}</em> })}
            </th>
            {move || match cells() {
                Some(cells) => cells.into_iter().map(Cell::view).collect_view().into_any(),
                None => view! { <td class="wait" colspan=HEADS.len() - 1>{wait}</td> }.into_any(),
            }}
        </tr>
    }
}

/// What a variant that is not tested yet waits for: its current stage, or one before it.
fn waits_for(live: &Tracker, name: &str) -> Option<String> {
    let end = live.plan.variants.iter().find(|v| v.name == name)?.stage;
    let mine = |stage: usize| live.plan.reaches(end, stage);
    if live.progress.iter().all(|stages| stages[end].lost) {
        return Some(text::LOST.into());
    }
    let now = live.current().into_iter().find(|(stage, _)| mine(*stage)).map(|(stage, trials)| (trials[0], stage));
    let shared_with = now.and_then(|(_, stage)| live.plan.first_through(stage)).filter(|first| *first != name);
    Some(match (now, shared_with) {
        (None, _) => text::WAITS.into(),
        (_, Some(first)) => text::goes_on_from(first),
        (Some((trial, stage)), None) => {
            let curve = live.curves.iter().find(|c| c.trial == trial && c.stage == stage);
            let reached = curve.and_then(|c| c.training.last()).map(|p| f64::from(p.accuracy));
            text::in_work(&said(&live.plan.stages[stage].label), reached)
        }
    })
}

/// A figure, what stands small beneath it, and its share of the first variant's as a bar.
struct Cell {
    value: String,
    more: Vec<String>,
    bar: Option<f64>,
}

impl Cell {
    fn plain(value: String) -> Self {
        Self { value, more: Vec::new(), bar: None }
    }

    fn view(self) -> impl IntoView {
        let bar = self.bar.map(|share| {
            view! {
                <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="whole" width="100" height="4"></rect>
                    <rect width=share.clamp(0.01, 1.0) * 100.0 height="4"></rect>
                </svg>
            }
        });
        let more = self.more.into_iter().map(|m| view! { <small>{m}</small> }).collect_view();
        view! { <td>{self.value}{bar}{more}</td> }
    }
}

/// A variant's cells, in the order of [`HEADS`]. In a run that is `live`, what was not timed may be yet.
fn cells(base: Option<&VariantReport>, v: &VariantReport, live: bool) -> Vec<Cell> {
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let spread = (v.trials.len() > 1)
        .then(|| format!("{} – {}", format::percent(v.accuracy_min), format::percent(v.accuracy_max)));
    let size = base.map(|base| share(v.bytes as f64, base.bytes as f64));
    let base_itself = base.is_some_and(|base| base.name == v.name);
    let latency = |of: fn(&Latency) -> Quartiles| {
        let Some(mine) = v.latency.as_ref().map(of) else {
            let (value, why) = if live { ("…", text::NOT_TIMED_YET) } else { ("–", text::NOT_TIMED) };
            return Cell { value: value.into(), more: vec![why.into()], bar: None };
        };
        let first = base.and_then(|base| base.latency.as_ref()).map(|latency| of(latency).median_us);
        Cell {
            value: format::micros(mine.median_us),
            more: [
                Some(format::micros_range(mine.q1_us, mine.q3_us)),
                first.filter(|_| mine.median_us > 0.0 && !base_itself).map(|first| text::speed(first / mine.median_us)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            bar: first.map(|first| share(mine.median_us, first)),
        }
    };
    vec![
        Cell { value: format::percent(v.accuracy), more: spread.into_iter().collect(), bar: None },
        Cell::plain(format::fixed(v.loss, 4)),
        Cell {
            value: format::bytes(v.bytes as f64),
            more: size.filter(|_| !base_itself).map(text::size).into_iter().collect(),
            bar: size,
        },
        Cell { value: format::count(v.nonzero as f64), more: vec![text::of_all(v.parameters)], bar: None },
        Cell::plain(format::short_percent(1.0 - share(v.nonzero as f64, v.parameters as f64))),
        Cell::plain(format::amount(v.macs as f64)),
        latency(|latency| latency.batch1),
        latency(|latency| latency.batch64),
    ]
}
