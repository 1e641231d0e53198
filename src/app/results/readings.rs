//! What each variant makes of the drawing, and how long it took.

use super::super::charts::Mark;
use super::super::language::class as class_name;
use super::super::state::State;
use super::super::{format, text};
use crate::worker::Prediction;
use leptos::prelude::*;

/// A row for each variant.
#[component]
pub(super) fn Readings(state: State, inked: Signal<bool>) -> impl IntoView {
    let labels =
        Memo::new(move |_| state.report.with(|r| r.as_ref().map(|r| r.recipe.data.info().labels)).unwrap_or_default());
    let empty = move || {
        let none = state.predictions.with(Vec::is_empty);
        let known = state.models_loaded.get() > 0 || state.busy();
        none.then(|| if !known && inked.get() { text::DRAW_NO_MODELS.tr() } else { text::DRAW_EMPTY.tr() })
    };
    let rows = move || {
        state.predictions.get().into_iter().enumerate().map(|(i, p)| reading(i, p, labels.get())).collect_view()
    };
    view! {
        <div class="readings" aria-live="polite" data-testid="readings">
            {move || empty().map(|t| view! { <p class="hint">{t}</p> })}
            {rows}
        </div>
    }
}

fn reading(index: usize, prediction: Prediction, labels: &'static [&'static str]) -> impl IntoView {
    let best = prediction.probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let (class, share) = best.map_or((0, 0.0), |(class, share)| (class, f64::from(*share)));
    let label = labels.get(class).copied().unwrap_or_default();
    let words = text::looks_like(&class_name(label), share);
    let count = prediction.probabilities.len().max(1) as f64;
    let bars: Vec<_> = prediction
        .probabilities
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let height = (f64::from(*p) * 24.0).max(0.6);
            let name = labels.get(i).copied().unwrap_or_default();
            view! {
                <rect class=if i == class { "best" } else { "other" } x=i as f64 * 10.0 + 1.0 y=24.0 - height width="8" height=height></rect>
                {(name.len() == 1).then(|| view! { <text x=i as f64 * 10.0 + 5.0 y="33" text-anchor="middle">{class_name(name)}</text> })}
            }
        })
        .collect();
    view! {
        <div class="reading">
            <span class="answer" class:long={label.len() > 1}>{class_name(label)}</span>
            <span class="who"><Mark index/><bdi>{prediction.name}</bdi><small>{words.clone()}" · "{format::micros(prediction.time_us)}</small></span>
            <svg class="shares" viewBox=format!("0 0 {} 35", count * 10.0) role="img" aria-label=words>{bars}</svg>
        </div>
    }
}
