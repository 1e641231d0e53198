//! The experiment: the button that runs it, and what is run, in parts that each say in a line what they hold.

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

pub(super) use run_bar::RunBar;

use super::presets::PRESETS;
use super::state::State;
use super::{actions, text};
use crate::network::Architecture;
use data_form::DataForm;
use leptos::prelude::*;
use network_form::NetworkForm;
use recipe_json::RecipeJson;
use training_form::TrainingForm;
use variant_list::VariantList;

/// The left half of the page.
#[component]
pub(super) fn Editor(state: State) -> impl IntoView {
    let network = Signal::derive(move || state.draft.with(|d| d.recipe.network.clone()));
    let training = Signal::derive(move || state.draft.with(|d| d.recipe.training.clone()));
    let data_line = move || {
        state.draft.with(|d| {
            let info = d.recipe.data.dataset.info();
            text::data_line(info.title, d.recipe.data.samples.unwrap_or(info.train), d.recipe.seeds.len())
        })
    };
    let network_line = move || network.with(Architecture::label);
    let training_line =
        move || training.with(|t| text::training_line(t.epochs, &inputs::word(&t.optimizer), t.learning_rate));
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlSelectElement>| {
        if let Some(preset) = ev.target().value().parse().ok().and_then(|i: usize| PRESETS.get(i)) {
            actions::lay_out(state, (preset.recipe)());
        }
        ev.target().set_value("");
    };
    view! {
        <section class="experiment" aria-labelledby="experiment-title">
            <h2 id="experiment-title">{text::EXPERIMENT}</h2>
            <label class="field">
                <span>{text::PRESET}</span>
                <select data-testid="preset" on:change:target=choose>
                    <option value="">{text::PRESET_NONE}</option>
                    {PRESETS.iter().enumerate().map(|(i, p)| view! { <option value=i.to_string()>{p.title}</option> }).collect_view()}
                </select>
            </label>
            <details class="card part">
                <summary><strong>{text::DATASET}</strong><span class="chain">{data_line}</span></summary>
                <DataForm state/>
            </details>
            <ErrorAt state places=&["data", "seeds", "title", "version"]/>
            <details class="card part">
                <summary><strong>{text::NETWORK}</strong><span class="chain">{network_line}</span></summary>
                <NetworkForm network set=Callback::new(move |n| state.draft.update(|d| d.recipe.network = n))/>
            </details>
            <ErrorAt state places=&["network"]/>
            <details class="card part">
                <summary><strong>{text::TRAINING}</strong><span class="chain">{training_line}</span></summary>
                <TrainingForm training set=Callback::new(move |t| state.draft.update(|d| d.recipe.training = t))/>
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
    move || here().map(|e| view! { <p class="wrong" role="alert" data-testid="recipe-error">{e}</p> })
}
