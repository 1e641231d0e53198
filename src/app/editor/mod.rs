//! The experiment: the button that runs it, and what is run, in parts that each say in a line what they hold.

mod backend_field;
mod data_form;
mod ensemble_form;
pub(super) mod forms;
pub(super) mod inputs;
mod locks;
mod network_form;
mod recipe_json;
mod regularizing;
mod run_bar;
mod step_card;
mod sweep_form;
mod training_form;
mod transfer_form;
mod variant_card;
mod variant_list;

pub(super) use network_form::NetworkForm;
pub(super) use run_bar::RunBar;

use super::language::{said, tr};
use super::presets::PRESETS;
use super::state::State;
use super::{actions, text};
use crate::experiment::BackendName;
use leptos::prelude::*;
use recipe_json::RecipeJson;
use variant_list::VariantList;

/// The left half of the page.
#[component]
pub(super) fn Editor(state: State) -> impl IntoView {
    let data_line = move || {
        state.draft.with(|d| {
            let info = d.recipe.data.info();
            text::data_line(tr(info.title), d.recipe.data.samples.unwrap_or(info.train), d.recipe.seeds.len())
        })
    };
    let network_line = move || state.draft.with(|d| said(&d.recipe.network.label()));
    let training_line = move || {
        state.draft.with(|d| {
            let t = &d.recipe.training;
            text::training_line(
                t.epochs,
                &inputs::word(&t.optimizer),
                t.learning_rate,
                d.recipe.backend == BackendName::Gpu,
            )
        })
    };
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlSelectElement>| {
        if let Some(preset) = ev.target().value().parse().ok().and_then(|i: usize| PRESETS.get(i)) {
            actions::lay_out(state, (preset.recipe)());
        }
        ev.target().set_value("");
    };
    let (data_toggled, data_form) = state.parts.fold(false, move |rest| (rest.data_form)(state));
    let (network_toggled, network_form) = state.parts.fold(false, move |rest| (rest.network_form)(state));
    let (training_toggled, training_form) = state.parts.fold(false, move |rest| (rest.training_form)(state));
    view! {
        <section class="experiment" aria-labelledby="experiment-title">
            <h2 id="experiment-title">{text::EXPERIMENT}</h2>
            <label class="field">
                <span>{text::PRESET}</span>
                <select data-testid="preset" disabled=move || state.assignment.with(|a| a.as_ref().is_some_and(|a| a.locks.any())) on:change:target=choose>
                    <option value="">{text::PRESET_NONE}</option>
                    {PRESETS.iter().enumerate().map(|(i, p)| view! { <option value=i.to_string()>{tr(p.title)}</option> }).collect_view()}
                </select>
            </label>
            <details class="card part" on:toggle=data_toggled>
                <summary><strong>{text::DATASET}</strong><span class="chain">{data_line}</span></summary>
                {data_form}
            </details>
            <ErrorAt state places=&["data", "seeds", "title", "version"]/>
            <details class="card part" on:toggle=network_toggled>
                <summary><strong>{text::NETWORK}</strong><span class="chain">{network_line}</span></summary>
                {network_form}
            </details>
            <ErrorAt state places=&["network"]/>
            <details class="card part" on:toggle=training_toggled>
                <summary><strong>{text::TRAINING}</strong><span class="chain">{training_line}</span></summary>
                {training_form}
            </details>
            <ErrorAt state places=&["training"]/>
            <VariantList state/>
            <RecipeJson state/>
        </section>
    }
}

/// The plan's complaint, if it is about one of these parts of the recipe.
#[component]
fn ErrorAt(state: State, places: &'static [&'static str]) -> impl IntoView {
    let here = move || {
        let error = state.plan.with(|p| p.as_ref().err().map(|e| e.0.clone()))?;
        places.iter().any(|place| error.starts_with(place)).then_some(error)
    };
    move || here().map(|e| view! { <p class="wrong" role="alert" data-testid="recipe-error">{said(&e)}</p> })
}
