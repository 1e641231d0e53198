//! Axes and grid: what every chart stands in.

use super::scale::Scale;
use leptos::prelude::*;

/// The drawing's own width and height; CSS stretches it to its place.
pub(super) const WIDTH: f64 = 420.0;
pub(super) const HEIGHT: f64 = 270.0;
pub(super) const LEFT: f64 = 58.0;
pub(super) const RIGHT: f64 = WIDTH - 14.0;
pub(super) const TOP: f64 = 12.0;
pub(super) const BOTTOM: f64 = HEIGHT - 44.0;

/// What an axis is called and how its ticks are written.
#[derive(Clone)]
pub(in crate::app) struct Axis {
    pub title: String,
    pub write: fn(f64) -> String,
}

/// Grid, ticks and titles.
pub(super) fn frame(x: &Scale, y: &Scale, x_axis: &Axis, y_axis: &Axis) -> impl IntoView + use<> {
    // Names that would touch their neighbour are left out: where the last one ends.
    let mut last = f64::NEG_INFINITY;
    let columns: Vec<_> = x
        .ticks()
        .iter()
        .map(|&tick| {
            let at = x.at(tick);
            let name = (x_axis.write)(tick);
            let half = (name.chars().count() as f64 * 3.4).max(19.0);
            let named = at - half - last >= 6.0;
            if named {
                last = at + half;
            }
            view! {
                <line class="grid" x1=at x2=at y1=TOP y2=BOTTOM></line>
                {named.then(|| view! { <text class="tick" x=at y=BOTTOM + 17.0 text-anchor="middle">{name}</text> })}
            }
        })
        .collect();
    let rows: Vec<_> = y
        .ticks()
        .iter()
        .map(|&tick| {
            let at = y.at(tick);
            view! {
                <line class="grid" x1=LEFT x2=RIGHT y1=at y2=at></line>
                <text class="tick" x=LEFT - 7.0 y=at + 4.0 text-anchor="end">{(y_axis.write)(tick)}</text>
            }
        })
        .collect();
    view! {
        {columns}
        {rows}
        <text class="axis" x=(LEFT + RIGHT) / 2.0 y=HEIGHT - 6.0 text-anchor="middle">{x_axis.title.clone()}</text>
    }
}

/// The drawing's frame, as `viewBox` wants it.
pub(super) fn view_box() -> String {
    format!("0 0 {WIDTH} {HEIGHT}")
}
