//! The second moments of what comes into each layer: all that the error of a linear layer's outputs depends on.
//!
//! With `H` the sum of `x x^T` over the inputs `x` of a layer, weights `w + d` in place of `w` move an output by a sum of squares of
//! `d^T H d`.

use crate::backend::Conv;
use crate::backend::cpu::gather_patches;
use crate::compression::cholesky::add_gram;
use crate::network::{Layer, Model};

/// Patches that an image gives to the moments of a convolution, at most. Neighbouring patches are nearly the same, and a thousand
/// images give 16,000: many times the inputs of any layer here, in a fraction of the time that all would take.
const PATCHES: usize = 16;

/// The sum of `x x^T` over the inputs of one linear layer; of a convolution, over its patches.
#[derive(Clone, Debug)]
pub struct Moments {
    /// Index of the layer, which is also the place at which [`crate::network::Executable::observe`] shows its inputs.
    pub layer: usize,
    /// Row by row; what is below the diagonal stays zero.
    pub sum: Vec<Vec<f64>>,
    conv: Option<Conv>,
    samples: usize,
}

impl Moments {
    /// Those of every linear layer of a model, in order, with nothing seen.
    pub fn of(model: &Model) -> Vec<Self> {
        model.layers.iter().enumerate().filter_map(|(layer, of)| Self::new(layer, of)).collect()
    }

    /// Those of one layer, if it is linear.
    pub fn new(layer: usize, of: &Layer) -> Option<Self> {
        let (inputs, conv) = match of {
            Layer::Dense { inputs, .. } => (*inputs, None),
            Layer::Convolution(conv) => (conv.patch(), Some(*conv)),
            _ => return None,
        };
        Some(Self { layer, sum: vec![vec![0.0; inputs]; inputs], conv, samples: 0 })
    }

    /// Adds what comes into the layer for a batch of samples.
    pub fn observe(&mut self, values: &[f32]) {
        let wide = |row: &[f32]| row.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
        let Some(conv) = self.conv else {
            let rows: Vec<Vec<f64>> = values.chunks(self.sum.len().max(1)).map(wide).collect();
            return add_gram(&rows, &mut self.sum);
        };
        let (pixels, patch) = (conv.out_pixels(), conv.patch());
        let mut patches = vec![0.0; pixels * patch];
        let mut rows = Vec::with_capacity(PATCHES);
        for image in values.chunks(conv.inputs().max(1)) {
            gather_patches(conv, patch, image, 0.0, &mut patches);
            // Evenly spread, and moved on by one from image to image, so that no pixel is left out.
            let taken = pixels.min(PATCHES);
            let chosen = (0..taken).map(|i| (i * pixels / taken + self.samples) % pixels);
            rows.extend(chosen.map(|pixel| wide(&patches[pixel * patch..][..patch])));
            self.samples += 1;
            add_gram(&rows, &mut self.sum);
            rows.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{model, samples};
    use super::*;
    use crate::network::{Architecture, ArchitectureName, Executable, TrainedModel};

    /// `d^T H d` for a change `d` of a layer's weights is what the layer's outputs change by, in squares.
    #[test]
    fn moments_tell_how_outputs_change() {
        let lenet = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
        for spec in [Architecture::mlp(&[30]), lenet] {
            let model = model(&spec);
            let all = samples(6);
            let mut moments = Moments::of(&model);
            let mut inputs = vec![Vec::new(); model.layers.len() + 1];
            Executable::new(&TrainedModel::Float(model.clone())).observe(6, &all, &mut |place, values| {
                inputs[place] = values.to_vec();
                moments.iter_mut().filter(|m| m.layer == place).for_each(|m| m.observe(values));
            });
            assert_eq!(moments.len(), model.weights().count());
            for moments in &moments {
                let size = moments.sum.len();
                let change: Vec<f64> = (0..size).map(|i| (i % 5) as f64 - 1.5).collect();
                let h = |i: usize, j: usize| moments.sum[i.min(j)][i.max(j)];
                let told: f64 =
                    (0..size).map(|i| change[i] * (0..size).map(|j| h(i, j) * change[j]).sum::<f64>()).sum();
                let squared: f64 = rows(&model.layers[moments.layer], &inputs[moments.layer])
                    .iter()
                    .map(|row| row.iter().zip(&change).map(|(x, d)| f64::from(*x) * d).sum::<f64>().powi(2))
                    .sum();
                assert!((told / squared - 1.0).abs() < 1e-9, "layer {}: {told}, {squared}", moments.layer);
            }
        }
    }

    /// The rows that a layer multiplies, by the definition of a convolution.
    fn rows(layer: &Layer, values: &[f32]) -> Vec<Vec<f32>> {
        let Layer::Convolution(conv) = layer else {
            let Layer::Dense { inputs, .. } = layer else { unreachable!("only linear layers have moments") };
            return values.chunks(*inputs).map(<[f32]>::to_vec).collect();
        };
        let mut rows = Vec::new();
        for (sample, image) in values.chunks(conv.inputs()).enumerate() {
            let pixels = conv.out_pixels();
            let taken = pixels.min(PATCHES);
            for pixel in (0..taken).map(|i| (i * pixels / taken + sample) % pixels) {
                let (y, x) = (pixel / conv.out_width(), pixel % conv.out_width());
                let mut row = Vec::new();
                for (ky, kx) in (0..conv.kernel).flat_map(|ky| (0..conv.kernel).map(move |kx| (ky, kx))) {
                    let at = ((y + ky) * conv.width + x + kx) * conv.channels;
                    row.extend_from_slice(&image[at..at + conv.channels]);
                }
                rows.push(row);
            }
        }
        rows
    }
}
