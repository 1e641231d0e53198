//! Choosing what is looked into: a variant of the report, and one of its weight matrices.

use super::super::language::said;
use super::super::state::{Shared, State};
use super::super::text;
use crate::experiment::{Report, VariantResult};
use leptos::prelude::*;

/// A variant's choice is the page's; a matrix's is this component's user's.
#[component]
pub(super) fn Choosers(
    state: State,
    matrix: Matrix,
    /// Of the two fields, for tests: `{id}-variant` and `{id}-layer`.
    id: &'static str,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        state
            .report
            .with(|r| r.as_ref().map(|r| r.variants.iter().map(|v| v.name.clone()).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    let Matrix { chosen, at, layers } = matrix;
    view! {
        <div class="choosers">
            <label>
                <span>{text::VARIANT}</span>
                <select data-testid=format!("{id}-variant") on:change:target=move |ev| state.chosen.set(Some(ev.target().value()))>
                    {move || names.get().into_iter().map(|name| {
                        let (mine, title) = (name.clone(), name.clone());
                        view! {
                            <option value=name prop:selected=move || state.variant.with(|v| v.as_ref() == Some(&mine))>{title}</option>
                        }
                    }).collect_view()}
                </select>
            </label>
            <label>
                <span>{text::LAYER}</span>
                <select data-testid=format!("{id}-layer") on:change:target=move |ev| chosen.set(ev.target().value().parse().unwrap_or(0))>
                    {move || layers.get().into_iter().enumerate().map(|(i, name)| view! {
                        <option value=i.to_string() prop:selected=move || at.get() == i>{said(&name)}</option>
                    }).collect_view()}
                </select>
            </label>
        </div>
    }
    .into_any()
}

/// Which weight matrix of the chosen variant.
#[derive(Clone, Copy)]
pub(super) struct Matrix {
    chosen: RwSignal<usize>,
    /// Its index; of the last one, if the variant has fewer than were counted on.
    pub at: Memo<usize>,
    /// The names of all.
    layers: Memo<Vec<String>>,
}

impl Matrix {
    /// Looks into this one.
    pub fn choose(self, index: usize) {
        self.chosen.set(index);
    }

    /// The first.
    pub fn new(state: State) -> Self {
        let chosen = RwSignal::new(0usize);
        let layers = Memo::new(move |_| {
            with_result(state, |r| r.layers.iter().map(|l| l.name.clone()).collect::<Vec<_>>()).unwrap_or_default()
        });
        let at = Memo::new(move |_| chosen.get().min(layers.with(Vec::len).saturating_sub(1)));
        Self { chosen, at, layers }
    }
}

/// Reads the first trial of the variant that is looked at.
pub(super) fn with_result<T>(state: State, read: impl FnOnce(&VariantResult) -> T) -> Option<T> {
    let name = state.variant.get()?;
    let report: Shared<Report> = state.report.get()?;
    let variant = report.variants.iter().find(|v| v.name == name)?;
    variant.trials.first().map(read)
}
