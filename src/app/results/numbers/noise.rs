//! Which layer quantization hurts: each layer's noise, as a table with bars.

use super::super::super::state::{Shared, State};
use super::super::super::text::numbers as words;
use super::super::super::{format, text};
use super::{Answers, Pick, Planned, occupied};
use crate::experiment::{LayerNoise, float_origin};
use crate::worker::Question;
use leptos::prelude::*;

/// What fills a bar, in decibels: as good as eight bits get.
const FULL: f64 = 50.0;

/// The card; nothing where no variant is quantized.
#[component]
pub(super) fn NoisePanel(state: State, answers: Answers, plan: Planned) -> impl IntoView {
    let pick = Pick::new(state, plan, |plan, name| float_origin(plan, name).is_some());
    let origin = Memo::new(move |_| {
        let (plan, name) = (plan.get()?, pick.name.get()?);
        float_origin(&plan, &name)
    });
    let start = move |_| {
        let (Some(model), Some(float)) = (pick.name.get_untracked(), origin.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        let data = report.recipe.data.clone();
        answers.noise.ask(state, model.clone(), &Question::Noise { model, float, data });
    };
    let layers = move || answers.noise.about(state, pick.name.get().as_deref());
    let any = Memo::new(move |_| origin.with(Option::is_some));
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="noise-title" data-testid="noise">
                    <h3 id="noise-title">{words::NOISE}</h3>
                    <p class="hint">{words::NOISE_ABOUT}</p>
                    <div class="choosers">{pick.draw(text::VARIANT, "noise-variant")}</div>
                    <div class="buttons">
                        <button data-testid="noise-start" disabled=move || occupied(state) on:click=start>
                            {move || words::compare_with(&origin.get().unwrap_or_default())}
                        </button>
                        <span role="status">{move || answers.noise.under_way(state).then_some(words::NOISE_UNDER_WAY.tr())}</span>
                    </div>
                    {move || layers().map(|layers| table(&layers))}
                </section>
            }
        })
    }
}

fn table(layers: &Shared<Vec<LayerNoise>>) -> AnyView {
    let heads = [words::NOISE_WEIGHTS, words::NOISE_ACTIVATIONS, words::NOISE_RANGE, words::NOISE_GRID, text::LAYER];
    let [weights, activations, range, grid, layer] = heads;
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=words::NOISE>
            <table class="noise-table" data-testid="noise-table">
                <thead>
                    <tr>{[layer, weights, activations, range, grid].map(|head| view! { <th scope="col">{head}</th> })}</tr>
                </thead>
                <tbody>{layers.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <p class="hint">{words::NOISE_NOTE}</p>
    }
    .into_any()
}

fn row(layer: &LayerNoise) -> AnyView {
    let has_weights = layer.name.starts_with(|c: char| c.is_ascii_digit());
    let (low, high) = layer.range;
    let grid = match &layer.grid {
        None => view! { <td>{words::FLOATS}</td> }.into_any(),
        Some(grid) => {
            let clipped = (grid.clipped > 0.0).then(|| words::clipped(grid.clipped));
            view! {
                <td>
                    {words::span(grid.ends.0, grid.ends.1)}
                    <small>{words::step(grid.scale)}{clipped}</small>
                </td>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">{layer.name.clone()}</th>
            {if has_weights { bar(layer.weights_db) } else { view! { <td>"–"</td> }.into_any() }}
            {bar(layer.activations_db)}
            <td>{words::span(low, high)}</td>
            {grid}
        </tr>
    }
    .into_any()
}

fn bar(decibels: Option<f64>) -> AnyView {
    let share = decibels.map_or(1.0, |db| (db / FULL).clamp(0.01, 1.0));
    view! {
        <td>
            {words::decibels(decibels)}
            <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="whole" width="100" height="4"></rect>
                <rect width=format::plain(share * 100.0, 1) height="4"></rect>
            </svg>
        </td>
    }
    .into_any()
}
