//! The chosen variant's model as a file: as the engine stores it, and in the other forms, which a worker makes of it.

use super::super::language::tr;
use super::super::state::{Shown, State};
use super::super::{browser, importing, supplied, text};
use crate::export::{FORMS, Form, FormName};
use crate::worker::{KEPT_ENDING, ModelFile, Question};
use leptos::prelude::*;

/// A button for each form; of a run under way the files are still on their way.
#[component]
pub(super) fn Files(state: State) -> impl IntoView {
    let live = move || !matches!(state.shown.get(), Shown::Run(_));
    let buttons = FORMS.iter().map(|form| {
        let take = move |_| export(state, form);
        view! {
            <button data-testid=format!("download-{}", form.ending) disabled=live title=tr(form.help) on:click=take>
                {tr(form.title)}
            </button>
        }
    });
    view! {
        <div class="buttons" role="group" aria-label=text::DOWNLOAD_MODEL>
            <span>{text::DOWNLOAD_MODEL}</span>
            {buttons.collect_view()}
        </div>
    }
}

/// Hands over the chosen variant's model in this form.
fn export(state: State, form: &'static Form) {
    let file = state.variant.get_untracked().and_then(|variant| state.model_file(&variant));
    match (file, form.name) {
        (None, _) => state.complain(text::NO_MODEL_FILE),
        (Some(file), FormName::Featherweight) => hand_over(file, form.ending),
        (Some(file), form) => {
            state.with_pool(|pool| pool.inspect(None, Question::Export { model: file.name, form }.to_json()));
        }
    }
}

/// What a worker has made: own data and an imported model are kept, any other model is for the visitor.
pub(in crate::app) fn made(state: State, model: ModelFile, ending: &str) {
    match ending {
        KEPT_ENDING if model.name.starts_with("own/") => supplied::keep(state, model.name, model.file),
        KEPT_ENDING => importing::made(state, model),
        ending => hand_over(model, ending),
    }
}

/// Hands the visitor a model's file, named as its variant, with this ending.
pub(in crate::app) fn hand_over(model: ModelFile, ending: &str) {
    let safe: String = model.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    browser::download(&format!("{safe}.{ending}"), "application/octet-stream", model.file);
}
