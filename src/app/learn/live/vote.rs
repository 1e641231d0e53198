//! How often a majority of independent networks is right: `sum over k > n/2 of C(n, k) p^k (1 - p)^(n - k)`.

use super::parts::{Slider, Verdict, frame};
use crate::app::charts::{Axis, Kind, LineChart, Series};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// The most networks; odd, so that there is always a majority.
const MOST: usize = 31;

fn majority(members: usize, right: f64) -> f64 {
    // From one term to the next: C(n, k + 1) = C(n, k) (n - k) / (k + 1).
    let mut ways = 1.0;
    let mut sum = 0.0;
    for k in 0..=members {
        if 2 * k > members {
            sum += ways * right.powi(k as i32) * (1.0 - right).powi((members - k) as i32);
        }
        ways *= (members - k) as f64 / (k + 1) as f64;
    }
    sum
}

pub(super) fn draw(_: State) -> AnyView {
    let (members, right) = (RwSignal::new(3.0), RwSignal::new(0.8));
    let series = Signal::derive(move || {
        let p = right.get();
        let points = (1..=MOST).step_by(2).map(|n| (n as f64, majority(n, p))).collect();
        let here = vec![(members.get(), majority(members.get() as usize, p))];
        vec![
            Series { name: words::CURVE_OF_P.into(), index: 0, faint: true, points },
            Series { name: words::CURVE_OF_P.into(), index: 0, faint: false, points: here },
        ]
    });
    let told = Signal::derive(move || {
        let n = members.get() as usize;
        words::voted(n, &format::percent(right.get()), &format::percent(majority(n, right.get())))
    });
    frame(
        "vote",
        view! {
            <div class="three">
                <Slider title=words::MEMBERS id="vote-n" range=(1.0, MOST as f64, 2.0) value=members write=|v| format::count(v)/>
                <Slider title=words::EACH_RIGHT id="vote-p" range=(0.3, 0.99, 0.01) value=right write=|v| format::percent(v)/>
            </div>
            <Verdict id="vote-verdict" text=told/>
            <LineChart
                label=Signal::stored(words::MAJORITY.to_string())
                series
                x_axis=Axis { title: words::MEMBERS_AXIS.into(), write: |v| format::count(v) }
                y_axis=Axis { title: words::RIGHT_AXIS.into(), write: format::short_percent }
                y_kind=Kind::Linear
            />
        },
    )
}
