//! All chapters, and how far the visitor has come.

use super::super::format;
use super::course::{Course, Entry};
use super::{CHAPTER, Learn, words};
use leptos::prelude::*;

/// The course's first page.
#[component]
pub(super) fn Overview(learn: Learn, course: Course) -> impl IntoView {
    let all = course.entries().len();
    let names: Vec<String> = course.entries().iter().map(|entry| entry.name.clone()).collect();
    let unread = Memo::new(move |_| names.iter().find(|name| !learn.progress.has(name)).cloned());
    let known: Vec<String> = course.entries().iter().map(|entry| entry.name.clone()).collect();
    let read = Memo::new(move |_| known.iter().filter(|name| learn.progress.has(name)).count());
    let unknown = move || {
        learn.name.get().map(|name| view! { <p class="notice bad" role="alert">{words::no_chapter(&name)}</p> })
    };
    view! {
        {unknown}
        <div class="card learn-progress">
            <progress max=all prop:value=move || read.get() as f64 aria-label=move || words::progress(read.get(), all)></progress>
            <span data-testid="learn-progress">{move || words::progress(read.get(), all)}</span>
            {move || unread.get().map(|name| view! {
                <a class="button primary" data-testid="learn-go" href=format!("{CHAPTER}{name}")>
                    {if read.get() == 0 { words::START } else { words::GO_ON }}
                </a>
            })}
        </div>
        <ol class="chapters" aria-label=words::CHAPTERS data-testid="chapters">
            {course.entries().iter().enumerate().map(|(at, entry)| card(learn, at, entry)).collect_view()}
        </ol>
    }
}

fn card(learn: Learn, at: usize, entry: &Entry) -> AnyView {
    let name = entry.name.clone();
    let was_read = move || learn.progress.has(&name).then(|| view! { <em class="was-read">"✓ "{words::WAS_READ}</em> });
    view! {
        <li class="card">
            <h3><a href=format!("{CHAPTER}{}", entry.name)><span class="number">{format::count((at + 1) as f64)}</span>{entry.title.clone()}</a></h3>
            <p>{entry.summary.clone()}</p>
            <p class="hint">{words::minutes(entry.minutes)}" "{was_read}</p>
        </li>
    }
    .into_any()
}
