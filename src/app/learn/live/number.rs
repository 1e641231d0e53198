//! One weight and its neighbours on the grid of integers: `S = a / (2^(b-1) - 1)`, `q = round(w / S)`.

use super::parts::{Slider, Verdict, frame};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Neighbours that are drawn on either side.
const AROUND: i64 = 3;
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 92.0;

/// A weight on its grid.
#[derive(Clone, Copy, PartialEq)]
struct Rounded {
    step: f64,
    integer: i64,
    clipped: bool,
}

fn round(weight: f64, range: f64, bits: f64) -> Rounded {
    let most = (1i64 << (bits as u32 - 1)) - 1;
    let step = range / most as f64;
    let nearest = (weight / step).round() as i64;
    // Half a step beyond the last one still rounds to it.
    Rounded { step, integer: nearest.clamp(-most, most), clipped: nearest.abs() > most }
}

pub(super) fn draw(_: State) -> AnyView {
    let (weight, range, bits) = (RwSignal::new(0.3), RwSignal::new(1.0), RwSignal::new(8.0));
    let rounded = Memo::new(move |_| round(weight.get(), range.get(), bits.get()));
    let written = |value: f64| format::significant(value, 4).replace('-', "−");
    let told = Signal::derive(move || {
        let Rounded { step, integer, clipped } = rounded.get();
        let (w, value) = (weight.get(), step * integer as f64);
        let (name, integer) = (format::trimmed(w, 3).replace('-', "−"), integer.to_string().replace('-', "−"));
        let error = format::significant((w - value).abs(), 2);
        if clipped {
            words::clipped(&name, &integer, &written(value), &error)
        } else {
            words::rounded(&name, &integer, &written(value), &error, &format::significant(step / 2.0, 2))
        }
    });
    let tiles = move || {
        let Rounded { step, integer, .. } = rounded.get();
        let value = step * integer as f64;
        [
            (words::STEP, format::significant(step, 3)),
            (words::INTEGER, integer.to_string().replace('-', "−")),
            (words::STANDS_FOR, written(value)),
            (words::ERROR, format::significant((weight.get() - value).abs(), 2)),
        ]
        .into_iter()
        .map(|(name, figure)| view! { <div><dt>{name}</dt><dd>{figure}</dd></div> })
        .collect_view()
    };
    let trimmed: fn(f64) -> String = |v| format::trimmed(v, 3).replace('-', "−");
    frame(
        "number",
        view! {
            <div class="three">
                <Slider title=words::NUMBER id="number-w" range=(-1.5, 1.5, 0.001) value=weight write=trimmed/>
                <Slider title=words::RANGE id="number-a" range=(0.1, 1.5, 0.01) value=range write=trimmed/>
                <Slider title=words::NUMBER_BITS id="number-bits" range=(2.0, 8.0, 1.0) value=bits write=|v| format::count(v)/>
            </div>
            <svg class="chart grid-line" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=words::NUMBER_LABEL>
                {move || picture(weight.get(), rounded.get())}
            </svg>
            <Verdict id="number-verdict" text=told/>
            <dl class="tiles">{tiles}</dl>
        },
    )
}

/// The grid around the weight's integer, which stands in the middle; beyond the ends there is none.
fn picture(weight: f64, rounded: Rounded) -> AnyView {
    let Rounded { step, integer, clipped } = rounded;
    let spacing = WIDTH / (2 * AROUND + 1) as f64;
    let place = |value: f64| WIDTH / 2.0 + (value / step - integer as f64) * spacing;
    let levels = (-AROUND..=AROUND).map(|away| integer + away).map(|level| {
        let (at, chosen) = (place(step * level as f64), level == integer);
        // A clipped weight has no grid on its side.
        let beyond = clipped && (level - integer).signum() as f64 == weight.signum() && level != integer;
        (!beyond).then(|| {
            view! {
                <line class="level" x1=at x2=at y1="34" y2="70" stroke-width=if chosen { 3 } else { 1 }></line>
                <text x=at y="86" text-anchor="middle">{level.to_string().replace('-', "−")}</text>
            }
        })
    });
    let at = place(weight).clamp(6.0, WIDTH - 6.0);
    view! {
        <line class="grid" x1="0" x2=WIDTH y1="52" y2="52"></line>
        {levels.collect_view()}
        <line class="gap" x1=at x2=WIDTH / 2.0 y1="52" y2="52"></line>
        <path class="weight" d="M0 0L-6-11H6Z" transform=format!("translate({at} 50)")></path>
        <text class="axis" x=at.clamp(24.0, WIDTH - 24.0) y="30" text-anchor="middle">{format::trimmed(weight, 3).replace('-', "−")}</text>
    }
    .into_any()
}
