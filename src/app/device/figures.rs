//! Every figure with its quartiles, to read and to copy.

use super::{Figure, actions, of_kind};
use crate::app::charts::folded_table;
use crate::app::language::said;
use crate::app::state::State;
use crate::app::{format, text::device as text};
use leptos::prelude::*;

/// The table, folded away, and the button that copies it.
#[component]
pub(super) fn AllFigures(state: State) -> impl IntoView {
    let figures = of_kind(state, |_| true);
    let any = Memo::new(move |_| figures.with(|f| !f.is_empty()));
    let heads = || [text::WORK, text::MEDIAN, text::QUARTILES, text::WINDOWS].map(String::from).into();
    let table = move || folded_table(text::ALL_NUMBERS, heads(), figures.with(|f| f.iter().map(row).collect()));
    move || {
        any.get().then(|| {
            view! {
                <section class="card all-figures" aria-labelledby="figures-title" data-testid="device-figures">
                    <h3 id="figures-title">{text::ALL}</h3>
                    <p class="hint">{text::ALL_HELP}</p>
                    {table}
                    <div class="buttons">
                        <button data-testid="device-copy" on:click=move |_| actions::copy(state)>{text::COPY}</button>
                    </div>
                </section>
            }
        })
    }
}

fn row((work, m): &Figure) -> Vec<String> {
    let write = |value: f64| match work.unit {
        "µs" => format::micros(value),
        unit => format!("{}\u{a0}{unit}", if value < 1000.0 { format::fixed(value, 2) } else { format::count(value) }),
    };
    let quartiles = format!("{} – {}", write(m.q1), write(m.q3));
    vec![said(&work.title), write(m.median), quartiles, format::count(m.windows as f64)]
}
