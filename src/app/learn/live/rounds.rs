//! What is left of LeNet-300-100 after rounds of the lottery ticket's pruning: Frankle, Carbin 2019, 20 % a round, 10 % of the
//! output layer.

use super::parts::{Rows, Slider, Verdict, frame};
use crate::app::language::Text;
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Weights of each layer, and the share that a round leaves.
const LAYERS: [(Text, f64, f64); 3] =
    [(words::FIRST_LAYER, 235_200.0, 0.8), (words::SECOND_LAYER, 30_000.0, 0.8), (words::OUTPUT_LAYER, 1_000.0, 0.9)];

pub(super) fn draw(_: State) -> AnyView {
    let rounds = RwSignal::new(3.0);
    let left = Memo::new(move |_| LAYERS.map(|(_, weights, share)| weights * share.powf(rounds.get())));
    let whole = || LAYERS.iter().map(|(_, weights, _)| weights).sum::<f64>();
    let rows = Signal::derive(move || {
        let left = left.get();
        let all = (words::WHOLE, whole(), left.iter().sum::<f64>());
        let layers = LAYERS.iter().zip(left).map(|((name, weights, _), left)| (*name, *weights, left));
        let row = |(name, weights, left): (Text, f64, f64)| {
            (name.to_string(), format::percent(left / weights), left / weights)
        };
        layers.chain([all]).map(row).collect::<Vec<_>>()
    });
    let told = Signal::derive(move || {
        let left: f64 = left.get().iter().sum();
        words::ticket(rounds.get() as usize, &format::count(left.round()), &format::percent(left / whole()))
    });
    frame(
        "rounds",
        view! {
            <Slider title=words::ROUNDS id="rounds-n" range=(0.0, 30.0, 1.0) value=rounds write=|v| format::count(v)/>
            <Verdict id="rounds-verdict" text=told/>
            <Rows title=words::LEFT_OF_LAYERS rows/>
        },
    )
}
