//! A quantization step as a recipe writes it.

use super::METHODS;
use crate::compression::Setting;
use serde::{Deserialize, Serialize};

/// The numeric settings of quantization.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "bits",
        title: "Bits of a weight",
        help: "8 is nearly free; 4 halves the bytes once more and wants repairs or training; 2 (in a narrow range: ternary, -1, 0, 1) and 1 (binary) need quantization-aware training.",
        default: 8.0,
        range: 1.0..=8.0,
        step: 1.0,
    },
    Setting {
        name: "activation_bits",
        title: "Bits of an activation",
        help: "What flows between layers. Below 8 bits nothing gets smaller but the memory that a run takes.",
        default: 8.0,
        range: 2.0..=8.0,
        step: 1.0,
    },
    Setting {
        name: "group",
        title: "Weights of a group",
        help: "How many weights of an output share a scale, where scales are per group. Small groups follow the weights closely, and each scale takes four bytes.",
        default: 32.0,
        range: 2.0..=1024.0,
        step: 1.0,
    },
    Setting {
        name: "calibration",
        title: "Calibration samples",
        help: "How many training samples are run to find the range of each layer's activations, and what repairs go by.",
        default: 1000.0,
        range: 1.0..=10000.0,
        step: 1.0,
    },
    Setting {
        name: "budget",
        title: "Bytes for the weights",
        help: "0 gives every layer the same bits. Otherwise each layer gets bits of its own, found so that the loss on the calibration samples rises least within so many bytes.",
        default: 0.0,
        range: 0.0..=100_000_000.0,
        step: 1000.0,
    },
    Setting {
        name: "epochs",
        title: "Training epochs",
        help: "Passes over the training set with every weight and activation rounded as it will be in integers.",
        default: 2.0,
        range: 0.0..=100.0,
        step: 1.0,
    },
    Setting {
        name: "learning_rate",
        title: "Learning rate",
        help: "The learning rate with which quantization-aware training begins.",
        default: 0.001,
        range: 1e-6..=1.0,
        step: 0.0001,
    },
    Setting {
        name: "delay",
        title: "Epochs before activations are rounded",
        help: "Of the training epochs: weights are rounded from the start, activations only once the network has settled (Jacob et al. 2018).",
        default: 0.0,
        range: 0.0..=100.0,
        step: 1.0,
    },
];

/// In which arithmetic the network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scheme {
    /// Integers from the first layer to the logits.
    #[default]
    FullInteger,
    /// Integer weights; the activations of each sample are put on a grid of their own as they come into a layer, and what comes out
    /// is a float again.
    DynamicRange,
    /// Integer weights that are turned into floats as they are multiplied; activations stay floats.
    WeightOnly,
}

named!(Scheme { FullInteger => "full-integer", DynamicRange => "dynamic-range", WeightOnly => "weight-only" });

/// How many weights share one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Granularity {
    /// One scale for each output unit or filter.
    #[default]
    PerChannel,
    /// One scale for a whole matrix.
    PerTensor,
    /// One scale for so many neighbouring weights of an output; for weights alone.
    PerGroup,
}

named!(Granularity { PerChannel => "per-channel", PerTensor => "per-tensor", PerGroup => "per-group" });

/// Where zero stands on a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// In the middle.
    Symmetric,
    /// Where the values want it: the grid spans from the least to the largest.
    Affine,
}

named!(Mapping { Symmetric => "symmetric", Affine => "affine" });

/// How far the grid of weights reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Clip {
    /// To the largest weight.
    #[default]
    Max,
    /// As far as makes the squared error least: few large weights are cut off so that the many small ones are nearer.
    Mse,
}

named!(Clip { Max => "max", Mse => "mse" });

/// How the range of an activation is found from the calibration samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Observer {
    /// The least and the largest value seen.
    #[default]
    MinMax,
    /// A moving average over batches of each batch's least and largest.
    MovingAverage,
    /// All but the outermost values.
    Percentile,
    /// The range whose rounded distribution is nearest to the values' in relative entropy.
    Entropy,
    /// The range with the least squared error.
    Mse,
}

named!(Observer { MinMax => "min-max", MovingAverage => "moving-average", Percentile => "percentile", Entropy => "entropy", Mse => "mse" });

/// Which neighbour on the grid a weight takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rounding {
    /// The nearest.
    #[default]
    Nearest,
    /// Up or down, whichever disturbs the layer's outputs less in concert with the others, found by descent (Nagel et al. 2020).
    AdaRound,
    /// One weight after another, those that are left making up for its error, by second derivatives (Frantar et al. 2022).
    SecondOrder,
}

named!(Rounding { Nearest => "nearest", AdaRound => "ada-round", SecondOrder => "second-order" });

