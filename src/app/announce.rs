//! What screen readers are told while something is under way: in one place, and seldom. A bar may move ten times a second; this
//! changes when it begins, at each quarter, when a model is tested, and at the end.

use super::state::{Phase, Shown, State};
use super::text;
use leptos::prelude::*;
use text::access as words;

/// The sentence that stands in the page's one polite live region.
pub(super) fn announced(state: State) -> AnyView {
    let said = Memo::new(move |_| match state.phase.get() {
        _ if state.device.busy() => {
            let (done, all) = (state.device.measured.with(Vec::len), state.device.wanted.with(Vec::len));
            words::measuring(quarters(done as f64 / all.max(1) as f64))
        }
        Phase::Running => state.live.with(|live| {
            let Some(run) = live else { return String::new() };
            words::running(quarters(run.share()), run.report.variants.len(), run.plan.variants.len())
        }),
        Phase::Stopping => text::STOPPING.into(),
        Phase::Done => ended(state).unwrap_or_default(),
        Phase::Loading | Phase::Ready => String::new(),
    });
    (move || said.get()).into_any()
}

/// Percent, in steps of a quarter.
fn quarters(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 4.0) as u32 * 25
}

/// How the run that is shown ended, and its most accurate variant.
fn ended(state: State) -> Option<String> {
    let Shown::Run(id) = state.shown.get() else { return None };
    state.runs.with(|runs| {
        let run = runs.iter().find(|run| run.notes.id == id)?;
        let how = text::done(run.notes.stopped, run.notes.seconds, run.report.variants.len());
        let best = run.report.variants.iter().max_by(|a, b| a.accuracy.total_cmp(&b.accuracy));
        Some(match best {
            Some(best) => words::ended(&how, &best.name, best.accuracy),
            None => how,
        })
    })
}
