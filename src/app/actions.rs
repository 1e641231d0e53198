//! What the visitor can do, and what follows from the workers' news.

use super::record::{Notes, Record};
use super::state::{Before, Phase, Shared, Shown, State, Undo};
use super::tracker::Tracker;
use super::{
    backend, browser, budget, classroom, device, draft::Draft, importing, offline, parts, present, presets, share,
    storage, supplied, text,
};
use crate::experiment::teaching::{ANSWER_MARK, ASSIGNMENT_MARK, Assignment};
use crate::experiment::{Event, Link, Recipe};
use crate::worker::{FirstWorker, ModelFile, News, Pool};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;

/// Where local storage keeps the experiment under edit.
const DRAFT: &str = "featherweight-draft";

/// Where local storage keeps the code of the assignment that is worked on.
pub(super) const ASSIGNMENT: &str = "featherweight-assignment";

/// What the address's fragment begins with where it holds an experiment.
pub(super) const LINK: &str = "#x=";

/// Where local storage keeps that a run was kept: that this is not a first visit.
const VISITED: &str = "featherweight-visited";

/// How often the display of a run under way is renewed; beside four busy workers, sixty times a second would be a waste.
const REFRESH: Duration = Duration::from_millis(90);

/// Whether the page has to wait for the rest before it can show what it was opened for: a link's experiment, or one kept.
pub(super) fn needs_rest() -> bool {
    let fragment = browser::fragment();
    let linked = [LINK, ASSIGNMENT_MARK, ANSWER_MARK].into_iter().any(|mark| fragment.starts_with(mark));
    linked || browser::embedded().is_some() || [DRAFT, ASSIGNMENT].into_iter().any(|key| browser::kept(key).is_some())
}

/// Whether nothing was run in this browser yet, and the page was opened for nothing particular.
pub(super) fn first_visit() -> bool {
    !needs_rest() && browser::kept(VISITED).is_none()
}

/// Opens the page: starts the first worker, and has the parts loaded that are not there yet.
pub(super) fn open(state: State) {
    state.go_to_address();
    let _ = window_event_listener(leptos::ev::hashchange, move |_| state.go_to_address());
    state.first_worker.set_value(Some(FirstWorker::start(move || ready(state))));
    parts::keep_loading(state);
}

/// A run begins without delay.
fn ready(state: State) {
    if state.phase.get_untracked() == Phase::Loading {
        state.phase.set(Phase::Ready);
    }
}

/// Takes the worker that was started early.
pub(super) fn start_pool(state: State) {
    if let Some(first) = state.first_worker.try_update_value(Option::take).flatten() {
        state.pool.set_value(Some(Pool::new(first, move |news| hear(state, news))));
    }
}

/// Reads the link and what was kept.
pub(super) fn restore(state: State) {
    if browser::embedded().is_some() {
        return open_link(state); // a frame keeps nothing, and shows its link alone
    }
    keep_draft(state);
    classroom::restore(state);
    open_link(state);
    let _ = window_event_listener(leptos::ev::hashchange, move |_| open_link(state));
    share::follow_drops(state);
    present::follow_keys(state);
    device::restore(state);
    backend::restore(state);
    budget::restore(state);
    offline::start(state);
    supplied::start(state);
    importing::start(state);
    spawn_local(async move {
        match storage::load_runs().await {
            None => state.tell(text::NO_STORAGE),
            Some((runs, unread)) => {
                if unread > 0 {
                    state.tell(text::unread(unread));
                }
                // Beside an assignment the student's own results, and nobody else's.
                let own = |run: &&Record| {
                    let given = state.assignment.with_untracked(Option::is_none);
                    given || state.draft.with_untracked(|d| d.recipe == run.report.recipe)
                };
                let newest = runs.iter().find(own).map(|r| r.notes.id);
                if newest.is_some() {
                    browser::keep(VISITED, "yes");
                }
                // A run may have ended, and been kept, before this part of the code was there.
                let fresh = |now: &[Record], id| now.iter().all(|r| r.notes.id != id);
                state.runs.update(|now| {
                    let older: Vec<Record> = runs.into_iter().filter(|r| fresh(now, r.notes.id)).collect();
                    now.extend(older);
                });
                if let (Shown::Nothing, Some(id), None) =
                    (state.shown.get_untracked(), newest, state.opened.get_untracked())
                {
                    show(state, id);
                }
            }
        }
    });
}

