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
    // Renamed or pinned, the row is the same one, so that whoever is in it stays there.
    let now = Memo::new(move |before: Option<&Entry>| {
        let found = results.all.with(|all| key.with_value(|key| all.iter().find(|e| e.key == *key).cloned()));
        found.or_else(|| before.cloned()).unwrap_or_else(|| entry.clone())
    });
    let place = Memo::new(move |_| key.with_value(|key| results.place(key)));
    let open = Memo::new(move |_| key.with_value(|key| list.open.with(|open| open.as_ref() == Some(key))));
    let tick = move |ev: web_sys::Event| {
        let on = event_target_checked(&ev);
        if !key.with_value(|key| results.set(key, on)) {
            // As it was: there is no room.
            event_target::<web_sys::HtmlInputElement>(&ev).set_checked(!on);
        }
    };
    let pin = move |_| {
        browser::hold_focus();
        key.with_value(|key| mark(state, key, |mark| mark.pinned = !mark.pinned));
    };
    let unfold = move |_| list.open.set((!open.get_untracked()).then(|| key.get_value()));
    let name = Memo::new(move |_| now.with(|entry| entry.name.clone()));
    let pinned = Memo::new(move |_| now.with(|entry| entry.pinned));
    let pins = move || words::pin(&name.read());
    let more = move || words::more(&name.read());
    let cells = move || {
        let reference = reference.get();
        now.with(|entry| Quantity::ALL.map(|quantity| cell(entry, quantity, reference.as_ref())).collect_view())
    };
    view! {
        <tr class:chosen=move || place.get().is_some() data-testid="result">
            <td>
                <input type="checkbox" aria-label=move || now.with(|entry| words::tick(&entry.name, &entry.run)) prop:checked=move || place.get().is_some() on:change=tick/>
            </td>
            <th scope="row">
                {move || place.get().map(|index| view! { <Mark index/>" " })}
                <bdi>{name}</bdi>
                {move || now.with(|entry| entry.variant().stopped).then(|| view! { <em class="tag">{text::PARTIAL}</em> })}
            </th>
            <td class="of-run"><bdi>{move || now.with(|entry| entry.run.clone())}</bdi></td>
            {cells}
            <td class="acts">
                <button class="quiet" aria-pressed=move || pinned.get().to_string() aria-label=pins title=pins on:click=pin>
                    {move || if pinned.get() { "★" } else { "☆" }}
                </button>
                <button class="quiet" aria-expanded=move || open.get().to_string() aria-label=more title=more on:click=unfold>"…"</button>
            </td>
        </tr>
        {move || open.get().then(|| view! { <Unfolded results list entry=now/> })}
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
fn Unfolded(results: Results, list: List, entry: Memo<Entry>) -> impl IntoView {
    let state = results.state;
    let Entry { key, report, .. } = entry.get_untracked();
    let run = key.run;
    let name = move || entry.with(|entry| entry.name.clone());
    let run_name = state
        .runs
        .with_untracked(|runs| runs.iter().find(|r| r.notes.id == run).map(|r| r.notes.name.clone()))
        .unwrap_or_default();
    let rename = move |ev: web_sys::Event| {
        browser::hold_focus();
        let new = event_target_value(&ev).trim().to_string();
        mark(state, &key, |mark| mark.name = if new == key.variant { String::new() } else { new });
    };
    let rename_run = move |ev: web_sys::Event| {
        browser::hold_focus();
        actions::rename(state, run, event_target_value(&ev).trim().into());
    };
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
