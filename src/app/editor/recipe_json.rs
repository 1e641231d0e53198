//! The experiment as JSON: read, edited, pasted, dropped, copied, kept as a file.

use super::super::state::{State, Typed};
use super::super::{actions, browser, share, text};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The recipe's text and what can be done with it, folded.
#[component]
pub(super) fn RecipeJson(state: State) -> impl IntoView {
    let typed = state.typed;
    let drop = move |ev: web_sys::DragEvent| {
        if let Some(file) = browser::dropped_file(&ev) {
            ev.prevent_default();
            state.parts.with_rest(move |rest| (rest.open_file)(state, typed, file));
        }
    };
    view! {
        <details class="card json" on:dragover=|ev| ev.prevent_default() on:drop=drop>
            <summary>{text::RECIPE}</summary>
            {state.parts.draw(move |rest| (rest.recipe_form)(state, typed))}
        </details>
    }
}

/// Lays out the experiment of a file, or follows the link in it.
pub(in crate::app) fn open_file(state: State, typed: Typed, file: web_sys::Blob) {
    share::open_file(state, file, move || typed.set(None));
}

/// What is unfolded.
pub(in crate::app) fn form(state: State, typed: Typed) -> AnyView {
    let json = state.memo(move || state.draft.with(|d| d.recipe.to_pretty_json()));
    let shown = move || typed.get().unwrap_or_else(|| json.get());
    let apply = move |_| {
        if let Some(text) = typed.get_untracked()
            && actions::read_recipe(state, &text, actions::lay_out)
        {
            typed.set(None);
        }
    };
    let copy = move |_| {
        let json = json.get_untracked();
        spawn_local(
            async move { state.tell(if browser::copy(&json).await { text::COPIED } else { text::COPY_REFUSED }) },
        );
    };
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        if let Some(file) = browser::first_file(&ev.target()) {
            open_file(state, typed, file);
        }
        ev.target().set_value("");
    };
    view! {
        <p class="hint">{text::RECIPE_HELP}</p>
        <textarea
            data-testid="recipe-json"
            aria-label=text::RECIPE
            spellcheck="false"
            rows="14"
            dir="ltr"
            prop:value=shown
            on:input:target=move |ev| typed.set(Some(ev.target().value()))
        ></textarea>
        <div class="buttons">
            <button data-testid="recipe-apply" disabled=move || typed.with(Option::is_none) on:click=apply>{text::APPLY}</button>
            <button on:click=copy>{text::COPY}</button>
            <button on:click=move |_| { browser::download("recipe.json", "application/json", json.get_untracked()); }>
                {text::DOWNLOAD}
            </button>
            <label class="file">{text::OPEN_FILE}<input type="file" accept=".json,.txt,application/json,text/plain" on:change:target=choose/></label>
        </div>
    }
    .into_any()
}
