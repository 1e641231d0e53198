//! Softmax under a temperature: Hinton, Vinyals, Dean 2015, `p_i = exp(z_i / T) / sum_j exp(z_j / T)`.

use super::parts::{Rows, Slider, Verdict, frame};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Logits of an image of a 3; that of the 3 itself is a slider's.
const LOGITS: [f64; 10] = [-2.0, -3.5, 1.0, 0.0, -4.0, 4.5, -3.0, -1.0, 6.0, 1.5];
const RIGHT: usize = 3;
const SECOND: usize = 8;

pub(super) fn draw(_: State) -> AnyView {
    let temperature = RwSignal::new(1.0);
    let sureness = RwSignal::new(12.0);
    let shares = Memo::new(move |_| {
        let mut logits = LOGITS;
        logits[RIGHT] = sureness.get();
        softmax(&logits, temperature.get())
    });
    let rows = Signal::derive(move || {
        let row = |(digit, share): (usize, f64)| (digit.to_string(), small_percent(share), share);
        shares.get().into_iter().enumerate().map(row).collect::<Vec<_>>()
    });
    let told = Signal::derive(move || {
        let shares = shares.get();
        let (first, second) = (shares[RIGHT], shares[SECOND]);
        let temperature = format::trimmed(temperature.get(), 1);
        words::softened(&temperature, &small_percent(first), &small_percent(second), &small_percent(second / first))
    });
    frame(
        "temperature",
        view! {
            <div class="three">
                <Slider title=words::TEMPERATURE id="temperature-t" range=(1.0, 50.0, 0.5) value=temperature write=|v| format::trimmed(v, 1)/>
                <Slider title=words::SURENESS id="temperature-logit" range=(7.0, 20.0, 0.5) value=sureness write=|v| format::trimmed(v, 1)/>
            </div>
            <Verdict id="temperature-verdict" text=told/>
            <Rows title=words::TARGETS rows/>
            <p class="hint">{words::TARGETS_NOTE}</p>
        },
    )
}

fn softmax(logits: &[f64; 10], temperature: f64) -> [f64; 10] {
    let most = logits.iter().fold(f64::MIN, |most, z| most.max(*z));
    let raised = logits.map(|z| ((z - most) / temperature).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|e| e / sum)
}

/// A share in percent, with as many digits as a small one takes.
fn small_percent(share: f64) -> String {
    format!("{}\u{a0}%", format::significant(share * 100.0, 3))
}
