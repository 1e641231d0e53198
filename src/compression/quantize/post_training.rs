//! Post-training quantization to 8-bit integers: symmetric weights, affine activations, 32-bit accumulators and biases.
//!
//! Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
//! 2018: `r = S (q - Z)`, weights in -127..=127, biases in units of input scale times weight scale.

use super::{Granularity, Quantize, RangeObserver, activation_grid};
use crate::backend::Activation;
use crate::compression::About;
use crate::network::{Grid, IntegerLayer, IntegerLinear, IntegerModel, Layer, Model, Parameter, Role};

pub(super) const ABOUT: About = About {
    name: "post-training",
    title: "Post-training int8",
    help: "Turns a trained network into 8-bit integers without further training: a quarter of the bytes, and nearly the same answers.",
    paper: "Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
};

/// The integer network of a float network without batch normalization (see [`crate::network::fold_batch_norm`]).
///
/// `ranges` holds what calibration saw: of the input first, then of each layer's output.
pub fn quantize(model: &Model, ranges: &[RangeObserver], spec: &Quantize) -> IntegerModel {
    let input = activation_grid(ranges[0]);
    let mut grid = input;
    let mut layers = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        match *layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                let relu = matches!(model.layers.get(index + 1), Some(Layer::Activation(Activation::Relu)));
                let last = model.layers[index + 1..].iter().all(|l| l.parameter_count() == 0);
                // With ReLU fused, the output's grid need only hold what ReLU lets through.
                let output = (!last).then(|| activation_grid(ranges[if relu { index + 2 } else { index + 1 }]));
                let linear = linear(model, index, grid, output, relu, spec.granularity);
                layers.push(IntegerLayer::Linear(linear));
                grid = output.unwrap_or(grid);
            }
            Layer::Pool(pool) => layers.push(IntegerLayer::Pool(pool)),
            Layer::Activation(Activation::Tanh) => {
                let output = activation_grid(ranges[index + 1]);
                layers.push(IntegerLayer::Table(table(grid, output, libm::tanhf)));
                grid = output;
            }
            // ReLU is part of the linear layer before it; the others do nothing at inference.
            Layer::Activation(Activation::Relu)
            | Layer::BatchNormalization { .. }
            | Layer::Dropout { .. }
            | Layer::Flatten => {}
        }
    }
    IntegerModel { shape: model.shape, classes: model.classes, input, layers }
}

fn linear(
    model: &Model,
    index: usize,
    input: Grid,
    output: Option<Grid>,
    relu: bool,
    granularity: Granularity,
) -> IntegerLinear {
    let of_role = |role| model.of_layer(index).find(move |p| p.role == role).map(Parameter::slice).unwrap_or_default();
    let (weights, bias) = (of_role(Role::Weight), of_role(Role::Bias));
    let outputs = bias.len();
    let mut largest = vec![0.0f32; outputs];
    for row in weights.chunks(outputs) {
        for (largest, weight) in largest.iter_mut().zip(row) {
            *largest = largest.max(weight.abs());
        }
    }
    if granularity == Granularity::PerTensor {
        largest = vec![largest.iter().copied().fold(0.0, f32::max)];
    }
    // A column of zeros takes any scale.
    let scales: Vec<f32> = largest.iter().map(|&l| if l > 0.0 { l / 127.0 } else { 1.0 / 127.0 }).collect();
    let scale = |output: usize| scales[output % scales.len()];
    let integer = |(i, weight): (usize, &f32)| (weight / scale(i % outputs)).round().clamp(-127.0, 127.0) as i8;
    let integer_bias = |(i, bias): (usize, &f32)| {
        let unit = f64::from(input.scale) * f64::from(scale(i));
        (f64::from(*bias) / unit).round().clamp(-1e9, 1e9) as i32
    };
    IntegerLinear {
        layer: model.layers[index],
        weights: weights.iter().enumerate().map(integer).collect(),
        bias: bias.iter().enumerate().map(integer_bias).collect(),
        scales,
        input,
        output,
        relu,
    }
}

fn table(input: Grid, output: Grid, f: fn(f32) -> f32) -> Vec<u8> {
    (0..=255u8).map(|q| output.quantize(f(input.dequantize(q)))).collect()
}
