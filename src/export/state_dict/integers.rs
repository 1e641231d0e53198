//! An integer network as named tensors.

use super::slots::{Names, after, weights};
use super::{Tensor, Values};
use crate::network::{Grid, IntegerLayer, IntegerLinear, IntegerModel, Layer, Shape};

/// `real = scale * (integer - zero_point)`, for the input, every matrix of weights and everything that leaves a layer.
pub(super) fn tensors(model: &IntegerModel) -> Vec<Tensor> {
    let mut tensors = grid("input", model.input).to_vec();
    let mut names = Names::default();
    let mut shape = model.shape;
    for layer in &model.layers {
        match layer {
            IntegerLayer::Linear(linear) => {
                tensors.extend(matrix(linear, shape, &mut names));
                shape = after(&linear.layer, shape);
            }
            IntegerLayer::Pool(pool) => shape = after(&Layer::Pool(*pool), shape),
            IntegerLayer::Table(table) => tensors.push(Tensor {
                name: format!("{}.outputs", names.next("table")),
                dims: vec![table.len()],
                values: Values::U8(table.clone()),
            }),
            IntegerLayer::Add(add) => {
                let name = names.next("add");
                tensors.extend(grid(&format!("{name}.input"), add.input));
                tensors.extend(grid(&format!("{name}.skipped"), add.skipped));
                tensors.extend(grid(&format!("{name}.output"), add.output));
            }
        }
    }
    tensors
}

fn grid(of: &str, grid: Grid) -> [Tensor; 2] {
    let scale = Tensor { name: format!("{of}.scale"), dims: Vec::new(), values: Values::F32(vec![grid.scale]) };
    let zero = Tensor { name: format!("{of}.zero_point"), dims: Vec::new(), values: Values::U8(vec![grid.zero_point]) };
    [scale, zero]
}

/// Weights, what they stand for, biases, and the grids before and behind the layer.
fn matrix(linear: &IntegerLinear, shape: Shape, names: &mut Names) -> Vec<Tensor> {
    let Some((kind, slot)) = weights(&linear.layer, shape, false) else { return Vec::new() };
    let name = names.next(kind);
    let of = |part: &str, dims: Vec<usize>, values| Tensor { name: format!("{name}.{part}"), dims, values };
    let codes = &linear.codes;
    let mut tensors = vec![
        of("weight", slot.dims.clone(), Values::I8(slot.read(&codes.weights))),
        of("weight_scale", vec![codes.scales.len()], Values::F32(codes.scales.clone())),
    ];
    if !codes.zero_points.is_empty() {
        tensors.push(of("weight_zero_point", vec![codes.zero_points.len()], Values::I8(codes.zero_points.clone())));
    }
    tensors.push(of("bias", vec![linear.bias.len()], Values::I32(linear.bias.clone())));
    tensors.extend(grid(&format!("{name}.input"), linear.input));
    if let Some(output) = linear.output {
        tensors.extend(grid(&format!("{name}.output"), output));
    }
    tensors
}
