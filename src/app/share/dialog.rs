//! The dialog over the page: a link with its code and its file, or a frame for another page.

use super::super::state::State;
use super::super::text::{self, share as words};
use super::super::{browser, editor::inputs::unique, importing};
use super::code::Code;
use super::embed::Snippet;
use crate::app::language::Text;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What the dialog shows.
#[derive(Clone, PartialEq)]
pub(in crate::app) enum Dialog {
    /// A link to hand on.
    Link(Sharing),
    /// The frame with the shown experiment.
    Embed,
    /// A network to import.
    Import,
}

/// A link to hand on.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Sharing {
    pub title: Text,
    pub about: Text,
    /// The whole link.
    pub address: String,
    /// The name of its file, without an ending.
    pub stem: String,
    /// The recipe as JSON, where the link is one to an experiment.
    pub recipe: Option<String>,
}

/// The dialog, which is open as long as there is one.
pub(in crate::app) fn place(state: State) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let before = document().active_element();
    Effect::new(move |_| {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal(); // refused only if it is open already
        }
    });
    // Escape closes it, too; either way the focus goes back to where it was.
    let closed = move |_| {
        state.dialog.set(None);
        if let Some(element) = &before {
            browser::focus(element);
        }
    };
    let close = move |_| {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let title_id = unique("dialog");
    let labelled = title_id.clone();
    let (title, body) = match state.dialog.get_untracked() {
        Some(Dialog::Link(sharing)) => (sharing.title, view! { <Handed state sharing/> }.into_any()),
        Some(Dialog::Embed) => (words::EMBED_TITLE, view! { <Snippet state/> }.into_any()),
        Some(Dialog::Import) => (importing::TITLE, importing::panel(state)),
        None => return ().into_any(),
    };
    view! {
        <dialog node_ref=node class="card" aria-labelledby=labelled data-testid="dialog" on:close=closed>
            <h2 id=title_id>{title}</h2>
            {body}
            <button data-testid="dialog-close" on:click=close>{words::CLOSE}</button>
        </dialog>
    }
    .into_any()
}

/// A link: to copy, to photograph, to keep as a file.
#[component]
fn Handed(state: State, sharing: Sharing) -> impl IntoView {
    let Sharing { about, address, stem, recipe, .. } = sharing;
    let large = RwSignal::new(false);
    let (copied, saved, shown) = (address.clone(), address.clone(), address.clone());
    let copy = move |_| {
        let address = copied.clone();
        spawn_local(async move {
            state.tell(if browser::copy(&address).await { text::SHARE_COPIED } else { text::COPY_REFUSED });
        });
    };
    let recipe_stem = stem.clone();
    let save = move |_| {
        browser::download(&format!("{stem}.featherweight.txt"), "text/plain", format!("{saved}\n"));
    };
    view! {
        <div class="handed" class:large=large>
            <div class="handed-text">
                <p>{about}</p>
                <label class="field">
                    <span>{text::SHARE_TEXT}</span>
                    <textarea data-testid="dialog-link" readonly rows="4" dir="ltr" prop:value=shown></textarea>
                </label>
                <div class="buttons">
                    <button data-testid="dialog-copy" on:click=copy>{words::COPY_LINK}</button>
                    <button data-testid="dialog-save" on:click=save>{words::SAVE_LINK}</button>
                    {recipe.map(|json| view! {
                        <button data-testid="dialog-recipe" on:click=move |_| {
                            browser::download(&format!("{recipe_stem}.featherweight.json"), "application/json", &json);
                        }>{words::RECIPE_FILE}</button>
                    })}
                </div>
                <p class="hint">{words::FILE_HELP}</p>
            </div>
            <div class="handed-code">
                <h3>{words::CODE}</h3>
                <Code link=address/>
                <button data-testid="code-large" aria-pressed=move || large.get().to_string() on:click=move |_| large.update(|l| *l = !*l)>
                    {move || if large.get() { words::CODE_SMALL.tr() } else { words::CODE_LARGE.tr() }}
                </button>
            </div>
        </div>
    }
}
