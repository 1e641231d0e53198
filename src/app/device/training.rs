//! Samples a second in training, and the time to a good network.

use super::{Figure, of_kind};
use crate::app::state::State;
use crate::app::{format, text, text::device as words};
use crate::benchmark::Kind;
use leptos::prelude::*;

/// A figure each, large.
#[component]
pub(super) fn TrainingFigures(state: State) -> impl IntoView {
    let figures = of_kind(state, |kind| matches!(kind, Kind::Training(_) | Kind::TimeToAccuracy));
    let any = Memo::new(move |_| figures.with(|f| !f.is_empty()));
    let tiles = move || figures.get().into_iter().map(tile).collect_view();
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="train-title" data-testid="device-training">
                    <h3 id="train-title">{words::TRAINING}</h3>
                    <dl class="tiles">{tiles}</dl>
                    <p class="hint">{words::TRAINING_HELP}</p>
                </section>
            }
        })
    }
}

fn tile((work, measured): Figure) -> impl IntoView {
    let (figure, more) = match work.kind {
        Kind::TimeToAccuracy => (format::micros(measured.median * 1e6), words::TO_97_HELP.to_string()),
        _ => {
            let spread = format!("{} – {}", format::count(measured.q1), format::count(measured.q3));
            (text::rate(measured.median), spread)
        }
    };
    view! { <div><dt>{work.title}</dt><dd>{figure}<small>{more}</small></dd></div> }
}
