//! Confusion matrices side by side.

use super::super::charts::{Above, Mark, save_buttons};
use super::super::results::confusion;
use super::super::text;
use super::super::text::compare as words;
use super::{Entry, Results};
use leptos::prelude::*;

/// The most cells that are drawn in all: of data with many classes, a few matrices are as much as a screen holds.
const CELLS: usize = 5000;

/// The matrices of all that is ticked, as many as there is room for.
#[component]
pub(super) fn MatricesCard(results: Results) -> impl IntoView {
    let matrices = move || {
        let names = results.names.get();
        let mut cells = 0;
        let mut drawn = Vec::new();
        results.ticked.with(|ticked| {
            for (index, entry) in ticked.iter().enumerate() {
                let Some(trial) = entry.variant().trials.first() else { continue };
                cells += trial.confusion.len().pow(2);
                if index >= 2 && cells > CELLS {
                    break;
                }
                drawn.push(matrix(index, &names[index], entry));
            }
        });
        let left = names.len() - drawn.len();
        view! {
            <div class="beside">{drawn}</div>
            {(left > 0).then(|| view! { <p class="hint">{words::no_room(left)}</p> })}
        }
    };
    view! {
        <section class="card" aria-labelledby="compare-matrices" data-testid="compare-matrices">
            <h3 id="compare-matrices">{text::CONFUSION}</h3>
            {matrices}
            <p class="hint">{text::CONFUSION_HELP}</p>
        </section>
    }
}

fn matrix(index: usize, name: &str, entry: &Entry) -> AnyView {
    let labels = entry.report.recipe.data.info().labels;
    let matrix = entry.variant().trials.first().map(|trial| trial.confusion.clone()).unwrap_or_default();
    let title = format!("{} {name}", text::CONFUSION);
    let of_table = matrix.clone();
    view! {
        <div>
            <h4><Mark index/>" "{name.to_string()}</h4>
            {confusion::draw(matrix, labels, title.clone())}
            {save_buttons(Signal::stored(title), Above::Nothing, None, move || confusion::table(&of_table, labels))}
        </div>
    }
    .into_any()
}
