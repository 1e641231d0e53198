//! What became of the files: classes that can be renamed, counts, and a look at the samples.

use super::super::browser::paint;
use super::super::language::said;
use super::super::state::Shared;
use super::super::text::own as words;
use super::super::{format, text};
use super::Desk;
use crate::worker::{Look, Made};
use leptos::html::Canvas;
use leptos::prelude::*;

/// Samples beside one another on a canvas, with a pixel between.
const COLUMNS: usize = 8;
/// Numbers of a sample, and samples, that a table's look shows.
const NUMBERS: usize = 5;
const ROWS: usize = 2;

/// The table of classes, and the button that lays the data out.
#[component]
pub(super) fn LookAt(desk: Desk, made: Shared<Made>) -> impl IntoView {
    let rows: Vec<_> = made.0.own.labels.iter().enumerate().map(|(class, _)| row(desk, &made.0, class)).collect();
    let missing = made.0.looks.iter().map(|look| look.class + 1).max().unwrap_or(0) < made.0.own.labels.len();
    let (count, reasons) = made.0.left_out.clone();
    view! {
        <section class="look" aria-labelledby="own-look" data-testid="own-look">
            <h4 id="own-look">{words::CLASSES}</h4>
            <p class="hint" data-testid="own-line">{words::kept_line(&made.0.own)}</p>
            <div class="scroll" tabindex="0" role="group" aria-label=words::CLASSES.tr()>
                <table>
                    <thead><tr>
                        <th scope="col">{words::CLASS}</th>
                        <th scope="col">{words::TRAIN_COUNT}</th>
                        <th scope="col">{words::VALIDATION_COUNT}</th>
                        <th scope="col">{words::TEST_COUNT}</th>
                        <th scope="col">{words::SAMPLES}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {missing.then(|| view! { <p class="hint">{words::MORE_CLASSES}</p> })}
            {(count > 0).then(|| view! {
                <details class="left-out" data-testid="own-left-out">
                    <summary>{words::left_out(count)}</summary>
                    <ul>{reasons.iter().map(|reason| view! { <li>{said(reason)}</li> }).collect_view()}</ul>
                </details>
            })}
            <button class="primary" data-testid="own-use" on:click=move |_| desk.take()>{words::TAKE}</button>
        </section>
    }
}

fn row(desk: Desk, made: &Made, class: usize) -> impl IntoView + use<> {
    let counts = made.counts.get(class).copied().unwrap_or_default();
    let looks: Vec<Look> = made.looks.iter().filter(|look| look.class == class).cloned().collect();
    let name = Signal::derive(move || desk.names.with(|names| names.get(class).cloned().unwrap_or_default()));
    let rename = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        desk.names.update(|names| {
            if let Some(name) = names.get_mut(class) {
                *name = ev.target().value().trim().into();
            }
        });
    };
    let about = words::CLASS_NAME.with(&[&(class + 1)]);
    let samples = match made.own.is_image() {
        true => pictures(looks, made.own.shape, name).into_any(),
        false => numbers(&looks).into_any(),
    };
    view! {
        <tr>
            <th scope="row"><input type="text" maxlength=crate::data::MAX_LABEL aria-label=about data-testid="own-class" prop:value=name on:change:target=rename/></th>
            {counts.into_iter().map(|count| view! { <td>{format::count(count as f64)}</td> }).collect_view()}
            <td>{samples}</td>
        </tr>
    }
}

/// The images side by side.
fn pictures(looks: Vec<Look>, shape: [usize; 3], name: Signal<String>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            let [height, width, channels] = shape;
            let columns = looks.len().clamp(1, COLUMNS);
            let across = columns * (width + 1) - 1;
            let mut pixels = vec![0; 4 * across * height];
            for (column, look) in looks.iter().take(columns).enumerate() {
                for (at, values) in look.pixels.chunks_exact(channels).enumerate() {
                    let (x, y) = (column * (width + 1) + at % width, at / width);
                    let rgba = [values[0], values[channels / 2], values[channels - 1], 255];
                    if let Some(place) = pixels.get_mut(4 * (y * across + x)..).and_then(|rest| rest.first_chunk_mut())
                    {
                        *place = rgba;
                    }
                }
            }
            paint(&canvas, across, height, &pixels);
        }
    });
    view! { <canvas node_ref=canvas role="img" aria-label=move || words::SAMPLES_OF.with(&[&name.get()])></canvas> }
}

/// The first numbers of some rows of a table.
fn numbers(looks: &[Look]) -> impl IntoView + use<> {
    let line = |look: &Look| {
        let shown: Vec<String> =
            look.features.iter().take(NUMBERS).map(|v| format::significant(f64::from(*v), 4)).collect();
        let more = if look.features.len() > NUMBERS { " …" } else { "" };
        shown.join(text::COMMA.tr()) + more
    };
    looks.iter().take(ROWS).map(|look| view! { <small>{line(look)}</small> }).collect_view()
}
