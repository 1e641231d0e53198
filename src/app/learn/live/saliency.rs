//! Two weights and their valleys: LeCun, Denker, Solla 1990, `s = h w^2 / 2`.

use super::parts::{Slider, Verdict, frame};
use crate::app::charts::{Axis, Kind, LineChart, Mark, Series};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Points of a curve, from one end of the axis to the other.
const POINTS: usize = 120;
const ENDS: (f64, f64) = (-1.0, 4.0);

/// A weight and the curvature of the loss along it.
#[derive(Clone, Copy, PartialEq)]
struct Valley {
    weight: f64,
    curvature: f64,
}

impl Valley {
    /// How much higher the loss is where the weight has this value instead of its own.
    fn rise(self, at: f64) -> f64 {
        self.curvature * (at - self.weight) * (at - self.weight) / 2.0
    }
}

pub(super) fn draw(_: State) -> AnyView {
    let values = [RwSignal::new(1.0), RwSignal::new(2.0)];
    let curvatures = [RwSignal::new(1.0), RwSignal::new(2.0)];
    let valleys =
        Memo::new(move |_| [0, 1].map(|i| Valley { weight: values[i].get(), curvature: curvatures[i].get() }));
    let series = Signal::derive(move || {
        let valleys = valleys.get();
        let curve = |index: usize| {
            let x = |i: usize| ENDS.0 + (ENDS.1 - ENDS.0) * i as f64 / (POINTS - 1) as f64;
            let points = (0..POINTS).map(|i| (x(i), valleys[index].rise(x(i)))).collect();
            Series { name: [words::WEIGHT_A, words::WEIGHT_B][index].into(), index, faint: false, points }
        };
        let ends = valleys.map(|valley| (0.0, valley.rise(0.0))).to_vec();
        vec![curve(0), curve(1), Series { name: words::AT_ZERO.into(), index: 2, faint: false, points: ends }]
    });
    let told = Signal::derive(move || {
        let valleys = valleys.get();
        let costs = valleys.map(|valley| valley.rise(0.0));
        let smaller = |of: [f64; 2]| usize::from(of[1] < of[0]);
        let deleted = [smaller(valleys.map(|valley| valley.weight)), smaller(costs)];
        let [a, b] = costs.map(|cost| format::trimmed(cost, 2));
        words::saliencies([&a, &b], deleted)
    });
    let number: fn(f64) -> String = |v| format::trimmed(v, 1);
    let axis = |title: crate::app::language::Text| Axis { title: title.into(), write: |v| format::trimmed(v, 2) };
    frame(
        "saliency",
        view! {
            <div class="four">
                <Slider title=words::VALUE_A id="saliency-a" range=(0.1, 3.0, 0.1) value=values[0] write=number/>
                <Slider title=words::CURVE_A id="saliency-ha" range=(0.1, 5.0, 0.1) value=curvatures[0] write=number/>
                <Slider title=words::VALUE_B id="saliency-b" range=(0.1, 3.0, 0.1) value=values[1] write=number/>
                <Slider title=words::CURVE_B id="saliency-hb" range=(0.1, 5.0, 0.1) value=curvatures[1] write=number/>
            </div>
            <Verdict id="saliency-verdict" text=told/>
            <ul class="legend">
                {[words::WEIGHT_A, words::WEIGHT_B, words::AT_ZERO].into_iter().enumerate().map(|(index, name)| view! { <li><Mark index/>{name}</li> }).collect_view()}
            </ul>
            <LineChart
                label=Signal::stored(words::VALLEYS.to_string())
                series
                x_axis=axis(words::WEIGHT_AXIS)
                y_axis=axis(words::RISE_AXIS)
                y_kind=Kind::Linear
            />
        },
    )
}
