//! Points with names, the Pareto front through them, and what is pointed at lit up.

use super::super::text;
use super::files::numbers;
use super::frame::{Axis, BOTTOM, LEFT, RIGHT, TOP, frame, view_box};
use super::marks::{series_class, shape};
use super::names::{Named, heights, side};
use super::scale::{Kind, Scale};
use crate::experiment::compare::{Cell, Table, front};
use leptos::prelude::*;
use std::fmt::Write;

/// One point: less `x` and more `y` are better.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Dot {
    pub name: String,
    pub index: usize,
    pub x: f64,
    pub y: f64,
    /// The least and the greatest `y` of several trials.
    pub spread: Option<(f64, f64)>,
}

/// A scatter plot whose points can be pointed at and chosen.
#[component]
pub(in crate::app) fn Scatter(
    /// What it shows, in words.
    #[prop(into)]
    label: Signal<String>,
    dots: Signal<Vec<Dot>>,
    x_axis: Signal<Axis>,
    y_axis: Axis,
    lit: RwSignal<Option<String>>,
    chosen: RwSignal<Option<String>>,
) -> impl IntoView {
    let y_title = y_axis.title.clone();
    let write_y = y_axis.write;
    let drawing = move || {
        let dots = dots.get();
        let x_axis = x_axis.get();
        let x = Scale::new(Kind::Log, dots.iter().map(|d| d.x), LEFT, RIGHT);
        let spreads = dots.iter().filter_map(|d| d.spread).flat_map(|(low, high)| [low, high]);
        let y = Scale::new(Kind::Linear, dots.iter().map(|d| d.y).chain(spreads), BOTTOM, TOP);
        let mut best = String::new();
        let places: Vec<(f64, f64)> = dots.iter().map(|d| (d.x, d.y)).collect();
        for (i, at) in front(&places, (false, true)).into_iter().enumerate() {
            let dot = &dots[at];
            let _ = write!(best, "{}{} {}", if i == 0 { 'M' } else { 'L' }, x.at(dot.x), y.at(dot.y));
        }
        let drawn = dots.iter().map(|d| Named { name: &d.name, x: x.at(d.x), y: y.at(d.y) }).collect::<Vec<_>>();
        let heights = heights(&drawn);
        let write_x = x_axis.write;
        let marks: Vec<_> = dots
            .into_iter()
            .zip(heights)
            .map(|(dot, height)| {
                let (px, py) = (x.at(dot.x), y.at(dot.y));
                let words = format!("{}: {}, {}", dot.name, write_y(dot.y), write_x(dot.x));
                let spread = dot.spread.map(|(low, high)| {
                    view! { <line class="spread" x1=px x2=px y1=y.at(low) y2=y.at(high)></line> }
                });
                let (name_x, anchor) = side(px);
                let (name, name2, name3) = (dot.name.clone(), dot.name.clone(), dot.name.clone());
                let class = format!("point {}", series_class(dot.index));
                view! {
                    <g
                        class=class
                        class:lit=move || lit.with(|l| l.as_ref() == Some(&name))
                        tabindex="0"
                        role="button"
                        aria-label=words
                        on:pointerenter={let n = name2.clone(); move |_| lit.set(Some(n.clone()))}
                        on:pointerleave=move |_| lit.set(None)
                        on:focus={let n = name2.clone(); move |_| lit.set(Some(n.clone()))}
                        on:blur=move |_| lit.set(None)
                        on:click={let n = name2.clone(); move |_| chosen.set(Some(n.clone()))}
                        on:keydown={move |ev| {
                            if matches!(ev.key().as_str(), "Enter" | " ") {
                                ev.prevent_default();
                                chosen.set(Some(name3.clone()));
                            }
                        }}
                    >
                        {spread}
                        <circle class="halo" cx=px cy=py r="13"></circle>
                        <path d=shape(dot.index) transform=format!("translate({px} {py}) scale(1.2)")></path>
                        <text
                            class="name"
                            x=name_x
                            y=height + 4.0
                            text-anchor=anchor
                        >{dot.name}</text>
                    </g>
                }
            })
            .collect();
        view! { {frame(&x, &y, &x_axis, &y_axis)} <path class="front" d=best></path> {marks} }
    };
    let table = move || {
        let axis = x_axis.get();
        let row =
            |d: Dot| vec![Cell::text(d.name), Cell::number(d.x, (axis.write)(d.x)), Cell::number(d.y, write_y(d.y))];
        let rows = dots.get().into_iter().map(row).collect();
        Table { heads: vec![text::VARIANT.into(), axis.title, y_title.clone()], rows }
    };
    view! {
        <figure>
            <svg class="chart" viewBox=view_box() role="group" aria-label=move || label.get()>{drawing}</svg>
            {numbers(label, table)}
        </figure>
    }
    .into_any()
}
