//! A line to write on, for networks that read texts; what is written goes to every variant as it grows.

use super::super::state::State;
use super::super::text;
use super::readings::Readings;
use crate::data::Pieces;
use leptos::prelude::*;

/// The pieces of words that the texts of this data set are made of.
const PIECES: &str = include_str!("../../../www/data/glosses/pieces.txt");

/// The line, what the networks see of it, and their readings.
#[component]
pub(super) fn TryText(state: State) -> impl IntoView {
    let written = RwSignal::new(String::new());
    let pieces = StoredValue::new(Pieces::from_lines(PIECES));
    let numbers = Memo::new(move |_| {
        let features = state.report.with(|r| r.as_ref().map_or(0, |r| r.recipe.data.info().features()));
        pieces.with_value(|pieces| pieces.encode(&written.get(), features))
    });
    // Questions are counted; a new one waits until the last is answered, so that a busy worker is not flooded.
    let asked = RwSignal::new(state.answered.get_untracked());
    let sent = StoredValue::new((Vec::new(), 0));
    Effect::new(move |_| {
        let now = (numbers.get(), state.models_loaded.get());
        let ready = state.answered.get() == asked.get_untracked() || sent.with_value(|sent| sent.1 != now.1);
        let blank = written.with_untracked(|written| written.trim().is_empty());
        if blank || now.1 == 0 || !ready || sent.with_value(|sent| *sent == now) {
            return;
        }
        asked.update_untracked(|n| *n += 1);
        let sample = now.0.iter().map(|number| f32::from(*number)).collect();
        sent.set_value(now);
        state.with_pool(|pool| pool.predict(asked.get_untracked(), sample));
    });
    let inked = Signal::derive(move || written.with(|written| !written.trim().is_empty()));
    let seen = move || {
        numbers.with(|numbers| {
            pieces.with_value(|pieces| {
                let shown = numbers.iter().take_while(|number| **number != 0);
                shown.map(|number| pieces.decode(&[*number])).collect::<Vec<_>>().join(" · ")
            })
        })
    };
    view! {
        <section class="card" aria-labelledby="write-title">
            <h3 id="write-title">{text::WRITE}</h3>
            <p class="hint">{text::WRITE_HELP}</p>
            <div class="field">
                <label>
                    <span>{text::WRITE_LABEL}</span>
                    <input
                        type="text"
                        data-testid="write-text"
                        maxlength="200"
                        placeholder=text::WRITE_EXAMPLE
                        on:input:target=move |ev| written.set(ev.target().value())
                    />
                </label>
            </div>
            {move || inked.get().then(|| view! { <p class="hint">{text::DRAW_SEEN}": "{seen}</p> })}
            <Readings state inked/>
        </section>
    }
}
