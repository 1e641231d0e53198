//! What is learned, and how often.

use super::super::language::tr;
use super::super::state::State;
use super::super::text;
use super::inputs::{ListField, NumberField, SelectField, parse, word};
use super::locks::At;
use crate::data::{DATASETS, DatasetName};
use crate::network::{Architecture, ArchitectureName};
use leptos::prelude::*;

/// Data set, training samples, noise, seeds.
#[component]
pub(super) fn DataForm(state: State) -> impl IntoView {
    let data = Memo::new(move |_| state.draft.with(|d| d.recipe.data.clone()));
    let info = Memo::new(move |_| data.with(|d| d.dataset)); // what follows changes with the data set alone
    let datasets: Vec<_> = DATASETS.iter().map(|d| (word(&d.name), tr(d.title).to_string(), tr(d.help))).collect();
    let choose = Callback::new(move |name: String| {
        if let Some(dataset) = parse::<DatasetName>(&name) {
            state.draft.update(|d| {
                d.recipe.data.dataset = dataset;
                d.recipe.data.samples = None;
                d.recipe.data.noise = None;
                // No other network reads texts.
                if dataset.info().is_text() && !d.recipe.network.is_transformer() {
                    d.recipe.network =
                        Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
                }
            });
        }
    });
    let fields = move || {
        let info = info.get().info();
        let noise = info.noise.map(f64::from);
        let samples = Signal::derive(move || data.with(|d| d.samples.unwrap_or(info.train)) as f64);
        let set_samples = Callback::new(move |n: f64| {
            let samples = n as usize;
            state.draft.update(|d| d.recipe.data.samples = (samples != info.train).then_some(samples));
        });
        view! {
            <NumberField
                label=text::SAMPLES
                help=text::SAMPLES_HELP
                value=samples
                range=(1.0, info.max_train as f64)
                step=1.0
                set=set_samples
                field="samples"
            />
            {noise.map(|usual| {
                // What is shown is rounded as people would write it, since the table keeps 32-bit floats.
                let usual = (usual * 1000.0).round() / 1000.0;
                view! {
                    <NumberField
                        label=text::NOISE
                        help=text::NOISE_HELP
                        value=Signal::derive(move || data.with(|d| d.noise.unwrap_or(usual)))
                        range=(0.0, 1.0)
                        step=0.01
                        set=Callback::new(move |n: f64| state.draft.update(|d| d.recipe.data.noise = (n != usual).then_some(n)))
                        field="noise"
                    />
                }
            })}
        }
    };
    let seeds =
        Signal::derive(move || state.draft.with(|d| d.recipe.seeds.iter().map(|s| *s as f64).collect::<Vec<_>>()));
    let set_seeds = Callback::new(move |list: Vec<f64>| {
        state.draft.update(|d| d.recipe.seeds = list.iter().map(|s| *s as u64).collect());
    });
    view! {
        <SelectField
            label=text::DATASET
            testid="dataset"
            options=datasets
            value=Signal::derive(move || data.with(|d| word(&d.dataset)))
            set=choose
            field="dataset"
        />
        {fields}
        <At state path="seeds".to_string()>
            <ListField label=text::SEEDS help=text::SEEDS_HELP value=seeds set=set_seeds/>
        </At>
    }
}
