//! Quantization-aware training: from which grids it starts, and what integer network it ends with.
//!
//! Sources: Jacob et al. 2018 (see [`super::METHODS`]); Esser et al., "Learned Step Size Quantization", 2020.

use super::post_training::assemble;
use super::{Granularity, Mapping, Quantize, RangeObserver};
use crate::backend::Levels;
use crate::backend::cpu::level;
use crate::network::{
    Codes, FakeActivation, FakeWeights, Fakes, Grid, IntegerLayer, IntegerModel, Model, TrainedModel, grid_places,
    without_fake_quantization,
};

/// Steps of the search for a scale, from none to where the largest weight is the largest level.
const TRIES: usize = 100;

/// The whole numbers that weights of so many bits may become.
fn levels(bits: usize, narrow_range: bool) -> Levels {
    let half = 1 << (bits - 1);
    match bits {
        1 => Levels::BINARY,
        _ => Levels { low: i32::from(narrow_range) - half, high: half - 1, zero: true },
    }
}

/// The grids of the weights from which training starts: for each output, or for the whole matrix, the step with the least squared
/// error. Activations are still floats.
pub fn begin(model: &Model, spec: &Quantize) -> Fakes {
    let weights = model.weights().enumerate().map(|(place, parameter)| {
        let levels = levels(spec.bits_of(place), spec.narrow_range);
        let (values, (_, columns)) = (parameter.slice(), parameter.matrix_dims());
        let steps = match spec.granularity {
            Granularity::PerTensor => vec![best_step(values, levels)],
            _ => {
                let column = |at: usize| values.iter().skip(at).step_by(columns).copied().collect::<Vec<f32>>();
                (0..columns).map(|at| best_step(&column(at), levels)).collect()
            }
        };
        FakeWeights { levels, steps, learned: spec.learned_step }
    });
    Fakes { weights: weights.collect(), activations: Vec::new() }
}

/// The step with the least squared error for these weights.
fn best_step(weights: &[f32], levels: Levels) -> f32 {
    let largest = weights.iter().fold(0f32, |most, w| most.max(w.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return 1.0; // zeros are on every grid
    }
    // What was removed stays zero on any grid and has no say.
    let there = || weights.iter().filter(|w| **w != 0.0).map(|w| f64::from(*w));
    if !levels.zero {
        return (there().map(f64::abs).sum::<f64>() / there().count() as f64) as f32;
    }
    let error = |step: f32| -> f64 {
        there().map(|w| (w - f64::from(step) * f64::from(level(levels, w as f32 / step))).powi(2)).sum()
    };
    let step = |tried: usize| largest * tried as f32 / (TRIES as f32 * levels.high as f32);
    let mut best = (f64::INFINITY, largest / levels.high as f32);
    for step in (1..=TRIES).map(step).filter(|step| *step > 0.0) {
        let error = error(step);
        best = if error < best.0 { (error, step) } else { best };
    }
    best.1
}

/// The grids over what calibration saw at each place of a model without batch normalization, in the order of [`grid_places`]. The
/// input's is the data's own, and is not trained.
pub fn calibrated(model: &Model, ranges: &[RangeObserver], spec: &Quantize) -> Vec<FakeActivation> {
    let grid = |(index, &place): (usize, &usize)| {
        let grid = grid_over(ranges[place], spec.activation_bits, spec.activation_mapping);
        on(grid, spec.learned_step && index > 0)
    };
    grid_places(&model.layers).iter().enumerate().map(grid).collect()
}

/// A grid of so many bits over a range, zero on it exactly.
fn grid_over(range: RangeObserver, bits: usize, mapping: Mapping) -> Grid {
    let top = ((1u32 << bits) - 1) as u8;
    let middle = (1u32 << (bits - 1)) as u8;
    let (span, intervals, zero_point) = match mapping {
        Mapping::Affine => (range.high - range.low, top, None),
        Mapping::Symmetric => (range.high.max(-range.low), middle - 1, Some(middle)),
    };
    if span <= 0.0 || !span.is_finite() {
        return Grid { scale: 1.0, zero_point: zero_point.unwrap_or(0), top };
    }
    let scale = span / f32::from(intervals);
    let nearest = || (-range.low / scale).round().clamp(0.0, f32::from(top)) as u8;
    Grid { scale, zero_point: zero_point.unwrap_or_else(nearest), top }
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
    let grids: Vec<Grid> = fakes.activations.iter().map(grid).collect();
    let mut weights = fakes.weights.iter();
    assemble(model, &grids, &mut |values, columns| weights.next().map(|of| codes(of, values, columns)).unwrap_or_default())
}

/// The grids of an integer network, to train it on.
pub fn grids_of(integers: &IntegerModel, spec: &Quantize) -> Fakes {
    let weights = integers.linears().enumerate().map(|(place, linear)| FakeWeights {
        levels: levels(spec.bits_of(place), spec.narrow_range),
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
    use super::*;
    use crate::data::Key;
    use crate::network::{
        ActivationName, Architecture, ArchitectureName, Executable, PoolingName, Shape, fold_batch_norm,
        with_fake_quantization,
    };
    use proptest::prelude::*;

    const SHAPE: Shape = Shape { height: 16, width: 16, channels: 1 };

    fn drawn(architecture: ArchitectureName, activation: ActivationName, pooling: PoolingName) -> Model {
        let widths = if architecture == ArchitectureName::Mlp { vec![12, 8] } else { Vec::new() };
        let spec = Architecture { architecture, widths, activation, pooling, ..Architecture::default() };
        fold_batch_norm(&Model::initialize(&spec, SHAPE, 10, &Key::new(5)).unwrap())
    }

    fn fakes(model: &Model, spec: &Quantize, samples: &[f32]) -> Fakes {
        let mut fakes = begin(model, spec);
        let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
        let mut executable = Executable::new(&TrainedModel::Float(on_grids(model, &fakes)));
        let count = samples.len() / SHAPE.len();
        executable.observe(count, samples, &mut |place, values| ranges[place].observe(values));
        fakes.activations = calibrated(model, &ranges, spec);
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

    proptest! {
        #[test]
        fn hardly_any_step_of_a_fine_search_has_a_lower_error(seed in 0u64..1000, bits in 1usize..=8, narrow: bool) {
            let mut rng = Key::new(seed).rng();
            let weights: Vec<f32> = (0..60).map(|i| if i % 7 == 0 { 0.0 } else { rng.normal() }).collect();
            let levels = levels(bits, narrow);
            let error = |step: f32| -> f64 {
                let there = weights.iter().filter(|w| **w != 0.0);
                there.map(|w| f64::from(w - step * level(levels, w / step)).powi(2)).sum()
            };
            let found = error(best_step(&weights, levels));
            let most = weights.iter().fold(0f32, |most, w| most.max(w.abs()));
            let finest = (1..4000).map(|i| error(most * i as f32 / 4000.0)).fold(f64::INFINITY, f64::min);
            // With many levels for few weights the error is jagged, and a finer search finds a tooth.
            prop_assert!(found <= finest * 1.3 + 1e-9, "{} for {} at {} bits", found, finest, bits);
            prop_assert!(bits == 1 || found <= error(most / levels.high as f32), "a grid to the largest weight is no better");
        }
    }

    #[test]
    fn levels_are_those_of_their_bits() {
        let of = |bits, narrow| (levels(bits, narrow).low, levels(bits, narrow).high);
        assert_eq!([of(8, true), of(8, false), of(2, true), of(2, false)], [(-127, 127), (-128, 127), (-1, 1), (-2, 1)]);
        assert_eq!(levels(1, true), Levels::BINARY);
    }
}
