//! Bias correction: what quantization adds to a layer's outputs on average is taken from its bias.
//!
//! Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.2, in the form of
//! its appendix D that measures the means on samples. It goes from the first layer to the last: what is measured of a layer comes from
//! layers before it that have been corrected.

use crate::network::{Layer, Model};

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

/// Columns of a linear layer's weights.
pub fn outputs(layer: &Layer) -> usize {
    match layer {
        Layer::Dense { outputs, .. } => *outputs,
        Layer::Convolution(conv) => conv.filters,
        _ => 0,
    }
}
