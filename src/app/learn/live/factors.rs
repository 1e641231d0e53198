//! How the factors of the three families multiply, if a file held the weights that are left and nothing else.

use super::parts::{Rows, Slider, Verdict, frame};
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Bytes of LeNet-300-100's weights as floats.
const WHOLE: f64 = 266_200.0 * 4.0;

pub(super) fn draw(_: State) -> AnyView {
    let (sparsity, bits, smaller) = (RwSignal::new(0.9), RwSignal::new(8.0), RwSignal::new(1.0));
    let factors = move || [1.0 / (1.0 - sparsity.get()), 32.0 / bits.get(), smaller.get()];
    let rows = Signal::derive(move || {
        let [pruned, quantized, student] = factors();
        let sizes = [1.0, 1.0 / student, 1.0 / student / pruned, 1.0 / student / pruned / quantized];
        let names = [words::AS_TRAINED, words::THEN_STUDENT, words::THEN_PRUNED, words::THEN_QUANTIZED];
        names.into_iter().zip(sizes).map(|(name, share)| (name.into(), format::bytes(share * WHOLE), share)).collect()
    });
    let told = Signal::derive(move || {
        let [a, b, c] = factors().map(|factor| format::trimmed(factor, 1));
        words::smaller([&a, &b, &c], &format::trimmed(factors().iter().product(), 1))
    });
    frame(
        "factors",
        view! {
            <div class="three">
                <Slider title=words::SPARSITY id="factors-sparsity" range=(0.0, 0.99, 0.01) value=sparsity write=format::short_percent/>
                <Slider title=words::WEIGHT_BITS id="factors-bits" range=(1.0, 32.0, 1.0) value=bits write=|v| format::count(v)/>
                <Slider title=words::STUDENT_FACTOR id="factors-student" range=(1.0, 20.0, 0.5) value=smaller write=|v| format::trimmed(v, 1)/>
            </div>
            <Verdict id="factors-verdict" text=told/>
            <Rows title=words::SIZES rows/>
        },
    )
}
