//! Post-training quantization to 8-bit integers: symmetric weights, affine activations, 32-bit accumulators and biases.
//!
//! Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
//! 2018: `r = S (q - Z)`, weights in -127..=127, biases in units of input scale times weight scale.

use super::{Granularity, Quantize, RangeObserver, activation_grid};
use crate::backend::Activation;
use crate::compression::About;
use crate::network::{
    Codes, Grid, IntegerAdd, IntegerLayer, IntegerLinear, IntegerModel, Layer, Model, Parameter, Role, place_behind,
};

pub(super) const ABOUT: About = About {
    name: "post-training",
    title: "Post-training int8",
    help: "Turns a trained network into 8-bit integers without further training: a quarter of the bytes, and nearly the same answers.",
    paper: "Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
};

/// The integer network of a float network without batch normalization (see [`crate::network::fold_batch_norm`]): 8 bits, each weight
/// rounded to the nearest integer.
///
/// `ranges` holds what calibration saw: of the input first, then of each layer's output.
pub fn quantize(model: &Model, ranges: &[RangeObserver], spec: &Quantize) -> IntegerModel {
    let grids: Vec<Grid> = ranges.iter().map(|range| activation_grid(*range)).collect();
    assemble(model, &grids, &mut |weights, outputs| nearest(weights, outputs, spec.granularity))
}

/// The integer network of a float network without batch normalization, of weights that were made integers: `codes` is asked for
/// those of one matrix after another, given its values and how many columns it has.
///
/// `grids` holds the grid of the input first, then of each layer's output.
pub fn assemble(model: &Model, grids: &[Grid], codes: &mut dyn FnMut(&[f32], usize) -> Codes) -> IntegerModel {
    let input = grids[0];
    let mut grid = input;
    let mut layers = Vec::new();
    // Where the integers that come into each layer come from, and their grid: skip connections start there.
    let mut starts: Vec<(usize, Grid)> = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        starts.push((layers.len(), grid));
        let relu = matches!(model.layers.get(index + 1), Some(Layer::Activation(Activation::Relu)));
        match *layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                let last = model.layers[index + 1..].iter().all(|l| l.parameter_count() == 0);
                // With ReLU fused, the output's grid need only hold what ReLU lets through.
                let output = (!last).then(|| grids[place_behind(&model.layers, index)]);
                let linear = linear(model, index, grid, output, relu, codes);
                layers.push(IntegerLayer::Linear(linear));
                grid = output.unwrap_or(grid);
            }
            Layer::Pool(pool) => layers.push(IntegerLayer::Pool(pool)),
            Layer::Add { from } => {
                let (from, skipped) = starts[from];
                let output = grids[place_behind(&model.layers, index)];
                layers.push(IntegerLayer::Add(IntegerAdd { from, input: grid, skipped, output, relu }));
                grid = output;
            }
            Layer::Activation(Activation::Tanh) => {
                let output = grids[index + 1];
                layers.push(IntegerLayer::Table(table(grid, output, libm::tanhf)));
                grid = output;
            }
            // ReLU is part of the linear layer or skip connection before it; the others do nothing at inference.
            Layer::Activation(Activation::Relu)
            | Layer::BatchNormalization { .. }
            | Layer::Dropout { .. }
            | Layer::Flatten
            // A plan refuses integers where there are sequences.
            | Layer::Sequence(_)
            | Layer::FakeQuantize { .. }
            | Layer::QuantizeWeights { .. } => {}
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
    codes: &mut dyn FnMut(&[f32], usize) -> Codes,
) -> IntegerLinear {
    let of_role = |role| model.of_layer(index).find(move |p| p.role == role).map(Parameter::slice).unwrap_or_default();
    let (weights, bias) = (of_role(Role::Weight), of_role(Role::Bias));
    let codes = codes(weights, bias.len());
    let integer_bias = |(i, bias): (usize, &f32)| {
        let unit = f64::from(input.scale) * f64::from(codes.scale(i));
        (f64::from(*bias) / unit).round().clamp(-1e9, 1e9) as i32
    };
    let bias = bias.iter().enumerate().map(integer_bias).collect();
    IntegerLinear { layer: model.layers[index], bias, codes, input, output, relu }
}

/// A matrix's weights, each the nearest integer of 8 bits.
fn nearest(weights: &[f32], outputs: usize, granularity: Granularity) -> Codes {
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
    let (weights, group) = (weights.iter().enumerate().map(integer).collect(), weights.len() / outputs.max(1));
    Codes { bits: 8, weights, group, scales, zero_points: Vec::new() }
}