/// A quantization step as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quantize {
    /// The name of the method.
    pub method: String,
    /// In which arithmetic the network runs.
    pub scheme: Scheme,
    /// Bits of a weight.
    pub bits: usize,
    /// Bits of each matrix's weights, from the first to the last; `bits` for all, if empty.
    pub layer_bits: Vec<usize>,
    /// Bytes that all weights together may take, the bits of each layer being searched for; 0 for no search.
    pub budget: usize,
    /// How many weights share a scale.
    pub granularity: Granularity,
    /// Weights of a group, where scales are per group.
    pub group: usize,
    /// Where zero stands on the grids of weights.
    pub mapping: Mapping,
    /// Leaves out the least integer of a symmetric grid, so that it reaches as far down as up.
    pub narrow_range: bool,
    /// How far the grids of weights reach.
    pub clip: Clip,
    /// Bits of an activation.
    pub activation_bits: usize,
    /// Where zero stands on the grids of activations.
    pub activation_mapping: Mapping,
    /// How the ranges of activations are found.
    pub observer: Observer,
    /// Training samples that are run to find the activations' ranges.
    pub calibration: usize,
    /// Evens out the ranges of channels across neighbouring layers first.
    pub equalize: bool,
    /// Takes the mean error that rounding brings from the biases.
    pub correct_bias: bool,
    /// Which neighbour on the grid a weight takes.
    pub rounding: Rounding,
    /// Epochs of quantization-aware training.
    pub epochs: usize,
    /// Its learning rate.
    pub learning_rate: f64,
    /// Trains the scales, too (Esser et al. 2020).
    pub learned_step: bool,
    /// Of its epochs, those before activations are rounded.
    pub delay: usize,
}

impl Default for Quantize {
    fn default() -> Self {
        Self {
            method: "post-training".into(),
            scheme: Scheme::FullInteger,
            bits: 8,
            layer_bits: Vec::new(),
            budget: 0,
            granularity: Granularity::PerChannel,
            group: 32,
            mapping: Mapping::Symmetric,
            narrow_range: true,
            clip: Clip::Max,
            activation_bits: 8,
            activation_mapping: Mapping::Affine,
            observer: Observer::MinMax,
            calibration: 1000,
            equalize: false,
            correct_bias: false,
            rounding: Rounding::Nearest,
            epochs: 2,
            learning_rate: 0.001,
            learned_step: true,
            delay: 0,
        }
    }
}

impl Quantize {
    /// Whether the workers' first part can do it: 8 bits, rounded to the nearest, by the largest and least values.
    pub fn is_basic(&self) -> bool {
        let Self { granularity, calibration, .. } = *self;
        granularity != Granularity::PerGroup && *self == Self { granularity, calibration, ..Self::default() }
    }

    /// Whether networks stay integers while they are trained.
    pub fn is_aware(&self) -> bool {
        self.method == super::AWARE
    }

    /// The bits of a weight of the matrix at this place.
    pub fn bits_of(&self, place: usize) -> usize {
        self.layer_bits.get(place).copied().unwrap_or(self.bits)
    }

    /// Checks every setting against the tables, and against the network's count of weight matrices.
    ///
    /// # Errors
    /// A sentence that names the setting, its value and what is allowed.
    pub fn check(&self, matrices: usize) -> Result<(), String> {
        crate::compression::find(METHODS, |about| *about, &self.method)?;
        let values = [
            self.bits as f64,
            self.activation_bits as f64,
            self.group as f64,
            self.calibration as f64,
            self.budget as f64,
            self.epochs as f64,
            self.learning_rate,
            self.delay as f64,
        ];
        for (setting, value) in SETTINGS.iter().zip(values) {
            setting.check(value)?;
        }
        let given = self.layer_bits.len();
        if given > 0 && given != matrices {
            return Err(format!(
                "layer_bits has {given} values and the network {matrices} weight matrices; give one for each, or none"
            ));
        }
        if let Some(bits) = self.layer_bits.iter().find(|bits| !(1..=8).contains(*bits)) {
            return Err(format!("layer_bits holds {bits}; each value must lie between 1 and 8"));
        }
        if self.granularity == Granularity::PerGroup && self.scheme != Scheme::WeightOnly {
            return Err("granularity per-group goes with scheme weight-only alone: sums of integers have one scale each; take weight-only, or per-channel".into());
        }
        if self.mapping == Mapping::Affine && (self.bits == 1 || self.layer_bits.contains(&1)) {
            return Err("mapping affine does not go with 1 bit, whose two values are one number and its negative; take symmetric".into());
        }
        if self.budget > 0 && given > 0 {
            return Err("budget and layer_bits both say which bits each layer has; leave one of them out".into());
        }
        if !self.is_aware() {
            return Ok(());
        }
        if self.scheme != Scheme::FullInteger || self.mapping == Mapping::Affine {
            return Err(format!(
                "method {} trains networks of integers with symmetric weights; take scheme full-integer and mapping symmetric",
                self.method
            ));
        }
        if self.equalize || self.correct_bias || self.rounding != Rounding::Nearest {
            return Err(format!(
                "method {} has no use for equalize, correct_bias and rounding: training does what they do; leave them out",
                self.method
            ));
        }
        if self.delay > self.epochs {
            return Err(format!("delay {} is more than the {} epochs; lower it", self.delay, self.epochs));
        }
        Ok(())
    }
}
