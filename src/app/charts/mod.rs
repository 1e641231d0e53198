//! Charts as SVG, all on one scale module. Each says in words what it shows, and has its numbers in a table beneath.

mod bars;
mod frame;
mod lines;
mod marked;
mod marks;
mod ranked;
mod ruled;
mod scale;
mod scatter;

pub(super) use bars::Bars;
pub(super) use frame::Axis;
pub(super) use lines::{LineChart, Series};
pub(super) use marked::{Marked, MarkedChart, Spotted};
pub(super) use marks::Mark;
pub(super) use ranked::RankedChart;
pub(super) use ruled::{Rule, Ruled, Spread};
pub(super) use scale::Kind;
pub(super) use scatter::{Dot, Scatter};

use super::language::Text;
use super::text;
use leptos::prelude::*;

/// A table of the numbers behind a chart, folded away.
fn numbers(heads: Vec<String>, rows: Vec<Vec<String>>) -> impl IntoView {
    folded_table(text::DATA_BEHIND, heads, rows)
}

/// A table that is folded away beneath a line.
pub(super) fn folded_table(line: Text, heads: Vec<String>, rows: Vec<Vec<String>>) -> impl IntoView {
    view! {
        <details class="numbers">
            <summary>{line}</summary>
            <div class="scroll" tabindex="0" role="group" aria-label=line>
                <table>
                    <thead><tr>{heads.into_iter().map(|h| view! { <th scope="col">{h}</th> }).collect_view()}</tr></thead>
                    <tbody>
                        {rows.into_iter().map(|row| view! {
                            <tr>{row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </details>
    }
}
