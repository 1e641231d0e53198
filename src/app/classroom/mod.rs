//! Classrooms: the student's card beside the experiment, and the teacher's place.

mod checklist;
mod collect;
mod lesson;
mod locks_form;
mod make;
mod questions_form;
mod student;
mod work;

pub(super) use lesson::Lesson;
pub(super) use student::place as assignment;

use super::share::{Dialog, Sharing, stem};
use super::state::{Shared, State};
use super::text::classroom as words;
use super::{actions, browser, text};
use crate::experiment::teaching::{ANSWER_MARK, ASSIGNMENT_MARK, Answer, Assignment};
use collect::Collect;
use leptos::prelude::*;
use make::Make;
use std::sync::Arc;
use work::Work;

/// What an address begins with that leads to the teacher's place with an assignment.
const CLASS_MARK: &str = "#class=";

/// Where local storage keeps the links that a teacher collected.
const LINKS: &str = "featherweight-class";

/// Takes up the links that were collected and the assignment that was open, and keeps both from now on.
pub(super) fn restore(state: State) {
    if let Some(links) = browser::kept(LINKS) {
        state.class_links.set(links);
    }
    if let Some(assignment) = browser::kept(actions::ASSIGNMENT).and_then(|code| Assignment::from_text(&code).ok()) {
        begin(state, assignment);
    }
    Effect::new(move |_| state.class_links.with(|links| keep(LINKS, Some(links.as_str()).filter(|l| !l.is_empty()))));
    Effect::new(move |_| {
        let code = state.assignment.with(|a| a.as_ref().and_then(|assignment| assignment.to_text().ok()));
        keep(actions::ASSIGNMENT, code.as_deref());
    });
}

/// Keeps a value in local storage, or forgets the one that is there.
fn keep(key: &str, value: Option<&str>) {
    match value {
        Some(value) => browser::keep(key, value),
        None => browser::forget(key),
    }
}

/// The teacher's place.
pub(super) fn place(state: State) -> AnyView {
    lesson::restore(state);
    view! {
        <div class="classroom">
            <Make state/>
            <Collect state/>
        </div>
    }
    .into_any()
}

/// Opens what the address holds, if it is of classrooms.
pub(super) fn open_link(state: State, fragment: &str) {
    if fragment.starts_with(ASSIGNMENT_MARK) {
        match Assignment::from_text(fragment) {
            Ok(assignment) => begin(state, assignment),
            Err(error) => state.complain(text::bad_link(&error.0)),
        }
    } else if fragment.starts_with(ANSWER_MARK) {
        match Answer::from_text(fragment) {
            Ok(_) => add_links(state, &format!("{}{fragment}", browser::plain_address())),
            Err(error) => state.complain(text::bad_link(&error.0)),
        }
    } else if let Some(code) = fragment.strip_prefix(CLASS_MARK) {
        match Assignment::from_text(code) {
            Ok(_) => add_links(state, &format!("{}{ASSIGNMENT_MARK}{code}", browser::plain_address())),
            Err(error) => state.complain(text::bad_link(&error.0)),
        }
    }
}

/// Takes many links and leads to where they are read.
pub(super) fn collect(state: State, links: &str) {
    add_links(state, links);
    browser::go("#class");
}

/// Adds lines to the links that are read, those that are not there yet.
fn add_links(state: State, lines: &str) {
    state.class_links.update(|links| {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !links.lines().any(|other| other.trim() == line) {
                if !links.is_empty() && !links.ends_with('\n') {
                    links.push('\n');
                }
                links.push_str(line);
                links.push('\n');
            }
        }
    });
}

/// Begins an assignment, or goes on where its student stopped.
fn begin(state: State, assignment: Assignment) {
    let kept = Work::kept(&assignment.hash()).and_then(|work| work.recipe);
    let recipe = kept.filter(|recipe| assignment.changed(recipe).is_empty());
    let recipe = recipe.unwrap_or_else(|| assignment.recipe.clone());
    state.opened.set(None);
    actions::lay_out_for(state, recipe, Some(Shared(Arc::new(assignment))));
    if !state.busy_untracked() {
        actions::show_nothing(state);
    }
}

/// Shows the link of an assignment that was set.
fn hand_out(state: State, title: &str, code: &str) {
    let address = format!("{}{ASSIGNMENT_MARK}{code}", browser::plain_address());
    add_links(state, &address);
    state.dialog.set(Some(Dialog::Link(Sharing {
        title: words::MADE_TITLE,
        about: words::MADE_ABOUT,
        address,
        stem: stem(title),
        recipe: None,
    })));
}
