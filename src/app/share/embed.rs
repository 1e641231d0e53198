//! One chart in a frame of another page: what is shown there, and the frame's HTML.

use super::super::browser;
use super::super::editor::RunBar;
use super::super::editor::inputs::{SelectField, options};
use super::super::results::{self, one};
use super::super::state::{Shown, State};
use super::super::text::{self, share as words};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The page as a frame shows it. It keeps nothing, since a frame may be refused storage and its runs are not the reader's own.
pub(in crate::app) fn place(state: State) -> AnyView {
    let asked = browser::embedded().unwrap_or_default();
    let known = words::EMBEDS.iter().any(|(name, ..)| *name == asked);
    if !known {
        state.tell(words::embed_unknown(&asked.chars().take(40).collect::<String>()));
    }
    let title = move || {
        let title = state.draft.with(|d| d.recipe.title.clone());
        if title.is_empty() { words::EMBED_UNTITLED.into() } else { title }
    };
    let nothing = Memo::new(move |_| state.shown.get() == Shown::Nothing);
    // The frame's own address without what makes it a frame.
    let whole = move || {
        let fragment = results::link(state).to_text();
        format!("{}#x={fragment}", browser::plain_address())
    };
    view! {
        <div class="embed" data-testid="embed">
            <div class="embed-head">
                <h1>{title}</h1>
                <a href=whole target="_blank" rel="noopener">{words::EMBED_OPEN}</a>
            </div>
            <RunBar state/>
            {move || nothing.get().then(|| view! { <p class="hint">{words::EMBED_EMPTY}</p> })}
            <h2 class="unseen">{text::RESULTS}</h2>
            {one(state, if known { &asked } else { "table" })}
        </div>
    }
    .into_any()
}

/// The frame's HTML, to copy.
#[component]
pub(super) fn Snippet(state: State) -> impl IntoView {
    let which = RwSignal::new(words::EMBEDS[0].0.to_string());
    let html = Memo::new(move |_| {
        let link = results::link(state);
        let title = if link.recipe.title.is_empty() { words::EMBED_UNTITLED.tr() } else { &link.recipe.title };
        let address = format!("{}?embed={}#x={}", browser::plain_address(), which.get(), link.to_text());
        format!(
            "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"640\" style=\"border:0\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>",
            escaped(&address),
            escaped(title)
        )
    });
    let copy = move |_| {
        let html = html.get_untracked();
        spawn_local(async move {
            state.tell(if browser::copy(&html).await { text::COPIED } else { text::COPY_REFUSED });
        });
    };
    view! {
        <p>{words::EMBED_ABOUT}</p>
        <SelectField
            label=words::EMBED_WHICH
            testid="embed-which"
            options=options(&words::EMBEDS)
            value=which
            set=Callback::new(move |name| which.set(name))
        />
        <label class="field">
            <span>{words::EMBED_SNIPPET}</span>
            <textarea data-testid="embed-html" readonly rows="6" dir="ltr" prop:value=html></textarea>
        </label>
        <div class="buttons"><button data-testid="embed-copy" on:click=copy>{words::EMBED_COPY}</button></div>
    }
    .into_any()
}

/// A text as the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
