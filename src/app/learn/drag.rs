//! A handle over the sparsities of a run that has ended: accuracy, loss and the first layer's mask follow it.

use super::charts::lines;
use super::lesson::Seen;
use super::words;
use crate::app::results::WeightsPicture;
use crate::app::state::{Shown, State};
use crate::app::{actions, format};
use leptos::prelude::*;

/// One variant: its name, its sparsity, its accuracy and loss.
type Stop = (String, f64, f64, f64);

#[component]
pub(super) fn Drag(state: State, seen: Seen) -> impl IntoView {
    // The models are there when the run has ended.
    let Some(id) = seen.id else { return ().into_any() };
    let lines: Vec<(String, Vec<Stop>)> = lines(&seen.report)
        .into_iter()
        .map(|(line, stops)| {
            let stop = |(sparsity, v): (f64, &crate::experiment::VariantReport)| {
                (v.name.clone(), sparsity, v.accuracy, v.loss)
            };
            (line, stops.into_iter().map(stop).collect())
        })
        .collect();
    let names: Vec<String> = lines.iter().map(|(line, _)| line.clone()).collect();
    let most = lines.iter().map(|(_, stops)| stops.len()).max().unwrap_or_default();
    if most == 0 {
        return ().into_any();
    }
    let (line, at) = (RwSignal::new(0usize), RwSignal::new(0usize));
    let moved = RwSignal::new(false);
    let lines = StoredValue::new(lines);
    let stop =
        move || lines.with_value(|lines| lines.get(line.get()).and_then(|(_, stops)| stops.get(at.get()).cloned()));
    Effect::new(move |_| {
        if let Some((name, ..)) = stop().filter(|_| moved.get()) {
            // What is asked of a model is asked of the run that is shown.
            if state.shown.get_untracked() != Shown::Run(id) {
                actions::show(state, id);
            }
            state.chosen.set(Some(name));
        }
    });
    let sparsity = move || stop().map(|(_, sparsity, ..)| format::percent(sparsity)).unwrap_or_default();
    let told = move || {
        let (_, sparsity, accuracy, loss) = stop()?;
        Some(words::dragged(&format::percent(sparsity), &format::percent(accuracy), &format::fixed(loss, 3)))
    };
    view! {
        <div class="drag" data-testid="drag">
            <div class="three">
                <label class="field">
                    <span>{words::DRAG}" "<output>{sparsity}</output></span>
                    <input
                        type="range" min="0" max=most - 1 step="1" data-testid="drag-sparsity" aria-valuetext=sparsity
                        prop:value=move || at.get().to_string()
                        on:input:target=move |ev| {
                            at.set(ev.target().value().parse().unwrap_or(0));
                            moved.set(true);
                        }
                    />
                </label>
                <label class="field">
                    <span>{words::DRAG_LINE}</span>
                    <select data-testid="drag-line" on:change:target=move |ev| {
                        line.set(ev.target().value().parse().unwrap_or(0));
                        moved.set(true);
                    }>
                        {names.into_iter().enumerate().map(|(i, name)| view! { <option value=i.to_string()>{name}</option> }).collect_view()}
                    </select>
                </label>
            </div>
            <p role="status" class="live-verdict" data-testid="drag-told">{told}</p>
            {move || if moved.get() {
                view! { <WeightsPicture state matrix=Memo::new(|_| 0)/> }.into_any()
            } else {
                view! { <p class="hint">{words::DRAG_MOVE}</p> }.into_any()
            }}
        </div>
    }
    .into_any()
}
