//! Measuring begins, ends, and is kept.

use super::state::Figures;
use crate::app::state::{Phase, State};
use crate::app::{browser, storage, text};
use crate::benchmark::{Measurement, named};
use crate::worker::Pool;
use crate::worker::Question;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The works that the address asks for, as `#device=peak-f32,cost-64`; none for all.
pub(super) fn asked_for() -> Vec<String> {
    let fragment = browser::fragment();
    let ids = fragment.strip_prefix("#device=").unwrap_or_default().split(',');
    ids.filter(|id| !id.is_empty()).map(String::from).collect()
}

/// Measures what the address asks for, unless an experiment runs.
pub(super) fn start(state: State) {
    let device = state.device;
    let running = matches!(state.phase.get_untracked(), Phase::Running | Phase::Stopping);
    if running || device.run.with_untracked(Option::is_some) {
        return;
    }
    let ids = asked_for();
    let works = match named(&ids) {
        Ok(works) => works,
        Err(error) => return state.complain(text::device::bad_address(&error.to_string())),
    };
    let run = (browser::date_ms() / 1000.0) as u32;
    state.notice.set(None);
    device.measured.set(Vec::new());
    device.ended_ms.set(None);
    device.wanted.set(works);
    device.stopping.set(false);
    device.run.set(Some(run));
    state.with_pool(|pool| pool.inspect(Some(run), Question::Benchmark { works: ids }.to_json()));
}

/// Asks for the end.
pub(super) fn stop(state: State) {
    state.device.stopping.set(true);
    state.with_pool(Pool::stop_benchmark);
}

/// A figure came.
pub(in crate::app) fn measured(state: State, run: u32, measurement: Measurement) {
    if state.device.run.get_untracked() == Some(run) {
        state.device.measured.update(|all| all.push(measurement));
    }
}

/// Measuring ended. What went to its end is kept.
pub(in crate::app) fn ended(state: State, run: u32, complete: bool) {
    let device = state.device;
    if device.run.get_untracked() != Some(run) {
        return;
    }
    device.run.set(None);
    let measurements = device.measured.get_untracked();
    if !complete {
        return; // stopped, or it failed, which was told then
    }
    let figures = Figures { ended_ms: browser::date_ms(), measurements };
    device.ended_ms.set(Some(figures.ended_ms));
    state.parts.with_rest(move |rest| (rest.save_figures)(state, figures));
}

/// Keeps figures in the database.
pub(in crate::app) fn save(state: State, figures: Figures) {
    spawn_local(async move {
        if !storage::save_figures(&figures).await {
            state.tell(text::STORAGE_FULL);
        }
    });
}

/// Shows what was kept, unless something newer is there already.
pub(in crate::app) fn restore(state: State) {
    spawn_local(async move {
        let device = state.device;
        if let Some(figures) = storage::load_figures().await
            && device.run.with_untracked(Option::is_none)
            && device.measured.with_untracked(Vec::is_empty)
        {
            device.measured.set(figures.measurements);
            device.ended_ms.set(Some(figures.ended_ms));
        }
    });
}

/// Copies the figures as JSON.
pub(super) fn copy(state: State) {
    let ended_ms = state.device.ended_ms.get_untracked().unwrap_or_else(browser::date_ms);
    let figures = Figures { ended_ms, measurements: state.device.measured.get_untracked() };
    let json = serde_json::to_string_pretty(&figures).unwrap_or_default(); // plain data: cannot fail
    spawn_local(async move {
        if browser::copy(&json).await {
            state.tell(text::COPIED);
        } else {
            state.complain(text::device::COPY_REFUSED);
        }
    });
}
