//! Lines over a shared axis, such as learning curves.

use super::super::text;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, LEFT, RIGHT, TOP, frame, view_box};
use super::marks::{series_class, shape};
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table, thin};
use leptos::prelude::*;
use std::fmt::Write;

/// One line.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Series {
    pub name: String,
    /// Which colour and shape.
    pub index: usize,
    /// Drawn thin and without marks.
    pub faint: bool,
    pub points: Vec<(f64, f64)>,
}

/// A line chart.
#[component]
pub(in crate::app) fn LineChart(
    /// What it shows, in words.
    #[prop(into)]
    label: Signal<String>,
    series: Signal<Vec<Series>>,
    x_axis: Axis,
    y_axis: Axis,
    /// A linear axis begins at 0.
    #[prop(default = Kind::Linear)]
    x_kind: Kind,
    y_kind: Kind,
) -> impl IntoView {
    let heads = vec![text::CURVE.into(), x_axis.title.clone(), y_axis.title.clone()];
    let (write_x, write_y) = (x_axis.write, y_axis.write);
    let drawing = move || {
        series.with(|series| {
            let all = || series.iter().flat_map(|s| s.points.iter());
            let x = Scale::new(x_kind, all().map(|p| p.0).chain([0.0]), LEFT, RIGHT);
            let y = Scale::new(y_kind, all().map(|p| p.1), BOTTOM, TOP);
            let lines: Vec<_> = series.iter().map(|s| line(s, &x, &y)).collect();
            view! { {frame(&x, &y, &x_axis, &y_axis)} {lines} }
        })
    };
    let table = move || {
        let row = |s: &Series, p: &(f64, f64)| {
            vec![Cell::text(&s.name), Cell::number(p.0, write_x(p.0)), Cell::number(p.1, write_y(p.1))]
        };
        let rows = series.with(|series| {
            let marked = series.iter().filter(|s| !s.faint);
            marked.flat_map(|s| s.points.iter().map(move |p| row(s, p))).collect()
        });
        Table { heads: heads.clone(), rows }
    };
    view! {
        <figure>
            <svg class="chart" viewBox=view_box() role="img" aria-label=move || label.get()>{drawing}</svg>
            {numbers(label, table)}
        </figure>
    }
    .into_any()
}

fn line(series: &Series, x: &Scale, y: &Scale) -> impl IntoView + use<> {
    let mut path = String::new();
    // More points than pixels would only cost time.
    let points = thin(series.points.iter().map(|(px, py)| (x.at(*px), y.at(*py))));
    for (i, (px, py)) in points.into_iter().enumerate() {
        // Whole tenths of a pixel keep the path short.
        let tenth = |v: f64| (v * 10.0).round() / 10.0;
        let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, tenth(px), tenth(py));
    }
    let class = format!("line {}{}", series_class(series.index), if series.faint { " faint" } else { "" });
    let every = if series.faint { &[] } else { series.points.as_slice() };
    let marks: Vec<_> = every
        .iter()
        .filter(|_| every.len() <= 40)
        .map(|(px, py)| {
            let place = format!("translate({} {}) scale(.75)", x.at(*px), y.at(*py));
            view! { <path class="dot" d=shape(series.index) transform=place></path> }
        })
        .collect();
    view! { <g class=class><path class="stroke" d=path></path>{marks}</g> }
}
