//! A pad to draw on; what is drawn goes to every variant as it grows.

use super::super::browser::{context, paint};
use super::super::language::Value;
use super::super::state::State;
use super::super::text;
use super::digit::{SIDE, centre};
use super::readings::Readings;
use super::strokes::DIGITS;
use crate::data::DatasetName;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, PointerEvent};

/// Pixels of the pad's side.
pub(in crate::app) const PAD: u32 = 280;
/// Pixels of the pen.
const PEN: f64 = 24.0;

/// The pad, the picture that the networks see, and their readings.
#[component]
pub(super) fn DrawPad(state: State) -> impl IntoView {
    let pad = NodeRef::<Canvas>::new();
    let seen = NodeRef::<Canvas>::new();
    let inked = RwSignal::new(false);
    // Questions are counted; a new one waits until the last is answered, so that a busy worker is not flooded.
    let asked = RwSignal::new(state.answered.get_untracked());
    let changed = RwSignal::new(0u32);
    Effect::new(move |last: Option<(u32, u32)>| {
        let now = (changed.get(), state.models_loaded.get());
        let ready = state.answered.get() == asked.get_untracked();
        let fresh_models = last.is_none_or(|(_, models)| models != now.1);
        let Some((pad, seen)) = pad.get().zip(seen.get()) else { return (0, 0) };
        if !inked.get_untracked() || now.1 == 0 {
            return now;
        }
        if last == Some(now) || !(ready || fresh_models) {
            return last.unwrap_or_default();
        }
        if let Some(image) = look(&pad, &seen) {
            asked.update_untracked(|n| *n += 1);
            state.with_pool(|pool| pool.predict(asked.get_untracked(), image));
        }
        now
    });
    let clear = move || {
        if let Some(pad) = pad.get_untracked() {
            wipe(&pad);
        }
        if let Some(seen) = seen.get_untracked() {
            seen.set_width(SIDE as u32);
        }
        inked.set(false);
        state.predictions.set(Vec::new());
    };
    let write = move |digit: usize| {
        clear();
        if let Some(pad) = pad.get_untracked() {
            for points in DIGITS[digit] {
                stroke(&pad, points.iter().map(|(x, y)| (x * f64::from(PAD) / 100.0, y * f64::from(PAD) / 100.0)));
            }
            inked.set(true);
            changed.update(|n| *n += 1);
        }
    };
    let drawn_on = Callback::new(move |()| {
        inked.set(true);
        changed.update(|n| *n += 1);
    });
    let title = move || match state.report.with(|r| r.as_ref().map(|r| r.recipe.data.dataset)) {
        Some(DatasetName::Mnist) | None => text::DRAW.tr(),
        Some(_) => text::DRAW_OTHER.tr(),
    };
    view! {
        <section class="card" aria-labelledby="draw-title">
            <h3 id="draw-title">{title}</h3>
            <p class="hint">{text::DRAW_HELP}</p>
            <div class="drawing">
                <div class="pad">
                    <Pad pad testid="draw-pad" drawn=drawn_on/>
                    <div class="buttons">
                        <button data-testid="draw-clear" on:click=move |_| clear()>{text::DRAW_CLEAR}</button>
                        <figure class="seen">
                            <canvas node_ref=seen width=SIDE height=SIDE aria-hidden="true"></canvas>
                            <figcaption>{text::DRAW_SEEN}</figcaption>
                        </figure>
                    </div>
                    <div class="buttons digits" role="group" aria-label=text::DRAW_WRITE>
                        <span>{text::DRAW_WRITE}</span>
                        {(0..DIGITS.len()).map(|d| view! { <button on:click=move |_| write(d)>{d.written()}</button> }).collect_view()}
                    </div>
                </div>
                <Readings state inked=inked.into()/>
            </div>
        </section>
    }
}

