//! A landscape's plane in colours: equal bands of the loss's logarithm, so that their edges are contours.

use super::super::super::browser::paint;
use super::super::super::charts::plane_numbers;
use super::super::super::text::numbers as words;
use super::super::super::{format, text};
use crate::experiment::compare::{Cell, Table};
use crate::experiment::landscape::place;
use leptos::html::Canvas;
use leptos::prelude::*;

/// From the least loss to the largest: dark to light in even steps of lightness, told apart by colour-blind eyes too (after
/// matplotlib's viridis).
const COLOURS: [[f64; 3]; 5] =
    [[68.0, 1.0, 84.0], [59.0, 82.0, 139.0], [33.0, 145.0, 140.0], [94.0, 201.0, 98.0], [253.0, 231.0, 37.0]];
/// How many shades.
const BANDS: usize = 16;

/// The least and the largest value of both planes.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Extremes {
    pub low: f64,
    pub high: f64,
}

impl Extremes {
    /// Of all these; none if there are none.
    pub fn of(values: &[f32]) -> Option<Self> {
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = values.iter().fold(start, |(low, high), v| (low.min((*v).into()), high.max((*v).into())));
        (low <= high).then_some(Self { low: low.max(1e-9), high: high.max(1e-9) })
    }

    /// From 0 at the least to 1 at the largest, by the logarithm.
    fn share(self, value: f64) -> f64 {
        let whole = (self.high / self.low).ln();
        if whole > 0.0 { ((value.max(self.low) / self.low).ln() / whole).min(1.0) } else { 0.0 }
    }
}

fn colour(share: f64) -> [u8; 3] {
    let band = (share * BANDS as f64).floor().min(BANDS as f64 - 1.0) / (BANDS as f64 - 1.0);
    let place = band * (COLOURS.len() - 1) as f64;
    let at = (place as usize).min(COLOURS.len() - 2);
    let rest = place - at as f64;
    [0, 1, 2].map(|i| (COLOURS[at][i] + rest * (COLOURS[at + 1][i] - COLOURS[at][i])).round() as u8)
}

/// One plane; rows that have not come are empty.
#[component]
pub(super) fn Heat(
    title: String,
    label: Signal<String>,
    side: usize,
    values: Signal<Vec<f32>>,
    extremes: Signal<Option<Extremes>>,
    /// For tests.
    id: &'static str,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        let (Some(canvas), Some(extremes)) = (canvas.get(), extremes.get()) else { return };
        let pixel = |value: &f32| {
            let [r, g, b] = colour(extremes.share((*value).into()));
            [r, g, b, 255]
        };
        let mut pixels: Vec<u8> = values.with(|values| values.iter().flat_map(pixel).collect());
        pixels.resize(side * side * 4, 0);
        paint(&canvas, side, side, &pixels);
    });
    let table = move || {
        let number = |value: f64| Cell::number(value, format::trimmed(value, 4));
        let rows = values.with(|values| {
            let row = |(i, loss): (usize, &f32)| {
                vec![number(place(i / side, side)), number(place(i % side, side)), number(f64::from(*loss))]
            };
            values.iter().enumerate().map(row).collect()
        });
        Table { heads: vec![words::DOWN.into(), words::ACROSS.into(), text::LOSS.into()], rows }
    };
    view! {
        <figure class="plane heat">
            <div><canvas node_ref=canvas data-testid=id role="img" aria-label=move || label.get()></canvas></div>
            <figcaption>{title}</figcaption>
            {plane_numbers(label, table)}
        </figure>
    }
    .into_any()
}

/// The shades and what they stand for.
pub(super) fn legend(low: String, high: String) -> AnyView {
    let shades = (0..BANDS).map(|band| {
        let [r, g, b] = colour((band as f64 + 0.5) / BANDS as f64);
        view! { <rect x=band width="1.05" height="1" fill=format!("rgb({r} {g} {b})")></rect> }
    });
    view! {
        <p class="shades">
            <span>{low}</span>
            <svg viewBox=format!("0 0 {BANDS} 1") preserveAspectRatio="none" aria-hidden="true">{shades.collect_view()}</svg>
            <span>{high}</span>
        </p>
    }
    .into_any()
}
