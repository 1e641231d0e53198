//! An integer network as a graph in QDQ form, which is how ONNX writes integers: each operator takes real numbers from a
//! `DequantizeLinear` and gives them to a `QuantizeLinear`, and a runtime that has integer kernels fuses the three.
//!
//! Between two operators the tensors are the engine's own activations, on the engine's grids. What rounds otherwise than ONNX
//! does is written so that the integers are the engine's all the same; that leaves requantization, which is exact here and done
//! in floats there, so that a sum within a float's error of the middle between two integers may go to the other one.

use super::coded::{per_output, weights};
use super::graph::{Attribute, Element, Graph};
use super::layout::Value;
use super::operators::{entering, entering_pool, linear, pool};
use crate::backend::{Pool, PoolKind};
use crate::network::{Grid, IntegerAdd, IntegerLayer, IntegerLinear, IntegerModel};

/// Appends the network; its logits.
pub(super) fn network(model: &IntegerModel, input: Value, graph: &mut Graph) -> Value {
    let mut x = input.like(quantize(&input.tensor, model.input, graph));
    // What x lies on, as far as it is known: a table does not say where it leads.
    let mut grid = Some(model.input);
    let mut came: Vec<Value> = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        came.push(x.clone());
        match layer {
            IntegerLayer::Linear(layer) => {
                x = weighted(layer, &x, graph);
                grid = layer.output;
            }
            IntegerLayer::Pool(op) => x = pooled(op, &x, grid.unwrap_or(PLAIN), graph),
            IntegerLayer::Table(table) => {
                let output = next_grid(&model.layers[index + 1..]);
                x = x.like(looked_up(table, &x.tensor, grid.zip(output), graph));
                grid = output;
            }
            IntegerLayer::Add(add) => {
                x = added(add, &x, &came[add.from], graph);
                grid = Some(add.output);
            }
        }
    }
    x
}

/// The grid on which an integer is its own real value.
const PLAIN: Grid = Grid { scale: 1.0, zero_point: 0, top: u8::MAX };

/// The grid on which what comes into these layers lies, if one of them says so before another table.
fn next_grid(layers: &[IntegerLayer]) -> Option<Grid> {
    let mut rest = layers.iter().filter(|layer| !matches!(layer, IntegerLayer::Pool(_)));
    match rest.next()? {
        IntegerLayer::Linear(linear) => Some(linear.input),
        IntegerLayer::Add(add) => Some(add.input),
        IntegerLayer::Pool(_) | IntegerLayer::Table(_) => None,
    }
}

/// A grid as the two inputs of `QuantizeLinear` and `DequantizeLinear`.
fn ends(of: &str, grid: Grid, graph: &mut Graph) -> [String; 2] {
    let scale = graph.constant(&format!("{of}_scale"), &[], &[grid.scale]);
    [scale, graph.constant(&format!("{of}_zero_point"), &[], &[grid.zero_point])]
}

/// Real numbers put on a grid.
fn quantize(x: &str, grid: Grid, graph: &mut Graph) -> String {
    let [scale, zero_point] = ends("output", grid, graph);
    let integers = graph.node("QuantizeLinear", "quantized", &[x, &scale, &zero_point], &[]);
    if grid.top == u8::MAX {
        return integers;
    }
    // ONNX's integers have 8 bits; those of a grid of fewer end before.
    let [least, top] = [("least", 0), ("top", grid.top)].map(|(of, value)| graph.constant(of, &[], &[value]));
    graph.node("Clip", "clipped", &[&integers, &least, &top], &[])
}

/// The real numbers of activations.
fn dequantize(x: &str, grid: Grid, graph: &mut Graph) -> String {
    let [scale, zero_point] = ends("input", grid, graph);
    graph.node("DequantizeLinear", "dequantized", &[x, &scale, &zero_point], &[])
}

/// What a layer puts on its grid, the fused ReLU before it.
fn requantize(x: &Value, relu: bool, grid: Grid, graph: &mut Graph) -> Value {
    let tensor = if relu { graph.node("Relu", "relu", &[&x.tensor], &[]) } else { x.tensor.clone() };
    x.like(quantize(&tensor, grid, graph))
}

/// A dense layer or a convolution, up to activations or logits.
fn weighted(layer: &IntegerLinear, x: &Value, graph: &mut Graph) -> Value {
    graph.begin(layer.layer.name());
    let x = entering(&layer.layer, x, graph);
    let x = x.like(dequantize(&x.tensor, layer.input, graph));
    let weights = weights(&layer.layer, &layer.codes, graph);
    let units: Vec<f32> = layer.codes.scales.iter().map(|scale| layer.input.scale * scale).collect();
    let bias = graph.constant("bias_quantized", &[layer.bias.len()], &layer.bias);
    let bias = per_output("bias", &bias, &units, &vec![0i32; units.len()], 0, graph);
    let y = linear(&layer.layer, &x, &weights, &bias, graph);
    match layer.output {
        Some(grid) => requantize(&y, layer.relu, grid, graph),
        None => y,
    }
}

/// Pooling of integers on their grid.
fn pooled(op: &Pool, x: &Value, grid: Grid, graph: &mut Graph) -> Value {
    let x = entering_pool(op, x, graph);
    let real = dequantize(&x.tensor, grid, graph);
    let mut y = pool(op, &real, graph);
    // The engine rounds a mean that lies in the middle upwards, ONNX to the even integer. The means of an even number of integers
    // lie in the middle or at least one part away from it; half of such a part moves those in the middle up and no other past it.
    let area = op.size * op.size;
    if op.kind == PoolKind::Average && area.is_multiple_of(2) {
        let upwards = graph.constant("upwards", &[], &[grid.scale / (2 * area) as f32]);
        y = y.like(graph.node("Add", "average_pool_upwards", &[&y.tensor, &upwards], &[]));
    }
    y.like(quantize(&y.tensor, grid, graph))
}

/// A nonlinearity from one grid to another: `Tanh` where the table is that of the hyperbolic tangent, or else the table itself.
fn looked_up(table: &[u8], x: &str, grids: Option<(Grid, Grid)>, graph: &mut Graph) -> String {
    let tanh = |(input, output): &(Grid, Grid)| {
        (0..=input.top).zip(table).all(|(q, y)| output.quantize(libm::tanhf(input.dequantize(q))) == *y)
    };
    if let Some((input, output)) = grids.filter(tanh) {
        let real = dequantize(x, input, graph);
        let y = graph.node("Tanh", "tanh", &[&real], &[]);
        return quantize(&y, output, graph);
    }
    let place = graph.node("Cast", "place", &[x], &[("to", Attribute::Int(i32::TYPE))]);
    let table = graph.constant("table", &[table.len()], table);
    graph.node("Gather", "looked_up", &[&table, &place], &[])
}

/// A skip connection.
fn added(add: &IntegerAdd, x: &Value, skipped: &Value, graph: &mut Graph) -> Value {
    let (x, skipped) = x.beside(skipped, graph);
    let real = dequantize(&x.tensor, add.input, graph);
    let other = dequantize(&skipped.tensor, add.skipped, graph);
    let sum = x.like(graph.node("Add", "skip", &[&real, &other], &[]));
    requantize(&sum, add.relu, add.output, graph)
}
