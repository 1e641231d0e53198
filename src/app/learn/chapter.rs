//! One chapter: its text, with the places in it filled, and the ways onward.

use super::course::{self, Course, Loaded};
use super::exhibit::Exhibit;
use super::lesson::LessonRun;
use super::live::LIVE;
use super::{CHAPTER, Learn, Missing, words};
use crate::app::language::{Text as Words, Value};
use leptos::html::Div;
use leptos::prelude::*;
use std::any::Any;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// The chapter at a place of the course.
#[component]
pub(super) fn Chapter(learn: Learn, course: Course, at: usize) -> impl IntoView {
    let content = RwSignal::new(Loaded::Coming);
    let name = course.entries()[at].name.clone();
    let wanted = name.clone();
    Effect::new(move |_| {
        let (language, name) = (learn.language.get(), wanted.clone());
        learn.tries.track();
        spawn_local(async move {
            let chapter = course::chapter(&language, &name).await;
            // Gone, if another chapter or place was gone to meanwhile.
            content.try_set(chapter);
        });
    });
    let read = name.clone();
    let mark = name.clone();
    view! {
        <Ways learn course=course.clone() at top=true/>
        {move || content.with(|content| match content {
            Loaded::Coming => view! { <p class="hint">{words::COMING}</p> }.into_any(),
            Loaded::Missing => view! { <Missing learn/> }.into_any(),
            Loaded::There(html) => view! { <Text learn html=html.clone()/> }.into_any(),
        })}
        <label class="check was-read-box">
            <input type="checkbox" data-testid="chapter-read" prop:checked=move || learn.progress.has(&read)
                on:change:target=move |ev| learn.progress.set(&mark, ev.target().checked())/>
            <span>{words::READ}</span>
        </label>
        <Ways learn course at top=false/>
    }
}

/// To the chapter before, to all of them, and to the next, by which this one counts as read.
#[component]
fn Ways(learn: Learn, course: Course, at: usize, top: bool) -> impl IntoView {
    let link = |to: usize, label: Words, class: &'static str| {
        let entry = course.entries().get(to)?;
        let (here, address) = (course.entries()[at].name.clone(), format!("{CHAPTER}{}", entry.name));
        let leave = move |_| {
            if to > at {
                learn.progress.set(&here, true);
            }
        };
        let test = if top { None } else { Some(format!("chapter-{class}")) };
        let title = (!top).then(|| view! { <span>{entry.title.clone()}</span> });
        Some(view! { <a class=class href=address data-testid=test on:click=leave><small>{label}</small>{title}</a> })
    };
    let before = at.checked_sub(1).and_then(|to| link(to, words::PREVIOUS, "previous"));
    view! {
        <nav class="ways" class:top=top aria-label=if top { words::CHAPTERS } else { words::AROUND }>
            {before}
            <a class="all" href="#learn"><small>{format!("{} / {}", (at + 1).written(), course.entries().len().written())}</small><span>{words::ALL_CHAPTERS}</span></a>
            {link(at + 1, words::NEXT, "next")}
        </nav>
    }
}

/// The text. It is one of our own files, built from Markdown that lets no script through.
#[component]
fn Text(learn: Learn, html: String) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    // What is mounted in the text lives as long as the text.
    let mounted = StoredValue::new_local(Vec::<Box<dyn Any>>::new());
    Effect::new(move |_| {
        let Some(text) = node.get() else { return };
        text.set_inner_html(&html);
        mounted.set_value(fill(learn, &text));
        arrive(&text);
    });
    view! { <article class="card chapter" data-testid="chapter"><div node_ref=node></div></article> }
}

/// Puts drawings, experiments and exhibits where the text asks for them.
fn fill(learn: Learn, text: &HtmlElement) -> Vec<Box<dyn Any>> {
    let mut mounted: Vec<Box<dyn Any>> = Vec::new();
    let mut each = |kind: &str, draw: &dyn Fn(String) -> AnyView| {
        let Ok(places) = text.query_selector_all(&format!("[data-{kind}]")) else { return };
        for i in 0..places.length() {
            let Some(place) = places.item(i).and_then(|node| node.dyn_into::<HtmlElement>().ok()) else { continue };
            let view = draw(place.get_attribute(&format!("data-{kind}")).unwrap_or_default());
            mounted.push(Box::new(leptos::mount::mount_to(place, move || view)));
        }
    };
    let state = learn.state;
    each("live", &|name| {
        LIVE.iter().find(|(known, _)| *known == name).map_or_else(|| ().into_any(), |(_, draw)| draw(state))
    });
    each("recipe", &|name| view! { <LessonRun state name/> }.into_any());
    each("exhibit", &|name| view! { <Exhibit name/> }.into_any());
    mounted
}

/// A chapter begins at its head, for eyes, keyboards and readers alike.
fn arrive(text: &HtmlElement) {
    let head = text.query_selector("h2").ok().flatten().and_then(|head| head.dyn_into::<HtmlElement>().ok());
    if let Some(head) = head {
        head.set_tab_index(-1);
        let _ = head.focus(); // a heading that cannot be focused is still read
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}
