//! What a variant takes for what.

use super::super::charts::{Above, save_buttons};
use super::super::language::class;
use super::super::state::State;
use super::super::{format, text};
use super::choosers::with_result;
use crate::experiment::compare::{Cell, Table};
use leptos::prelude::*;

/// The confusion matrix of the chosen variant.
#[component]
pub(super) fn Confusion(state: State) -> impl IntoView {
    let matrix = Memo::new(move |_| with_result(state, |r| r.confusion.clone()).unwrap_or_default());
    let labels =
        Memo::new(move |_| state.report.with(|r| r.as_ref().map(|r| r.recipe.data.info().labels)).unwrap_or_default());
    view! {
        {move || draw(matrix.get(), labels.get(), text::CONFUSION.into())}
        <p class="hint">{text::CONFUSION_HELP}</p>
        {save_buttons(Signal::stored(text::CONFUSION.into()), Above::Nothing, None, move || table(&matrix.get_untracked(), labels.get_untracked()))}
    }
}

/// A table whose cells darken with their share of the row.
pub(in crate::app) fn draw(matrix: Vec<Vec<u32>>, labels: &'static [&'static str], name: String) -> AnyView {
    let columns = matrix.len();
    let rows = matrix.into_iter().enumerate().map(|(i, row)| {
        let total: u32 = row.iter().sum();
        let cells: Vec<_> = row
            .into_iter()
            .enumerate()
            .map(|(j, count)| {
                let shade = format!("{} q{}", if i == j { "right" } else { "wrong-cell" }, level(count, total));
                view! { <td class=shade>{(count > 0).then(|| format::count(f64::from(count)))}</td> }
            })
            .collect();
        view! { <tr><th scope="row">{label(labels, i)}</th>{cells}</tr> }
    });
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=name>
            <table class="confusion" data-testid="confusion">
                <thead><tr><td></td>
                    {(0..columns).map(|j| view! { <th scope="col">{label(labels, j)}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The same as a table of numbers.
pub(in crate::app) fn table(matrix: &[Vec<u32>], labels: &'static [&'static str]) -> Table {
    let mut heads = vec![text::TRUE_CLASS.to_string()];
    heads.extend((0..matrix.len()).map(|j| label(labels, j).to_string()));
    let number = |count: &u32| Cell::number(f64::from(*count), count.to_string());
    let row = |(i, row): (usize, &Vec<u32>)| {
        std::iter::once(Cell::text(label(labels, i))).chain(row.iter().map(number)).collect()
    };
    Table { heads, rows: matrix.iter().enumerate().map(row).collect() }
}

fn label(labels: &'static [&'static str], index: usize) -> String {
    labels.get(index).map(|label| class(label)).unwrap_or_default()
}

/// 0 to 4: none, some, over 1 %, over 10 %, over half of the row.
fn level(count: u32, total: u32) -> usize {
    let share = f64::from(count) / f64::from(total.max(1));
    [0.0, 0.01, 0.1, 0.5].iter().filter(|limit| share > **limit).count()
}
