//! Structured pruning: neurons and filters are taken out whole, and the layers are really smaller afterwards.
//!
//! A unit is a column of a weight matrix: a neuron of a dense layer, a filter of a convolution. Its score is the sum of its weights'
//! scores, which for the magnitudes is the filter's L1 norm, or what the method says of the unit as a whole.
//!
//! Paper: Li, Kadav, Durdanovic, Samet, Graf, "Pruning Filters for Efficient ConvNets", 2017.

use super::Scores;
use crate::network::{Layer, Model, Parameter, Role};
use ndarray::{ArrayD, IxDyn};

/// Which weight matrices may lose units: all but the last, whose units are the classes, and those whose values a skip connection
/// adds to others, which must stay as many.
pub fn removable(model: &Model) -> Vec<bool> {
    let places: Vec<usize> = model.weights().map(|p| p.layer).collect();
    let alone = |layer: usize, next: usize| {
        // What comes into these layers has the units of this one.
        let reads = layer + 1..=next;
        let adds = model.layers.iter().enumerate().filter_map(|(at, other)| Some((at, other.skips_from()?)));
        adds.into_iter().all(|(at, from)| !reads.contains(&at) && !reads.contains(&from))
    };
    let next = places.iter().skip(1);
    let mut all: Vec<bool> = places.iter().zip(next).map(|(&layer, &next)| alone(layer, next)).collect();
    all.push(false);
    all
}

/// Marks units for removal, the lowest scores of these matrices first, until of their `total` units at the step's beginning `wanted`
/// are gone. A matrix keeps at least one.
pub(super) fn choose(
    model: &Model,
    scores: &Scores,
    sign: f64,
    matrices: &[usize],
    total: usize,
    wanted: usize,
    kept: &mut [Vec<bool>],
) {
    let mut order: Vec<(f64, usize, usize)> = Vec::new();
    for (matrix, parameter) in model.weights().enumerate().filter(|(matrix, _)| matrices.contains(matrix)) {
        let (_, columns) = parameter.matrix_dims();
        let mut sums = vec![0.0; columns];
        if scores[matrix].len() == columns {
            sums.clone_from(&scores[matrix]);
        } else {
            for (row, kept) in scores[matrix].chunks_exact(columns).zip(present(parameter, columns)) {
                for ((sum, score), kept) in sums.iter_mut().zip(row).zip(kept) {
                    *sum += if kept { *score } else { 0.0 };
                }
            }
        }
        order.extend(sums.into_iter().enumerate().map(|(unit, sum)| (sign * sum, matrix, unit)));
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut gone = total - order.len();
    for (_, matrix, unit) in order {
        if gone >= wanted {
            break;
        }
        if kept[matrix].iter().filter(|kept| **kept).count() > 1 {
            kept[matrix][unit] = false;
            gone += 1;
        }
    }
}

/// Row by row, which weights of a matrix are there.
fn present(parameter: &Parameter, columns: usize) -> impl Iterator<Item = Vec<bool>> + '_ {
    let mask = parameter.mask_slice();
    (0..parameter.values.len() / columns.max(1))
        .map(move |row| mask.map_or_else(|| vec![true; columns], |mask| mask[row * columns..][..columns].to_vec()))
}

