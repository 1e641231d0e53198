//! Folding batch normalization into the linear layer before it, as integer inference needs (Jacob et al. 2018, 3.2).

use super::layer::{Layer, Role};
use super::model::Model;
use crate::backend::NORMALIZATION_EPSILON;

/// The same function without batch normalization and dropout: `w' = w gamma / sqrt(var + epsilon)`,
/// `b' = (b - mean) gamma / sqrt(var + epsilon) + beta`. Masks stay, since a scaled zero is zero;
/// clusters do not, since what they shared is scaled apart.
///
/// Skip connections go on naming the layers they named, whose places move up. What comes into a batch normalization is gone
/// afterwards; no architecture skips from there.
pub fn fold_batch_norm(model: &Model) -> Model {
    let kept = |layer: &Layer| !matches!(layer, Layer::BatchNormalization { .. } | Layer::Dropout { .. });
    let moved = |layer: Layer| match layer {
        Layer::Add { from } => Layer::Add { from: model.layers[..from].iter().filter(|l| kept(l)).count() },
        other => other,
    };
    let layers: Vec<Layer> = model.layers.iter().copied().filter(kept).map(moved).collect();
    let mut folded = Model::zeroed(layers, model.shape, model.classes);
    let mut at = 0; // the folded model's next parameter
    for (index, layer) in model.layers.iter().enumerate() {
        match layer {
            Layer::BatchNormalization { channels, .. } if at >= 2 => {
                let (factor, shift) = factors(model, index, *channels);
                let (weights, bias) = folded.parameters.split_at_mut(at - 1);
                let (weights, bias) = (&mut weights[at - 2], &mut bias[0]);
                for (i, weight) in weights.slice_mut().iter_mut().enumerate() {
                    *weight *= factor[i % channels];
                }
                for (i, bias) in bias.slice_mut().iter_mut().enumerate() {
                    *bias = *bias * factor[i] + shift[i];
                }
            }
            _ => {
                for parameter in model.of_layer(index) {
                    let place = folded.parameters[at].layer;
                    folded.parameters[at] = parameter.clone();
                    folded.parameters[at].layer = place;
                    folded.parameters[at].clusters = None;
                    folded.parameters[at].integers = None;
                    at += 1;
                }
            }
        }
    }
    folded
}

/// A frozen batch normalization as `y = x * factor + shift`, channel by channel.
fn factors(model: &Model, layer: usize, channels: usize) -> (Vec<f32>, Vec<f32>) {
    let mut factor = vec![1.0; channels];
    let mut shift = vec![0.0; channels];
    let of_role = |role| model.of_layer(layer).find(move |p| p.role == role);
    if let (Some(scale), Some(statistics)) = (of_role(Role::Scale), of_role(Role::Statistics)) {
        let (gamma, beta) = scale.slice().split_at(channels);
        let (mean, variance) = statistics.slice().split_at(channels);
        for c in 0..channels {
            factor[c] = gamma[c] / (variance[c] + NORMALIZATION_EPSILON).sqrt();
            shift[c] = beta[c] - mean[c] * factor[c];
        }
    }
    (factor, shift)
}
