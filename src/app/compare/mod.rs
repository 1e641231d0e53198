//! Results side by side, of all runs that are kept: a list to tick them in, and what those that are ticked have in common and not.

mod curves;
mod differ;
mod figures;
mod front;
mod latency;
mod list;
mod matrices;
mod models;
mod row;

use super::charts::Mark;
use super::record::Record;
use super::state::{ResultKey, Shared, Shown, State};
use super::text::compare as words;
use super::{actions, browser};
use crate::experiment::compare::Quantity;
use crate::experiment::{Report, VariantReport};
pub(super) use figures::table as figures_table;
pub(super) use figures::{how, title};
use leptos::prelude::*;

/// The most results that are compared at once: more lines than these cannot be told apart.
const MOST: usize = 12;
/// How many of a run are ticked where none is.
const FIRST: usize = 4;

/// One result as the list has it.
#[derive(Clone)]
struct Entry {
    key: ResultKey,
    /// What the visitor calls it.
    name: String,
    run: String,
    pinned: bool,
    /// What the filter looks at, in small letters.
    words: String,
    report: Shared<Report>,
    /// Which of the report's variants.
    index: usize,
}

impl Entry {
    fn of_record(record: &Record) -> impl Iterator<Item = Self> {
        let run = record.title();
        let recipe = &record.report.recipe;
        let about = format!("{run} {} {}", recipe.title, recipe.data.info().title);
        record.report.variants.iter().enumerate().map(move |(index, v)| {
            let mark = record.notes.mark(&v.name);
            let name = if mark.name.is_empty() { v.name.clone() } else { mark.name };
            Self {
                key: ResultKey { run: record.notes.id, variant: v.name.clone() },
                words: format!("{name} {} {about}", v.name).to_lowercase(),
                name,
                run: run.clone(),
                pinned: mark.pinned,
                report: record.report.clone(),
                index,
            }
        })
    }

    fn variant(&self) -> &VariantReport {
        &self.report.variants[self.index]
    }

    /// Whether the two networks were asked about the same data.
    fn same_data(&self, other: &Self) -> bool {
        self.report.recipe.data == other.report.recipe.data
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        let same = self.key == other.key && self.report == other.report;
        same && self.name == other.name && self.run == other.run && self.pinned == other.pinned
    }
}

/// All results, and those that are ticked.
#[derive(Clone, Copy)]
struct Results {
    state: State,
    all: Memo<Vec<Entry>>,
    /// In the order in which they were ticked, which gives each its colour.
    ticked: Memo<Vec<Entry>>,
    /// Their names, with their runs' where they are of several.
    names: Memo<Vec<String>>,
}

impl Results {
    fn new(state: State) -> Self {
        let all =
            Memo::new(move |_| state.runs.with(|runs| runs.iter().flat_map(Entry::of_record).collect::<Vec<_>>()));
        let ticked = Memo::new(move |_| {
            let keys = state.compared.get();
            all.with(|all| {
                let entry = |key: &ResultKey| all.iter().find(|entry| entry.key == *key).cloned();
                keys.iter().filter_map(entry).collect::<Vec<_>>()
            })
        });
        let names = Memo::new(move |_| {
            ticked.with(|ticked| {
                let one_run = ticked.windows(2).all(|pair| pair[0].key.run == pair[1].key.run);
                let name = |e: &Entry| if one_run { e.name.clone() } else { words::of_run(&e.name, &e.run) };
                ticked.iter().map(name).collect()
            })
        });
        Self { state, all, ticked, names }
    }

    /// The place of a result among those that are ticked.
    fn place(&self, key: &ResultKey) -> Option<usize> {
        self.ticked.with(|ticked| ticked.iter().position(|entry| entry.key == *key))
    }

    /// Ticks a result, or unticks it; false where there would be too many.
    fn set(&self, key: &ResultKey, on: bool) -> bool {
        tick(self.state, key, on)
    }

    /// Ticks as many of these as there is room for.
    fn tick_all(&self, keys: impl Iterator<Item = ResultKey>) {
        for key in keys {
            if !self.set(&key, true) {
                break;
            }
        }
    }
}

/// Ticks a result, or unticks it; where there would be too many, that is told, and false.
pub(super) fn tick(state: State, key: &ResultKey, on: bool) -> bool {
    let there = state.compared.with_untracked(|keys| keys.contains(key));
    if on == there {
        return true;
    }
    if on {
        // Results that were deleted are no longer counted.
        let kept = |key: &ResultKey| {
            let of_run = |r: &Record| r.notes.id == key.run && r.report.variants.iter().any(|v| v.name == key.variant);
            state.runs.with_untracked(|runs| runs.iter().any(of_run))
        };
        let count = state.compared.with_untracked(|keys| keys.iter().filter(|key| kept(key)).count());
        if count >= MOST {
            state.tell(words::too_many(MOST));
            return false;
        }
    }
    state.compared.update(|keys| {
        keys.retain(|other| other != key);
        if on {
            keys.push(key.clone());
        }
    });
    true
}

