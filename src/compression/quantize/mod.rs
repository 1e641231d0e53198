//! Quantization: scales and zero points from weights and from calibration data, and networks of integers.

mod ada_round;
mod aware;
mod bias;
mod codes;
mod entropy;
mod equalize;
mod histogram;
mod mean_squared;
mod min_max;
pub mod mixed;
mod moments;
pub mod number_line;
mod observer;
pub mod overflow;
mod percentile;
mod post_training;
mod scale;
mod second_order;
mod settings;
#[cfg(test)]
mod testing;

pub use ada_round::AdaRound;
pub use aware::{begin, calibrated, fits, grids_of, integers, on_grids, shown};
pub use bias::{Means, correct, up_to};
pub use codes::{codes, levels};
pub use equalize::equalize;
pub use min_max::{RangeObserver, activation_grid};
pub use moments::Moments;
pub use observer::{RangeFinder, grid_of};
pub use post_training::{assemble, quantize};
pub use scale::{Levels, scale_of};
pub use second_order::second_order;
pub use settings::{Clip, Granularity, Mapping, Observer, Quantize, Rounding, SETTINGS, Scheme};

use super::About;

/// The name of quantization-aware training.
const AWARE: &str = "aware";

/// All quantization methods.
pub const METHODS: &[About] = &[post_training::ABOUT, AWARE_TRAINING];

/// Quantization-aware training; the layers that round are the network's ([`crate::network`]).
const AWARE_TRAINING: About = About {
    name: AWARE,
    title: "Quantization-aware training",
    help: "Trains on with every weight and activation rounded as it will be, so that the network learns to live with it. What carries 4, 2 and 1 bits.",
    paper: "Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference; Esser et al. 2020, Learned Step Size Quantization",
};
