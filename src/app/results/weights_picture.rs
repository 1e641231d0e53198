//! A layer's weights as a picture: what is removed stays empty.

use super::super::browser::paint;
use super::super::charts::save_canvas;
use super::super::state::State;
use super::super::text;
use leptos::html::Canvas;
use leptos::prelude::*;

/// The byte that stands for a weight of zero.
const ZERO: u8 = 128;
const NEGATIVE: [u8; 3] = [0, 114, 178];
const POSITIVE: [u8; 3] = [213, 94, 0];

/// The picture of the chosen variant's weight matrix.
#[component]
pub(in crate::app) fn WeightsPicture(state: State, matrix: Memo<usize>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let mask_only = RwSignal::new(false);
    Effect::new(move |_| {
        let loaded = state.models_loaded.get();
        if let Some(model) = state.variant.get().filter(|_| loaded > 0) {
            let matrix = matrix.get();
            state.with_pool(|pool| pool.picture(model, matrix));
        }
    });
    let mine = Memo::new(move |_| {
        let loaded = state.models_loaded.get() > 0; // what comes late is of another run
        state.picture.with(|p| {
            p.as_ref().filter(|_| loaded).is_some_and(|(model, index, _)| {
                state.variant.with(|v| v.as_ref() == Some(model)) && *index == matrix.get()
            })
        })
    });
    Effect::new(move |_| {
        let (Some(canvas), true) = (canvas.get(), mine.get()) else { return };
        let mask = mask_only.get();
        state.picture.with(|p| {
            let Some((_, _, picture)) = p else { return };
            let pixels: Vec<u8> = picture.values.iter().flat_map(|v| pixel(*v, mask)).collect();
            if picture.width > 0 && pixels.len() == picture.width * picture.height * 4 {
                paint(&canvas, picture.width, picture.height, &pixels);
            }
        });
    });
    let title = Signal::derive(move || format!("{} {}", text::WEIGHTS, state.variant.get().unwrap_or_default()));
    view! {
        <h4>{text::MASK}</h4>
        <label class="check">
            <input type="checkbox" prop:checked=move || mask_only.get() on:change:target=move |ev| mask_only.set(ev.target().checked())/>
            <span>{text::MASK_ONLY}</span>
        </label>
        <figure hidden=move || !mine.get()>
            <canvas class="weights" data-testid="mask" node_ref=canvas role="img" aria-label=text::MASK_HELP.tr()></canvas>
            {save_canvas(title)}
        </figure>
        <p class="hint">{move || if mine.get() { text::MASK_HELP.tr() } else { text::MASK_WAIT.tr() }}</p>
    }
}

/// Opaque as the weight is large, so that it shows on light and dark alike; never so faint that it passes for zero.
pub(in crate::app) fn pixel(value: u8, mask: bool) -> [u8; 4] {
    if value == ZERO {
        return [0; 4];
    }
    let [r, g, b] = if value > ZERO { POSITIVE } else { NEGATIVE };
    let alpha = if mask { 255 } else { 60 + u16::from(value.abs_diff(ZERO)) * 195 / 128 };
    [r, g, b, alpha.min(255) as u8]
}
