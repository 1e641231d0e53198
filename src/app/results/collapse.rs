//! Networks that nothing passes any more, and layers of which pruning left nothing; and what that means.

use super::super::state::State;
use super::super::text;
use leptos::prelude::*;

/// A word on each variant that collapsed in some trial; nothing, if none did.
#[component]
pub(super) fn Collapse(state: State) -> impl IntoView {
    let collapsed = Memo::new(move |_| {
        let report = state.report.get()?;
        let of = |variant: &crate::experiment::VariantReport| {
            let trial = variant.trials.iter().find(|trial| trial.cut || trial.empty_layers().next().is_some())?;
            let layers: Vec<String> = trial.empty_layers().map(|layer| layer.name.clone()).collect();
            Some(text::collapsed(&variant.name, &layers, trial.cut))
        };
        let told: Vec<String> = report.variants.iter().filter_map(of).collect();
        (!told.is_empty()).then_some(told)
    });
    move || {
        collapsed.get().map(|told| {
            view! {
                <section class="card" aria-labelledby="collapse-title" data-testid="collapse">
                    <h3 id="collapse-title">{text::COLLAPSE}</h3>
                    <ul>{told.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
                    <p class="hint">{text::COLLAPSE_HELP}</p>
                </section>
            }
        })
    }
}
