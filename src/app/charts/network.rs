//! A network as a column of boxes, one a layer, with the skip connections as curves beside them.

use super::super::format;
use super::super::text::importing::shape;
use super::super::text::network as words;
use super::files::numbers;
use crate::experiment::compare::{Cell, Table};
use crate::export::{LayerSummary, NetworkSummary};
use leptos::prelude::*;

/// Of the drawing, of a box, and between two of them.
const WIDTH: f64 = 380.0;
const BOX: f64 = 300.0;
const GAP: f64 = 16.0;
/// Height of a line of text, and what a box has around its lines.
const LINE: f64 = 15.0;
const PAD: f64 = 9.0;
const LEFT: f64 = 6.0;

/// The chart. The box of the layer that is chosen stands out; a click or Enter chooses one.
#[component]
pub(in crate::app) fn NetworkChart(
    /// What it shows, in words.
    label: String,
    network: NetworkSummary,
    #[prop(into)] chosen: Signal<Option<usize>>,
    choose: Callback<usize>,
) -> impl IntoView {
    let middle = LEFT + BOX / 2.0;
    let input = format!("{} {}", words::INPUT.tr(), shape(&network.input));
    let mut top = PAD + LINE + GAP;
    // Where each layer is entered.
    let mut tops = Vec::with_capacity(network.layers.len());
    let mut boxes = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let lines = lines(index, layer);
        // What leaves it stands beside what it is.
        let height = LINE * (lines.len() - 1) as f64 + PAD;
        tops.push(top);
        boxes.push(drawn(index, layer, &lines, (top, height), chosen, choose));
        top += height + GAP;
    }
    let arrows = tops.iter().map(|&top| {
        view! { <path class="flow" d=format!("M{middle} {}V{}m-3.5 -4.5l3.5 4.5l3.5 -4.5", top - GAP, top - 1.0)></path> }
    });
    let skips = network.layers.iter().enumerate().filter_map(|(index, layer)| {
        let (from, to) = (*tops.get(layer.from?)? - GAP / 2.0, tops[index] + LINE);
        let (right, bow) = (LEFT + BOX, (16.0 + (to - from) / 9.0).min(WIDTH - LEFT - BOX - 4.0) * 1.3);
        let curve = format!(
            "M{middle} {from}H{}C{} {from} {} {to} {right} {to}m5 -3.5l-5 3.5l5 3.5",
            right,
            right + bow,
            right + bow
        );
        Some(view! { <path class="flow skip" d=curve></path> })
    });
    let (arrows, skips) = (arrows.collect_view(), skips.collect_view());
    let table = move || table(&network);
    view! {
        <figure class="network">
            <div class="scroll" tabindex="0" role="group" aria-label=label.clone()>
                <svg class="chart" viewBox=format!("0 0 {WIDTH} {top}") role="group" aria-label=label.clone() data-testid="network-picture">
                    <text class="name" x=middle y=PAD + LINE - 3.0 text-anchor="middle">{input}</text>
                    {skips}
                    {arrows}
                    {boxes}
                </svg>
            </div>
            {numbers(Signal::stored(label), table)}
        </figure>
    }
    .into_any()
}

/// The lines of a box.
fn lines(index: usize, layer: &LayerSummary) -> Vec<String> {
    let mut lines = vec![format!("{} {}", format::count((index + 1) as f64), words::kind(layer))];
    lines.push(shape(&layer.output));
    if layer.parameters > 0 {
        lines.push(words::holds(layer));
    }
    lines.extend(layer.weights.as_ref().map(words::stored));
    lines
}

fn drawn(
    index: usize,
    layer: &LayerSummary,
    lines: &[String],
    (top, height): (f64, f64),
    chosen: Signal<Option<usize>>,
    choose: Callback<usize>,
) -> AnyView {
    let on = move || chosen.get() == Some(index);
    let pressed = move |ev: web_sys::KeyboardEvent| {
        if ev.key() == "Enter" || ev.key() == " " {
            ev.prevent_default();
            choose.run(index);
        }
    };
    // The output stands at the right of the first line, where it is looked for. Spaces keep the lines apart where they are spoken.
    let at = |line: usize| top + PAD / 2.0 + LINE * line as f64 + 11.0;
    let rest = lines[2..].iter().enumerate().map(|(i, line)| {
        view! { <text x=LEFT + 10.0 y=at(i + 1)>{format!("{line} ")}</text> }
    });
    view! {
        <g
            class="layer"
            class:chosen=on
            class:weighty=layer.weights.is_some()
            role="button"
            tabindex="0"
            aria-pressed=move || on().to_string()
            data-testid="network-layer"
            on:click=move |_| choose.run(index)
            on:keydown=pressed
        >
            <rect x=LEFT y=top width=BOX height=height rx="6"></rect>
            <text class="name" x=LEFT + 10.0 y=at(0)>{format!("{} ", lines[0])}</text>
            <text x=LEFT + BOX - 10.0 y=at(0) text-anchor="end">{format!("{} ", lines[1])}</text>
            {rest.collect_view()}
        </g>
    }
    .into_any()
}

/// The same as numbers.
fn table(network: &NetworkSummary) -> Table {
    let heads = [
        words::TITLE,
        words::OUTPUT,
        words::PARAMETERS,
        words::NONZERO,
        words::MACS,
        words::BITS,
        words::LEAST,
        words::MOST,
        words::BYTES,
        words::FROM,
    ];
    let count = |value: usize| Cell::number(value as f64, format::count(value as f64));
    let rows = network.layers.iter().enumerate().map(|(index, layer)| {
        let mut row = vec![
            Cell::text(format!("{} {}", format::count((index + 1) as f64), words::kind(layer))),
            Cell::text(shape(&layer.output)),
            count(layer.parameters),
            count(layer.nonzero),
            Cell::number(layer.macs as f64, format::count(layer.macs as f64)),
        ];
        let real = |value: f32| Cell::number(f64::from(value), format::significant(f64::from(value), 4));
        row.extend(match &layer.weights {
            None => [(); 4].map(|()| Cell::text("")),
            Some(weights) => {
                [count(weights.bits as usize), real(weights.range.0), real(weights.range.1), count(weights.bytes)]
            }
        });
        row.push(layer.from.map_or_else(|| Cell::text(""), |from| count(from + 1)));
        row
    });
    Table { heads: heads.into_iter().map(Into::into).collect(), rows: rows.collect() }
}
