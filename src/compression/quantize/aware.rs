//! Quantization-aware training: from which grids it starts, and what integer network it ends with.
//!
//! Sources: Jacob et al. 2018 (see [`super::METHODS`]); Esser et al., "Learned Step Size Quantization", 2020.

use super::{Clip, Quantize, RangeFinder, assemble, grid_of};
use crate::backend::Levels;
use crate::backend::cpu::level;
use crate::network::{
    Codes, FakeActivation, FakeWeights, Fakes, Grid, IntegerLayer, IntegerModel, Model, TrainedModel, grid_places,
    without_fake_quantization,
};

/// The whole numbers that weights of so many bits may become.
fn levels(bits: usize, spec: &Quantize) -> Levels {
    let levels = super::levels(bits, spec);
    Levels { low: levels.low.into(), high: levels.high.into(), zero: !levels.are_signs() }
}

/// The grids of the weights from which training starts: those with the least squared error, whatever `clip` says, since with few
/// bits a grid that reaches to the largest weight leaves nearly all others at zero. Activations are still floats.
pub fn begin(model: &Model, spec: &Quantize) -> Fakes {
    let nearest = Quantize { clip: Clip::Mse, ..spec.clone() };
    let weights = model.weights().enumerate().map(|(place, parameter)| {
        let bits = spec.bits_of(place);
        let steps = super::codes(parameter.slice(), parameter.matrix_dims().1, bits, &nearest).scales;
        FakeWeights { levels: levels(bits, spec), steps, learned: spec.learned_step }
    });
    Fakes { weights: weights.collect(), activations: Vec::new() }
}

/// The grids over what calibration saw of the input and of each layer's output of a model without batch normalization, in the order
/// of [`grid_places`]. The input's is the data's own, and is not trained.
pub fn calibrated(model: &Model, seen: &[RangeFinder], spec: &Quantize) -> Vec<FakeActivation> {
    let (bits, mapping) = (spec.activation_bits, spec.activation_mapping);
    let grid = |(index, &place): (usize, &usize)| {
        on(grid_of(seen[place].range(bits, mapping), bits, mapping), spec.learned_step && index > 0)
    };
    grid_places(&model.layers).iter().enumerate().map(grid).collect()
}

fn on(grid: Grid, learned: bool) -> FakeActivation {
    let low = -i32::from(grid.zero_point);
    FakeActivation { levels: Levels { low, high: low + i32::from(grid.top), zero: true }, step: grid.scale, learned }
}

fn grid(of: &FakeActivation) -> Grid {
    let Levels { low, high, .. } = of.levels;
    Grid { scale: of.step, zero_point: -low as u8, top: (high - low) as u8 }
}

/// The integers of a weight matrix: those that training multiplied the steps by. What is exactly zero was removed and stays so.
fn codes(of: &FakeWeights, weights: &[f32], columns: usize) -> Codes {
    let FakeWeights { levels, steps, .. } = of;
    let integer = |(i, w): (usize, &f32)| match *w {
        0.0 => 0,
        w => level(*levels, w / steps[i % columns % steps.len()]) as i8,
    };
    // Two levels take one bit, 2^b - 1 or 2^b take b.
    let bits = if levels.zero { (levels.high - levels.low).max(1).ilog2() as u8 + 1 } else { 1 };
    Codes {
        bits,
        weights: weights.iter().enumerate().map(integer).collect(),
        group: weights.len() / columns.max(1),
        scales: steps.clone(),
        zero_points: Vec::new(),
    }
}

/// The integer network of a float network without batch normalization, its weights and grids those that it was trained with.
pub fn integers(model: &Model, fakes: &Fakes) -> IntegerModel {
    // Places without a grid of their own are not asked for.
    let mut grids = vec![Grid { scale: 1.0, zero_point: 0, top: 255 }; model.layers.len() + 1];
    for (place, of) in grid_places(&model.layers).into_iter().zip(&fakes.activations) {
        grids[place] = grid(of);
    }
    let mut weights = fakes.weights.iter();
    assemble(model, &grids, &mut |values, columns| {
        weights.next().map(|of| codes(of, values, columns)).unwrap_or_default()
    })
}

/// The grids of an integer network, to train it on.
pub fn grids_of(integers: &IntegerModel, spec: &Quantize) -> Fakes {
    let weights = integers.linears().enumerate().map(|(place, linear)| FakeWeights {
        levels: levels(spec.bits_of(place), spec),
        steps: linear.codes.scales.clone(),
        learned: spec.learned_step,
    });
    let mut activations = vec![on(integers.input, false)];
    for (index, layer) in integers.layers.iter().enumerate() {
        let output = match layer {
            IntegerLayer::Linear(linear) => linear.output,
            IntegerLayer::Add(add) => Some(add.output),
            IntegerLayer::Pool(_) => None,
            // A table's grid is that of what comes next.
            IntegerLayer::Table(_) => integers.layers[index + 1..].iter().find_map(|next| match next {
                IntegerLayer::Linear(linear) => Some(linear.input),
                IntegerLayer::Add(add) => Some(add.input),
                _ => None,
            }),
        };
        activations.extend(output.map(|grid| on(grid, spec.learned_step)));
    }
    Fakes { weights: weights.collect(), activations }
}