/// Lays out the experiment of the link in the address, if there is one.
fn open_link(state: State) {
    let fragment = browser::fragment();
    if !fragment.starts_with(LINK) {
        return classroom::open_link(state, &fragment);
    }
    match Link::from_text(&fragment) {
        Ok(link) => {
            lay_out_other(state, link.recipe.clone());
            if !state.busy_untracked() {
                show_nothing(state);
            }
            state.opened.set(Some(link));
        }
        Err(error) => state.complain(text::bad_link(&error.to_string())),
    }
}

/// Replaces the experiment under edit. Where edits would be lost with it, that can be taken back.
pub(super) fn lay_out(state: State, recipe: Recipe) {
    lay_out_for(state, recipe, state.assignment.get_untracked());
}

/// As [`lay_out`], where the experiment is no work on the assignment that is open: that one is left, and stays as it is.
pub(super) fn lay_out_other(state: State, recipe: Recipe) {
    lay_out_for(state, recipe, None);
}

/// As [`lay_out`], as work on an assignment.
pub(super) fn lay_out_for(state: State, recipe: Recipe, assignment: Option<Shared<Assignment>>) {
    let before = before(state, recipe.clone());
    let left = before.assignment.is_some() && assignment.is_none();
    if before.assignment != assignment {
        state.assignment.set(assignment);
    }
    if before.draft.recipe == recipe && !left {
        return;
    }
    let known = |other: &Recipe| *other == before.draft.recipe;
    let found_again = presets::PRESETS.iter().any(|preset| known(&(preset.recipe)()))
        || state.runs.with_untracked(|runs| runs.iter().any(|run| known(&run.report.recipe)));
    if left || !found_again {
        state.undo.set(Some(Undo::Replaced(Box::new(before))));
    }
    state.draft.update(|draft| draft.replace(recipe));
}

/// What is laid out now, and what will be after it.
fn before(state: State, after: Recipe) -> Before {
    Before { draft: state.draft.get_untracked(), assignment: state.assignment.get_untracked(), after }
}

/// Keeps the experiment under edit over a reload.
fn keep_draft(state: State) {
    if let Some(recipe) = browser::kept(DRAFT).and_then(|json| Recipe::from_json(&json).ok()) {
        state.draft.update(|draft| draft.replace(recipe));
    }
    Effect::new(move |_| {
        state.draft.with(|draft| {
            // What the page opens with anyway need not be kept: the next visit would wait for the code that reads it.
            if draft.recipe == presets::tradeoff() {
                browser::forget(DRAFT);
            } else {
                browser::keep(DRAFT, &draft.recipe.to_compact_json());
            }
        });
    });
}

/// Lays out an experiment that was written as JSON.
pub(super) fn read_recipe(state: State, json: &str, lay_out: fn(State, Recipe)) -> bool {
    match Recipe::from_json(json) {
        Ok(recipe) => {
            lay_out(state, recipe);
            true
        }
        Err(error) => {
            state.complain(text::bad_recipe(&error.to_string()));
            false
        }
    }
}

/// Removes something from the experiment in a way that can be taken back.
pub(super) fn remove_from_draft(state: State, remove: impl FnOnce(&mut Draft)) {
    let mut draft = state.draft.get_untracked();
    remove(&mut draft);
    state.undo.set(Some(Undo::Removed(Box::new(before(state, draft.recipe.clone())))));
    state.draft.set(draft);
}

