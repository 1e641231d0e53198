//! The page's side of the service worker.

use super::{Amounts, Stage};
use crate::app::state::{Phase, State};
use crate::app::text;
use leptos::prelude::*;
use serde::Deserialize;
use std::time::Duration;
use text::offline as words;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    EventTarget, MessageChannel, MessageEvent, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
};

/// Beside the page, so that it has the page's folder and nothing else of the host.
const SCRIPT: &str = "./service-worker.js";

/// How long the visitor's own doing has the network for itself.
const LATER: Duration = Duration::from_secs(2);

/// What the version that waits says when it is asked to take over.
#[derive(Deserialize)]
struct Windows {
    windows: usize,
}

/// Has the site kept, in a while, and the data of what is run.
pub(in crate::app) fn start(state: State) {
    Effect::new(move |_| {
        if state.offline.stage.get() == Stage::Kept && state.phase.get() == Phase::Done {
            keep_what_was_used(state);
        }
    });
    match container() {
        None => state.offline.stage.set(Stage::Refused),
        Some(container) => set_timeout(
            move || {
                spawn_local(async move {
                    state.offline.stage.set(Stage::Filling);
                    match registration(container.register(SCRIPT)).await {
                        Some(registration) => follow(state, registration),
                        None => state.offline.stage.set(Stage::Failed),
                    }
                });
            },
            LATER,
        ),
    }
}

/// Absent where the address is neither https nor this machine.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let there = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).is_ok_and(|there| there.is_object());
    there.then(|| navigator.service_worker())
}

/// What a promise of the browser comes to; some extensions keep their promise and give nothing.
async fn registration(promise: js_sys::Promise) -> Option<ServiceWorkerRegistration> {
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// Looks how far it is, now and whenever that changes.
fn follow(state: State, registration: ServiceWorkerRegistration) {
    look(state, &registration);
    watch(state, &registration);
    let at = registration.clone();
    on(&registration, "updatefound", move || watch(state, &at));
}

/// Follows the version that is being loaded.
fn watch(state: State, registration: &ServiceWorkerRegistration) {
    if let Some(coming) = registration.installing() {
        let registration = registration.clone();
        on(&coming, "statechange", move || look(state, &registration));
    }
}

fn look(state: State, registration: &ServiceWorkerRegistration) {
    let offline = state.offline;
    let stage = match (registration.active(), registration.installing()) {
        (Some(_), _) => Stage::Kept,
        (None, Some(_)) => Stage::Filling,
        // Between being loaded and taken, which follows at once where there was none before.
        (None, None) if registration.waiting().is_some() => Stage::Filling,
        (None, None) => Stage::Failed,
    };
    offline.newer.set(registration.active().is_some() && registration.waiting().is_some());
    if stage == Stage::Kept && offline.stage.get_untracked() != stage {
        offline.stage.set(stage);
        ask_of_data(state, "data");
    }
    offline.stage.set(stage);
}

/// Calls back at each such event for as long as the page is open.
fn on(target: &EventTarget, event: &str, act: impl FnMut() + 'static) {
    let call = Closure::<dyn FnMut()>::new(act);
    // Refused for addresses of events that cannot be; this one is a literal.
    let _ = target.add_event_listener_with_callback(event, call.as_ref().unchecked_ref());
    call.forget();
}

/// Asks something; `hear` is told each answer.
fn ask(of: &ServiceWorker, what: &str, hear: impl Fn(String) + 'static) {
    let Ok(channel) = MessageChannel::new() else { return };
    let call = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        event.data().as_string().into_iter().for_each(&hear);
    });
    channel.port1().set_onmessage(Some(call.as_ref().unchecked_ref()));
    call.forget();
    let ports = js_sys::Array::of1(&channel.port2());
    let _ = of.post_message_with_transferable(&JsValue::from_str(what), &ports); // a text and a port can always be sent
}

/// Has the shards of the newest run kept. Most are already: this is for those that were loaded before anything was kept, and
/// come from the browser's memory of them.
fn keep_what_was_used(state: State) {
    let data = state.runs.with_untracked(|runs| runs.first().map(|run| run.report.recipe.data.clone()));
    let Some(Ok(dataset)) = data.map(|data| data.open()) else { return };
    let paths = dataset.shard_paths();
    if !paths.is_empty() {
        ask_of_data(state, &format!("keep {}", paths.join(" ")));
    }
}

/// Asks for what is kept of the data (`data`), to keep all of it (`keep`) or some files, or to remove it (`forget`).
pub(super) fn ask_of_data(state: State, what: &str) {
    let what = what.to_string();
    let Some(container) = container() else { return };
    let offline = state.offline;
    spawn_local(async move {
        let Ok(ready) = container.ready() else { return };
        let Some(active) = registration(ready).await.and_then(|registration| registration.active()) else { return };
        if what == "keep" {
            ask_to_last();
        }
        let shown = what == "keep" || what == "forget";
        offline.at_work.update(|at_work| *at_work |= shown);
        ask(&active, &what, move |answer| {
            if let Ok(amounts) = serde_json::from_str::<Amounts>(&answer) {
                if shown {
                    offline.at_work.set(!amounts.ended);
                }
                // What was not asked for need not be complained of.
                let trouble = amounts.trouble.filter(|_| shown);
                offline.data.set(Some(Amounts { trouble, ..amounts }));
            }
        });
    });
}

/// Asks the browser not to make room at the cost of what this page keeps. Not every browser can, or does.
fn ask_to_last() {
    let navigator = window().navigator();
    let storage = js_sys::Reflect::get(&navigator, &"storage".into()).unwrap_or_default();
    let persist = js_sys::Reflect::get(&storage, &"persist".into()).ok().and_then(|f| f.dyn_into().ok());
    let asked = persist.and_then(|persist: js_sys::Function| persist.call0(&storage).ok());
    if let Some(promise) = asked.and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok()) {
        // Its answer changes nothing here; a refusal is not to be told as an error of the page.
        spawn_local(async move { drop(JsFuture::from(promise).await) });
    }
}

/// Takes the version that waits, and opens the page anew with it. Not while a run is under way, and not where another window
/// would be left between two versions.
pub(super) fn take_over(state: State) {
    let Some(container) = container() else { return };
    if untrack(|| state.occupied()) {
        return;
    }
    spawn_local(async move {
        let waiting = registration(container.get_registration()).await.and_then(|registration| registration.waiting());
        let Some(waiting) = waiting else { return };
        on(&container, "controllerchange", || {
            let _ = window().location().reload(); // refused only to pages in frames of others
        });
        ask(&waiting, "takeOver", move |answer| {
            if serde_json::from_str::<Windows>(&answer).is_ok_and(|windows| windows.windows > 1) {
                state.complain(words::OTHER_WINDOWS);
            }
        });
    });
}
