//! Arithmetic a second of each work, as a bar against the peak of its instructions.

use super::{Figure, of_kind};
use crate::app::language::said;
use crate::app::state::State;
use crate::app::{format, text::device as text};
use crate::benchmark::{Kind, Measurement, Peak};
use leptos::prelude::*;

/// Each peak that was measured against, and what was measured against it.
#[component]
pub(super) fn Shares(state: State) -> impl IntoView {
    let peaks = of_kind(state, |kind| matches!(kind, Kind::Peak(_)));
    // The cost of sizes has a chart of its own.
    let shares = of_kind(state, |kind| matches!(kind, Kind::Training(_) | Kind::Inference { .. }));
    let any = Memo::new(move |_| peaks.with(|p| !p.is_empty()) || shares.with(|s| !s.is_empty()));
    let rows = move || {
        let (peaks, shares) = (peaks.get(), shares.get());
        [Peak::F32, Peak::Dot16, Peak::Dot8]
            .into_iter()
            .flat_map(|peak| {
                let top = peaks.iter().filter(|(work, _)| work.kind == Kind::Peak(peak)).map(top);
                let of_peak = |measured: &Measurement| measured.peak.as_deref() == Some(peak.id());
                let below = shares.iter().filter(|(_, measured)| of_peak(measured)).map(|f| below(peak, f));
                top.chain(below).collect::<Vec<_>>()
            })
            .collect_view()
    };
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="shares-title" data-testid="device-peaks">
                    <h3 id="shares-title">{text::PEAK}</h3>
                    <ul class="peaks">{rows}</ul>
                    <p class="hint">{text::PEAK_HELP}</p>
                </section>
            }
        })
    }
}

fn top((work, measured): &Figure) -> AnyView {
    let figure = format!("{} {}", format::fixed(measured.median, 1), measured.unit);
    row("peak", said(&work.title), figure, 1.0)
}

fn below(peak: Peak, (work, measured): &Figure) -> AnyView {
    let giga = measured.operations_a_second().unwrap_or_default() / 1e9;
    let figure = format!("{} {}", format::fixed(giga, 1), peak.unit());
    row("", said(&work.title), figure, measured.share_of_peak.unwrap_or_default())
}

fn row(class: &'static str, title: String, figure: String, share: f64) -> AnyView {
    view! {
        <li class=class>
            <span>{title}</span>
            <b>{figure}</b>
            <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="whole" width="100" height="4"></rect>
                <rect width=share.clamp(0.01, 1.0) * 100.0 height="4"></rect>
            </svg>
            <i>{format::of_hundred(share * 100.0, 0)}</i>
        </li>
    }
    .into_any()
}
