//! Weight matrices that are stored as integers: bytes, whatever their bits, and a `DequantizeLinear` that makes real numbers of
//! them. And what float networks whose weights are integers multiply with them.

use super::graph::{Attribute, Element, Graph, WITH_AXES, WITH_GROUPS};
use super::layout::Value;
use super::operators::{arrange, output_axis, turned};
use crate::network::{Codes, Layer};

/// The real values of a weight matrix, as the operator of its layer wants them.
pub(super) fn weights(layer: &Layer, codes: &Codes, graph: &mut Graph) -> String {
    let Codes { weights, group, scales, zero_points, .. } = codes;
    let none = vec![0; scales.len()];
    let zero_points = if zero_points.is_empty() { &none } else { zero_points };
    let columns = layer.parameters().first().and_then(|(_, dims)| dims.last().copied()).unwrap_or(1);
    if scales.len() <= columns {
        let integers = arrange(layer, "weight_quantized", weights, graph);
        return per_output("weight", &integers, scales, zero_points, output_axis(layer), graph);
    }
    // Groups are neighbours as the engine stores the matrix, so it is turned after they have met their scales.
    graph.needs(WITH_GROUPS);
    let integers = graph.constant("weight_quantized", &[weights.len() / columns, columns], weights);
    let dims = [scales.len() / columns, columns];
    let scale = graph.constant("weight_scale", &dims, scales);
    let zero_point = graph.constant("weight_zero_point", &dims, zero_points);
    let attributes = [("axis", Attribute::Int(0)), ("block_size", Attribute::Int(*group))];
    let real = graph.node("DequantizeLinear", "weight", &[&integers, &scale, &zero_point], &attributes);
    turned(layer, &real, graph)
}

/// `scale * (q - zero point)` with one of each for the whole tensor, or one for each place along an axis.
pub(super) fn per_output<T: Element>(
    of: &str,
    integers: &str,
    scales: &[f32],
    zero_points: &[T],
    axis: usize,
    graph: &mut Graph,
) -> String {
    let dims: &[usize] = if scales.len() == 1 { &[] } else { &[scales.len()] };
    let scale = graph.constant(&format!("{of}_scale"), dims, scales);
    let zero_point = graph.constant(&format!("{of}_zero_point"), dims, zero_points);
    let along = [("axis", Attribute::Int(axis))];
    let attributes = if scales.len() == 1 { &[][..] } else { &along };
    graph.node("DequantizeLinear", of, &[integers, &scale, &zero_point], attributes)
}

/// Each sample rounded to a grid of its own of so many bits: symmetric about zero, or beginning there where no value is negative.
///
/// `DynamicQuantizeLinear` would take one grid for the whole batch, and what a sample is taken for would depend on its neighbours.
/// So this is written out, in floats: the engine's numbers, without the speed of integers.
pub(super) fn on_own_grid(x: &Value, bits: u8, graph: &mut Graph) -> Value {
    let levels = 1u32 << bits.clamp(2, 8);
    graph.needs(WITH_AXES);
    let axes: &[i64] = if x.shape().is_some() { &[1, 2, 3] } else { &[1] };
    let axes = graph.constant("axes", &[axes.len()], axes);
    let mut number = |of: &str, value: f32| graph.constant(of, &[], &[value]);
    let [zero, one] = [("zero", 0.0), ("one", 1.0)].map(|(of, value)| number(of, value));
    let most = [("most_positive", (levels - 1) as f32), ("most_signed", (levels / 2 - 1) as f32)];
    let [positive, signed] = most.map(|(of, value)| number(of, value));
    let least = graph.node("ReduceMin", "least", &[&x.tensor, &axes], &[]);
    let is_signed = graph.node("Less", "is_signed", &[&least, &zero], &[]);
    let most = graph.node("Where", "most", &[&is_signed, &signed, &positive], &[]);
    let sizes = graph.node("Abs", "sizes", &[&x.tensor], &[]);
    let largest = graph.node("ReduceMax", "largest", &[&sizes, &axes], &[]);
    let is_some = graph.node("Greater", "is_some", &[&largest, &zero], &[]);
    let step = graph.node("Div", "step", &[&largest, &most], &[]);
    let step = graph.node("Where", "scale", &[&is_some, &step, &one], &[]);
    let steps = graph.node("Div", "steps", &[&x.tensor, &step], &[]);
    let whole = graph.node("Round", "rounded", &[&steps], &[]);
    x.like(graph.node("Mul", "on_grid", &[&whole, &step], &[]))
}
