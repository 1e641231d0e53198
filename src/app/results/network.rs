//! A picture of the chosen variant's network; its layers with weights are what the rest of the card looks into.

use super::super::charts::NetworkChart;
use super::super::state::State;
use super::super::text::network as words;
use super::choosers::Matrix;
use crate::export::NetworkSummary;
use crate::worker::{Answer, Question};
use leptos::prelude::*;

/// A model's name and its networks.
type Told = Option<(String, Vec<NetworkSummary>)>;

/// The picture, folded away until it is asked for: the worker that looks into the network may have to load the code for it.
#[component]
pub(super) fn NetworkPicture(state: State, matrix: Matrix) -> impl IntoView {
    let open = RwSignal::new(false);
    let told: RwSignal<Told> = RwSignal::new(None);
    // Of an ensemble.
    let member = RwSignal::new(0usize);
    // A layer, which may have no weights.
    let layer = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        let loaded = state.models_loaded.get();
        if let Some(model) = state.variant.get().filter(|_| loaded > 0 && open.get()) {
            state.with_pool(|pool| pool.inspect(None, Question::Network { model }.to_json()));
        }
    });
    Effect::new(move |_| {
        let answer = state.answer.with(|said| Answer::of_kind("network", said.as_deref()));
        if let Some(Answer::Network { model, networks }) = answer {
            let news = Some((model, networks));
            if told.with_untracked(|told| *told != news) {
                layer.set(None);
                told.set(news);
            }
        }
    });
    let count = Memo::new(move |_| told.with(|told| told.as_ref().map_or(0, |(_, networks)| networks.len())));
    let network = Memo::new(move |_| {
        let variant = state.variant.get().filter(|_| state.models_loaded.get() > 0)?;
        told.with(|told| {
            let (_, networks) = told.as_ref().filter(|(model, _)| *model == variant)?;
            networks.get(member.get().min(networks.len().saturating_sub(1))).cloned()
        })
    });
    let choose = Callback::new(move |index: usize| {
        layer.set(Some(index));
        let weights = network.with_untracked(|n| n.as_ref()?.layers.get(index)?.weights.as_ref().map(|w| w.matrix));
        if let Some(weights) = weights {
            matrix.choose(weights);
        }
    });
    // Where a matrix is chosen elsewhere, its layer is meant.
    Effect::new(move |_| {
        let at = matrix.at.get();
        let of = |network: &NetworkSummary| {
            network.layers.iter().position(|layer| layer.weights.as_ref().is_some_and(|w| w.matrix == at))
        };
        if let Some(index) = network.with(|network| network.as_ref().and_then(of)) {
            layer.set(Some(index));
        }
    });
    let details = move || {
        let told = network.with(|network| network.as_ref()?.layers.get(layer.get()?).map(words::details));
        told.map(|told| told.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view())
    };
    let members = move || {
        (count.get() > 1).then(|| view! {
            <label class="field">
                <span>{words::WHICH}</span>
                <select data-testid="network-member" on:change:target=move |ev| member.set(ev.target().value().parse().unwrap_or(0))>
                    {(0..count.get()).map(|i| view! {
                        <option value=i.to_string() selected=i == member.get_untracked()>{words::number(i)}</option>
                    }).collect_view()}
                </select>
            </label>
        })
    };
    let toggled = move |ev: web_sys::Event| open.set(event_target::<web_sys::Element>(&ev).has_attribute("open"));
    view! {
        <details class="more" data-testid="layers" on:toggle=toggled>
            <summary>{words::TITLE}</summary>
            <p class="hint">{words::ABOUT}</p>
            {members}
            {move || match network.get() {
                None => view! { <p class="hint">{words::WAIT}</p> }.into_any(),
                Some(network) => {
                    let label = words::label(&state.variant.get_untracked().unwrap_or_default());
                    view! { <NetworkChart label network chosen=layer choose/> }.into_any()
                }
            }}
            <div role="status" data-testid="network-details">{details}</div>
        </details>
    }
    .into_any()
}
