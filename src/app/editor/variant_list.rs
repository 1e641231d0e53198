//! The variants as a tree: each is set in under the one it goes on from.

use super::super::language::said;
use super::super::state::State;
use super::super::text;
use super::variant_card::VariantCard;
use crate::experiment::Variant;
use leptos::prelude::*;

/// All variants.
#[component]
pub(super) fn VariantList(state: State) -> impl IntoView {
    let add = move |_| {
        let mut added = None;
        state.draft.update(|draft| {
            let from = draft.recipe.variants.first().map(|v| v.name.clone());
            let variant = Variant { name: text::NEW_VARIANT.into(), from, ..Variant::default() };
            added = Some(draft.add_variant(variant));
        });
        state.fresh_variant.set(added);
    };
    let unplaced = move || {
        state
            .plan
            .with(|p| p.as_ref().err().map(|e| e.0.clone()))
            .filter(|e| e.starts_with("variants ") || e.starts_with("sweep"))
    };
    view! {
        <section class="variants" aria-labelledby="variants-title">
            <h3 id="variants-title">{text::VARIANTS}</h3>
            <p class="hint">{text::VARIANTS_HELP}</p>
            <ol>
                <For each=move || state.draft.with(|d| d.variant_keys()) key=|key| *key let:key>
                    <VariantCard state key/>
                </For>
            </ol>
            {move || unplaced().map(|e| view! { <p class="wrong" role="alert" data-testid="recipe-error">{said(&e)}</p> })}
            <div class="buttons">
                <button data-testid="add-variant" disabled=move || state.locked("variants") on:click=add>{text::ADD_VARIANT}</button>
                {state.parts.add(move |rest| (rest.import)(state))}
            </div>
        </section>
    }
}
