//! A look inside one variant: its weights' values, its mask, its mistakes, and its model as a file.

use super::super::charts::Bars;
use super::super::language::said;
use super::super::state::State;
use super::super::text;
use super::choosers::{Choosers, Matrix, with_result};
use super::confusion::Confusion;
use super::files::Files;
use super::network::NetworkPicture;
use super::weights_picture::WeightsPicture;
use leptos::prelude::*;

/// Histogram, picture and confusion matrix of the chosen variant.
#[component]
pub(super) fn Inside(state: State) -> impl IntoView {
    let matrix = Matrix::new(state);
    let histogram = move || {
        let index = matrix.at.get();
        with_result(state, |r| r.layers.get(index).cloned()).flatten().map(|layer| {
            let facts = text::layer_facts(&layer.kernel, layer.nonzero, layer.parameters, layer.bytes, &layer.encoding);
            let range = (f64::from(layer.range.0), f64::from(layer.range.1));
            view! {
                <Bars
                    label=format!("{}: {}", text::WEIGHTS, said(&layer.name))
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
            <Choosers state matrix id="inside"/>
            <NetworkPicture state matrix/>
            <div class="pair">
                <div><h4>{text::WEIGHTS}</h4>{histogram}</div>
                <div><h4>{text::CONFUSION}</h4><Confusion state/></div>
            </div>
            <WeightsPicture state matrix=matrix.at/>
            <Files state/>
        </section>
    }
}
