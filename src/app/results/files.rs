//! The chosen variant's model as a file: as the engine stores it, and as ONNX, which a worker makes of it.

use super::super::state::{Shown, State};
use super::super::{browser, text};
use crate::worker::{ModelFile, Question};
use leptos::prelude::*;

/// The buttons; of a run under way the files are still on their way.
#[component]
pub(super) fn Files(state: State) -> impl IntoView {
    let with_file = move |act: fn(State, ModelFile)| {
        let file = state.variant.get_untracked().and_then(|variant| state.model_file(&variant));
        match file {
            Some(file) => act(state, file),
            None => state.complain(text::NO_MODEL_FILE),
        }
    };
    let live = move || !matches!(state.shown.get(), Shown::Run(_));
    let plain = move |_| with_file(|_, file| hand_over(file, "fwm"));
    let onnx = move |_| {
        with_file(|state, file| {
            state.with_pool(|pool| pool.inspect(None, Question::Onnx { model: file.name }.to_json()));
        })
    };
    view! {
        <div class="buttons">
            <button data-testid="download-model" disabled=live on:click=plain>{text::DOWNLOAD_MODEL}</button>
            <button data-testid="download-onnx" disabled=live title=text::ONNX_HELP on:click=onnx>{text::DOWNLOAD_ONNX}</button>
        </div>
    }
}

/// Hands the visitor a model's file, named as its variant, with this ending.
pub(in crate::app) fn hand_over(model: ModelFile, ending: &str) {
    let safe: String = model.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    browser::download(&format!("{safe}.{ending}"), "application/octet-stream", model.file);
}
