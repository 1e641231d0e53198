//! A histogram with a grid of integers laid over it.

use super::super::format;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, LEFT, RIGHT, TOP, frame, view_box};
use super::scale::{Kind, Scale};
use crate::app::language::Value;
use crate::experiment::compare::{Cell, Table};
use leptos::prelude::*;

/// Counts of equally wide bins from minus `extent` to plus `extent`.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Spread {
    pub extent: f64,
    pub counts: Vec<u32>,
}

/// Integers and the values they stand for.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Rule {
    /// From the least to the largest.
    pub levels: Vec<f64>,
    /// The name of each, drawn where there is room.
    pub names: Vec<i32>,
    /// What lies outside these two is clipped.
    pub ends: (f64, f64),
}

/// How much of the drawing's width the histogram takes: the rest shows what of the grid lies beyond it.
const ROOM: f64 = 1.2;
/// Pixels between lines, and between names, that can be told apart.
const LINE: f64 = 2.5;
const NAME: f64 = 17.0;

/// The histogram, and the grid as lines from top to foot.
#[component]
pub(in crate::app) fn Ruled(
    #[prop(into)] label: Signal<String>,
    spread: Spread,
    #[prop(into)] rule: Signal<Rule>,
    x_title: String,
    y_title: String,
) -> impl IntoView {
    let Spread { extent, counts } = spread;
    let width = 2.0 * extent / counts.len().max(1) as f64;
    let from = move |i: usize| i as f64 * width - extent;
    let write: fn(f64) -> String = |v| format::trimmed(v, 3);
    let x_axis = Axis { title: x_title.clone(), write };
    let y_axis = Axis { title: y_title.clone(), write: format::amount };
    let x = Scale::new(Kind::Linear, [-extent * ROOM, extent * ROOM].into_iter(), LEFT, RIGHT);
    let y = Scale::new(Kind::Linear, counts.iter().map(|c| f64::from(*c)).chain([0.0]), BOTTOM, TOP + 12.0);
    let bars: Vec<_> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(i, &count)| {
            let (left, right) = (x.at(from(i)), x.at(from(i + 1)));
            let top = y.at(f64::from(count)).min(BOTTOM - 1.0);
            view! { <rect class="bar" x=left y=top width=right - left + 0.1 height=BOTTOM - top></rect> }
        })
        .collect();
    let table = move || {
        let rows = counts.iter().enumerate().map(|(i, &count)| {
            let (centre, count) = (from(i) + width / 2.0, f64::from(count));
            vec![Cell::number(centre, format::trimmed(centre, 4)), Cell::number(count, format::count(count))]
        });
        Table { heads: vec![x_title.clone(), y_title.clone()], rows: rows.collect() }
    };
    let frame = frame(&x, &y, &x_axis, &y_axis);
    let grid = move || rule.with(|rule| draw(rule, &x));
    view! {
        <figure>
            <svg class="chart ruled" viewBox=view_box() role="img" aria-label=move || label.get()>
                {frame}
                {bars}
                {grid}
            </svg>
            {numbers(label, table)}
        </figure>
    }
    .into_any()
}

fn draw(rule: &Rule, x: &Scale) -> AnyView {
    let inside = |at: &f64| (LEFT..=RIGHT).contains(at);
    let (mut line, mut name) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let mut lines = Vec::new();
    for (&level, &integer) in rule.levels.iter().zip(&rule.names) {
        let at = x.at(level);
        if !inside(&at) {
            continue;
        }
        // A finer grid than can be drawn is drawn as every other line, or fewer.
        if at - line >= LINE || level == 0.0 {
            line = at;
            let class = if level == 0.0 { "level zero" } else { "level" };
            lines.push(view! { <line class=class x1=at x2=at y1=TOP + 12.0 y2=BOTTOM + 4.0></line> }.into_any());
        }
        if at - name >= NAME {
            name = at;
            lines.push(
                view! { <text class="tick" x=at y=TOP + 8.0 text-anchor="middle">{integer.written()}</text> }
                    .into_any(),
            );
        }
    }
    let ends = [x.at(rule.ends.0).clamp(LEFT, RIGHT), x.at(rule.ends.1).clamp(LEFT, RIGHT)];
    let beyond = |from: f64, to: f64| {
        (to - from > 0.05).then(|| {
            view! { <rect class="beyond" x=from width=to - from y=TOP + 12.0 height=BOTTOM - TOP - 12.0></rect> }
        })
    };
    view! { {beyond(LEFT, ends[0])} {beyond(ends[1], RIGHT)} {lines} }.into_any()
}
