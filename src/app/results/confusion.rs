//! What a variant takes for what.

use super::super::language::class;
use super::super::state::State;
use super::super::{format, text};
use super::choosers::with_result;
use leptos::prelude::*;

/// The confusion matrix as a table whose cells darken with their share of the row.
#[component]
pub(super) fn Confusion(state: State) -> impl IntoView {
    let matrix = Memo::new(move |_| with_result(state, |r| r.confusion.clone()).unwrap_or_default());
    let labels = Memo::new(move |_| {
        state.report.with(|r| r.as_ref().map(|r| r.recipe.data.dataset.info().labels)).unwrap_or_default()
    });
    let rows = move || {
        matrix
            .get()
            .into_iter()
            .enumerate()
            .map(|(i, row)| {
                let total: u32 = row.iter().sum();
                let cells: Vec<_> = row
                    .into_iter()
                    .enumerate()
                    .map(|(j, count)| {
                        let shade = format!("{} q{}", if i == j { "right" } else { "wrong-cell" }, level(count, total));
                        view! { <td class=shade>{(count > 0).then(|| format::count(f64::from(count)))}</td> }
                    })
                    .collect();
                view! { <tr><th scope="row">{label(labels.get(), i)}</th>{cells}</tr> }
            })
            .collect_view()
    };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=text::CONFUSION>
            <table class="confusion" data-testid="confusion">
                <thead><tr><td></td>
                    {move || (0..matrix.with(Vec::len)).map(|j| view! { <th scope="col">{label(labels.get(), j)}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="hint">{text::CONFUSION_HELP}</p>
    }
}

fn label(labels: &'static [&'static str], index: usize) -> String {
    labels.get(index).map(|label| class(label)).unwrap_or_default()
}

/// 0 to 4: none, some, over 1 %, over 10 %, over half of the row.
fn level(count: u32, total: u32) -> usize {
    let share = f64::from(count) / f64::from(total.max(1));
    [0.0, 0.01, 0.1, 0.5].iter().filter(|limit| share > **limit).count()
}
