//! Bars of equal width, such as a histogram.

use super::super::format;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, LEFT, RIGHT, TOP, frame, view_box};
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table};
use leptos::prelude::*;

/// A histogram: counts of equally wide bins whose centres run over `range`.
#[component]
pub(in crate::app) fn Bars(
    label: String,
    counts: Vec<u32>,
    range: (f64, f64),
    x_title: String,
    y_title: String,
) -> impl IntoView {
    let bins = counts.len().max(1) as f64;
    let width = (range.1 - range.0) / (bins - 1.0).max(1.0);
    let centre = move |i: usize| range.0 + width * i as f64;
    let write: fn(f64) -> String = |v| format::trimmed(v, 3);
    let x_axis = Axis { title: x_title.clone(), write };
    let y_axis = Axis { title: y_title.clone(), write: format::amount };
    let edges = [range.0 - width / 2.0, range.1 + width / 2.0];
    let x = Scale::new(Kind::Linear, edges.into_iter(), LEFT, RIGHT);
    let y = Scale::new(Kind::Linear, counts.iter().map(|c| f64::from(*c)).chain([0.0]), BOTTOM, TOP);
    let bars: Vec<_> = counts
        .iter()
        .enumerate()
        .map(|(i, &count)| {
            let (from, to) = (x.at(centre(i) - width / 2.0), x.at(centre(i) + width / 2.0));
            let top = y.at(f64::from(count));
            view! { <rect class="bar" x=from y=top width=(to - from - 0.6).max(0.4) height=BOTTOM - top></rect> }
        })
        .collect();
    let table = move || {
        let rows = counts.iter().enumerate().map(|(i, &count)| {
            let count = f64::from(count);
            vec![Cell::number(centre(i), format::trimmed(centre(i), 4)), Cell::number(count, format::count(count))]
        });
        Table { heads: vec![x_title.clone(), y_title.clone()], rows: rows.collect() }
    };
    view! {
        <figure>
            <svg class="chart" viewBox=view_box() role="img" aria-label=label.clone()>
                {frame(&x, &y, &x_axis, &y_axis)}
                {bars}
            </svg>
            {numbers(Signal::stored(label), table)}
        </figure>
    }
    .into_any()
}
