//! The questions of an assignment that is being written.

use super::super::state::State;
use super::super::text::classroom as words;
use crate::app::language::Value;
use crate::experiment::teaching::MAX_QUESTIONS;
use leptos::prelude::*;

/// The part of the form.
#[component]
pub(super) fn QuestionsForm(state: State) -> impl IntoView {
    let lesson = state.lesson;
    let count = Memo::new(move |_| lesson.with(|l| l.questions.len()));
    let full = move || count.get() >= MAX_QUESTIONS;
    view! {
        <fieldset class="choices">
            <legend>{words::QUESTIONS}</legend>
            {move || (0..count.get()).map(|index| view! { <One state index/> }).collect_view()}
            <button
                data-testid="add-question"
                disabled=full
                on:click=move |_| lesson.update(|l| l.questions.push(Default::default()))
            >{words::ADD_QUESTION}</button>
        </fieldset>
    }
    .into_any()
}

/// One question.
#[component]
fn One(state: State, index: usize) -> impl IntoView {
    let lesson = state.lesson;
    let read = move || lesson.with(|l| l.questions.get(index).cloned().unwrap_or_default());
    let write = move |change: &dyn Fn(&mut (String, String))| {
        lesson.update(|l| {
            if let Some(question) = l.questions.get_mut(index) {
                change(question);
            }
        });
    };
    let remove = move |_| {
        lesson.update(|l| {
            if index < l.questions.len() {
                l.questions.remove(index);
            }
        });
    };
    view! {
        <div class="step" data-testid="question">
            <div class="step-head">
                <strong>{words::QUESTION}" "{(index + 1).written()}</strong>
                <button aria-label=words::remove_question(index + 1) on:click=remove>"✕"</button>
            </div>
            <label class="field">
                <span>{words::QUESTION}</span>
                <input
                    type="text"
                    maxlength="400"
                    dir="auto"
                    prop:value=move || read().0
                    on:input:target=move |ev| { let text = ev.target().value(); write(&|q| q.0.clone_from(&text)) }
                />
            </label>
            <label class="field">
                <span>{words::CHOICES}</span>
                <textarea
                    class="prose"
                    rows="2"
                    dir="auto"
                    prop:value=move || read().1
                    on:input:target=move |ev| { let text = ev.target().value(); write(&|q| q.1.clone_from(&text)) }
                ></textarea>
                <small>{words::CHOICES_HELP}</small>
            </label>
        </div>
    }
}
