//! Cross-layer equalization: the channels between two layers are scaled so that each takes as much of the first layer's grid as of
//! the second's.
//!
//! Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.1. A ReLU, or a
//! pooling, passes a positive factor on: `f(s x) = s f(x)`. So channel `i`, divided by `s_i` in the first layer and multiplied by it in
//! the second, leaves the function as it was. With `s_i = sqrt(r1_i r2_i) / r2_i`, `r1_i` and `r2_i` being the largest weights that lead
//! to the channel and away from it, both become `sqrt(r1_i r2_i)`.

use crate::backend::Activation;
use crate::network::{Layer, Model, Role};

/// How often all pairs are gone through, at most: a layer in the middle belongs to two of them, and each scaling disturbs its
/// neighbours' a little less.
const ROUNDS: usize = 40;

/// Scales that all lie this near to one end the rounds.
const SETTLED: f32 = 1e-4;

/// Equalizes all pairs of neighbouring layers of a network without batch normalization. Its function stays the same but for
/// rounding, and removed weights stay away.
pub fn equalize(model: &mut Model) {
    let pairs = pairs(&model.layers);
    for _ in 0..ROUNDS {
        let moved = pairs.iter().map(|&pair| equalize_pair(model, pair)).fold(0.0, f32::max);
        if moved < SETTLED {
            break;
        }
    }
}

/// The pairs of linear layers, by index, with nothing between them but what passes factors on. Where a skip connection takes what
/// lies between, there is no pair: it would be given scaled channels.
fn pairs(layers: &[Layer]) -> Vec<[usize; 2]> {
    let linear = |index: &usize| matches!(layers[*index], Layer::Dense { .. } | Layer::Convolution(_));
    let linears: Vec<usize> = (0..layers.len()).filter(linear).collect();
    let passes = |layer: &Layer| {
        matches!(layer, Layer::Activation(Activation::Relu) | Layer::Pool(_) | Layer::Flatten | Layer::Dropout { .. })
    };
    let taken = |[first, second]: [usize; 2]| {
        layers.iter().filter_map(Layer::skips_from).any(|from| (first + 1..=second).contains(&from))
    };
    let neighbours = linears.windows(2).map(|pair| [pair[0], pair[1]]);
    neighbours.filter(|pair| layers[pair[0] + 1..pair[1]].iter().all(passes) && !taken(*pair)).collect()
}

