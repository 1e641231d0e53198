//! A look inside one variant: its weights' values, its mask, its mistakes, and its model as a file.

use super::super::charts::Bars;
use super::super::state::{Shared, State};
use super::super::text;
use super::confusion::Confusion;
use super::files::Files;
use super::weights_picture::WeightsPicture;
use crate::experiment::{Report, VariantResult};
use leptos::prelude::*;

/// Histogram, picture and confusion matrix of the chosen variant.
#[component]
pub(super) fn Inside(state: State) -> impl IntoView {
    let matrix = RwSignal::new(0usize);
    let names = Memo::new(move |_| {
        state
            .report
            .with(|r| r.as_ref().map(|r| r.variants.iter().map(|v| v.name.clone()).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    let layers = Memo::new(move |_| {
        with_result(state, |r| r.layers.iter().map(|l| l.name.clone()).collect::<Vec<_>>()).unwrap_or_default()
    });
    let at = Memo::new(move |_| matrix.get().min(layers.with(Vec::len).saturating_sub(1)));
    let histogram = move || {
        let index = at.get();
        with_result(state, |r| r.layers.get(index).cloned()).flatten().map(|layer| {
            let facts = text::layer_facts(&layer.kernel, layer.nonzero, layer.parameters, layer.bytes, &layer.encoding);
            let range = (f64::from(layer.range.0), f64::from(layer.range.1));
            view! {
                <Bars
                    label=format!("{}: {}", text::WEIGHTS, layer.name)
                    counts=layer.histogram
                    range
                    x_title=text::WEIGHT.into()
                    y_title=text::HOW_MANY.into()
                />
                <p class="hint">{facts}</p>
            }
        })
    };
    view! {
        <section class="card" aria-labelledby="inside-title">
            <h3 id="inside-title">{text::INSIDE}</h3>
            <div class="choosers">
                <label>
                    <span>{text::VARIANT}</span>
                    <select data-testid="inside-variant" on:change:target=move |ev| state.chosen.set(Some(ev.target().value()))>
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
                    <select data-testid="inside-layer" on:change:target=move |ev| matrix.set(ev.target().value().parse().unwrap_or(0))>
                        {move || layers.get().into_iter().enumerate().map(|(i, name)| view! {
                            <option value=i.to_string() prop:selected=move || at.get() == i>{name}</option>
                        }).collect_view()}
                    </select>
                </label>
            </div>
            <div class="pair">
                <div><h4>{text::WEIGHTS}</h4>{histogram}</div>
                <div><h4>{text::CONFUSION}</h4><Confusion state/></div>
            </div>
            <WeightsPicture state matrix=at/>
            <Files state/>
        </section>
    }
}

/// Reads the first trial of the variant that is looked at.
pub(super) fn with_result<T>(state: State, read: impl FnOnce(&VariantResult) -> T) -> Option<T> {
    let name = state.variant.get()?;
    let report: Shared<Report> = state.report.get()?;
    let variant = report.variants.iter().find(|v| v.name == name)?;
    variant.trials.first().map(read)
}
