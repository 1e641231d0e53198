//! Files that are dropped on the page or picked: a recipe, or a text with a link in it.

use super::super::state::State;
use super::super::text::share as words;
use super::super::{actions, browser, classroom, importing};
use crate::experiment::teaching::{ANSWER_MARK, ASSIGNMENT_MARK};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The largest file that is looked at: more than any recipe, or a class's links.
const MOST_BYTES: f64 = 4e6;

/// Takes what is dropped anywhere on the page, unless something there has taken it already.
pub(in crate::app) fn follow_drops(state: State) {
    let _ = window_event_listener(leptos::ev::dragover, |ev| {
        if browser::brings_files(&ev) {
            ev.prevent_default();
        }
    });
    let _ = window_event_listener(leptos::ev::drop, move |ev| {
        if ev.default_prevented() || !browser::brings_files(&ev) {
            return;
        }
        ev.prevent_default();
        if let Some(file) = browser::dropped_file(&ev) {
            open_file(state, file, || {});
        }
    });
}

/// Opens a file's recipe or link, and then does something if it was one.
pub(in crate::app) fn open_file(state: State, file: web_sys::Blob, then: impl FnOnce() + 'static) {
    if importing::is_network(&file) {
        return importing::open(state, Some(file));
    }
    if file.size() > MOST_BYTES {
        return state.complain(words::dropped_large(file.size()));
    }
    spawn_local(async move {
        let text = browser::read_text(file).await.unwrap_or_default();
        let text = text.trim();
        let done = match text {
            "" => {
                state.complain(words::DROPPED_EMPTY);
                false
            }
            json if json.starts_with('{') => {
                let read = actions::read_recipe(state, json, actions::lay_out_other);
                if read {
                    state.opened.set(None);
                    browser::go("#playground");
                }
                read
            }
            links if links.matches(ANSWER_MARK).count() + links.matches(ASSIGNMENT_MARK).count() > 1 => {
                classroom::collect(state, links);
                true
            }
            link => open_link(state, link),
        };
        if done {
            then();
        }
    });
}

/// Follows the link in a text.
fn open_link(state: State, text: &str) -> bool {
    for mark in [actions::LINK, ASSIGNMENT_MARK, ANSWER_MARK] {
        if let Some((_, code)) = text.split_once(mark) {
            let code = code.split_whitespace().next().unwrap_or_default();
            browser::go(&format!("{mark}{code}"));
            return true;
        }
    }
    state.complain(words::dropped_unknown(&text.chars().take(20).collect::<String>()));
    false
}
