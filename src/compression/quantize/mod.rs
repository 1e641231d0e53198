//! Quantization to int8: scales and zero points from weights and from calibration data.

mod min_max;
pub mod number_line;
mod post_training;

pub use min_max::{RangeObserver, activation_grid};
pub use post_training::quantize;

use super::{About, Setting};
use serde::{Deserialize, Serialize};

/// All quantization methods.
pub const METHODS: &[About] = &[post_training::ABOUT];

/// The numeric settings of quantization.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "bits",
        title: "Bits",
        help: "Bits of a weight. This version runs 8-bit integers.",
        default: 8.0,
        range: 8.0..=8.0,
        step: 1.0,
    },
    Setting {
        name: "calibration",
        title: "Calibration samples",
        help: "How many training samples are run to find the range of each layer's activations.",
        default: 1000.0,
        range: 1.0..=10000.0,
        step: 1.0,
    },
];

/// How many weights share one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// One scale for each output unit or filter.
    #[default]
    PerChannel,
    /// One scale for a whole matrix.
    PerTensor,
}

/// A quantization step as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quantize {
    /// The name of the method.
    pub method: String,
    /// Bits of a weight.
    pub bits: usize,
    /// How many weights share a scale.
    pub granularity: Granularity,
    /// Training samples that are run to find the activations' ranges.
    pub calibration: usize,
}

impl Default for Quantize {
    fn default() -> Self {
        Self { method: "post-training".into(), bits: 8, granularity: Granularity::PerChannel, calibration: 1000 }
    }
}

impl Quantize {
    /// Checks every setting against the tables.
    pub fn check(&self) -> Result<(), String> {
        super::find(METHODS, |about| *about, &self.method)?;
        for (setting, value) in SETTINGS.iter().zip([self.bits as f64, self.calibration as f64]) {
            setting.check(value)?;
        }
        Ok(())
    }
}
