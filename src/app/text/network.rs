//! The words of the picture of a network.

use super::fill;
use crate::app::format;
use crate::app::language::Text;
use crate::export::{LayerSummary, WeightSummary};

pub(in crate::app) const TITLE: Text = Text("The network, layer by layer");
pub(in crate::app) const ABOUT: Text = Text(
    "From input to logits: what each layer computes, what leaves it, and what its weights are like. Choose a layer for its details; a layer with weights is then shown below.",
);
pub(in crate::app) const WAIT: Text = Text("The network is drawn as soon as the engine has looked into it.");
pub(in crate::app) const WHICH: Text = Text("Network of the ensemble");
/// A number.
const NUMBER: Text = Text("Network {}");
pub(in crate::app) const INPUT: Text = Text("input");
/// A variant.
const LABEL: Text = Text("The layers of {}");
pub(in crate::app) const OUTPUT: Text = Text("output");
pub(in crate::app) const PARAMETERS: Text = Text("parameters");
pub(in crate::app) const NONZERO: Text = Text("not zero");
pub(in crate::app) const BITS: Text = Text("bits of a weight");
pub(in crate::app) const LEAST: Text = Text("smallest weight");
pub(in crate::app) const MOST: Text = Text("largest weight");
pub(in crate::app) const BYTES: Text = Text("bytes");
pub(in crate::app) const MACS: Text = Text("multiply-accumulates");
pub(in crate::app) const FROM: Text = Text("adds the input of layer");
/// A kind, and the side of its window.
const SIDED: Text = Text("{} {}\u{a0}×\u{a0}{}");
/// A kind and a number of heads.
const HEADED: Text = Text("{}, {} heads");
const WITH_RELU: Text = Text("{} with ReLU");
/// A number of parameters, and the share of weights that is zero.
const HOLDS: Text = Text("{} parameters, {} sparse");
const HOLDS_ALL: Text = Text("{} parameters");
/// Bits, two values, bytes.
const STORED: Text = Text("{} bits, {} to {}, {}");
/// Parameters, those that are not zero, multiply-accumulates.
const COUNTS: Text = Text("{} parameters, of which {} are not zero; {} multiply-accumulates a sample.");
/// Rows, columns, bits, encoding, bytes, two values.
const WEIGHTS: Text =
    Text("Its weights are a matrix of {} × {}, {} bits each, stored {} in {}; they are from {} to {}.");
/// A layer's number.
const SKIP: Text = Text("It adds what comes into layer {}.");

/// What layers are, as the engine calls them.
const KINDS: [(&str, Text); 18] = [
    ("dense", Text("dense")),
    ("convolution", Text("convolution")),
    ("max pooling", Text("max pooling")),
    ("average pooling", Text("average pooling")),
    ("ReLU", Text("ReLU")),
    ("tanh", Text("tanh")),
    ("table", Text("nonlinearity as a table")),
    ("batch normalization", Text("batch normalization")),
    ("dropout", Text("dropout")),
    ("skip connection", Text("skip connection")),
    ("flatten", Text("flatten")),
    ("patches", Text("patches")),
    ("embedding", Text("embedding")),
    ("positions", Text("positions")),
    ("layer normalization", Text("layer normalization")),
    ("attention", Text("attention")),
    ("GELU", Text("GELU")),
    ("mean", Text("mean over tokens")),
];

/// What a layer computes.
pub(in crate::app) fn kind(layer: &LayerSummary) -> String {
    let kind = KINDS
        .iter()
        .find(|(name, _)| *name == layer.kind)
        .map_or_else(|| layer.kind.clone(), |(_, word)| word.to_string());
    let kind = match (layer.kind.as_str(), layer.size) {
        (_, 0) => kind,
        ("attention", heads) => HEADED.with(&[&kind, &heads]),
        (_, side) => SIDED.with(&[&kind, &side, &side]),
    };
    if layer.relu { WITH_RELU.with(&[&kind]) } else { kind }
}

pub(in crate::app) fn label(variant: &str) -> String {
    LABEL.with(&[&variant])
}

pub(in crate::app) fn number(index: usize) -> String {
    NUMBER.with(&[&(index + 1)])
}

/// The share of weights that is zero.
pub(in crate::app) fn sparsity(weights: &WeightSummary) -> f64 {
    1.0 - weights.nonzero as f64 / (weights.rows * weights.columns).max(1) as f64
}

/// What a layer holds, in a line.
pub(in crate::app) fn holds(layer: &LayerSummary) -> String {
    let parameters = format::count(layer.parameters as f64);
    match &layer.weights {
        Some(weights) => fill(HOLDS, &[&parameters, &format::short_percent(sparsity(weights))]),
        None => fill(HOLDS_ALL, &[&parameters]),
    }
}

/// How weights are stored, in a line.
pub(in crate::app) fn stored(weights: &WeightSummary) -> String {
    let [low, high] = [weights.range.0, weights.range.1].map(|value| format::significant(f64::from(value), 3));
    STORED.with(&[&weights.bits, &low, &high, &format::bytes(weights.bytes as f64)])
}

/// All that is told of a layer, sentence by sentence.
pub(in crate::app) fn details(layer: &LayerSummary) -> Vec<String> {
    let count = |value: usize| format::count(value as f64);
    let mut told =
        vec![COUNTS.with(&[&count(layer.parameters), &count(layer.nonzero), &format::count(layer.macs as f64)])];
    if let Some(weights) = &layer.weights {
        let [low, high] = [weights.range.0, weights.range.1].map(|value| format::significant(f64::from(value), 4));
        told.push(WEIGHTS.with(&[
            &weights.rows,
            &weights.columns,
            &weights.bits,
            &crate::app::language::said(&weights.encoding),
            &format::bytes(weights.bytes as f64),
            &low,
            &high,
        ]));
    }
    told.extend(layer.from.map(|from| SKIP.with(&[&(from + 1)])));
    told
}