/// Whether a model's matrices have the sizes that they have in an integer network: where units were taken out since, its grids
/// are no longer the model's.
pub fn fits(integers: &IntegerModel, model: &Model) -> bool {
    let sizes = integers.linears().map(|linear| (linear.rows(), linear.outputs()));
    sizes.eq(model.weights().map(|p| p.matrix_dims()))
}

/// The float network that computes with its weights on their grids.
pub fn on_grids(model: &Model, fakes: &Fakes) -> Model {
    let mut model = model.clone();
    for (parameter, of) in model.weights_mut().zip(&fakes.weights) {
        let columns = parameter.matrix_dims().1;
        let real = codes(of, parameter.slice(), columns).real(columns);
        parameter.slice_mut().copy_from_slice(&real);
    }
    model
}

/// A model in quantization-aware training as the network that it stands for; any other as it is.
pub fn shown(model: &Model) -> TrainedModel {
    let (plain, fakes) = without_fake_quantization(model);
    match fakes.activations.is_empty() {
        true => TrainedModel::Float(on_grids(&plain, &fakes)),
        false => TrainedModel::Integer(integers(&plain, &fakes)),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::super::{Granularity, Mapping};
    use super::*;
    use crate::data::Key;
    use crate::network::{
        ActivationName, Architecture, ArchitectureName, Executable, PoolingName, Shape, fold_batch_norm,
        with_fake_quantization,
    };

    const SHAPE: Shape = Shape { height: 16, width: 16, channels: 1 };

    fn drawn(architecture: ArchitectureName, activation: ActivationName, pooling: PoolingName) -> Model {
        let widths = if architecture == ArchitectureName::Mlp { vec![12, 8] } else { Vec::new() };
        let spec = Architecture { architecture, widths, activation, pooling, ..Architecture::default() };
        fold_batch_norm(&Model::initialize(&spec, SHAPE, 10, &Key::new(5)).unwrap())
    }

    fn fakes(model: &Model, spec: &Quantize, samples: &[f32]) -> Fakes {
        let mut fakes = begin(model, spec);
        let mut seen = vec![RangeFinder::new(spec.observer); model.layers.len() + 1];
        let mut executable = Executable::new(&TrainedModel::Float(on_grids(model, &fakes)));
        let count = samples.len() / SHAPE.len();
        executable.observe(count, samples, &mut |place, values| seen[place].observe(values));
        fakes.activations = calibrated(model, &seen, spec);
        fakes
    }

    /// Weights and activations of few bits, with and without a zero point.
    fn specs() -> Vec<Quantize> {
        let spec = |bits, narrow_range, activation_bits, activation_mapping| Quantize {
            method: "aware".into(),
            bits,
            narrow_range,
            activation_bits,
            activation_mapping,
            ..Quantize::default()
        };
        vec![
            spec(8, true, 8, Mapping::Affine),
            spec(4, false, 4, Mapping::Symmetric),
            spec(2, true, 8, Mapping::Affine),
            Quantize { granularity: Granularity::PerTensor, ..spec(2, false, 4, Mapping::Affine) },
            spec(1, true, 2, Mapping::Affine),
        ]
    }

    /// The integers of every architecture are those that training multiplies its steps by, and the grids of the integer network
    /// are those of training, whichever way one goes.
    #[test]
    fn integer_networks_have_the_weights_and_grids_of_training() {
        let samples: Vec<f32> = (0..8 * SHAPE.len()).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
        for (architecture, ..) in ArchitectureName::ALL {
            for (activation, pooling) in
                [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
            {
                let model = drawn(architecture, activation, pooling);
                for spec in specs() {
                    let fakes = fakes(&model, &spec, &samples);
                    let integers = integers(&model, &fakes);
                    assert!(fits(&integers, &model));
                    assert_eq!(grids_of(&integers, &spec), fakes, "{architecture:?} {activation:?} {spec:?}");
                    for (matrix, (linear, of)) in integers.linears().zip(&fakes.weights).enumerate() {
                        assert_eq!(usize::from(linear.codes.bits), spec.bits_of(matrix));
                        let (low, high) = (of.levels.low as i8, of.levels.high as i8);
                        assert!(linear.codes.weights.iter().all(|q| (low..=high).contains(q)));
                    }
                    let TrainedModel::Integer(again) = shown(&with_fake_quantization(&model, &fakes)) else {
                        panic!("a whole integer network is shown as such");
                    };
                    assert_eq!(again, integers);
                    // What the integers stand for lies on the grids, and comes to the same integers.
                    let mut real = model.clone();
                    integers.dequantize_into(&mut real);
                    let codes = |of: &IntegerModel| of.linears().map(|l| l.codes.clone()).collect::<Vec<_>>();
                    assert_eq!(codes(&super::integers(&real, &fakes)), codes(&integers));
                }
            }
        }
    }
}
