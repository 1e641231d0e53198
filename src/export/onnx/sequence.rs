//! The layers of transformers as operators, on rows: what takes tokens makes tokens of them first.

use super::graph::{Attribute, Graph, WITH_AXES};
use super::layout::Value;
use crate::backend::{NORMALIZATION_EPSILON, Sequence};

/// `TensorProto.DataType` of the whole numbers that name rows of a table.
const INT64: usize = 7;

/// Appends the operation with its parameters.
pub(super) fn sequence(op: Sequence, parameters: &[f32], x: &Value, graph: &mut Graph) -> Value {
    let x = x.as_rows(graph).tensor;
    let made = match op {
        Sequence::Patches { height, width, channels, side } => patches([height, width, channels], side, &x, graph),
        Sequence::Embedding { vocabulary, channels, .. } => {
            let table = graph.constant("words", &[vocabulary, channels], parameters);
            let words = graph.node("Cast", "numbers", &[&x], &[("to", Attribute::Int(INT64))]);
            graph.node("Gather", "embedding", &[&table, &words], &[])
        }
        Sequence::Positions { tokens, channels } => {
            let places = graph.constant("places", &[1, tokens * channels], parameters);
            return Value::rows(graph.node("Add", "placed", &[&x, &places], &[]));
        }
        Sequence::Normalization { tokens, channels } => {
            let x = shaped(&x, &[tokens, channels], graph);
            let halves = [("gamma", &parameters[..channels]), ("beta", &parameters[channels..])];
            let [gamma, beta] = halves.map(|(of, values)| graph.constant(of, &[channels], values));
            let epsilon = [("epsilon", Attribute::Float(NORMALIZATION_EPSILON))];
            graph.node("LayerNormalization", "normalization", &[&x, &gamma, &beta], &epsilon)
        }
        Sequence::Attention { tokens, channels, heads } => attention([tokens, channels, heads], &x, graph),
        Sequence::Gelu { .. } => return Value::rows(gelu(&x, graph)),
        Sequence::Mean { tokens, channels } => {
            graph.needs(WITH_AXES);
            let x = shaped(&x, &[tokens, channels], graph);
            let axes = graph.constant("axes", &[1], &[1i64]);
            return Value::rows(graph.node("ReduceMean", "mean", &[&x, &axes], &[("keepdims", Attribute::Int(0))]));
        }
    };
    Value::rows(graph.node("Flatten", "rows", &[&made], &[("axis", Attribute::Int(1))]))
}

/// The same values in these dimensions behind the batch.
fn shaped(x: &str, dims: &[usize], graph: &mut Graph) -> String {
    // A dimension of 0 stays what it is: the batch.
    let dims: Vec<i64> = std::iter::once(0).chain(dims.iter().map(|dim| *dim as i64)).collect();
    let shape = graph.constant("tokens_shape", &[dims.len()], &dims);
    graph.node("Reshape", "tokens", &[x, &shape], &[])
}

fn turned(x: &str, perm: &[usize], graph: &mut Graph) -> String {
    graph.node("Transpose", "turned", &[x], &[("perm", Attribute::Ints(perm))])
}

/// Squares of an image: its whole rows and columns of squares, those as dimensions of their own.
fn patches([height, width, channels]: [usize; 3], side: usize, x: &str, graph: &mut Graph) -> String {
    let mut x = shaped(x, &[height, width, channels], graph);
    let whole = [height / side * side, width / side * side];
    if whole != [height, width] {
        let starts = graph.constant("starts", &[2], &[0i64, 0]);
        let ends = graph.constant("ends", &[2], &whole.map(|end| end as i64));
        let axes = graph.constant("axes", &[2], &[1i64, 2]);
        x = graph.node("Slice", "whole", &[&x, &starts, &ends, &axes], &[]);
    }
    let x = shaped(&x, &[height / side, side, width / side, side * channels], graph);
    turned(&x, &[0, 1, 3, 2, 4], graph)
}

fn attention([tokens, channels, heads]: [usize; 3], x: &str, graph: &mut Graph) -> String {
    let width = channels / heads;
    let x = shaped(x, &[tokens, 3, heads, width], graph);
    // Part, sample, head, token, channel.
    let parts = turned(&x, &[2, 0, 3, 1, 4], graph);
    let [q, k, v] = [("queries", 0i64), ("keys", 1), ("values", 2)].map(|(of, part)| {
        let part = graph.constant(&format!("{of}_part"), &[], &[part]);
        graph.node("Gather", of, &[&parts, &part], &[])
    });
    let k = turned(&k, &[0, 1, 3, 2], graph);
    let scale = graph.constant("scale", &[], &[1.0 / (width as f32).sqrt()]);
    let q = graph.node("Mul", "scaled", &[&q, &scale], &[]);
    let scores = graph.node("MatMul", "scores", &[&q, &k], &[]);
    let probabilities = graph.node("Softmax", "probabilities", &[&scores], &[]);
    let y = graph.node("MatMul", "attention", &[&probabilities, &v], &[]);
    turned(&y, &[0, 2, 1, 3], graph)
}

/// As [`Sequence::Gelu`] writes it.
fn gelu(x: &str, graph: &mut Graph) -> String {
    let a = 2.0 * (2.0 / std::f32::consts::PI).sqrt();
    let [a, b] = [("a", a), ("b", 0.044715 * a)].map(|(of, value)| graph.constant(of, &[], &[value]));
    let square = graph.node("Mul", "square", &[x, x], &[]);
    let square = graph.node("Mul", "square_times_b", &[&square, &b], &[]);
    let factor = graph.node("Add", "factor", &[&square, &a], &[]);
    let inner = graph.node("Mul", "inner", &[x, &factor], &[]);
    let logistic = graph.node("Sigmoid", "logistic", &[&inner], &[]);
    graph.node("Mul", "gelu", &[x, &logistic], &[])
}
