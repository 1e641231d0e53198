//! A tiny network to prune by hand: Tanaka et al. 2020, the scores of `R = 1^T (prod |W|) 1` and their conservation.

use super::parts::{Rows, Slider, Verdict, frame};
use crate::app::language::Text;
use crate::app::state::State;
use crate::app::{format, text::learn as words};
use leptos::prelude::*;

/// Units of each layer, from the inputs to the outputs.
const UNITS: [usize; 4] = [3, 4, 3, 2];
const LAYERS: usize = 3;
const WEIGHTS: usize = 30;
/// The sizes of the weights, row by row from unit to unit: an example.
const SIZES: [&[f64]; LAYERS] = [
    &[0.9, 0.4, 0.7, 0.5, 0.6, 0.8, 0.35, 1.0, 0.45, 0.75, 0.95, 0.55],
    &[0.5, 0.8, 0.65, 0.9, 0.42, 0.7, 0.38, 0.85, 0.6, 0.72, 0.52, 0.98],
    &[0.2, 0.3, 0.25, 0.15, 0.33, 0.28],
];
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 250.0;

/// A weight's layer and the units that it joins.
type Edge = (usize, usize, usize);

/// What is left of the network, its scores, and what flows through.
#[derive(Clone, PartialEq)]
struct Net {
    /// Weights by layer; removed ones are zero.
    sizes: [Vec<f64>; LAYERS],
    /// Their scores by the rule.
    scores: [Vec<f64>; LAYERS],
    /// `R`, summed over all ways from an input to an output.
    flow: f64,
}

fn edges() -> impl Iterator<Item = Edge> {
    (0..LAYERS).flat_map(|l| (0..UNITS[l]).flat_map(move |i| (0..UNITS[l + 1]).map(move |j| (l, i, j))))
}

fn at((layer, from, to): Edge) -> usize {
    from * UNITS[layer + 1] + to
}

/// The scores of SynFlow, `|w|` times what reaches it times what it reaches, and `R`.
fn synflow(sizes: &[Vec<f64>; LAYERS]) -> ([Vec<f64>; LAYERS], f64) {
    let mut reach: Vec<Vec<f64>> = UNITS.iter().map(|&units| vec![0.0; units]).collect();
    let mut onward = reach.clone();
    reach[0].fill(1.0);
    onward[LAYERS].fill(1.0);
    for (l, i, j) in edges() {
        reach[l + 1][j] += reach[l][i] * sizes[l][at((l, i, j))];
    }
    for (l, i, j) in edges().collect::<Vec<_>>().into_iter().rev() {
        onward[l][i] += onward[l + 1][j] * sizes[l][at((l, i, j))];
    }
    let mut scores = sizes.clone();
    for (l, i, j) in edges() {
        scores[l][at((l, i, j))] *= reach[l][i] * onward[l + 1][j];
    }
    (scores, reach[LAYERS].iter().sum())
}

/// The network after so many weights have gone, one at a time, each time the one with the least score.
fn pruned(by_flow: bool, removed: usize) -> Net {
    let mut sizes = SIZES.map(<[f64]>::to_vec);
    let mut left: Vec<Edge> = edges().collect();
    loop {
        let (flows, flow) = synflow(&sizes);
        let scores = if by_flow { flows } else { sizes.clone() };
        let score = |edge: &Edge| scores[edge.0][at(*edge)];
        let least = (0..left.len()).min_by(|&a, &b| score(&left[a]).total_cmp(&score(&left[b])));
        match least {
            Some(least) if WEIGHTS - left.len() < removed => {
                let edge = left.remove(least);
                sizes[edge.0][at(edge)] = 0.0;
            }
            _ => return Net { sizes, scores, flow },
        }
    }
}

