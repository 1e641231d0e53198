//! What is learned, and how often.

use super::super::language::tr;
use super::super::own::{self, OwnData};
use super::super::state::State;
use super::super::text;
use super::super::text::own as words;
use super::inputs::{ListField, NumberField, SelectField, parse, word};
use super::locks::{At, lock};
use crate::data::{DATASETS, DatasetName};
use crate::experiment::Data;
use crate::network::{Architecture, ArchitectureName};
use leptos::prelude::*;

/// Data set, training samples, noise, seeds.
#[component]
pub(super) fn DataForm(state: State) -> impl IntoView {
    let data = Memo::new(move |_| state.draft.with(|d| d.recipe.data.clone()));
    // What follows changes with the data set alone.
    let info = Memo::new(move |_| data.with(|d| Data { samples: None, noise: None, ..d.clone() }));
    let is_own = Memo::new(move |_| data.with(|d| d.dataset == DatasetName::Own));
    let locked = lock("dataset");
    let built_in = DATASETS.iter().map(|d| (word(&d.name), tr(d.title).to_string(), tr(d.help)));
    let own_data = (word(&DatasetName::Own), words::OWN.to_string(), words::OWN_HELP.tr());
    let datasets: Vec<_> = built_in.chain([own_data]).collect();
    let choose = Callback::new(move |name: String| {
        let Some(dataset) = parse::<DatasetName>(&name) else { return };
        if dataset == DatasetName::Own {
            own::begin(state);
        } else {
            state.draft.update(|d| {
                d.recipe.data = Data { dataset, ..Data::default() };
                // No other network reads texts.
                if dataset.info().is_text() && !d.recipe.network.is_transformer() {
                    d.recipe.network =
                        Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
                }
            });
        }
    });
    let fields = move || {
        let info = info.with(Data::info);
        let noise = info.noise.map(f64::from);
        let samples = Signal::derive(move || data.with(|d| d.samples.unwrap_or(info.train)) as f64);
        let set_samples = Callback::new(move |n: f64| {
            let samples = n as usize;
            state.draft.update(|d| d.recipe.data.samples = (samples != info.train).then_some(samples));
        });
        // Own data that have yet to be chosen have none.
        (info.max_train > 0).then(|| view! {
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
        })
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
        {move || (is_own.get() && !locked.get()).then(|| view! { <OwnData state/> })}
        {fields}
        <At state path="seeds".to_string()>
            <ListField label=text::SEEDS help=text::SEEDS_HELP value=seeds set=set_seeds/>
        </At>
    }
}