fn table(input: Grid, output: Grid, f: fn(f32) -> f32) -> Vec<u8> {
    (0..=255u8).map(|q| output.quantize(f(input.dequantize(q)))).collect()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::network::{
        ActivationName, Architecture, ArchitectureName, Executable, PoolingName, Shape, TrainedModel, fold_batch_norm,
    };

    const SAMPLES: usize = 64;

    /// A float network, its calibration samples, and the network that they make of it.
    fn quantized(spec: &Architecture, granularity: Granularity) -> (Model, Vec<f32>, IntegerModel) {
        let shape = Shape { height: 16, width: 16, channels: 1 };
        let model = fold_batch_norm(&Model::initialize(spec, shape, 10, &Key::new(5)).unwrap());
        let mut rng = Key::new(6).rng();
        let samples: Vec<f32> = (0..SAMPLES * 256).map(|_| rng.uniform()).collect();
        let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
        Executable::new(&TrainedModel::Float(model.clone()))
            .observe(SAMPLES, &samples, &mut |place, values| ranges[place].observe(values));
        let integers = quantize(&model, &ranges, &Quantize { granularity, ..Quantize::default() });
        (model, samples, integers)
    }

    /// Root of the mean squared difference between two networks' logits, over the spread of the first's.
    fn error(a: TrainedModel, b: TrainedModel, samples: &[f32]) -> f64 {
        let a = Executable::new(&a).logits(SAMPLES, samples).to_vec();
        let b = Executable::new(&b).logits(SAMPLES, samples).to_vec();
        let mean = a.iter().map(|v| f64::from(*v)).sum::<f64>() / a.len() as f64;
        let spread: f64 = a.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
        let difference: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        (difference / spread).sqrt()
    }

    #[test]
    fn integer_networks_answer_as_the_float_networks_they_were_made_from() {
        for (architecture, ..) in ArchitectureName::ALL
            .into_iter()
            .filter(|(name, ..)| !matches!(name, ArchitectureName::Mlp | ArchitectureName::Transformer))
        {
            for (activation, pooling) in
                [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
            {
                let spec =
                    Architecture { architecture, activation, pooling, batch_normalization: true, ..Default::default() };
                let (model, samples, integers) = quantized(&spec, Granularity::PerChannel);
                let off = error(TrainedModel::Float(model), TrainedModel::Integer(integers), &samples);
                assert!(off < 0.05, "{architecture:?} {activation:?}: off by {off} of the logits' spread");
            }
        }
    }

    /// Every weight lies within half a step of its integer, and the largest of each scale uses the whole grid.
    #[test]
    fn weights_are_rounded_to_the_nearest_integer() {
        for granularity in [Granularity::PerChannel, Granularity::PerTensor] {
            let (model, _, integers) = quantized(&Architecture::mlp(&[20]), granularity);
            for (linear, weights) in integers.linears().zip(model.weights()) {
                let outputs = linear.outputs();
                assert_eq!(linear.codes.scales.len(), if granularity == Granularity::PerTensor { 1 } else { outputs });
                for (i, (q, w)) in linear.codes.weights.iter().zip(weights.slice()).enumerate() {
                    let scale = linear.scale(i % outputs);
                    assert!((f32::from(*q) * scale - w).abs() <= 0.5001 * scale);
                }
                let full = linear.codes.weights.iter().filter(|q| q.unsigned_abs() == 127).count();
                assert!(full >= linear.codes.scales.len());
                assert!(linear.codes.weights.iter().all(|q| *q != i8::MIN), "the grid is symmetric");
            }
        }
    }

    /// With one output a hundred times another, a common scale leaves the small one hardly any integers.
    #[test]
    fn a_scale_for_each_channel_is_nearer_where_channels_differ() {
        let spec = Architecture::mlp(&[20]);
        let errors = [Granularity::PerChannel, Granularity::PerTensor].map(|granularity| {
            let (mut model, samples, _) = quantized(&spec, granularity);
            if let Some(first) = model.weights_mut().next() {
                first.slice_mut().iter_mut().enumerate().for_each(|(i, w)| *w *= if i % 20 == 0 { 100.0 } else { 1.0 });
            }
            let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
            Executable::new(&TrainedModel::Float(model.clone()))
                .observe(SAMPLES, &samples, &mut |place, values| ranges[place].observe(values));
            let integers = quantize(&model, &ranges, &Quantize { granularity, ..Quantize::default() });
            let mut real = model.clone();
            integers.dequantize_into(&mut real);
            let off = |column: usize| {
                let (a, b) = (model.parameters[0].slice(), real.parameters[0].slice());
                (0..a.len()).filter(|i| i % 20 == column).map(|i| f64::from(a[i] - b[i]).powi(2)).sum::<f64>()
            };
            off(1)
        });
        assert!(errors[0] * 100.0 < errors[1], "per channel {}, per tensor {}", errors[0], errors[1]);
    }
}
