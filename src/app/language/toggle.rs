//! The button that changes the language.

use super::super::state::State;
use super::super::{browser, text};
use super::catalogue;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Also read by `www/start.js`.
const KEY: &str = "featherweight-language";

/// Names the other language, in that language.
#[component]
pub(in crate::app) fn LanguageToggle(state: State) -> impl IntoView {
    let persian = super::is_persian();
    let (other, name) = if persian { ("en", "English") } else { ("fa", "فارسی") };
    let change = move |_| {
        spawn_local(async move {
            if catalogue::choose(!persian).await {
                browser::keep(KEY, other);
                let open = browser::unfolded();
                state.language_changed.update(|n| *n += 1);
                // When it is drawn.
                leptos::task::tick().await;
                browser::unfold(&open);
                if let Some(button) = browser::element("[data-testid=language]") {
                    browser::focus(&button);
                }
            } else {
                state.complain(text::LANGUAGE_MISSING);
            }
        });
    };
    view! { <button class="quiet" data-testid="language" lang=other on:click=change>{name}</button> }
}