/// The model with only the units that are marked, matrix by matrix: the weights that read them, and the batch normalization behind
/// them, go with those that are not.
pub fn keep(model: &Model, kept: &[Vec<bool>]) -> Model {
    // Which channels of the values between two layers are left; values are stored pixel by pixel, so a flat index's channel is
    // its remainder, also behind a flattening.
    let mut channels = vec![true; model.shape.channels];
    let mut layers = Vec::with_capacity(model.layers.len());
    let mut parameters = Vec::with_capacity(model.parameters.len());
    let mut matrix = 0;
    for (index, layer) in model.layers.iter().enumerate() {
        let left = |channels: &[bool]| channels.iter().filter(|kept| **kept).count();
        let (inputs, outputs): (Vec<bool>, Vec<bool>) = match layer {
            Layer::Dense { inputs, .. } => {
                ((0..*inputs).map(|i| channels[i % channels.len()]).collect(), kept[matrix].clone())
            }
            Layer::Convolution(_) => (channels.clone(), kept[matrix].clone()),
            _ => (channels.clone(), channels.clone()),
        };
        layers.push(match *layer {
            Layer::Dense { .. } => Layer::Dense { inputs: left(&inputs), outputs: left(&outputs) },
            Layer::Convolution(mut conv) => {
                (conv.channels, conv.filters) = (left(&inputs), left(&outputs));
                Layer::Convolution(conv)
            }
            Layer::Pool(mut pool) => {
                pool.channels = left(&channels);
                Layer::Pool(pool)
            }
            Layer::BatchNormalization { rows, .. } => Layer::BatchNormalization { rows, channels: left(&channels) },
            other => other,
        });
        for parameter in model.of_layer(index) {
            let columns = outputs.len();
            let stays = |at: usize| match parameter.role {
                Role::Weight => outputs[at % columns] && inputs[at / columns % inputs.len()],
                _ => outputs[at % columns],
            };
            parameters.push(part(parameter, layers[index].parameters(), &stays));
        }
        if matches!(layer, Layer::Dense { .. } | Layer::Convolution(_)) {
            matrix += 1;
        }
        channels = outputs;
    }
    Model { shape: model.shape, classes: model.classes, layers, parameters }
}

