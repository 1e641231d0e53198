//! The passes through layers of fake quantization. Whoever trains such a network hands them to it
//! ([`Network::quantize_aware`]), so that what never does so has none of this code.

use super::Network;
use crate::backend::{Backend, Levels};
use crate::network::Layer;

/// A pass through one layer: of the network, on the backend, by the layer's index, with so many samples.
type Pass<B> = fn(&mut Network<B>, &B, usize, usize);

/// The passes, and what they need beside the network's buffers.
pub(super) struct Fakes<B: Backend> {
    pub forward: Pass<B>,
    pub backward: Pass<B>,
    /// Each value's part in the gradient of its step.
    parts: B::Buffer,
    /// Their sums, column by column.
    sums: B::Buffer,
}

impl<B: Backend> Network<B> {
    /// From here on the layers of fake quantization do what they are there for; before, they do nothing.
    pub fn quantize_aware(&mut self, backend: &B, capacity: usize) {
        let values = |(layer, &width): (&Layer, &usize)| match *layer {
            Layer::FakeQuantize { .. } => capacity * width,
            Layer::QuantizeWeights { rows, columns, .. } => rows * columns,
            _ => 0,
        };
        let most = self.layers.iter().zip(&self.widths).map(values).max().unwrap_or(0);
        // No array has more columns than values.
        let widest = self.widths.iter().copied().max().unwrap_or(0);
        let (forward, backward) = (forward, backward);
        self.fakes = Some(Fakes { forward, backward, parts: backend.zeros(most), sums: backend.zeros(widest) });
    }
}

fn forward<B: Backend>(network: &mut Network<B>, backend: &B, index: usize, rows: usize) {
    let p = &network.parameters[network.first_parameter[index]..];
    let width = network.widths[index];
    match network.layers[index] {
        Layer::FakeQuantize { levels, .. } => {
            let (before, after) = network.activations.split_at_mut(index + 1);
            let x = &before[network.input_of[index]];
            backend.fake_quantize(levels, rows * width, 1, x, &p[0].value, &mut after[0]);
        }
        // The weights are the next layer's first parameter.
        Layer::QuantizeWeights { levels, rows, columns, steps, .. } => {
            let quantized = &mut network.saved[index];
            backend.fake_quantize(levels, rows * columns, steps, &p[1].value, &p[0].value, quantized);
            // Two levels have no zero for the weights that were removed.
            if let (false, Some(mask)) = (levels.zero, &p[1].mask) {
                backend.multiply_assign(rows * columns, mask, quantized);
            }
        }
        _ => {}
    }
}

fn backward<B: Backend>(network: &mut Network<B>, backend: &B, index: usize, rows: usize) {
    let Network { layers, first_parameter, widths, input_of, activations, gradients, parameters, fakes, .. } = network;
    let Some(Fakes { parts, sums, .. }) = fakes else { return };
    let p = &mut parameters[first_parameter[index]..];
    let (levels, learned) = match layers[index] {
        Layer::FakeQuantize { levels, learned } | Layer::QuantizeWeights { levels, learned, .. } => (levels, learned),
        _ => return,
    };
    match layers[index] {
        Layer::QuantizeWeights { rows, columns, steps, .. } => {
            let len = rows * columns;
            let [step, weights, ..] = p else { return };
            if let (None, Some(mask)) = (&weights.dense, &weights.mask) {
                backend.multiply_assign(len, mask, &mut weights.gradient);
            }
            let scale = scale(len / steps, levels);
            let (x, g) = (&weights.value, &mut weights.gradient);
            backend.fake_quantize_gradient(levels, scale, len, steps, x, &step.value, g, parts);
            if learned && steps == columns {
                backend.column_sums(rows, columns, parts, &mut step.gradient);
            } else if learned {
                backend.column_sums(rows, columns, parts, sums);
                backend.column_sums(columns, 1, sums, &mut step.gradient);
            }
        }
        _ => {
            let width = widths[index];
            let (x, g) = (&activations[input_of[index]], &mut gradients[0]);
            let scale = scale(width, levels);
            backend.fake_quantize_gradient(levels, scale, rows * width, 1, x, &p[0].value, g, parts);
            if learned {
                backend.column_sums(rows, width, parts, sums);
                backend.column_sums(width, 1, sums, &mut p[0].gradient);
            }
        }
    }
}

/// What the gradient of a step is multiplied by, so that steps move as fast as the values on their grid (Esser et al. 2020,
/// section 2.2): one over the root of how many values share it, times the largest level.
fn scale(values: usize, levels: Levels) -> f32 {
    1.0 / ((values * levels.high.max(1) as usize) as f32).sqrt()
}
