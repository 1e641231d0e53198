//! The assignment beside the experiment: what is to be done, how far it is, and handing in.

use super::super::editor::inputs::unique;
use super::super::share::{Dialog, Sharing, stem};
use super::super::state::{Shared, State};
use super::super::text::classroom as words;
use super::super::{actions, browser, share};
use super::checklist::Checklist;
use super::work::Work;
use crate::experiment::teaching::{ANSWER_MARK, Answer, Assignment, Locks, Question};
use leptos::prelude::*;

/// The card of the assignment that is worked on.
pub(in crate::app) fn place(state: State) -> AnyView {
    let Some(assignment) = state.assignment.get_untracked() else { return ().into_any() };
    view! { <Card state assignment/> }.into_any()
}

#[component]
fn Card(state: State, assignment: Shared<Assignment>) -> impl IntoView {
    let hash = assignment.hash();
    let work = RwSignal::new(Work::of(&hash, assignment.questions.len()));
    let set = assignment.clone();
    let changed = Memo::new(move |_| state.draft.with(|d| set.changed(&d.recipe)));
    let (key, mine) = (hash.clone(), assignment.clone());
    Effect::new(move |_| {
        let recipe = state.draft.with(|d| d.recipe.clone());
        let allowed = changed.with(Vec::is_empty);
        // What was laid out when the assignment was left is no work on it.
        if state.assignment.with_untracked(|open| open.as_ref() != Some(&mine)) {
            return;
        }
        // What it does not allow could not be gone on with: what was allowed before stays.
        let recipe = if allowed { Some(recipe) } else { Work::kept(&key).and_then(|work| work.recipe) };
        work.with(|work| Work { recipe, ..work.clone() }.keep(&key));
    });
    let given = assignment.clone();
    let put_back = move |_| actions::lay_out(state, given.recipe.clone());
    let title = if assignment.title.is_empty() { words::UNTITLED.to_string() } else { assignment.title.clone() };
    let paragraphs = paragraphs(&assignment.text);
    let questions = assignment.questions.clone();
    let asked = !questions.is_empty();
    let questions = questions.into_iter().enumerate().map(|(index, question)| view! { <Asked work index question/> });
    let questions = questions.collect_view();
    view! {
        <section class="card assignment" aria-labelledby="assignment-title" data-testid="assignment">
            <p class="hint">{words::ASSIGNMENT}</p>
            <h2 id="assignment-title" dir="auto">{title}</h2>
            {paragraphs.into_iter().map(|text| view! { <p dir="auto">{text}</p> }).collect_view()}
            <Checklist state assignment=assignment.clone()/>
            <p class="hint" data-testid="locks">{told(&assignment.locks)}</p>
            {share::preview(state)}
            {move || changed.with(|paths| (!paths.is_empty()).then(|| {
                let put_back = put_back.clone();
                view! {
                    <div class="wrong" role="alert" data-testid="changed">
                        <p>{words::changed(paths)}</p>
                        <button on:click=put_back>{words::PUT_BACK}</button>
                    </div>
                }
            }))}
            {asked.then(|| view! { <h3>{words::QUESTIONS}</h3> })}
            {questions}
            <HandIn state assignment hash work/>
            <button class="quiet" data-testid="leave-assignment" on:click=move |_| {
                state.assignment.set(None);
                browser::go("#playground");
            }>{words::LEAVE}</button>
        </section>
    }
    .into_any()
}

/// The name and the button, and why it cannot be pressed yet.
#[component]
fn HandIn(state: State, assignment: Shared<Assignment>, hash: String, work: RwSignal<Work>) -> impl IntoView {
    // What is handed in is a run that went to its end with nothing changed that is locked.
    let ready = Memo::new(move |_| {
        let whole = !state.busy();
        state.report.get().filter(|report| {
            let complete = !report.variants.is_empty() && report.variants.iter().all(|v| !v.stopped);
            whole && complete && assignment.changed(&report.recipe).is_empty()
        })
    });
    let edited = move || ready.with(|r| r.as_ref().is_some_and(|r| state.draft.with(|d| d.recipe != r.recipe)));
    let hand_in = move |_| {
        let Some(report) = ready.get_untracked() else { return };
        let made = work
            .with_untracked(|w| (w.name.clone(), Answer::new(hash.clone(), &w.name, &report, &w.answers).to_text()));
        match made {
            (name, Ok(code)) => state.dialog.set(Some(Dialog::Link(Sharing {
                title: words::HAND_IN_TITLE,
                about: words::HAND_IN_ABOUT,
                address: format!("{}{ANSWER_MARK}{code}", browser::plain_address()),
                stem: stem(&name),
                recipe: None,
            }))),
            (_, Err(error)) => state.complain(error.0),
        }
    };
    let hint = move || match (ready.with(Option::is_some), edited()) {
        (false, _) => Some(words::RUN_FIRST),
        (true, true) => Some(words::RUN_CHANGED),
        _ => None,
    };
    view! {
        <label class="field">
            <span>{words::YOUR_NAME}</span>
            <input
                type="text"
                maxlength="80"
                dir="auto"
                autocomplete="name"
                data-testid="student-name"
                prop:value=move || work.with(|w| w.name.clone())
                on:input:target=move |ev| work.update(|w| w.name = ev.target().value())
            />
            <small>{words::YOUR_NAME_HELP}</small>
        </label>
        <button data-testid="hand-in" disabled=move || ready.with(Option::is_none) on:click=hand_in>{words::HAND_IN}</button>
        {move || hint().map(|sentence| view! { <p class="hint" data-testid="hand-in-hint">{sentence}</p> })}
    }
}

/// A question, with the answers it offers or room for one's own.
#[component]
fn Asked(work: RwSignal<Work>, index: usize, question: Question) -> impl IntoView {
    let now = move || work.with(|w| w.answers.get(index).cloned().unwrap_or_default());
    let write = move |text: String| {
        work.update(|w| {
            if let Some(answer) = w.answers.get_mut(index) {
                *answer = text;
            }
        });
    };
    let Question { text, choices } = question;
    if choices.is_empty() {
        return view! {
            <label class="field">
                <span dir="auto">{text}</span>
                <textarea
                    class="prose"
                    rows="3"
                    maxlength="4000"
                    dir="auto"
                    data-testid="answer"
                    placeholder=words::YOUR_ANSWER
                    prop:value=now
                    on:input:target=move |ev| write(ev.target().value())
                ></textarea>
            </label>
        }
        .into_any();
    }
    let group = unique("question");
    let choices = choices.into_iter().map(|choice| {
        let (mine, value) = (choice.clone(), choice.clone());
        view! {
            <label class="check">
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=move || now() == mine
                    on:change=move |_| write(value.clone())
                />
                <span dir="auto">{choice}</span>
            </label>
        }
    });
    let choices = choices.collect_view();
    view! {
        <fieldset class="choices" data-testid="answer">
            <legend dir="auto">{text}</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

/// What is locked, in a sentence.
fn told(locks: &Locks) -> Option<String> {
    locks.any().then(|| if locks.all_but { words::open(&locks.paths) } else { words::listed(&locks.paths) })
}

/// A text's paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(String::from).collect()
}
