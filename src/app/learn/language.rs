//! The language that the page is in, as its root element says, and what becomes of the course when that changes.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MutationObserver, MutationObserverInit};

/// The languages that the course is written in; the first is taken where the page is in another.
const LANGUAGES: [&str; 2] = ["en", "fa"];

/// The page's language, followed until the place is left.
pub(super) fn followed() -> ReadSignal<String> {
    let (language, set) = signal(now());
    let hear = Closure::<dyn Fn()>::new(move || {
        if language.try_get_untracked().is_some_and(|before| before != now()) {
            set.set(now());
        }
    });
    let observer = MutationObserver::new(hear.as_ref().unchecked_ref()).ok();
    if let (Some(observer), Some(root)) = (&observer, document().document_element()) {
        let what = MutationObserverInit::new();
        what.set_attributes(true);
        what.set_attribute_filter(&js_sys::Array::of1(&"lang".into()));
        // Fails only for options that watch nothing.
        let _ = observer.observe_with_options(&root, &what);
    }
    // The closure has to live for as long as it may be called.
    let held = StoredValue::new_local(Some((observer, hear)));
    on_cleanup(move || {
        if let Some((Some(observer), _)) = held.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
    });
    language
}

/// Which way a language is written.
pub(super) fn direction(language: &str) -> &'static str {
    if language == "fa" { "rtl" } else { "ltr" }
}

fn now() -> String {
    let of_page = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    let known = LANGUAGES.into_iter().find(|known| of_page.split('-').next() == Some(known));
    known.unwrap_or(LANGUAGES[0]).into()
}