/// Scales the channels between two layers; how far the scales are from one, at most.
fn equalize_pair(model: &mut Model, [first, second]: [usize; 2]) -> f32 {
    let weights =
        |model: &Model, layer| model.parameters.iter().position(|p| p.layer == layer && p.role == Role::Weight);
    let (Some(first), Some(second)) = (weights(model, first), weights(model, second)) else { return 0.0 };
    let channels = model.parameters[first].matrix_dims().1;
    let columns = model.parameters[second].matrix_dims().1;
    // A channel's inputs of the second layer: its rows, which go through the channels again and again, whether by kernel position
    // or, in a dense layer, by pixel.
    let channel = |at: usize| at / columns % channels;
    let (mut to, mut from) = (vec![0.0f32; channels], vec![0.0f32; channels]);
    for (at, w) in model.parameters[first].slice().iter().enumerate() {
        to[at % channels] = to[at % channels].max(w.abs());
    }
    for (at, w) in model.parameters[second].slice().iter().enumerate() {
        from[channel(at)] = from[channel(at)].max(w.abs());
    }
    let scale = |(to, from): (&f32, &f32)| {
        let scale = (to / from).sqrt();
        // A channel that nothing leads to, or that leads nowhere, stays as it is.
        if scale.is_finite() && scale > 0.0 { scale } else { 1.0 }
    };
    let scales: Vec<f32> = to.iter().zip(&from).map(scale).collect();
    // The bias stands behind its weights.
    for parameter in &mut model.parameters[first..first + 2] {
        parameter.slice_mut().iter_mut().enumerate().for_each(|(at, w)| *w /= scales[at % channels]);
    }
    let after = model.parameters[second].slice_mut();
    after.iter_mut().enumerate().for_each(|(at, w)| *w *= scales[channel(at)]);
    scales.iter().map(|scale| (scale - 1.0).abs()).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{model, samples};
    use super::*;
    use crate::network::{ActivationName, Architecture, ArchitectureName, Executable, PoolingName, TrainedModel};

    /// Channels of very different sizes, with as different sizes behind them.
    fn uneven(spec: &Architecture) -> Model {
        let mut model = model(spec);
        for p in model.weights_mut() {
            let columns = p.matrix_dims().1;
            p.slice_mut().iter_mut().enumerate().for_each(|(at, w)| *w *= 0.1 + (at % columns % 7) as f32);
        }
        model.parameters.iter_mut().filter(|p| p.role == Role::Bias).for_each(|p| p.slice_mut().fill(0.1));
        model
    }

    fn specs() -> Vec<Architecture> {
        let of = |architecture, pooling| Architecture { architecture, pooling, ..Architecture::default() };
        vec![
            Architecture::mlp(&[20, 15]),
            of(ArchitectureName::LeNet5, PoolingName::Max),
            of(ArchitectureName::VggSmall, PoolingName::Average),
            of(ArchitectureName::ResNetSmall, PoolingName::Max),
        ]
    }

    #[test]
    fn the_function_stays_the_same() {
        for spec in specs() {
            let before = uneven(&spec);
            let mut after = before.clone();
            equalize(&mut after);
            assert_ne!(before, after);
            let logits = |model: Model| Executable::new(&TrainedModel::Float(model)).logits(4, &samples(4)).to_vec();
            let (before, after) = (logits(before), logits(after));
            let largest = before.iter().fold(0.0f32, |l, v| l.max(v.abs()));
            for (a, b) in before.iter().zip(&after) {
                assert!((a - b).abs() < 1e-4 * largest, "{:?}: {a} became {b}", spec.architecture);
            }
        }
    }

    #[test]
    fn both_ranges_of_every_channel_become_equal() {
        for spec in specs() {
            let mut model = uneven(&spec);
            equalize(&mut model);
            for [first, second] in pairs(&model.layers) {
                let weights = |layer| model.of_layer(layer).next().unwrap();
                let (first, second) = (weights(first), weights(second));
                let (channels, columns) = (first.matrix_dims().1, second.matrix_dims().1);
                for channel in 0..channels {
                    let to = first.slice().iter().skip(channel).step_by(channels).fold(0.0f32, |l, w| l.max(w.abs()));
                    let rows = second.slice().chunks(columns).skip(channel).step_by(channels);
                    let from = rows.flatten().fold(0.0f32, |l, w| l.max(w.abs()));
                    assert!(
                        (to / from - 1.0).abs() < 1e-2,
                        "{:?}, channel {channel}: {to} and {from}",
                        spec.architecture
                    );
                }
            }
        }
    }

    #[test]
    fn pairs_end_at_tanh_and_at_skip_connections() {
        let count = |spec: &Architecture| pairs(&model(spec).layers).len();
        assert_eq!(specs().iter().map(count).collect::<Vec<_>>(), [2, 3, 6, 3]);
        for spec in specs() {
            let tanh = Architecture { activation: ActivationName::Tanh, ..spec };
            assert_eq!(count(&tanh), 0, "{:?}", tanh.architecture);
        }
        // What comes into each block of a residual network is added behind it: the two convolutions inside are the pairs.
        let model = model(&specs()[3]);
        let starts: Vec<usize> = model.layers.iter().filter_map(Layer::skips_from).collect();
        for [first, second] in pairs(&model.layers) {
            assert!(starts.contains(&first), "the pair {first}, {second} is not inside a block");
        }
    }

    #[test]
    fn removed_weights_and_dead_channels_do_no_harm() {
        let mut model = uneven(&Architecture::mlp(&[20, 15]));
        let first = model.weights_mut().next().unwrap();
        first
            .slice_mut()
            .iter_mut()
            .enumerate()
            .for_each(|(at, w)| *w *= if at % 20 == 3 || at % 3 == 0 { 0.0 } else { 1.0 });
        let zeros: Vec<bool> = first.slice().iter().map(|w| *w == 0.0).collect();
        equalize(&mut model);
        let first = model.weights().next().unwrap();
        assert!(first.slice().iter().zip(zeros).all(|(w, zero)| w.is_finite() && (*w == 0.0) == zero));
    }
}