/// Runs the experiment under edit.
pub(super) fn run(state: State) {
    let measuring =
        [state.device.run, state.backend.run, state.budget.run].iter().any(|run| run.with_untracked(Option::is_some));
    if measuring || matches!(state.phase.get_untracked(), Phase::Running | Phase::Stopping) {
        return;
    }
    let Ok(plan) = state.plan.get_untracked() else { return };
    if !supplied::has(state, &plan.recipe.files()) {
        return state.parts.with_rest(move |rest| (rest.supply)(state));
    }
    state.notice.set(None);
    let Some(plan) = backend::decide(state, plan) else { return };
    let newest = state.runs.with_untracked(|r| r.iter().map(|r| r.notes.id).max().unwrap_or(0));
    let run = ((browser::date_ms() / 1000.0) as u32).max(newest + 1);
    forget_models(state);
    state.live.set(Some(Tracker::new(run, plan.clone())));
    state.shown.set(Shown::Live);
    state.phase.set(Phase::Running);
    state.with_pool(|pool| pool.run(run, (*plan).clone()));
    // Where the editor stands above the results, a run would otherwise go on out of sight.
    if browser::media("(max-width: 959px)") {
        browser::reveal("results");
    }
}

/// Stops the run: the page says so at once, the workers within seconds.
pub(super) fn stop(state: State) {
    if state.phase.get_untracked() == Phase::Running {
        state.phase.set(Phase::Stopping);
        state.with_pool(Pool::stop);
    }
}

/// Shows a run that has ended.
pub(super) fn show(state: State, id: u32) {
    state.shown.set(Shown::Run(id));
    forget_models(state);
    if state.models.with_value(|m| m.contains_key(&id)) {
        return load_models(state, id);
    }
    spawn_local(async move {
        if let Some(models) = storage::load_models(id).await {
            state.models.update_value(|m| drop(m.insert(id, models)));
            if state.shown.get_untracked() == Shown::Run(id) {
                load_models(state, id);
            }
        }
    });
}

/// Shows no results.
pub(super) fn show_nothing(state: State) {
    state.shown.set(Shown::Nothing);
    forget_models(state);
}

/// Shows the run under way.
pub(super) fn show_live(state: State) {
    state.shown.set(Shown::Live);
    forget_models(state);
    if let Some(run) = state.live.with_untracked(|live| live.as_ref().map(|live| live.run)) {
        load_models(state, run);
    }
}

