//! Figures with names, one beneath another, each with the spread of its trials.

use super::super::text;
use super::files::numbers;
use super::frame::{Axis, WIDTH};
use super::marked::Spotted;
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table};
use leptos::prelude::*;

/// Where the figures' own ground begins: names stand before it.
const LEFT: f64 = 168.0;
const RIGHT: f64 = WIDTH - 14.0;
const TOP: f64 = 8.0;
/// Height of a row.
const ROW: f64 = 22.0;

/// The chart, from top to bottom in the order given, with its numbers in a table beneath.
#[component]
pub(in crate::app) fn RankedChart(
    /// What it shows, in words.
    label: String,
    /// Names and figures; a figure's `y` counts. The first of the pair is drawn faintly if true: something to hold others against.
    rows: Vec<(bool, String, Spotted)>,
    axis: Axis,
    kind: Kind,
) -> impl IntoView {
    let figures = rows.iter().map(|(_, _, at)| at.y);
    let spreads = rows.iter().filter_map(|(_, _, at)| at.spread).flat_map(|(low, high)| [low, high]);
    let x = Scale::new(kind, figures.chain(spreads), LEFT, RIGHT);
    let bottom = TOP + ROW * rows.len() as f64;
    let tenth = |v: f64| (v * 10.0).round() / 10.0;
    let mut last = f64::NEG_INFINITY;
    let ticks: Vec<_> = x
        .ticks()
        .iter()
        .map(|&tick| {
            let at = tenth(x.at(tick));
            let named = at - last >= 48.0;
            if named {
                last = at;
            }
            view! {
                <line class="grid" x1=at x2=at y1=TOP y2=bottom></line>
                {named.then(|| view! { <text class="tick" x=at y=bottom + 16.0 text-anchor="middle">{(axis.write)(tick)}</text> })}
            }
        })
        .collect();
    let drawn: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(i, (control, name, at))| {
            let y = TOP + ROW * (i as f64 + 0.5);
            let spread = at.spread.map(|(low, high)| {
                view! { <line class="spread" x1=tenth(x.at(low)) x2=tenth(x.at(high)) y1=y y2=y></line> }
            });
            view! {
                <g class=if *control { "line s7" } else { "line s0" }>
                    <line class="grid" x1=LEFT x2=RIGHT y1=y y2=y></line>
                    <text x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{name.clone()}</text>
                    {spread}
                    <circle class="dot" cx=tenth(x.at(at.y)) cy=y r="5"></circle>
                </g>
            }
        })
        .collect();
    let title = axis.title.clone();
    let table = move || {
        let rows = rows.iter().map(|(_, name, at)| {
            let number = |value: f64| Cell::number(value, (axis.write)(value));
            let (low, high) = at.spread.unwrap_or((at.y, at.y));
            vec![Cell::text(name), number(at.y), number(low), number(high)]
        });
        let heads = vec![text::CURVE.into(), axis.title.clone(), text::LEAST.into(), text::GREATEST.into()];
        Table { heads, rows: rows.collect() }
    };
    view! {
        <figure>
            <svg class="chart" viewBox=format!("0 0 {WIDTH} {}", bottom + 40.0) role="img" aria-label=label.clone()>
                {ticks}
                {drawn}
                <text class="axis" x=(LEFT + RIGHT) / 2.0 y=bottom + 34.0 text-anchor="middle">{title}</text>
            </svg>
            {numbers(Signal::stored(label), table)}
        </figure>
    }
    .into_any()
}
