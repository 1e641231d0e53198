//! What the editor's parts hold once they are unfolded. None of it is part of the page's first view.

use super::super::state::State;
use super::backend_field::BackendField;
use super::data_form::DataForm;
use super::locks::At;
use super::network_form::NetworkForm;
use super::recipe_json;
use super::training_form::TrainingForm;
use super::variant_card::VariantForm;
use leptos::prelude::*;

pub(in crate::app) use recipe_json::{form as recipe, open_file};

/// Of the data.
pub(in crate::app) fn data(state: State) -> AnyView {
    view! { <At state path="data".to_string()><DataForm state/></At> }.into_any()
}

/// Of the experiment's network.
pub(in crate::app) fn network(state: State) -> AnyView {
    let network = Signal::derive(move || state.draft.with(|d| d.recipe.network.clone()));
    let set = Callback::new(move |n| state.draft.update(|d| d.recipe.network = n));
    view! { <At state path="network".to_string()><NetworkForm network set/></At> }.into_any()
}

/// Of the experiment's training.
pub(in crate::app) fn training(state: State) -> AnyView {
    let training = Signal::derive(move || state.draft.with(|d| d.recipe.training.clone()));
    let set = Callback::new(move |t| state.draft.update(|d| d.recipe.training = t));
    view! {
        <At state path="training".to_string()><TrainingForm training set/></At>
        <BackendField state/>
    }
    .into_any()
}

/// Of the variant with this key.
pub(in crate::app) fn variant(state: State, key: u32) -> AnyView {
    let path = Signal::derive(move || {
        state.draft.with(|d| d.index(key)).map(|index| format!("variants[{index}]")).unwrap_or_default()
    });
    view! { <At state path><VariantForm state key/></At> }.into_any()
}