/// Gives the first worker the models of a run, as far as they are at hand.
fn load_models(state: State, id: u32) {
    thread_local!(static GIVEN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    let models = models_of(state, id).unwrap_or_default();
    if models.is_empty() {
        return forget_models(state);
    }
    state.with_pool(|pool| pool.load(models));
    GIVEN.set(GIVEN.get() + 1);
    state.models_loaded.set(GIVEN.get());
}

/// Takes the first worker's models away, and what was said of them: they are asked for by names that other runs' have, too.
fn forget_models(state: State) {
    state.predictions.set(Vec::new());
    state.picture.set(None);
    if state.models_loaded.get_untracked() > 0 {
        state.with_pool(|pool| pool.load(Vec::new()));
        state.models_loaded.set(0);
    }
}

/// Gives the first worker the models of the run that is shown, after it was given others.
pub(super) fn load_shown(state: State) {
    if let Shown::Run(id) = state.shown.get_untracked() {
        load_models(state, id);
    }
}

/// Renames a run.
pub(super) fn rename(state: State, id: u32, name: String) {
    note(state, id, |notes| notes.name = name);
}

/// Changes what is kept of a run beside its report.
pub(super) fn note(state: State, id: u32, change: impl FnOnce(&mut Notes)) {
    let mut changed = None;
    state.runs.update(|runs| {
        if let Some(record) = runs.iter_mut().find(|r| r.notes.id == id) {
            change(&mut record.notes);
            changed = Some(record.clone());
        }
    });
    if let Some(record) = changed {
        save(state, record, None);
    }
}

/// Deletes a run in a way that can be taken back.
pub(super) fn delete(state: State, id: u32) {
    let Some(record) = state.runs.with_untracked(|r| r.iter().find(|r| r.notes.id == id).cloned()) else { return };
    let next = state.runs.with_untracked(|r| r.iter().map(|r| r.notes.id).find(|other| *other != id));
    if state.shown.get_untracked() == Shown::Run(id) {
        match next {
            Some(next) => show(state, next),
            None => show_nothing(state),
        }
    }
    state.runs.update(|runs| runs.retain(|r| r.notes.id != id));
    let in_memory = state.models.try_update_value(|m| m.remove(&id)).flatten();
    spawn_local(async move {
        let models = match in_memory {
            Some(models) => models,
            None => storage::load_models(id).await.unwrap_or_default(),
        };
        // What was never kept need not go.
        let unkept = state.unkept.with_value(|unkept| unkept.contains(&id));
        if !storage::delete_run(id).await && !unkept {
            state.complain(text::NOT_DELETED);
        }
        keep_the_unkept(state);
        state.undo.set(Some(Undo::Run(Box::new(record), models)));
    });
}

/// Takes the last removal back.
pub(super) fn undo(state: State) {
    let Some(undo) = state.undo.get_untracked() else { return };
    state.undo.set(None);
    match undo {
        Undo::Removed(was) | Undo::Replaced(was) => {
            let Before { draft, assignment, after } = *was;
            let now = before(state, draft.recipe.clone());
            if now.assignment != assignment {
                state.assignment.set(assignment);
            }
            if now.draft.recipe != after {
                // What was edited since would go with it.
                state.undo.set(Some(Undo::Replaced(Box::new(now))));
            }
            state.draft.update(|now| now.go_back(draft));
        }
        Undo::Run(record, models) => {
            let id = record.notes.id;
            state.models.update_value(|m| drop(m.insert(id, models.clone())));
            state.runs.update(|runs| {
                runs.push((*record).clone());
                runs.sort_by_key(|r| std::cmp::Reverse(r.notes.id));
            });
            save(state, *record, Some(models));
            show(state, id);
        }
    }
}

/// Keeps a run and its models in the database; when that is done, the document's root says so.
pub(super) fn save(state: State, record: Record, models: Option<Vec<ModelFile>>) {
    if browser::embedded().is_some() {
        return; // what runs in a frame is gone with it
    }
    browser::set_root("kept", "");
    // A run that was not kept is still without its models, whatever else was changed.
    let lacking = || state.unkept.with_value(|unkept| unkept.contains(&record.notes.id));
    let models = models.or_else(|| lacking().then(|| models_of(state, record.notes.id)).flatten());
    spawn_local(async move {
        let mut saved = storage::save_run(&record).await;
        if let Some(models) = models {
            saved &= storage::save_models(record.notes.id, &models).await;
        }
        state.unkept.update_value(|unkept| {
            unkept.retain(|id| *id != record.notes.id);
            if !saved {
                unkept.push(record.notes.id);
            }
        });
        if !saved {
            state.tell(text::STORAGE_FULL);
        }
        browser::keep(VISITED, "yes");
        browser::set_root("kept", if saved { "yes" } else { "no" });
    });
}

/// There is more room than there was: what found none before is tried again.
fn keep_the_unkept(state: State) {
    for id in state.unkept.get_value() {
        let record = state.runs.with_untracked(|runs| runs.iter().find(|run| run.notes.id == id).cloned());
        if let Some(record) = record {
            save(state, record, None);
        }
    }
}

/// A run's models, if they are at hand.
fn models_of(state: State, id: u32) -> Option<Vec<ModelFile>> {
    state.models.with_value(|models| models.get(&id).cloned())
}

/// What follows from a piece of news.
fn hear(state: State, news: News) {
    let live = |run: u32| state.live.with_untracked(|l| l.as_ref().is_some_and(|l| l.run == run));
    match news {
        News::Ready => ready(state),
        News::Event { run, event } if live(run) => {
            let done = matches!(&event, Event::Variant { trial: 0, .. });
            if let Event::Backend { message, .. } = &event {
                state.tell(message.clone());
            }
            state.live.update_untracked(|l| {
                if let Some(tracker) = l {
                    tracker.take(event);
                }
            });
            if done && state.shown.get_untracked() == Shown::Live {
                load_models(state, run);
            }
            refresh(state);
        }
        News::Model { run, trial: 0, model } => state.models.update_value(|m| {
            let models = m.entry(run).or_default();
            models.retain(|other| other.name != model.name);
            models.push(model);
        }),
        News::Finished { run, report, stopped } if live(run) => finish(state, run, *report, stopped),
        News::Trouble { message } => state.complain(message),
        News::Predictions { query, predictions } => {
            // What comes late is of models that were taken away.
            if state.models_loaded.get_untracked() > 0 {
                state.predictions.set(predictions);
            }
            state.answered.set(query);
        }
        News::Exported { model, ending } => state.parts.with_rest(move |rest| (rest.hand_over)(state, model, &ending)),
        News::Picture { model, matrix, picture } => state.picture.set(Some((model, matrix, picture))),
        News::Answer { answer } => state.answer.set(Some(answer)),
        News::Measured { run, measurement } => {
            backend::measured(state, run, &measurement);
            let figure = measurement.clone();
            state.parts.with_rest(move |rest| (rest.paced)(state, &figure));
            device::measured(state, run, measurement);
        }
        News::BenchmarkEnded { run, complete } => {
            backend::ended(state, run, complete);
            budget::ended(state, run);
            device::ended(state, run, complete);
            if state.asking.get_untracked() == Some(run) {
                state.asking.set(None);
            }
            state.sensitivity.update(|s| match s {
                Some(mine) if mine.run == run && complete => mine.ended = true,
                Some(mine) if mine.run == run => *s = None, // why was told then
                _ => {}
            });
            state.precision.update(|p| match p {
                Some(mine) if mine.run == run && complete => mine.ended = true,
                Some(mine) if mine.run == run => *p = None,
                _ => {}
            });
        }
        News::Event { .. } | News::Model { .. } | News::Finished { .. } => {}
    }
}

/// Renews the display of the live run in a while, once for all news until then.
fn refresh(state: State) {
    thread_local!(static WAITING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
    if WAITING.replace(true) {
        return;
    }
    set_timeout(
        move || {
            request_animation_frame(move || {
                WAITING.set(false);
                state.live.notify();
            });
        },
        REFRESH,
    );
}

/// Turns the live run into a record.
fn finish(state: State, run: u32, report: crate::experiment::Report, stopped: bool) {
    let Some(tracker) = state.live.get_untracked() else { return };
    let empty = report.variants.is_empty();
    let record = Record {
        notes: Notes {
            id: run,
            name: String::new(),
            seconds: (browser::now_ms() - tracker.begun_ms) / 1000.0,
            stopped,
            curves: tracker.curves,
            boundaries: tracker.boundaries,
            marked: Vec::new(),
        },
        report: Shared(Arc::new(report)),
    };
    state.runs.update(|runs| runs.insert(0, record.clone()));
    if state.shown.get_untracked() == Shown::Live {
        state.shown.set(Shown::Run(run));
        state.predictions.set(Vec::new());
        load_models(state, run);
    }
    state.live.set(None);
    state.phase.set(Phase::Done);
    if empty {
        if !stopped {
            state.complain(text::NOTHING_REACHED);
        }
        return;
    }
    let models = models_of(state, run).unwrap_or_default();
    state.parts.with_rest(move |rest| (rest.save)(state, record, Some(models)));
}
