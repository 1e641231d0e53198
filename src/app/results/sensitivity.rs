//! How sensitive a variant's layers are to pruning, and the button that turns it into budgets.

use super::super::charts::{Axis, Kind, LineChart, Mark, Series};
use super::super::state::{Analysis, State};
use super::super::{actions, browser, format, text};
use crate::compression::prune::Prune;
use crate::experiment::{Step, Variant, budgets};
use crate::worker::Question;
use leptos::prelude::*;
use text::sensitivity as words;

/// What the visitor may give up, in points of accuracy of each layer alone.
const LOSSES: [f64; 4] = [0.002, 0.005, 0.01, 0.02];

/// The analysis of the chosen variant.
#[component]
pub(super) fn SensitivityPanel(state: State) -> impl IntoView {
    let loss = RwSignal::new(LOSSES[1]);
    let mine = Memo::new(move |_| {
        let variant = state.variant.get()?;
        state.sensitivity.with(|s| s.clone()).filter(|s| s.variant == variant && s.shown == state.shown.get())
    });
    let under_way = move || state.sensitivity.with(|s| s.as_ref().is_some_and(|s| !s.ended));
    let start = move |_| {
        let (Some(variant), shown) = (state.variant.get_untracked(), state.shown.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        if state.model_file(&variant).is_none() {
            return state.complain(words::NO_FILE);
        }
        let model = variant.clone();
        let run = (browser::date_ms() / 1000.0) as u32;
        state.notice.set(None);
        state.sensitivity.set(Some(Analysis { run, shown, variant, layers: Vec::new(), ended: false }));
        let data = report.recipe.data.clone();
        let question = Question::Sensitivity { model, data };
        state.asking.set(Some(run));
        state.with_pool(|pool| pool.inspect(Some(run), question.to_json()));
    };
    let series = Signal::derive(move || {
        let layers = mine.get().map(|s| s.layers).unwrap_or_default();
        let of = |(index, layer): (usize, crate::experiment::LayerSensitivity)| Series {
            name: layer.name,
            index,
            faint: false,
            points: layer.accuracies,
        };
        layers.into_iter().enumerate().map(of).collect::<Vec<_>>()
    });
    let names = move || mine.get().map(|s| s.layers.into_iter().map(|l| l.name).enumerate().collect::<Vec<_>>());
    let found = Memo::new(move |_| mine.get().filter(|s| s.ended).map(|s| budgets(&s.layers, loss.get())));
    let adopt = move |_| {
        let (Some(budgets), Some(variant)) = (found.get_untracked(), state.variant.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        let mut recipe = report.recipe.clone();
        let taken = |name: &str| recipe.variants.iter().any(|v| v.names().iter().any(|n| n == name));
        let name = (1..).map(|n| words::new_name(&variant, n)).find(|name| !taken(name)).unwrap_or_default();
        // A variant of a sweep has no name of its own that another could go on from.
        let from = taken(&variant).then_some(variant);
        let step = Step::Prune(Prune { budgets, ..Prune::default() });
        recipe.variants.push(Variant { name: name.clone(), from, steps: vec![step], ..Variant::default() });
        actions::lay_out(state, recipe);
        state.tell(words::adopted(&name));
    };
    view! {
        <section class="card" aria-labelledby="sensitivity-title" data-testid="sensitivity">
            <h3 id="sensitivity-title">{words::TITLE}</h3>
            <p class="hint">{words::ABOUT}</p>
            <div class="buttons">
                <button data-testid="sensitivity-start" disabled=move || state.occupied() on:click=start>{words::START}</button>
                <span role="status">{move || under_way().then_some(words::UNDER_WAY.tr())}</span>
            </div>
            {move || mine.with(|s| s.as_ref().is_some_and(|s| !s.layers.is_empty())).then(|| view! {
                <ul class="legend">
                    {move || names().unwrap_or_default().into_iter().map(|(i, name)| view! { <li><Mark index=i/>{name}</li> }).collect_view()}
                </ul>
                <LineChart
                    label=Signal::stored(words::CHART.to_string())
                    series
                    x_axis=Axis { title: words::SPARSITY.into(), write: format::short_percent }
                    y_axis=Axis { title: text::ACCURACY.into(), write: format::short_percent }
                    y_kind=Kind::Linear
                />
            })}
            {move || found.get().map(|budgets| view! {
                <label class="field">
                    <span>{words::LOSS}</span>
                    <select on:change:target=move |ev| loss.set(ev.target().value().parse().unwrap_or(LOSSES[1]))>
                        {LOSSES.iter().map(|l| view! {
                            <option value=l.to_string() selected=*l == loss.get_untracked()>{words::points(*l)}</option>
                        }).collect_view()}
                    </select>
                </label>
                <p data-testid="budgets">{words::budgets(&budgets)}</p>
                <div class="buttons"><button data-testid="adopt-budgets" on:click=adopt>{words::ADOPT}</button></div>
            })}
        </section>
    }
    .into_any()
}
