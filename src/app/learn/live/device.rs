//! What this device was measured to do, if it was.

use super::parts::{Row, Rows, frame};
use crate::app::device::of_kind;
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use crate::benchmark::{Kind, Measurement, Work};
use leptos::prelude::*;

pub(super) fn draw(state: State) -> AnyView {
    let peaks = of_kind(state, |kind| matches!(kind, Kind::Peak(_)));
    let times = of_kind(state, |kind| matches!(kind, Kind::Inference { .. }));
    let none = move || peaks.with(Vec::is_empty) && times.with(Vec::is_empty);
    let rows = |figures: Memo<Vec<(Work, Measurement)>>| Signal::derive(move || figures.with(|figures| bars(figures)));
    frame(
        "device",
        view! {
            {move || none().then(|| view! { <p data-testid="device-none">{words::DEVICE_NONE}</p> })}
            {move || (!peaks.with(Vec::is_empty)).then(|| view! { <Rows title=words::DEVICE_PEAKS rows=rows(peaks)/> })}
            {move || (!times.with(Vec::is_empty)).then(|| view! { <Rows title=words::DEVICE_TIMES rows=rows(times)/> })}
            <div class="buttons"><a class="button" href="#device">{words::DEVICE_GO}</a></div>
        },
    )
}

/// Each figure beside the largest of them.
fn bars(figures: &[(Work, Measurement)]) -> Vec<Row> {
    let most = figures.iter().map(|(_, measured)| measured.median).fold(f64::MIN_POSITIVE, f64::max);
    let figure = |(work, measured): &(Work, Measurement)| match work.unit {
        "µs" => format::micros(measured.median),
        unit => format!("{}\u{a0}{unit}", format::significant(measured.median, 3)),
    };
    figures.iter().map(|f| (f.0.title.clone(), figure(f), f.1.median / most)).collect()
}
