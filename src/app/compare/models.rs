//! The models of what is ticked, in the first worker, and pictures of their weights.

use super::super::browser::paint;
use super::super::charts::{Mark, save_canvas};
use super::super::results::weights_picture::pixel;
use super::super::state::{ResultKey, Shared, State};
use super::super::text::compare as words;
use super::super::{actions, storage, text};
use super::{Entry, Results};
use crate::worker::{ModelFile, Picture};
use leptos::html::Canvas;
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// The models that the first worker has been given.
#[derive(Clone, Copy)]
pub(super) struct Models {
    /// Whose; none while others are being loaded.
    pub loaded: RwSignal<Option<Vec<ResultKey>>>,
}

/// How a result's model is named in the worker, where those of several runs lie side by side.
pub(super) fn model_name(key: &ResultKey) -> String {
    format!("{}/{}", key.run, key.variant)
}

impl Models {
    /// Keeps the worker's models those that are ticked, until this place is left.
    pub fn new(results: Results) -> Self {
        let state = results.state;
        let loaded = RwSignal::new(None);
        // What was given last, and what had been given before by others.
        let given = StoredValue::new((Vec::new(), u32::MAX));
        Effect::new(move |_| {
            let count = state.models_loaded.get();
            let keys = results.ticked.with(|ticked| ticked.iter().map(|e| e.key.clone()).collect::<Vec<_>>());
            // A run, or an answer that takes a while, needs the worker as it is.
            if state.occupied() || given.with_value(|given| given.0 == keys && given.1 == count) {
                return;
            }
            given.set_value((keys.clone(), count));
            loaded.set(None);
            spawn_local(async move {
                let files = files(state, &keys).await;
                // Meanwhile others may have been ticked, or the place left.
                let current = given.try_with_value(|given| given.0 == keys).unwrap_or(false);
                if !current || state.busy_untracked() {
                    return;
                }
                let there = files.iter().map(|(key, _)| key.clone()).collect();
                state.with_pool(|pool| pool.load(files.into_iter().map(|(_, file)| file).collect()));
                loaded.set(Some(there));
            });
        });
        on_cleanup(move || actions::load_shown(state));
        Self { loaded }
    }
}

/// The files of these, as far as they are kept.
async fn files(state: State, keys: &[ResultKey]) -> Vec<(ResultKey, ModelFile)> {
    let mut found = Vec::new();
    for key in keys {
        if state.models.with_value(|m| !m.contains_key(&key.run)) {
            let kept = storage::load_models(key.run).await.unwrap_or_default();
            state.models.update_value(|m| drop(m.insert(key.run, kept)));
        }
        let file = state.models.with_value(|m| {
            m.get(&key.run).and_then(|files| files.iter().find(|f| f.name == key.variant)).map(|f| f.file.clone())
        });
        found.extend(file.map(|file| (key.clone(), ModelFile { name: model_name(key), file })));
    }
    found
}

/// The pictures of one layer of each.
#[component]
pub(super) fn WeightsCard(results: Results, models: Models) -> impl IntoView {
    let state = results.state;
    let layer = RwSignal::new(0usize);
    let pictures = RwSignal::new(HashMap::<(String, usize), Shared<Picture>>::new());
    let layers = Memo::new(move |_| {
        let names = |e: &Entry| -> Vec<String> {
            e.variant().trials.first().map(|t| t.layers.iter().map(|l| l.name.clone()).collect()).unwrap_or_default()
        };
        // Of the one that has most.
        results.ticked.with(|ticked| ticked.iter().map(names).max_by_key(Vec::len)).unwrap_or_default()
    });
    let has = |entry: &Entry, layer: usize| entry.variant().trials.first().is_some_and(|t| layer < t.layers.len());
    // One after another, so that each answer is seen.
    Effect::new(move |_| {
        let layer = layer.get();
        let Some(loaded) = models.loaded.get() else { return };
        let missing = results.ticked.with(|ticked| {
            let wanted = ticked.iter().filter(|e| loaded.contains(&e.key) && has(e, layer));
            pictures.with(|there| wanted.map(|e| model_name(&e.key)).find(|m| !there.contains_key(&(m.clone(), layer))))
        });
        if let Some(model) = missing {
            state.with_pool(|pool| pool.picture(model, layer));
        }
    });
    Effect::new(move |_| {
        if let Some((model, matrix, picture)) = state.picture.get() {
            pictures.update(|pictures| drop(pictures.insert((model, matrix), Shared(Arc::new(picture)))));
        }
    });
    let drawn = move || {
        let layer = layer.get();
        let (names, loaded) = (results.names.get(), models.loaded.get());
        results.ticked.with(|ticked| {
            let one = |(index, entry): (usize, &Entry)| {
                let key = (model_name(&entry.key), layer);
                let picture = pictures.with(|pictures| pictures.get(&key).cloned());
                let lost = loaded.as_ref().is_some_and(|loaded| !loaded.contains(&entry.key));
                let facts = entry
                    .variant()
                    .trials
                    .first()
                    .and_then(|t| t.layers.get(layer))
                    .map(|l| text::layer_facts(&l.kernel, l.nonzero, l.parameters, l.bytes, &l.encoding));
                let name = names[index].clone();
                view! {
                    <div>
                        <h4><Mark index/>" "{name.clone()}</h4>
                        {picture.map(|picture| view! { <WeightCanvas name picture/> })}
                        {lost.then(|| view! { <p class="hint">{words::NO_FILE}</p> })}
                        {facts.map(|facts| view! { <p class="hint">{facts}</p> })}
                    </div>
                }
            };
            ticked.iter().enumerate().map(one).collect_view()
        })
    };
    let options = move || {
        let option = |(i, name): (usize, String)| view! { <option value=i prop:selected=move || layer.get() == i>{name}</option> };
        layers.get().into_iter().enumerate().map(option).collect_view()
    };
    let choose = move |ev: web_sys::Event| layer.set(event_target_value(&ev).parse().unwrap_or(0));
    view! {
        <section class="card" aria-labelledby="compare-weights" data-testid="compare-weights">
            <h3 id="compare-weights">{words::WEIGHTS}</h3>
            <div class="choosers">
                <label><span>{text::LAYER}</span><select data-testid="compare-layer" on:change=choose>{options}</select></label>
            </div>
            <div class="beside">{drawn}</div>
            <p class="hint">{move || if models.loaded.with(Option::is_some) { text::MASK_HELP.tr() } else { words::WEIGHTS_WAIT.tr() }}</p>
        </section>
    }
}

#[component]
fn WeightCanvas(name: String, picture: Shared<Picture>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let pixels: Vec<u8> = picture.values.iter().flat_map(|v| pixel(*v, false)).collect();
        if picture.width > 0 && pixels.len() == picture.width * picture.height * 4 {
            paint(&canvas, picture.width, picture.height, &pixels);
        }
    });
    let title = format!("{}: {name}", words::WEIGHTS);
    view! {
        <figure>
            <canvas class="weights" node_ref=canvas role="img" aria-label=title.clone()></canvas>
            {save_canvas(Signal::stored(title))}
        </figure>
    }
}
