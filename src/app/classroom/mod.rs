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
use super::state::{Phase, Shared, Shown, State};
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
    state.assignment.set(None); // what is locked changes with the recipe
    state.opened.set(None);
    actions::lay_out(state, recipe.unwrap_or_else(|| assignment.recipe.clone()));
    if !matches!(state.phase.get_untracked(), Phase::Running | Phase::Stopping) {
        state.shown.set(Shown::Nothing);
    }
    state.assignment.set(Some(Shared(Arc::new(assignment))));
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
