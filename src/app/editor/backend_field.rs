//! What trains: chosen by the visitor, or by what was measured here.

use super::super::state::State;
use super::super::{backend, browser, text};
use super::inputs::{SelectField, options};
use crate::experiment::BackendName;
use leptos::prelude::*;

/// The choice, and the comparison that it may rest on.
#[component]
pub(super) fn BackendField(state: State) -> impl IntoView {
    let value = Signal::derive(move || {
        let chosen = state.draft.with(|draft| draft.recipe.backend);
        let automatic = state.backend.kept.with(|kept| kept.automatic);
        match (chosen, automatic) {
            (BackendName::Gpu, _) => "gpu",
            (BackendName::Cpu, true) => "auto",
            (BackendName::Cpu, false) => "cpu",
        }
        .to_string()
    });
    let set = Callback::new(move |name: String| {
        let backend = if name == "gpu" { BackendName::Gpu } else { BackendName::Cpu };
        state.draft.update(|draft| draft.recipe.backend = backend);
        if name != "gpu" {
            state.backend.kept.update(|kept| kept.automatic = name == "auto");
        }
    });
    let comparing = move || state.backend.run.with(Option::is_some);
    let found = move || {
        let compared = state.draft.with(|draft| state.backend.compared(&draft.recipe))?;
        Some(text::compared(compared.training, compared.inference))
    };
    view! {
        <div data-testid="backend-field">
            <SelectField label=text::BACKEND options=options(text::BACKENDS) value set testid="backend"/>
            {if browser::webgpu() {
                view! {
                    <p class="hint" role="status" data-testid="compared">
                        {move || if comparing() { text::COMPARING.to_string() } else { found().unwrap_or_default() }}
                    </p>
                    <button
                        data-testid="compare"
                        disabled=move || comparing() || state.busy() || state.device.busy()
                        on:click=move |_| backend::compare(state)
                    >{text::COMPARE}</button>
                }
                .into_any()
            } else {
                view! { <p class="hint">{text::NO_WEBGPU}</p> }.into_any()
            }}
        </div>
    }
    .into_any()
}