/// What stays of an array, in the dimensions that its layer has now.
fn part(parameter: &Parameter, now: Vec<(Role, Vec<usize>)>, stays: &dyn Fn(usize) -> bool) -> Parameter {
    let dims = now.into_iter().find(|(role, _)| *role == parameter.role).map(|(_, dims)| dims).unwrap_or_default();
    fn select<T: Copy>(all: &[T], stays: &dyn Fn(usize) -> bool) -> Vec<T> {
        all.iter().enumerate().filter(|(at, _)| stays(*at)).map(|(_, value)| *value).collect()
    }
    let values = select(parameter.slice(), stays);
    let mask = parameter.mask_slice().map(|mask| select(mask, stays));
    Parameter {
        layer: parameter.layer,
        role: parameter.role,
        // As many values stay as the dimensions multiply to: both are counted from the same marks.
        values: ArrayD::from_shape_vec(IxDyn(&dims), values).unwrap_or_default(),
        clusters: parameter.clusters.as_ref().map(|clusters| select(clusters, stays)),
        mask: mask.and_then(|mask| ArrayD::from_shape_vec(IxDyn(&dims), mask).ok()),
        integers: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Granularity, Prune, Schedule, Scope, contests, magnitudes, take_units};
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, ArchitectureName, Executable, Shape, TrainedModel};

    const IMAGE: Shape = Shape { height: 28, width: 28, channels: 1 };

    fn lenet_5() -> Model {
        let spec = Architecture {
            architecture: ArchitectureName::LeNet5,
            batch_normalization: true,
            ..Architecture::default()
        };
        let mut model = Model::initialize(&spec, IMAGE, 10, &Key::new(3)).unwrap();
        let mut rng = Key::new(4).rng();
        for p in model.parameters.iter_mut().filter(|p| p.role != Role::Weight) {
            p.slice_mut().iter_mut().for_each(|v| *v = 0.5 + rng.uniform());
        }
        model
    }

    fn logits(model: &Model) -> Vec<f32> {
        let mut rng = Key::new(5).rng();
        let x: Vec<f32> = (0..3 * IMAGE.len()).map(|_| rng.uniform()).collect();
        Executable::new(&TrainedModel::Float(model.clone())).logits(3, &x).to_vec()
    }

    /// Taking a unit out and letting it say zero are the same function.
    #[test]
    fn a_model_without_units_computes_what_it_did_with_them_silenced() {
        let model = lenet_5();
        let mut kept: Vec<Vec<bool>> = model.weights().map(|p| vec![true; p.matrix_dims().1]).collect();
        for (matrix, unit) in [(0, 0), (0, 7), (1, 3), (1, 49), (2, 0), (2, 250), (2, 499)] {
            kept[matrix][unit] = false;
        }
        let smaller = keep(&model, &kept);
        assert_eq!(
            smaller.weights().map(Parameter::matrix_dims).collect::<Vec<_>>(),
            [(25, 18), (450, 48), (768, 497), (497, 10)]
        );
        let mut silenced = model.clone();
        let mut matrix = 0;
        for (index, layer) in model.layers.iter().enumerate() {
            if !matches!(layer, Layer::Dense { .. } | Layer::Convolution(_)) {
                continue;
            }
            // Weights and bias of the unit, and the normalization behind it, whose beta would speak without them.
            for p in silenced.parameters.iter_mut().filter(|p| p.layer == index || p.layer == index + 1) {
                let units = kept[matrix].len();
                if p.role != Role::Statistics && p.layer == index || p.role == Role::Scale {
                    p.slice_mut()
                        .iter_mut()
                        .enumerate()
                        .filter(|(at, _)| !kept[matrix][at % units])
                        .for_each(|(_, v)| *v = 0.0);
                }
            }
            matrix += 1;
        }
        for (a, b) in logits(&smaller).iter().zip(logits(&silenced)) {
            assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} {b}");
        }
    }

    #[test]
    fn the_filters_of_least_norm_go_and_the_layers_shrink() {
        let mut model = lenet_5();
        let before = model.clone();
        let prune = Prune {
            sparsity: 0.5,
            scope: Scope::Layerwise,
            granularity: Granularity::Unit,
            schedule: Schedule::OneShot,
            ..Prune::default()
        };
        let norms = magnitudes(&model);
        let contests = contests(&model, &prune);
        let kept = take_units(&mut model, &norms, &prune, &contests, 1);
        assert_eq!(model.weights().map(|p| p.matrix_dims().1).collect::<Vec<_>>(), [10, 25, 250, 10]);
        assert!(model.parameter_count() * 3 < before.parameter_count());
        let norm = |unit: usize| norms[0].iter().skip(unit).step_by(20).sum::<f64>();
        let (stay, go): (Vec<usize>, Vec<usize>) = (0..20).partition(|&unit| kept[0][unit]);
        let least = stay.into_iter().map(norm).fold(f64::INFINITY, f64::min);
        assert!(go.into_iter().all(|unit| norm(unit) <= least));
        assert_eq!(logits(&model).len(), 30);
    }

    #[test]
    fn what_a_skip_connection_adds_keeps_its_units() {
        let spec = Architecture { architecture: ArchitectureName::ResNetSmall, ..Architecture::default() };
        let mut model = Model::initialize(&spec, IMAGE, 10, &Key::new(3)).unwrap();
        // Of each stage's three convolutions only the one within the block stands alone.
        let free = [false, true, false];
        assert_eq!(removable(&model), [free, free, free].concat().into_iter().chain([false]).collect::<Vec<_>>());
        let scores = magnitudes(&model);
        let prune =
            Prune { sparsity: 0.5, granularity: Granularity::Unit, schedule: Schedule::OneShot, ..Prune::default() };
        let contests = contests(&model, &prune);
        take_units(&mut model, &scores, &prune, &contests, 1);
        assert_eq!(model.weights().map(|p| p.matrix_dims().1).sum::<usize>(), 3 * (16 + 32 + 64) + 10 - 56);
        assert_eq!(logits(&model).len(), 30);
    }

    #[test]
    fn one_unit_of_each_layer_stays_whatever_is_asked_for() {
        let mut model = lenet_5();
        let prune =
            Prune { sparsity: 0.9999, granularity: Granularity::Unit, schedule: Schedule::OneShot, ..Prune::default() };
        let scores: Scores = model.weights().map(|p| vec![1.0; p.values.len()]).collect();
        let contests = contests(&model, &prune);
        take_units(&mut model, &scores, &prune, &contests, 1);
        assert!(model.weights().all(|p| p.matrix_dims().1 >= 1 && !p.values.is_empty()));
    }
}
