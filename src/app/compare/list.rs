//! The list of all results: filtered, sorted, page by page, so that hundreds stay quick.

use super::super::charts::{Above, save_buttons};
use super::super::text;
use super::super::text::compare as words;
use super::row::Row;
use super::{Entry, Results, figures, hows, title};
use crate::app::state::ResultKey;
use crate::experiment::compare::Quantity;
use leptos::prelude::*;
use std::cmp::Ordering;

/// Rows of a page.
const ROWS: usize = 25;

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Name,
    /// When it was begun.
    Run,
    Figure(Quantity),
}

/// How the visitor wants the list.
#[derive(Clone, Copy)]
pub(super) struct List {
    filter: RwSignal<String>,
    only_ticked: RwSignal<bool>,
    /// And whether from the greatest down.
    by: RwSignal<(By, bool)>,
    page: RwSignal<usize>,
    /// The result whose name stands open.
    pub open: RwSignal<Option<ResultKey>>,
    /// All that the filter leaves, in order.
    pub listed: Memo<Vec<Entry>>,
}

impl List {
    pub fn new(results: Results) -> Self {
        let (filter, only_ticked) = (RwSignal::new(String::new()), RwSignal::new(false));
        let by = RwSignal::new((By::Run, true));
        let listed = Memo::new(move |_| {
            let wanted = filter.get().to_lowercase();
            let (by, down) = by.get();
            let ticked = only_ticked.get().then(|| results.state.compared.get());
            let mut listed: Vec<Entry> = results.all.with(|all| {
                let has_words = |e: &&Entry| wanted.split_whitespace().all(|word| e.words.contains(word));
                let is_ticked = |e: &&Entry| ticked.as_ref().is_none_or(|keys| keys.contains(&e.key));
                all.iter().filter(has_words).filter(is_ticked).cloned().collect()
            });
            listed.sort_by(|a, b| b.pinned.cmp(&a.pinned).then_with(|| compare(a, b, by, down)));
            listed
        });
        Self { filter, only_ticked, by, page: RwSignal::new(0), open: RwSignal::new(None), listed }
    }

    fn pages(&self) -> usize {
        self.listed.with(Vec::len).div_ceil(ROWS).max(1)
    }

    /// The page that is shown; filtering may have left fewer than were turned to.
    fn at(&self) -> usize {
        self.page.get().min(self.pages() - 1)
    }
}

/// Those without a figure come last, whichever way.
fn compare(a: &Entry, b: &Entry, by: By, down: bool) -> Ordering {
    let turned = |order: Ordering| if down { order.reverse() } else { order };
    match by {
        By::Name => turned(a.name.to_lowercase().cmp(&b.name.to_lowercase())),
        By::Run => turned(a.key.run.cmp(&b.key.run)),
        By::Figure(quantity) => match (quantity.of(a.variant()), quantity.of(b.variant())) {
            (Some(a), Some(b)) => turned(a.total_cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
    }
}

/// The list with its filter and its files.
#[component]
pub(super) fn ListCard(results: Results, list: List) -> impl IntoView {
    let shown = move || {
        let from = list.at() * ROWS;
        list.listed.with(|listed| listed.iter().skip(from).take(ROWS).cloned().collect::<Vec<_>>())
    };
    let reference = Memo::new(move |_| results.ticked.with(|ticked| ticked.first().cloned()));
    let filter = move |ev: web_sys::Event| {
        list.filter.set(event_target_value(&ev));
        list.page.set(0);
    };
    let only = move |ev: web_sys::Event| {
        list.only_ticked.set(event_target_checked(&ev));
        list.page.set(0);
    };
    let tick_listed = move |_| {
        let keys = list.listed.with_untracked(|listed| listed.iter().map(|e| e.key.clone()).collect::<Vec<_>>());
        results.tick_all(keys.into_iter());
    };
    let table = move || {
        list.listed.with(|listed| figures::table(listed.iter().map(|e| (e.name.as_str(), e.run.as_str(), e.variant()))))
    };
    view! {
        <section class="card" aria-labelledby="all-results">
            <h3 id="all-results">{words::RESULTS}</h3>
            <div class="choosers">
                <label>
                    <span>{words::FILTER}</span>
                    <input type="search" data-testid="filter" title=words::FILTER_HELP on:input=filter/>
                </label>
                <label class="check">
                    <input type="checkbox" data-testid="only-ticked" on:change=only/>
                    <span>{words::ONLY_TICKED}</span>
                </label>
            </div>
            <p class="hint">{words::FILTER_HELP}</p>
            <div class="scroll results-scroll" tabindex="0" role="group" aria-labelledby="all-results">
                <table class="variants-table results-list" data-testid="all-results">
                    <thead><tr>
                        <th scope="col">{words::TICKED}</th>
                        {head(list, By::Name, text::VARIANT.tr())}
                        {head(list, By::Run, words::RUN.tr())}
                        {Quantity::ALL.map(|q| head(list, By::Figure(q), title(q))).collect_view()}
                        <th scope="col">{words::ACTIONS}</th>
                    </tr></thead>
                    <tbody>
                        <For each=shown key=|entry| entry.key.clone() let(entry)><Row results list entry reference/></For>
                    </tbody>
                </table>
            </div>
            {move || list.listed.with(Vec::is_empty).then(|| view! { <p class="hint">{words::NOTHING_LISTED}</p> })}
            <div class="buttons">
                {pager(list)}
                <button data-testid="tick-listed" on:click=tick_listed>{words::TICK_LISTED}</button>
                <button data-testid="untick-all" on:click=move |_| results.state.compared.set(Vec::new())>{words::UNTICK_ALL}</button>
            </div>
            {move || reference.with(|r| r.as_ref().map(|r| view! { <p class="hint">{words::reference(&r.name)}</p> }))}
            {hows()}
            {save_buttons(Signal::stored(words::RESULTS.to_string()), Above::Nothing, None, table)}
        </section>
    }
}

/// A head that sorts: first by what is better, then the other way.
fn head(list: List, by: By, title: &'static str) -> impl IntoView {
    let at_first = match by {
        By::Name => false,
        By::Run => true,
        By::Figure(quantity) => quantity.more_is_better(),
    };
    let mine = move || Some(list.by.get()).filter(|(now, _)| *now == by).map(|(_, down)| down);
    let sort = move |_| {
        list.by.update(|(now, down)| {
            *down = if *now == by { !*down } else { at_first };
            *now = by;
        });
        list.page.set(0);
    };
    let order = move || mine().map(|down| if down { "descending" } else { "ascending" });
    let arrow = move || mine().map(|down| if down { " ↓" } else { " ↑" });
    view! {
        <th scope="col" aria-sort=order>
            <button class="sort" title=words::sort_by(title) on:click=sort>{title}<span aria-hidden="true">{arrow}</span></button>
        </th>
    }
}

fn pager(list: List) -> impl IntoView {
    let words = move || {
        let all = list.listed.with(Vec::len);
        let from = list.at() * ROWS;
        words::showing((from + 1).min(all), (from + ROWS).min(all), all)
    };
    let (first, last) = (move || list.at() == 0, move || list.at() + 1 == list.pages());
    let turn = move |by: isize| list.page.set(list.at().saturating_add_signed(by));
    view! {
        <span role="status" data-testid="showing">{words}</span>
        {move || (list.pages() > 1).then(|| view! {
            <button disabled=first data-testid="page-before" on:click=move |_| turn(-1)>{words::BEFORE}</button>
            <button disabled=last data-testid="page-after" on:click=move |_| turn(1)>{words::AFTER}</button>
        })}
    }
}