/// Ticks the results of a run, beside those that are ticked, and goes there.
pub(super) fn run(state: State, run: u32) {
    let names: Vec<String> = state.runs.with_untracked(|runs| {
        let record = runs.iter().find(|r| r.notes.id == run);
        record.map(|r| r.report.variants.iter().map(|v| v.name.clone()).collect()).unwrap_or_default()
    });
    for variant in names {
        if !tick(state, &ResultKey { run, variant }, true) {
            break;
        }
    }
    browser::go("#compare");
}

/// The place.
pub(super) fn place(state: State) -> AnyView {
    let results = Results::new(state);
    let any = Memo::new(move |_| results.all.with(|all| !all.is_empty()));
    let compared = Memo::new(move |_| results.ticked.with(|ticked| !ticked.is_empty()));
    // What is shown in the playground is what the visitor has in mind.
    Effect::new(move |begun: Option<bool>| {
        let begun = begun.unwrap_or(false);
        if begun || !any.get() {
            return begun;
        }
        if results.ticked.with_untracked(Vec::is_empty) {
            let shown = match state.shown.get_untracked() {
                Shown::Run(id) => Some(id),
                _ => results.all.with_untracked(|all| all.first().map(|entry| entry.key.run)),
            };
            let keys = results.all.with_untracked(|all| {
                let of_run = all.iter().filter(|entry| Some(entry.key.run) == shown);
                of_run.take(FIRST).map(|entry| entry.key.clone()).collect::<Vec<_>>()
            });
            results.tick_all(keys.into_iter());
        }
        true
    });
    view! {
        <section id="compared" class="compare" tabindex="-1" aria-labelledby="compare-title">
            {move || if any.get() {
                view! { <Listed results/> }.into_any()
            } else {
                view! {
                    <p class="card">{words::NONE}" "<a href="#playground">{words::TO_PLAYGROUND}</a></p>
                }.into_any()
            }}
            {move || any.get().then(|| if compared.get() {
                view! { <Ticked results/> }.into_any()
            } else {
                view! { <p class="hint">{words::TICK_FIRST}</p> }.into_any()
            })}
        </section>
    }
    .into_any()
}

/// The list, and the front of what it shows.
#[component]
fn Listed(results: Results) -> impl IntoView {
    let list = list::List::new(results);
    view! {
        <list::ListCard results list/>
        <front::FrontCard results list/>
    }
}

/// What is ticked, side by side.
#[component]
fn Ticked(results: Results) -> impl IntoView {
    let models = models::Models::new(results);
    view! {
        {legend(results)}
        <curves::CurvesCard results/>
        <curves::PlanesCard results/>
        <matrices::MatricesCard results/>
        <latency::LatencyCard results/>
        <models::WeightsCard results models/>
        <differ::DifferCard results models/>
    }
}

/// Colour, shape and name of each.
fn legend(results: Results) -> impl IntoView {
    let items = move || {
        let names = results.names.get().into_iter().enumerate();
        names.map(|(i, name)| view! { <li><Mark index=i/>{name}</li> }).collect_view()
    };
    view! { <ul class="legend card" data-testid="compared">{items}</ul> }
}

/// What the figures are and how they were obtained, folded away.
pub(super) fn hows() -> AnyView {
    let rows = Quantity::ALL.map(|quantity| view! { <dt>{title(quantity)}</dt><dd>{how(quantity)}</dd> });
    view! {
        <details class="more">
            <summary>{words::HOW}</summary>
            <dl class="hows">{rows.collect_view()}</dl>
        </details>
    }
    .into_any()
}

/// A name as a chart has room for it.
fn short(name: &str) -> String {
    const ROOM: usize = 24;
    if name.chars().count() <= ROOM {
        return name.into();
    }
    name.chars().take(ROOM - 1).chain(['…']).collect()
}

/// Renames or pins a result.
fn mark(state: State, key: &ResultKey, change: impl FnOnce(&mut super::record::Marked)) {
    let variant = key.variant.clone();
    actions::note(state, key.run, move |notes| {
        let mut mark = notes.mark(&variant);
        change(&mut mark);
        notes.set_mark(mark);
    });
}
