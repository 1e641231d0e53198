//! Arithmetic a second of each work, as a bar against the peak of its instructions.

use super::{Figure, of_kind};
use crate::app::state::State;
use crate::app::{format, text::device as text};
use crate::benchmark::{Kind, Peak};
use leptos::prelude::*;

/// A table for each peak that was measured against.
#[component]
pub(super) fn Shares(state: State) -> impl IntoView {
    let peaks = of_kind(state, |kind| matches!(kind, Kind::Peak(_)));
    // The cost of sizes has a chart of its own; its largest network stands for them.
    let shares = of_kind(state, |kind| kind.peak().is_some() && !matches!(kind, Kind::Cost { .. }));
    let any = Memo::new(move |_| peaks.with(|p| !p.is_empty()) || shares.with(|s| !s.is_empty()));
    let rows = move || {
        let (peaks, shares) = (peaks.get(), shares.get());
        [Peak::F32, Peak::Dot16]
            .into_iter()
            .flat_map(|peak| {
                let top = peaks.iter().filter(|(work, _)| work.kind == Kind::Peak(peak)).map(top);
                let below = shares.iter().filter(|(work, _)| work.kind.peak() == Some(peak)).map(below);
                top.chain(below).collect::<Vec<_>>()
            })
            .collect_view()
    };
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="shares-title" data-testid="device-peaks">
                    <h3 id="shares-title">{text::PEAK}</h3>
                    <div class="scroll" tabindex="0" role="group" aria-label=text::PEAK>
                        <table class="device-table">
                            <thead><tr>
                                <th scope="col">{text::WORK}</th>
                                <th scope="col">{text::SPEED}</th>
                                <th scope="col">{text::SHARE}</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    <p class="hint">{text::PEAK_HELP}</p>
                </section>
            }
        })
    }
}

fn top((work, measured): &Figure) -> AnyView {
    let figure = format!("{} {}", format::fixed(measured.median, 1), measured.unit);
    row("peak", work.title.clone(), figure, 1.0)
}

fn below((work, measured): &Figure) -> AnyView {
    let giga = measured.operations_a_second().unwrap_or_default() / 1e9;
    let unit = if work.kind.peak() == Some(Peak::F32) { "GFLOP/s" } else { "GOP/s" };
    let figure = format!("{} {unit}", format::fixed(giga, 1));
    row("", work.title.clone(), figure, measured.share_of_peak.unwrap_or_default())
}

fn row(class: &'static str, title: String, figure: String, share: f64) -> AnyView {
    view! {
        <tr class=class>
            <th scope="row">{title}</th>
            <td>{figure}</td>
            <td class="bar">
                <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="whole" width="100" height="4"></rect>
                    <rect width=share.clamp(0.01, 1.0) * 100.0 height="4"></rect>
                </svg>
                <span>{format::fixed(share * 100.0, 0)}"\u{a0}%"</span>
            </td>
        </tr>
    }
    .into_any()
}