pub(super) fn draw(_: State) -> AnyView {
    let (by_flow, removed) = (RwSignal::new(false), RwSignal::new(0.0));
    let net = Memo::new(move |_| pruned(by_flow.get(), removed.get() as usize));
    let left_of = |net: &Net, layer: usize| net.sizes[layer].iter().filter(|size| **size > 0.0).count();
    let told = Signal::derive(move || {
        net.with(|net| {
            let left: Vec<usize> = (0..LAYERS).map(|layer| left_of(net, layer)).collect();
            let least = left.iter().enumerate().min_by_key(|(_, left)| **left).map(|(layer, left)| (layer + 1, *left));
            words::flow(left.iter().sum(), least.filter(|_| net.flow == 0.0))
        })
    });
    let rows = Signal::derive(move || {
        net.with(|net| {
            let sums: Vec<f64> = net.scores.iter().map(|scores| scores.iter().sum()).collect();
            let most = sums.iter().fold(f64::MIN_POSITIVE, |most, sum| most.max(*sum));
            let row = |(layer, sum): (usize, f64)| {
                (words::layer(layer + 1), words::layer_left(left_of(net, layer), &format::trimmed(sum, 2)), sum / most)
            };
            sums.into_iter().enumerate().map(row).collect::<Vec<_>>()
        })
    });
    let rule = move |name: Text, flow: bool| {
        view! {
            <label class="check">
                <input type="radio" name="flow-rule" data-testid=format!("flow-{}", if flow { "synflow" } else { "magnitude" })
                    prop:checked=move || by_flow.get() == flow on:change=move |_| by_flow.set(flow)/>
                <span>{name}</span>
            </label>
        }
    };
    frame(
        "flow",
        view! {
            <fieldset class="rules">
                <legend>{words::RULE}</legend>
                {rule(words::BY_MAGNITUDE, false)}
                {rule(words::BY_SYNFLOW, true)}
            </fieldset>
            <Slider title=words::REMOVED id="flow-removed" range=(0.0, WEIGHTS as f64, 1.0) value=removed write=|v| format::count(v)/>
            <Verdict id="flow-verdict" text=told/>
            <svg class="chart tiny-net" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=words::FLOW_LABEL>
                {move || net.with(picture)}
            </svg>
            <p class="hint">{words::FLOW_NOTE}</p>
            <Rows title=words::FLOW_LAYERS rows/>
        },
    )
}

/// The network from left to right, each weight as thick as its score.
fn picture(net: &Net) -> AnyView {
    let place = |layer: usize, unit: usize| {
        let x = 34.0 + (WIDTH - 68.0) * layer as f64 / LAYERS as f64;
        (x, HEIGHT * (unit as f64 + 0.5) / UNITS[layer] as f64)
    };
    let most = net.scores.iter().flatten().fold(f64::MIN_POSITIVE, |most, score| most.max(*score));
    let lines = edges().map(|edge| {
        let (layer, from, to) = edge;
        let ((x1, y1), (x2, y2)) = (place(layer, from), place(layer + 1, to));
        let there = net.sizes[layer][at(edge)] > 0.0;
        let width = if there { 0.8 + 7.0 * net.scores[layer][at(edge)] / most } else { 0.8 };
        view! { <line class=if there { "kept" } else { "gone" } x1=x1 x2=x2 y1=y1 y2=y2 stroke-width=width></line> }
    });
    let units = (0..=LAYERS).flat_map(|layer| (0..UNITS[layer]).map(move |unit| (layer, unit))).map(|(layer, unit)| {
        let (x, y) = place(layer, unit);
        let sum = |of: usize, ours: &dyn Fn(Edge) -> bool| {
            edges().filter(|edge| edge.0 == of && ours(*edge)).map(|edge| net.scores[of][at(edge)]).sum::<f64>()
        };
        let hidden = (1..LAYERS).contains(&layer).then(|| {
            let flows = [sum(layer - 1, &|edge| edge.2 == unit), sum(layer, &|edge| edge.1 == unit)];
            let [inward, outward] = flows.map(|flow| format::trimmed(flow, 2));
            view! {
                <text x=x y=y - 3.0 text-anchor="middle">{inward}</text>
                <text x=x y=y + 10.0 text-anchor="middle">{outward}</text>
            }
        });
        let radius = if hidden.is_some() { 19.0 } else { 9.0 };
        view! { <circle class="node" cx=x cy=y r=radius></circle>{hidden} }
    });
    view! { {lines.collect_view()} {units.collect_view()} }.into_any()
}
