//! Lines of marked points, each with the spread of its trials.

use super::super::text;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, LEFT, RIGHT, TOP, frame, view_box};
use super::marks::{series_class, shape};
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table};
use leptos::prelude::*;
use std::fmt::Write;

/// One line.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Marked {
    pub name: String,
    /// Which colour and shape.
    pub index: usize,
    pub dashed: bool,
    pub spots: Vec<Spotted>,
}

/// One point.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::app) struct Spotted {
    pub x: f64,
    pub y: f64,
    /// The least and the greatest `y` of several trials.
    pub spread: Option<(f64, f64)>,
    /// Crossed out.
    pub crossed: bool,
}

/// The chart, with its numbers in a table beneath.
#[component]
pub(in crate::app) fn MarkedChart(
    /// What it shows, in words.
    label: String,
    lines: Vec<Marked>,
    x_axis: Axis,
    y_axis: Axis,
    x_kind: Kind,
    y_kind: Kind,
) -> impl IntoView {
    let spots = || lines.iter().flat_map(|line| line.spots.iter());
    let x = Scale::new(x_kind, spots().map(|s| s.x), LEFT, RIGHT);
    let spreads = spots().filter_map(|s| s.spread).flat_map(|(low, high)| [low, high]);
    let y = Scale::new(y_kind, spots().map(|s| s.y).chain(spreads), BOTTOM, TOP);
    let drawn: Vec<_> = lines.iter().map(|line| draw(line, &x, &y)).collect();
    let axes = frame(&x, &y, &x_axis, &y_axis);
    let y_title = y_axis.title.clone();
    let table = move || {
        let heads = vec![
            text::CURVE.into(),
            x_axis.title.clone(),
            y_axis.title.clone(),
            text::LEAST.into(),
            text::GREATEST.into(),
        ];
        let row = |line: &Marked, s: &Spotted| {
            let (low, high) = s.spread.unwrap_or((s.y, s.y));
            let height = |value: f64| Cell::number(value, (y_axis.write)(value));
            vec![Cell::text(&line.name), Cell::number(s.x, (x_axis.write)(s.x)), height(s.y), height(low), height(high)]
        };
        let rows = lines.iter().flat_map(|line| line.spots.iter().map(move |s| row(line, s))).collect();
        Table { heads, rows }
    };
    view! {
        <figure>
            <svg class="chart" viewBox=view_box() role="img" aria-label=label.clone()>
                {axes}
                <text class="axis" x=LEFT y="9" text-anchor="start">{y_title}</text>
                {drawn}
            </svg>
            {numbers(Signal::stored(label), table)}
        </figure>
    }
    .into_any()
}

fn draw(line: &Marked, x: &Scale, y: &Scale) -> impl IntoView + use<> {
    let mut path = String::new();
    // Whole tenths of a pixel keep the path short.
    let tenth = |v: f64| (v * 10.0).round() / 10.0;
    for (i, s) in line.spots.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, tenth(x.at(s.x)), tenth(y.at(s.y)));
    }
    let index = line.index;
    let few = line.spots.len() <= 30;
    let marks: Vec<_> = line
        .spots
        .iter()
        .filter(|s| few || s.crossed)
        .map(|s| {
            let (px, py) = (tenth(x.at(s.x)), tenth(y.at(s.y)));
            let spread = s.spread.map(|(low, high)| {
                view! { <line class="spread" x1=px x2=px y1=tenth(y.at(low)) y2=tenth(y.at(high))></line> }
            });
            let cross = s.crossed.then(|| {
                view! { <path class="cross" d="M-5-5L5 5M-5 5L5-5" transform=format!("translate({px} {py})")></path> }
            });
            view! {
                {spread}
                <path class="dot" d=shape(index) transform=format!("translate({px} {py}) scale(.75)")></path>
                {cross}
            }
        })
        .collect();
    let class = format!("line {}{}", series_class(index), if line.dashed { " dashed" } else { "" });
    view! { <g class=class><path class="stroke" d=path></path>{marks}</g> }
}
