//! The place "Learn": the course's chapters, with what they have to move and to run.
//!
//! A chapter is a fragment of HTML that was built from Markdown (`learn/`, `xtask/src/learn.rs`). It comes from our own files alone
//! and holds places that are filled here: `live` drawings, `recipe`s to run, and ways to the gallery's exhibits.

mod chapter;
mod charts;
mod course;
mod drag;
mod exhibit;
mod language;
mod lesson;
mod live;
mod overview;
mod progress;

use super::state::State;
use super::{browser, text::learn as words};
use chapter::Chapter;
use course::{Course, Loaded, index};
use leptos::prelude::*;
use overview::Overview;
use progress::Progress;
use wasm_bindgen_futures::spawn_local;

/// What the address of a chapter begins with.
const CHAPTER: &str = "#learn=";

/// What the place's parts have in common; copies are the same signals.
#[derive(Clone, Copy)]
struct Learn {
    state: State,
    /// The language that the page is in.
    language: ReadSignal<String>,
    /// The chapters of that language.
    course: RwSignal<Loaded<Course>>,
    /// The chapter in the address, if there is one.
    name: RwSignal<Option<String>>,
    progress: Progress,
    /// Counts up when the visitor tries to load again.
    tries: RwSignal<u32>,
}

/// The place, as the page's first part asks for it.
pub(super) fn place(state: State) -> AnyView {
    let learn = Learn {
        state,
        language: language::followed(),
        course: RwSignal::new(Loaded::Coming),
        name: RwSignal::new(asked()),
        progress: Progress::kept(),
        tries: RwSignal::new(0),
    };
    let follow = window_event_listener(leptos::ev::hashchange, move |_| learn.name.set(asked()));
    on_cleanup(move || follow.remove());
    Effect::new(move |_| {
        let language = learn.language.get();
        learn.tries.track();
        spawn_local(async move {
            let course = index(&language).await;
            // Meanwhile the language may have been changed again, or the place left.
            if learn.language.try_get_untracked().is_some_and(|now| now == language) {
                learn.course.set(course);
            }
        });
    });
    let direction = move || language::direction(&learn.language.get());
    view! {
        <div id="course" class="learn" tabindex="-1" lang=learn.language dir=direction>
            {move || learn.course.with(|course| match course {
                Loaded::Coming => view! { <p class="hint">{words::COMING}</p> }.into_any(),
                Loaded::Missing => view! { <Missing learn/> }.into_any(),
                Loaded::There(course) => body(learn, course.clone()),
            })}
        </div>
    }
    .into_any()
}

/// The chapter in the address, or all of them.
fn body(learn: Learn, course: Course) -> AnyView {
    let at = Memo::new({
        let course = course.clone();
        move |_| learn.name.get().and_then(|name| course.position(&name))
    });
    view! {
        {move || match at.get() {
            Some(at) => view! { <Chapter learn course=course.clone() at/> }.into_any(),
            None => view! { <Overview learn course=course.clone()/> }.into_any(),
        }}
    }
    .into_any()
}

/// That nothing came, and a way to try again.
#[component]
fn Missing(learn: Learn) -> impl IntoView {
    view! {
        <p class="notice bad" role="alert">
            <span data-testid="course-missing">{words::MISSING}</span>
            <button on:click=move |_| learn.tries.update(|n| *n += 1)>{super::text::TRY_AGAIN}</button>
        </p>
    }
}

/// The chapter that the address names.
fn asked() -> Option<String> {
    browser::fragment().strip_prefix(CHAPTER).map(String::from)
}
