//! Files that a recipe names by their digests and that the visitor supplies: kept in the browser's database, given to the workers
//! before a run that needs them, and asked for where they are not here.

use super::state::State;
use super::text::supplied as words;
use super::{browser, budget, importing, own, storage};
use crate::experiment::supplied;
use crate::worker::ModelFile;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The largest file that is taken.
pub(super) const MOST_BYTES: f64 = 128e6;

/// Whether the workers have all these files.
pub(super) fn has(state: State, paths: &[String]) -> bool {
    let mut has = true;
    state.with_pool(|pool| has = pool.has(paths));
    has
}

/// Follows which files the experiment under edit lacks.
pub(super) fn start(state: State) {
    let needed = Memo::new(move |_| state.draft.with(|d| d.recipe.files()));
    Effect::new(move |_| {
        let needed = needed.get();
        if needed.is_empty() {
            return state.missing.set(needed);
        }
        spawn_local(async move {
            let kept = storage::file_paths().await;
            let here = |path: &String| kept.contains(path) || has(state, std::slice::from_ref(path));
            state.missing.set(needed.into_iter().filter(|path| !here(path)).collect());
        });
    });
}

/// Gives the workers files that the browser keeps, and then does something; those that it does not keep are asked for instead.
pub(super) fn with_files(state: State, paths: Vec<String>, then: impl FnOnce() + 'static) {
    spawn_local(async move {
        let mut missing = Vec::new();
        for path in paths {
            if has(state, std::slice::from_ref(&path)) {
                continue;
            }
            match storage::load_file(&path).await {
                Some(file) => state.with_pool(|pool| pool.keep(vec![ModelFile { name: path, file }])),
                None => missing.push(path),
            }
        }
        if missing.is_empty() {
            return then();
        }
        state.missing.set(missing);
        // Drawn by then, if it was not before.
        request_animation_frame(|| {
            if let Some(picker) = browser::element("#supply") {
                browser::focus(&picker);
            }
        });
    });
}

/// Runs the experiment under edit once the workers have its files.
pub(super) fn run(state: State) {
    let paths = state.draft.with_untracked(|d| d.recipe.files());
    with_files(state, paths, move || state.parts.with_engine(move |engine| (engine.run)(state)));
}

/// Keeps a file for this visit and, where there is room, for later ones.
pub(super) fn keep(state: State, path: String, file: Vec<u8>) {
    if !has(state, std::slice::from_ref(&path)) {
        state.with_pool(|pool| pool.keep(vec![ModelFile { name: path.clone(), file: file.clone() }]));
    }
    state.missing.update(|missing| missing.retain(|other| *other != path));
    spawn_local(async move {
        // What comes into a frame is gone with it.
        let kept = browser::embedded().is_some() || storage::save_file(&path, &file).await;
        if !kept {
            state.tell(words::NO_ROOM);
        }
        browser::set_root("supplied", if kept { "yes" } else { "no" });
    });
}

/// What stands beside the Run button: what must be supplied first, and how long it will take.
pub(super) fn before_run(state: State) -> AnyView {
    view! {
        <Missing state/>
        {budget::of_draft(state)}
    }
    .into_any()
}

/// A sentence for each file that is missing, and a way to choose them.
#[component]
fn Missing(state: State) -> impl IntoView {
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        if let Some(file) = browser::first_file(&ev.target()) {
            take(state, file);
        }
        ev.target().set_value("");
    };
    let any = Memo::new(move |_| state.missing.with(|missing| !missing.is_empty()));
    let sentences = move || {
        let own = state.draft.with(|d| d.recipe.data.described().cloned());
        let sentence = |path: &String| view! { <p data-testid="missing-file">{words::missing(path, own.as_ref())}</p> };
        state.missing.with(|missing| missing.iter().map(sentence).collect_view())
    };
    move || {
        any.get().then(|| view! {
            <div class="notice supply" role="group" aria-label=words::CHOOSE.tr()>
                <div role="status">{sentences}</div>
                <label class="file">{words::CHOOSE}<input id="supply" data-testid="supply" type="file" on:change:target=choose/></label>
            </div>
        })
    }
}

/// Takes a file that the visitor has chosen, if it is one of those that are missing.
fn take(state: State, file: web_sys::Blob) {
    if file.size() > MOST_BYTES {
        return state.complain(words::too_large(file.size(), MOST_BYTES));
    }
    spawn_local(async move {
        let Some(file) = browser::read_bytes(file).await else { return state.complain(words::UNREAD_FILE) };
        let missing = state.missing.get_untracked();
        let found = missing.into_iter().find_map(|path| supplied(&path, &file).map(|packed| (path, packed)));
        match found {
            Some((path, packed)) => {
                own::supplied(state, &path);
                keep(state, path, packed);
                state.tell(words::TAKEN);
            }
            // Data are known by their data file alone.
            None if state.missing.with_untracked(|missing| missing.iter().all(|path| path.starts_with("own/"))) => {
                state.complain(words::OTHER_FILE);
            }
            // The file of another tool makes the same model, if it is read as the experiment says.
            None => importing::supply(state, file),
        }
    });
}
