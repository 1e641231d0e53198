//! Marks told apart by shape as well as colour.

use leptos::prelude::*;

/// How many colours and shapes there are before they begin again.
const KINDS: usize = 8;

/// Outlines around the origin: circle, square, triangle, diamond, cross, triangle down, bar, hexagon.
const SHAPES: [&str; KINDS] = [
    "M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
    "M0-6L5.6 4.5H-5.6Z",
    "M0-6.4L6.4 0L0 6.4L-6.4 0Z",
    "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
    "M0 6L5.6-4.5H-5.6Z",
    "M-2.6-6H2.6V6H-2.6Z",
    "M-5.5 0L-2.8-4.9H2.8L5.5 0L2.8 4.9H-2.8Z",
];

/// The class that gives the colour of the series at `index`.
pub(super) fn series_class(index: usize) -> String {
    format!("s{}", index % KINDS)
}

/// The outline of the series at `index`.
pub(super) fn shape(index: usize) -> &'static str {
    SHAPES[index % KINDS]
}

/// The mark of the series at `index`, for legends and tables.
#[component]
pub(in crate::app) fn Mark(index: usize) -> impl IntoView {
    view! {
        <svg class=format!("mark {}", series_class(index)) viewBox="-8 -8 16 16" aria-hidden="true">
            <path d=shape(index)></path>
        </svg>
    }
}