/// A square to draw on with a pointer; `drawn` is called at each stretch of a stroke.
#[component]
pub(in crate::app) fn Pad(pad: NodeRef<Canvas>, testid: &'static str, drawn: Callback<()>) -> impl IntoView {
    let pen = RwSignal::new(None::<(f64, f64)>);
    let down = move |ev: PointerEvent| {
        ev.prevent_default();
        if let Some(pad) = pad.get_untracked() {
            let _ = pad.set_pointer_capture(ev.pointer_id()); // without it, strokes merely end at the edge
            let at = place(&pad, &ev);
            stroke(&pad, [at, (at.0 + 0.1, at.1)].into_iter());
            pen.set(Some(at));
            drawn.run(());
        }
    };
    let moved = move |ev: PointerEvent| {
        if let (Some(pad), Some(from)) = (pad.get_untracked(), pen.get_untracked()) {
            let to = place(&pad, &ev);
            stroke(&pad, [from, to].into_iter());
            pen.set(Some(to));
            drawn.run(());
        }
    };
    view! {
        <canvas
            data-testid=testid
            node_ref=pad
            width=PAD
            height=PAD
            role="img"
            aria-label=text::DRAW_PAD
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| pen.set(None)
            on:pointercancel=move |_| pen.set(None)
        ></canvas>
    }
}

/// A pointer's place on the pad, in the pad's pixels.
fn place(pad: &HtmlCanvasElement, ev: &PointerEvent) -> (f64, f64) {
    let bounds = pad.get_bounding_client_rect();
    let scale = f64::from(PAD) / bounds.width().max(1.0);
    ((f64::from(ev.client_x()) - bounds.left()) * scale, (f64::from(ev.client_y()) - bounds.top()) * scale)
}

/// Draws a stroke; the corners between points are rounded.
pub(in crate::app) fn stroke(pad: &HtmlCanvasElement, points: impl Iterator<Item = (f64, f64)>) {
    let Some(pen) = context(pad) else { return };
    pen.set_line_width(PEN);
    pen.set_line_cap("round");
    pen.set_line_join("round");
    // Ink is read by its opacity; its colour is the theme's.
    let colour = web_sys::window()
        .and_then(|w| w.get_computed_style(pad).ok().flatten())
        .and_then(|style| style.get_property_value("color").ok());
    pen.set_stroke_style_str(colour.as_deref().unwrap_or("#000"));
    pen.begin_path();
    let points: Vec<_> = points.collect();
    for (i, (x, y)) in points.iter().enumerate() {
        match (i, points.get(i + 1)) {
            (0, _) => pen.move_to(*x, *y),
            (_, Some((nx, ny))) => pen.quadratic_curve_to(*x, *y, (x + nx) / 2.0, (y + ny) / 2.0),
            (_, None) => pen.line_to(*x, *y),
        }
    }
    pen.stroke();
}

/// Takes everything off the pad.
pub(in crate::app) fn wipe(pad: &HtmlCanvasElement) {
    if let Some(context) = context(pad) {
        context.clear_rect(0.0, 0.0, f64::from(PAD), f64::from(PAD));
    }
}

/// The pad as the networks read it; nothing if it is empty.
pub(in crate::app) fn drawn(pad: &HtmlCanvasElement) -> Option<Vec<f32>> {
    let image = context(pad)?.get_image_data(0.0, 0.0, f64::from(PAD), f64::from(PAD)).ok()?;
    let ink: Vec<f32> = image.data().chunks_exact(4).map(|rgba| f32::from(rgba[3]) / 255.0).collect();
    centre(&ink, PAD as usize)
}

/// Reads the pad, and shows the picture.
fn look(pad: &HtmlCanvasElement, seen: &HtmlCanvasElement) -> Option<Vec<f32>> {
    let digit = drawn(pad)?;
    let pixels: Vec<u8> = digit
        .iter()
        .flat_map(|v| {
            let grey = (v * 255.0) as u8;
            [grey, grey, grey, 255]
        })
        .collect();
    paint(seen.unchecked_ref(), SIDE, SIDE, &pixels);
    Some(digit)
}
