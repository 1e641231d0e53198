//! Rounding in a training: forward the staircase, backward the straight line (the straight-through estimator).

use super::parts::{Slider, Verdict, frame};
use crate::app::charts::{Axis, Kind, LineChart, Mark, Series};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// The range of the grid, and how far beyond it the drawing goes.
const RANGE: f64 = 1.0;
const ENDS: f64 = 1.5;

/// The value that a weight is rounded to.
fn rounded(weight: f64, most: f64) -> f64 {
    (weight / RANGE * most).round().clamp(-most, most) / most * RANGE
}

fn most(bits: f64) -> f64 {
    f64::from((1u32 << (bits as u32 - 1)) - 1)
}

/// Corners of the staircase, from the left end to the right.
fn stairs(most: f64) -> Vec<(f64, f64)> {
    let level = |i: f64| i / most * RANGE;
    let mut points = vec![(-ENDS, -RANGE)];
    let mut step = -most;
    while step < most {
        let edge = level(step + 0.5);
        points.extend([(edge, level(step)), (edge, level(step + 1.0))]);
        step += 1.0;
    }
    points.push((ENDS, RANGE));
    points
}

pub(super) fn draw(_: State) -> AnyView {
    let (bits, weight) = (RwSignal::new(3.0), RwSignal::new(0.4));
    let series = Signal::derive(move || {
        let line = vec![(-ENDS, -RANGE), (-RANGE, -RANGE), (RANGE, RANGE), (ENDS, RANGE)];
        let here = vec![(weight.get(), rounded(weight.get(), most(bits.get())))];
        vec![
            Series { name: words::STRAIGHT.into(), index: 1, faint: true, points: line },
            Series { name: words::STAIRCASE.into(), index: 0, faint: true, points: stairs(most(bits.get())) },
            Series { name: words::NUMBER.into(), index: 2, faint: false, points: here },
        ]
    });
    let told = Signal::derive(move || {
        let w = weight.get();
        let written = |value: f64| format::trimmed(value, 3).replace('-', "−");
        let slope = if w.abs() <= RANGE { "1" } else { "0" };
        words::passed(&written(w), &written(rounded(w, most(bits.get()))), slope)
    });
    let axis = |title: crate::app::language::Text| Axis {
        title: title.into(),
        write: |v| format::trimmed(v, 2).replace('-', "−"),
    };
    let signed: fn(f64) -> String = |v| format::trimmed(v, 2).replace('-', "−");
    frame(
        "staircase",
        view! {
            <div class="three">
                <Slider title=words::NUMBER_BITS id="staircase-bits" range=(2.0, 6.0, 1.0) value=bits write=|v| format::count(v)/>
                <Slider title=words::NUMBER id="staircase-w" range=(-1.5, 1.5, 0.01) value=weight write=signed/>
            </div>
            <Verdict id="staircase-verdict" text=told/>
            <ul class="legend">
                {[(0, words::STAIRCASE), (1, words::STRAIGHT), (2, words::NUMBER)].into_iter().map(|(index, name)| view! { <li><Mark index/>{name}</li> }).collect_view()}
            </ul>
            <LineChart
                label=Signal::stored(words::STAIRS.to_string())
                series
                x_axis=axis(words::WEIGHT_AXIS)
                y_axis=axis(words::ROUNDED_AXIS)
                y_kind=Kind::Linear
            />
        },
    )
}
