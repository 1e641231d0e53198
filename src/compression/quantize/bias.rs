//! Bias correction: what quantization adds to a layer's outputs on average is taken from its bias.
//!
//! Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.2, in the form of
//! its appendix D that measures the means on samples. It goes from the first layer to the last: what is measured of a layer comes from
//! layers before it that have been corrected.

use crate::network::Model;

/// The mean of each output of a layer, over samples and, of a convolution, pixels.
#[derive(Clone, Debug, Default)]
pub struct Means {
    sums: Vec<f64>,
    rows: usize,
}

impl Means {
    /// Of a layer with so many outputs, with nothing seen.
    pub fn new(outputs: usize) -> Self {
        Self { sums: vec![0.0; outputs], rows: 0 }
    }

    /// Takes a layer's outputs before its nonlinearity, row by row.
    pub fn observe(&mut self, values: &[f32]) {
        for row in values.chunks(self.sums.len().max(1)) {
            self.sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += f64::from(*v));
            self.rows += 1;
        }
    }

    /// The means.
    pub fn get(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.rows.max(1) as f64).collect()
    }
}

/// Takes from a layer's bias by how much the quantized layer's means lie above the float layer's.
pub fn correct(bias: &mut [f32], float: &Means, quantized: &Means) {
    for ((bias, float), quantized) in bias.iter_mut().zip(float.get()).zip(quantized.get()) {
        *bias -= (quantized - float) as f32;
    }
}

/// The network up to and with a linear layer: what it gives for logits are that layer's outputs before the nonlinearity.
pub fn up_to(model: &Model, layer: usize) -> Model {
    let mut inputs = model.shape.len();
    for layer in &model.layers[..=layer] {
        inputs = layer.outputs(inputs);
    }
    Model {
        shape: model.shape,
        classes: inputs,
        layers: model.layers[..=layer].to_vec(),
        parameters: model.parameters.iter().filter(|p| p.layer <= layer).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{model, samples};
    use super::super::{Clip, Quantize, RangeFinder, assemble, codes, grid_of};
    use super::*;
    use crate::network::{
        Architecture, ArchitectureName, Executable, IntegerModel, Layer, Parameter, Role, TrainedModel,
    };

    const SAMPLES: usize = 96;

    fn means(model: TrainedModel, outputs: usize, x: &[f32]) -> Means {
        let mut means = Means::new(outputs);
        means.observe(Executable::new(&model).logits(SAMPLES, x));
        means
    }

    /// Weights of 3 bits and activations of 5, corrected layer by layer: on the samples, no output's mean is off any more by more than
    /// its bias was rounded by, and before they all were.
    #[test]
    fn the_mean_error_of_every_output_goes() {
        let lenet = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
        let residual = Architecture { architecture: ArchitectureName::ResNetSmall, ..Architecture::default() };
        for spec in [Architecture::mlp(&[30, 20]), lenet, residual] {
            let mut corrected = model(&spec);
            let (float, x) = (corrected.clone(), samples(SAMPLES));
            let settings = Quantize { clip: Clip::Mse, activation_bits: 5, ..Quantize::default() };
            let mut finders = vec![RangeFinder::new(settings.observer); float.layers.len() + 1];
            Executable::new(&TrainedModel::Float(float.clone()))
                .observe(SAMPLES, &x, &mut |place, values| finders[place].observe(values));
            let grid = |finder: &RangeFinder| {
                let (bits, mapping) = (settings.activation_bits, settings.activation_mapping);
                grid_of(finder.range(bits, mapping), bits, mapping)
            };
            let grids: Vec<_> = finders.iter().map(grid).collect();
            let integers = |model: &Model, layer| -> IntegerModel {
                assemble(&up_to(model, layer), &grids, &mut |weights, outputs| codes(weights, outputs, 3, &settings))
            };
            let linear = |layer: &usize| matches!(float.layers[*layer], Layer::Dense { .. } | Layer::Convolution(_));
            for layer in (0..float.layers.len()).filter(linear) {
                let bias = |p: &&mut Parameter| p.layer == layer && p.role == Role::Bias;
                let outputs = corrected.parameters.iter_mut().find(bias).unwrap().values.len();
                let wanted = means(TrainedModel::Float(up_to(&float, layer)), outputs, &x);
                let found = |model: &Model| means(TrainedModel::Integer(integers(model, layer)), outputs, &x);
                let before = found(&corrected);
                correct(corrected.parameters.iter_mut().find(bias).unwrap().slice_mut(), &wanted, &before);
                let after = found(&corrected);
                let units = integers(&corrected, layer);
                let units = units.linears().last().unwrap();
                let off = |means: &Means, output: usize| (means.get()[output] - wanted.get()[output]).abs();
                for output in 0..outputs {
                    let unit = f64::from(units.input.scale * units.scale(output));
                    let left = off(&after, output);
                    assert!(left < 0.51 * unit + 1e-4, "{:?} layer {layer}: {left}, {unit}", spec.architecture);
                }
                let all = |means: &Means| (0..outputs).map(|output| off(means, output)).sum::<f64>();
                assert!(all(&after) < 0.3 * all(&before), "layer {layer}: {} of {}", all(&after), all(&before));
            }
        }
    }
}
