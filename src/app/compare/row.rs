//! A row of the list: a result's figures, and what can be done with it.

use super::super::charts::Mark;
use super::super::text::compare as words;
use super::super::{actions, browser, format, text};
use super::list::List;
use super::{Entry, Results, figures, mark};
use crate::experiment::compare::Quantity;
use leptos::prelude::*;

/// Columns of the list.
const COLUMNS: usize = Quantity::ALL.len() + 4;

#[component]
pub(super) fn Row(
    results: Results,
    list: List,
    entry: Entry,
    /// What factors are against.
    reference: Memo<Option<Entry>>,
) -> impl IntoView {
    let state = results.state;
    let key = StoredValue::new(entry.key.clone());
    let place = Memo::new(move |_| key.with_value(|key| results.place(key)));
    let open = Memo::new(move |_| key.with_value(|key| list.open.with(|open| open.as_ref() == Some(key))));
    let tick = move |ev: web_sys::Event| {
        let on = event_target_checked(&ev);
        if !key.with_value(|key| results.set(key, on)) {
            // As it was: there is no room.
            event_target::<web_sys::HtmlInputElement>(&ev).set_checked(!on);
        }
    };
    let pin = move |_| key.with_value(|key| mark(state, key, |mark| mark.pinned = !mark.pinned));
    let unfold = move |_| list.open.set((!open.get_untracked()).then(|| key.get_value()));
    let (name, run, pinned) = (entry.name.clone(), entry.run.clone(), entry.pinned);
    let title = words::tick(&name, &run);
    let stopped = entry.variant().stopped;
    let stored = StoredValue::new(entry);
    let cells = move || {
        let reference = reference.get();
        stored
            .with_value(|entry| Quantity::ALL.map(|quantity| cell(entry, quantity, reference.as_ref())).collect_view())
    };
    view! {
        <tr class:chosen=move || place.get().is_some() data-testid="result">
            <td>
                <input type="checkbox" aria-label=title prop:checked=move || place.get().is_some() on:change=tick/>
            </td>
            <th scope="row">
                {move || place.get().map(|index| view! { <Mark index/>" " })}
                <bdi>{name.clone()}</bdi>
                {stopped.then(|| view! { <em class="tag">{text::PARTIAL}</em> })}
            </th>
            <td class="of-run"><bdi>{run}</bdi></td>
            {cells}
            <td class="acts">
                <button class="quiet" aria-pressed=pinned.to_string() aria-label=words::pin(&name) title=words::pin(&name) on:click=pin>
                    {if pinned { "★" } else { "☆" }}
                </button>
                <button class="quiet" aria-expanded=move || open.get().to_string() aria-label=words::more(&name) title=words::more(&name) on:click=unfold>"…"</button>
            </td>
        </tr>
        {move || open.get().then(|| stored.with_value(|entry| view! { <Unfolded results list entry=entry.clone()/> }))}
    }
}

/// A figure, its spread, and its factor against the reference.
fn cell(entry: &Entry, quantity: Quantity, reference: Option<&Entry>) -> impl IntoView + use<> {
    let mine = quantity.of(entry.variant());
    let spread = quantity.spread(entry.variant()).filter(|_| mine.is_some());
    let other = reference.filter(|r| r.key != entry.key && quantity.by_ratio()).and_then(|r| quantity.of(r.variant()));
    let factor = mine.zip(other).filter(|(_, other)| *other > 0.0).map(|(mine, other)| mine / other);
    view! {
        <td>
            {mine.map_or_else(|| "–".into(), figures::write(quantity))}
            {spread.map(|ends| view! { <small>{figures::range(quantity, ends)}</small> })}
            {factor.map(|factor| view! { <small>{words::times(&format::significant(factor, 3))}</small> })}
        </td>
    }
}

/// Names, the run, and its end.
#[component]
fn Unfolded(results: Results, list: List, entry: Entry) -> impl IntoView {
    let state = results.state;
    let Entry { key, name, report, .. } = entry;
    let run = key.run;
    let run_name = state
        .runs
        .with_untracked(|runs| runs.iter().find(|r| r.notes.id == run).map(|r| r.notes.name.clone()))
        .unwrap_or_default();
    let rename = move |ev: web_sys::Event| {
        let new = event_target_value(&ev).trim().to_string();
        mark(state, &key, |mark| mark.name = if new == key.variant { String::new() } else { new });
    };
    let rename_run = move |ev: web_sys::Event| actions::rename(state, run, event_target_value(&ev).trim().into());
    let show = move |_| {
        actions::show(state, run);
        browser::go("#playground");
    };
    let delete = move |_| {
        list.open.set(None);
        actions::delete(state, run);
    };
    view! {
        <tr class="unfolded">
            <td colspan=COLUMNS>
                <div class="buttons">
                    <label class="field"><span>{words::NAME}</span>
                        <input type="text" maxlength="80" data-testid="result-name" prop:value=name on:change=rename/>
                    </label>
                    <label class="field"><span>{words::NAME_OF_RUN}</span>
                        <input type="text" maxlength="80" data-testid="result-run-name" prop:value=run_name on:change=rename_run/>
                    </label>
                    <button on:click=show>{words::SHOW_RUN}</button>
                    <button data-testid="result-delete" on:click=delete>{words::delete_run(report.variants.len())}</button>
                </div>
            </td>
        </tr>
    }
}
