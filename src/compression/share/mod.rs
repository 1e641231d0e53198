//! Weight sharing: a method finds a few values for the weights of each matrix, and training then moves those values.
//!
//! Source: Han, Mao, Dally, "Deep Compression: Compressing Deep Neural Networks with Pruning, Trained Quantization and Huffman
//! Coding", 2016, section 3. The gradient of a value is the sum of its weights' gradients, so that what is shared stays shared.

mod k_means;

pub use k_means::{Clustering, cluster};

use super::{About, Setting};
use crate::data::Key;
use crate::network::{Layer, Model};
use serde::{Deserialize, Serialize};

/// All methods of weight sharing.
pub const METHODS: &[About] = &[k_means::ABOUT];

/// The numeric settings of weight sharing.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "bits",
        title: "Bits, dense layers",
        help: "The weights of a dense layer that are not zero share two to this power of values. 5 is the paper's choice; fewer make smaller files and cost accuracy.",
        default: 5.0,
        range: 1.0..=8.0,
        step: 1.0,
    },
    Setting {
        name: "convolution_bits",
        title: "Bits, convolutions",
        help: "The same for a convolution, whose few weights are each used many times and want more values.",
        default: 8.0,
        range: 1.0..=8.0,
        step: 1.0,
    },
    Setting {
        name: "epochs",
        title: "Fine-tuning epochs",
        help: "Passes over the training set in which the shared values are trained. 0 shows what sharing alone does.",
        default: 2.0,
        range: 0.0..=50.0,
        step: 1.0,
    },
    Setting {
        name: "learning_rate",
        title: "Fine-tuning learning rate",
        help: "The learning rate with which the training of the shared values begins.",
        default: 0.0005,
        range: 1e-6..=1.0,
        step: 0.0001,
    },
];

/// Where the search for values begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Initialization {
    /// Evenly from the least weight to the largest, so that the few large ones, which matter most, have values near them.
    #[default]
    Linear,
    /// Evenly by count: where there are more weights there are more values.
    Density,
    /// At weights drawn at random (Forgy).
    Random,
}

named!(Initialization { Linear => "linear", Density => "density", Random => "random" });

/// A weight-sharing step as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Share {
    /// The name of the method.
    pub method: String,
    /// Bits of a weight's index in dense layers: `2^bits` values a matrix.
    pub bits: usize,
    /// The same in convolutions.
    pub convolution_bits: usize,
    /// Where the search for values begins.
    pub initialization: Initialization,
    /// Epochs of training the values.
    pub epochs: usize,
    /// Learning rate at the start of that training.
    pub learning_rate: f64,
}

impl Default for Share {
    fn default() -> Self {
        Self {
            method: "k-means".into(),
            bits: 5,
            convolution_bits: 8,
            initialization: Initialization::Linear,
            epochs: 2,
            learning_rate: 0.0005,
        }
    }
}

impl Share {
    /// Checks every setting against the tables.
    pub fn check(&self) -> Result<(), String> {
        super::find(METHODS, |about| *about, &self.method)?;
        let values = [self.bits as f64, self.convolution_bits as f64, self.epochs as f64, self.learning_rate];
        for (setting, value) in SETTINGS.iter().zip(values) {
            setting.check(value)?;
        }
        Ok(())
    }
}

/// Gives the weights of each matrix that are not zero few values, and notes which weights share one.
///
/// Zeros stay zeros and share nothing. `key` is where chance comes from.
pub fn share_weights(model: &mut Model, share: &Share, key: &Key) {
    let layers = model.layers.clone();
    for (index, parameter) in model.weights_mut().enumerate() {
        let bits = match layers[parameter.layer] {
            Layer::Convolution(_) => share.convolution_bits,
            _ => share.bits,
        };
        let mut rng = key.fold_index(index as u64).rng();
        let found = cluster(parameter.slice(), 1 << bits.min(8), share.initialization, &mut rng);
        for (weight, &cluster) in parameter.slice_mut().iter_mut().zip(&found.clusters) {
            *weight = match cluster {
                0 => 0.0,
                cluster => found.centroids[usize::from(cluster) - 1],
            };
        }
        parameter.clusters = Some(found.clusters);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::network::{Architecture, ArchitectureName, Shape};
    use std::collections::BTreeSet;

    #[test]
    fn each_matrix_has_as_many_values_as_its_bits_say() {
        let spec = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
        let shape = Shape { height: 28, width: 28, channels: 1 };
        let whole = Model::initialize(&spec, shape, 10, &Key::new(1)).unwrap();
        for initialization in [Initialization::Linear, Initialization::Density, Initialization::Random] {
            let mut model = whole.clone();
            model.parameters[0].slice_mut()[7] = -0.0;
            let share = Share { bits: 3, convolution_bits: 4, initialization, ..Share::default() };
            share_weights(&mut model, &share, &Key::new(2));
            let counts: Vec<usize> = model
                .weights()
                .map(|p| p.slice().iter().filter(|w| **w != 0.0).map(|w| w.to_bits()).collect::<BTreeSet<_>>().len())
                .collect();
            assert_eq!(counts, [16, 16, 8, 8]);
            assert_eq!(model.parameters[0].slice()[7].to_bits(), 0, "zeros stay zero");
            assert_eq!(model.parameters[0].clusters.as_ref().unwrap()[7], 0);
            assert!(model.parameters[1].clusters.is_none(), "biases share nothing");
        }
    }

    #[test]
    fn settings_out_of_range_are_named() {
        for (share, word) in [
            (Share { bits: 9, ..Share::default() }, "bits 9"),
            (Share { convolution_bits: 0, ..Share::default() }, "convolution_bits 0"),
            (Share { method: "guess".into(), ..Share::default() }, "k-means"),
        ] {
            let sentence = share.check().unwrap_err();
            assert!(sentence.contains(word), "{sentence}");
        }
        assert_eq!(Share::default().check(), Ok(()));
    }
}
