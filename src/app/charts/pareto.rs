//! Many points and the front that no other beats: what is beaten is dimmed, a few are named.

use super::super::text;
use super::super::text::compare as words;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, frame, view_box};
use super::marks::{series_class, shape};
use super::names::{Named, heights, side};
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table, front};
use leptos::prelude::*;
use leptos::svg::Svg;
use std::fmt::Write;

/// How near the pointer has to come to a point, in the drawing's pixels.
const NEAR: f64 = 14.0;

/// One point.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct FrontDot {
    pub name: String,
    /// The colour and shape of one that is chosen, which is named too.
    pub chosen: Option<usize>,
    pub x: f64,
    pub y: f64,
    /// The least and the greatest `x`.
    pub across: Option<(f64, f64)>,
    /// The least and the greatest `y`.
    pub up: Option<(f64, f64)>,
}

/// An axis, how it is spread, and whether more is better.
#[derive(Clone)]
pub(in crate::app) struct Side {
    pub axis: Axis,
    pub kind: Kind,
    pub more_is_better: bool,
}

/// The chart. A click chooses the nearest point.
#[component]
pub(in crate::app) fn Front(
    /// What it shows, in words.
    #[prop(into)]
    label: Signal<String>,
    dots: Signal<Vec<FrontDot>>,
    x_side: Signal<Side>,
    y_side: Signal<Side>,
    /// Told the index of the point that was clicked.
    choose: Callback<usize>,
) -> impl IntoView {
    let svg = NodeRef::<Svg>::new();
    let near = RwSignal::new(None::<usize>);
    // Where each point lies, as it was drawn last.
    let places = Memo::new(move |_| {
        let (x, y) = (x_side.get(), y_side.get());
        dots.with(|dots| {
            let spread = |of: fn(&FrontDot) -> Option<(f64, f64)>| {
                let chosen = dots.iter().filter(|d| d.chosen.is_some()).filter_map(of);
                chosen.flat_map(|(low, high)| [low, high]).collect::<Vec<_>>()
            };
            let xs = dots.iter().map(|d| d.x).chain(spread(|d| d.across));
            let ys = dots.iter().map(|d| d.y).chain(spread(|d| d.up));
            let (x, y) = (Scale::new(x.kind, xs, LEFT, RIGHT), Scale::new(y.kind, ys, BOTTOM, TOP + 8.0));
            let places: Vec<(f64, f64)> = dots.iter().map(|d| (tenth(x.at(d.x)), tenth(y.at(d.y)))).collect();
            (x, y, places)
        })
    });
    let best = Memo::new(move |_| {
        let more = (x_side.get().more_is_better, y_side.get().more_is_better);
        dots.with(|dots| front(&dots.iter().map(|d| (d.x, d.y)).collect::<Vec<_>>(), more))
    });
    let drawing = move || {
        let (x, y, places) = places.get();
        let best = best.get();
        let mut line = String::new();
        for (i, at) in best.iter().map(|&i| places[i]).enumerate() {
            let _ = write!(line, "{}{} {}", if i == 0 { 'M' } else { 'L' }, at.0, at.1);
        }
        let (mut beaten, mut unbeaten) = (String::new(), String::new());
        let (x_axis, y_axis) = (x_side.get().axis, y_side.get().axis);
        let marks: Vec<_> = dots.with(|dots| {
            let mut on_front = vec![false; dots.len()];
            best.iter().for_each(|&i| on_front[i] = true);
            let named = dots.iter().zip(&places).filter(|(d, _)| d.chosen.is_some());
            let named: Vec<_> = named.map(|(d, &(x, y))| Named { name: &d.name, x, y }).collect();
            let mut heights = heights(&named).into_iter();
            dots.iter()
                .zip(&places)
                .zip(on_front)
                .filter_map(|((dot, &at), on_front)| {
                    let Some(index) = dot.chosen else {
                        // All in one path: hundreds of elements would cost time at every change.
                        let (cx, cy) = at;
                        let path = if on_front { &mut unbeaten } else { &mut beaten };
                        let _ = write!(path, "M{cx} {cy}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0");
                        return None;
                    };
                    let height = heights.next().unwrap_or(at.1);
                    Some(chosen(dot, index, at, height, on_front, (&x, &y)))
                })
                .collect()
        });
        view! {
            {frame(&x, &y, &x_axis, &y_axis)}
            <text class="axis" x=LEFT y="9" text-anchor="start">{y_axis.title.clone()}</text>
            <path class="beaten" d=beaten></path>
            <path class="front" d=line></path>
            <path class="unbeaten" d=unbeaten></path>
            {marks}
        }
    };
    let pointed = move || {
        let at = near.get()?;
        let (px, py) = places.with(|(.., places)| places.get(at).copied())?;
        let name = dots.with(|dots| dots.get(at).map(|d| d.name.clone()))?;
        let (name_x, anchor) = side(px);
        Some(view! {
            <g class="pointed" aria-hidden="true">
                <circle cx=px cy=py r="7"></circle>
                <text class="name" x=name_x y=(py - 8.0).max(TOP + 10.0) text-anchor=anchor>{name}</text>
            </g>
        })
    };
    let nearest = move |ev: &web_sys::MouseEvent| {
        let place = svg.get_untracked()?.get_bounding_client_rect();
        if place.width() <= 0.0 || place.height() <= 0.0 {
            return None;
        }
        let x = (f64::from(ev.client_x()) - place.left()) * WIDTH / place.width();
        let y = (f64::from(ev.client_y()) - place.top()) * HEIGHT / place.height();
        places.with_untracked(|(.., places)| {
            let distance = |at: &(f64, f64)| (at.0 - x).hypot(at.1 - y);
            let closest = places.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
            closest.filter(|(_, at)| distance(at) < NEAR).map(|(i, _)| i)
        })
    };
    let clicked = move |ev: web_sys::MouseEvent| {
        if let Some(at) = nearest(&ev) {
            choose.run(at);
        }
    };
    let table = move || {
        let (x, y) = (x_side.get(), y_side.get());
        let best = best.get();
        let rows = dots.with(|dots| {
            let row = |(i, d): (usize, &FrontDot)| {
                let on = if best.contains(&i) { words::YES } else { words::NO };
                let number = |value: f64, axis: &Axis| Cell::number(value, (axis.write)(value));
                vec![Cell::text(&d.name), number(d.x, &x.axis), number(d.y, &y.axis), Cell::text(on)]
            };
            dots.iter().enumerate().map(row).collect()
        });
        Table { heads: vec![text::VARIANT.into(), x.axis.title, y.axis.title, words::ON_FRONT.into()], rows }
    };
    view! {
        <figure>
            <svg
                node_ref=svg class="chart pareto" viewBox=view_box() role="img" aria-label=move || label.get()
                data-testid="pareto"
                on:pointermove=move |ev| near.set(nearest(&ev))
                on:pointerleave=move |_| near.set(None)
                on:click=clicked
            >{drawing}{pointed}</svg>
            {numbers(label, table)}
        </figure>
    }
    .into_any()
}

/// A point in its colour, with its spread and, at a height, its name.
fn chosen(
    dot: &FrontDot,
    index: usize,
    (px, py): (f64, f64),
    height: f64,
    on_front: bool,
    scales: (&Scale, &Scale),
) -> AnyView {
    let (x, y) = scales;
    let across = dot.across.map(|(low, high)| {
        view! { <line class="spread" x1=tenth(x.at(low)) x2=tenth(x.at(high)) y1=py y2=py></line> }
    });
    let up = dot.up.map(|(low, high)| {
        view! { <line class="spread" x1=px x2=px y1=tenth(y.at(low)) y2=tenth(y.at(high))></line> }
    });
    let (name_x, anchor) = side(px);
    let class = format!("point {}{}", series_class(index), if on_front { "" } else { " dim" });
    view! {
        <g class=class>
            {across}
            {up}
            <path d=shape(index) transform=format!("translate({px} {py}) scale(1.2)")></path>
            <text class="name" x=name_x y=height + 4.0 text-anchor=anchor>{dot.name.clone()}</text>
        </g>
    }
    .into_any()
}

/// Whole tenths of a pixel keep paths short.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
