//! The experiment: what is run, with the button that runs it.

mod data_form;
mod inputs;
mod network_form;
mod recipe_json;
mod run_bar;
mod step_card;
mod sweep_form;
mod training_form;
mod variant_card;
mod variant_list;

use super::presets::PRESETS;
use super::state::State;
use super::{actions, text};
use data_form::DataForm;
use leptos::prelude::*;
use network_form::NetworkForm;
use recipe_json::RecipeJson;
use run_bar::RunBar;
use training_form::TrainingForm;
use variant_list::VariantList;

/// The left half of the page.
#[component]
pub(super) fn Editor(state: State) -> impl IntoView {
    let network = Signal::derive(move || state.draft.with(|d| d.recipe.network.clone()));
    let training = Signal::derive(move || state.draft.with(|d| d.recipe.training.clone()));
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlSelectElement>| {
        if let Some(preset) = ev.target().value().parse().ok().and_then(|i: usize| PRESETS.get(i)) {
            actions::lay_out(state, (preset.recipe)());
        }
        ev.target().set_value("");
    };
    view! {
        <section class="experiment" aria-labelledby="experiment-title">
            <RunBar state/>
            <h2 id="experiment-title">{text::EXPERIMENT}</h2>
            <label class="field">
                <span>{text::PRESET}</span>
                <select data-testid="preset" on:change:target=choose>
                    <option value="">{text::PRESET_NONE}</option>
                    {PRESETS.iter().enumerate().map(|(i, p)| view! { <option value=i.to_string()>{p.title}</option> }).collect_view()}
                </select>
            </label>
            <fieldset class="card">
                <legend>{text::DATA_AND_NETWORK}</legend>
                <DataForm state/>
                <NetworkForm network set=Callback::new(move |n| state.draft.update(|d| d.recipe.network = n))/>
                <ErrorAt state places=&["data", "network", "seeds", "title", "version"]/>
            </fieldset>
            <fieldset class="card">
                <legend>{text::TRAINING}</legend>
                <TrainingForm training set=Callback::new(move |t| state.draft.update(|d| d.recipe.training = t))/>
                <ErrorAt state places=&["training"]/>
            </fieldset>
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
    move || here().map(|e| view! { <p class="wrong" role="alert" data-testid="recipe-error">{e}</p> })
}
