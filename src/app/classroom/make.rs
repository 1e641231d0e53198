//! The form that makes an assignment of the experiment under edit.

use super::super::editor::inputs::SelectField;
use super::super::state::State;
use super::super::text::{self, classroom as words};
use super::hand_out;
use super::locks_form::LocksForm;
use super::questions_form::QuestionsForm;
use crate::app::language::said;
use crate::experiment::teaching::Figure;
use leptos::prelude::*;

/// The form.
#[component]
pub(super) fn Make(state: State) -> impl IntoView {
    let lesson = state.lesson;
    let from = move || {
        state.draft.with(|d| {
            let title = if d.recipe.title.is_empty() { text::UNTITLED.into() } else { said(&d.recipe.title) };
            let count =
                state.plan.with(|plan| plan.as_ref().map_or(d.recipe.variants.len(), |plan| plan.variants.len()));
            words::make_from(&title, &text::variants(count))
        })
    };
    let make = move |_| {
        if let Err(error) = state.plan.get_untracked() {
            return state.complain(words::not_set(&error.0));
        }
        let assignment = state.draft.with_untracked(|d| lesson.with_untracked(|l| l.assignment(d.recipe.clone())));
        match assignment.to_text() {
            Ok(code) => hand_out(state, &assignment.title, &code),
            Err(error) => state.complain(words::not_set(&error.0)),
        }
    };
    view! {
        <section class="card make" aria-labelledby="make-title" data-testid="make">
            <h2 id="make-title">{words::MAKE}</h2>
            <p class="hint">{from}</p>
            <label class="field">
                <span>{words::NAME}</span>
                <input
                    type="text"
                    maxlength="400"
                    dir="auto"
                    data-testid="lesson-title"
                    prop:value=move || lesson.with(|l| l.title.clone())
                    on:input:target=move |ev| lesson.update(|l| l.title = ev.target().value())
                />
            </label>
            <label class="field">
                <span>{words::WORDS}</span>
                <textarea
                    class="prose"
                    rows="4"
                    maxlength="8000"
                    dir="auto"
                    data-testid="lesson-text"
                    prop:value=move || lesson.with(|l| l.text.clone())
                    on:input:target=move |ev| lesson.update(|l| l.text = ev.target().value())
                ></textarea>
                <small>{words::WORDS_HELP}</small>
            </label>
            <LocksForm state/>
            <GoalForm state/>
            <QuestionsForm state/>
            <div class="buttons"><button class="primary" data-testid="make-link" on:click=make>{words::MAKE_LINK}</button></div>
        </section>
    }
    .into_any()
}

/// What is to be reached.
#[component]
fn GoalForm(state: State) -> impl IntoView {
    let lesson = state.lesson;
    let variants = Signal::derive(move || {
        let any = (String::new(), words::GOAL_ANY.to_string(), "");
        let planned = state.plan.with(|plan| match plan {
            Ok(plan) => plan.variants.iter().map(|v| (v.name.clone(), v.name.clone(), "")).collect(),
            Err(_) => Vec::new(),
        });
        std::iter::once(any).chain(planned).collect::<Vec<_>>()
    });
    // A variant of another experiment is none of this one.
    Effect::new(move |_| {
        let known = variants.with(|v| lesson.with(|l| v.iter().any(|(name, ..)| *name == l.variant)));
        if !known {
            lesson.update(|l| l.variant.clear());
        }
    });
    let bounds = Figure::ALL.into_iter().enumerate().map(|(index, (figure, bound))| {
        view! {
            <div class="field">
                <label>
                    <span>{words::bound_field(figure, bound)}</span>
                    <input
                        type="number"
                        inputmode="decimal"
                        min="0"
                        step="any"
                        data-testid="bound"
                        prop:value=move || lesson.with(|l| l.bounds[index].clone())
                        on:input:target=move |ev| lesson.update(|l| l.bounds[index] = ev.target().value())
                    />
                </label>
            </div>
        }
    });
    let bounds = bounds.collect_view();
    view! {
        <fieldset class="choices">
            <legend>{words::GOAL}</legend>
            <SelectField
                label=words::GOAL_OF
                options=variants
                value=Signal::derive(move || lesson.with(|l| l.variant.clone()))
                set=Callback::new(move |name| lesson.update(|l| l.variant = name))
            />
            {bounds}
            <small>{words::BOUNDS_HELP}</small>
        </fieldset>
    }
    .into_any()
}
