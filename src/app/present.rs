//! Presenting: one idea a screen in large type, moved on by keys, by a clicker, or by the bar's buttons.
//!
//! What is presented stays where it is in the document, and is laid over the window; the rest is inert meanwhile. So charts stay
//! live, and leaving changes nothing.

use super::browser;
use super::state::State;
use super::text::present as words;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What is a slide, in the place that is shown: whatever is marked so, and what every place shows of results.
const SLIDES: &str =
    ":is(main:not([hidden])) :is([data-slide], .results > section.card, .exhibit-charts, #measured section.card)";

/// Under which key local storage keeps that the key P is not to begin.
const KEY: &str = "featherweight-present-key";

/// Where the presentation is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct At {
    pub index: usize,
    pub of: usize,
}

/// Where to go.
#[derive(Clone, Copy)]
enum To {
    Next,
    Previous,
    First,
    Last,
}

/// Begins at the first slide that is in sight, else at the first.
pub(super) fn begin(state: State) {
    let slides = slides();
    if slides.is_empty() {
        return state.tell(words::NOTHING);
    }
    let in_sight = |slide: &HtmlElement| slide.get_bounding_client_rect().bottom() > 80.0;
    show(state, &slides, slides.iter().position(in_sight).unwrap_or(0));
}

/// Listens to the keys from now on.
pub(super) fn follow_keys(state: State) {
    let _ = window_event_listener(leptos::ev::keydown, move |ev| {
        if ev.default_prevented() || ev.ctrl_key() || ev.meta_key() || ev.alt_key() || browser::dialog_open() {
            return;
        }
        let target: Option<Element> = ev.target().and_then(|target| target.dyn_into().ok());
        let within = |what: &str| target.as_ref().is_some_and(|target| target.closest(what).ok().flatten().is_some());
        let field = within("input, select, textarea, [contenteditable]");
        let key = ev.key();
        if state.presenting.get_untracked().is_none() {
            if key.eq_ignore_ascii_case("p") && !field && key_begins() {
                ev.prevent_default();
                begin(state);
            }
            return;
        }
        let to_the_left = browser::right_to_left();
        let to = match key.as_str() {
            "Escape" => {
                ev.prevent_default();
                return leave(state);
            }
            _ if field => return,
            " " if within("button, summary, a, [role=button]") => return,
            "ArrowRight" if to_the_left => To::Previous,
            "ArrowLeft" if to_the_left => To::Next,
            "ArrowRight" | "PageDown" | " " => To::Next,
            "ArrowLeft" | "PageUp" => To::Previous,
            "Home" => To::First,
            "End" => To::Last,
            _ => return,
        };
        ev.prevent_default();
        go(state, to);
    });
}

/// The bar at the foot of the window.
pub(super) fn bar(state: State) -> AnyView {
    let at = move || state.presenting.get().unwrap_or(At { index: 0, of: 1 });
    let last = move || at().index + 1 >= at().of;
    let begins = RwSignal::new(key_begins());
    view! {
        <div class="presenter" role="region" aria-label=words::BAR data-testid="presenter">
            <button data-testid="slide-previous" disabled=move || at().index == 0 on:click=move |_| go(state, To::Previous)>{words::PREVIOUS}</button>
            <span role="status" dir="ltr" data-testid="slide-at">{move || words::at(at().index, at().of)}</span>
            <button data-testid="slide-next" disabled=last on:click=move |_| go(state, To::Next)>{words::NEXT}</button>
            <label class="check">
                <input type="checkbox" prop:checked=begins on:change:target=move |ev| {
                    begins.set(ev.target().checked());
                    browser::keep(KEY, if begins.get_untracked() { "on" } else { "off" });
                }/>
                <span>{words::KEY}</span>
            </label>
            <button data-testid="slide-leave" on:click=move |_| leave(state)>{words::LEAVE}</button>
        </div>
    }
    .into_any()
}

/// Whether the key P begins; a visitor who speaks to the device may not want it to.
fn key_begins() -> bool {
    browser::kept(KEY).as_deref() != Some("off")
}

/// The slides that are in the document now.
fn slides() -> Vec<HtmlElement> {
    let drawn = |slide: &HtmlElement| slide.get_bounding_client_rect().width() > 0.0;
    // A slide within another one is part of it.
    let outermost = |slide: &HtmlElement| {
        let parent = slide.parent_element();
        parent.is_none_or(|parent| parent.closest("[data-slide]").ok().flatten().is_none())
    };
    browser::all(SLIDES).into_iter().filter(|slide| drawn(slide) && outermost(slide)).collect()
}

fn go(state: State, to: To) {
    let Some(At { index, .. }) = state.presenting.get_untracked() else { return };
    let slides = slides(); // anew, since results come and go
    let Some(last) = slides.len().checked_sub(1) else { return leave(state) };
    let index = match to {
        To::Next => (index + 1).min(last),
        To::Previous => index.min(last + 1).saturating_sub(1),
        To::First => 0,
        To::Last => last,
    };
    show(state, &slides, index);
}

/// Lays a slide over the window.
fn show(state: State, slides: &[HtmlElement], index: usize) {
    let Some(slide) = slides.get(index) else { return };
    take_away();
    browser::set_root("presenting", "yes");
    let _ = slide.class_list().add_1("slide"); // a name without spaces: cannot fail
    let mut at: Element = slide.clone().into();
    // Whatever is beside the slide, on every level up to the page, is out of reach; the bar and what is told are not.
    while let Some(parent) = at.parent_element() {
        let children = parent.children();
        for other in (0..children.length()).filter_map(|i| children.item(i)) {
            if other != at
                && other.closest(".presenter, .notices").ok().flatten().is_none()
                && parent.tag_name() != "HTML"
            {
                let _ = other.set_attribute("inert", ""); // the name is a literal
            }
        }
        at = parent;
    }
    slide.set_scroll_top(0);
    if !slide.has_attribute("tabindex") {
        let _ = slide.set_attribute("tabindex", "-1");
    }
    let _ = slide.focus(); // refused only where it is not drawn
    state.presenting.set(Some(At { index, of: slides.len() }));
}

/// Makes all of the page reachable again.
fn take_away() {
    for slide in browser::all(".slide") {
        let _ = slide.class_list().remove_1("slide");
    }
    for other in browser::all("[inert]") {
        let _ = other.remove_attribute("inert");
    }
}

/// Ends it, at the slide that was shown.
fn leave(state: State) {
    let shown = browser::all(".slide").into_iter().next();
    take_away();
    browser::set_root("presenting", "");
    state.presenting.set(None);
    if let Some(slide) = shown {
        slide.scroll_into_view();
        let _ = slide.focus();
    }
}
