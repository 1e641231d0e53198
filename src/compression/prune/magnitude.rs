//! Magnitude pruning: the score of a weight is its absolute value.
//!
//! Paper: Han, Pool, Tran, Dally, "Learning both Weights and Connections for Efficient Neural Networks", 2015.

use super::{Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::Model;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "magnitude",
        title: "Magnitude",
        help: "Removes the weights closest to zero: simple, and hard to beat once a network is trained.",
        paper: "Han et al. 2015, Learning both Weights and Connections for Efficient Neural Networks",
    },
    needs: Needs::Weights,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score: |model, _| Ok(magnitudes(model)), adjust: None };

/// `|w|` for every weight.
pub fn magnitudes(model: &Model) -> Scores {
    super::score::of_weights(model, f64::abs)
}

#[cfg(test)]
mod tests {
    use super::super::{Scope, prune_to};
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, Shape};

    /// LeCun et al.'s argument for magnitude: of all masks that keep as many weights, it changes the weights least.
    #[test]
    fn what_is_removed_has_the_least_squared_sum_of_any_choice() {
        let shape = Shape { height: 1, width: 1, channels: 6 };
        let whole = Model::initialize(&Architecture::mlp(&[5]), shape, 3, &Key::new(3)).unwrap();
        let mut pruned = whole.clone();
        prune_to(&mut pruned, &magnitudes(&whole), 0.5, Scope::Global);
        let kept_least = pruned.weights().flat_map(|p| p.slice()).filter(|w| **w != 0.0).map(|w| w.abs());
        let kept_least = kept_least.fold(f32::INFINITY, f32::min);
        for (before, after) in whole.weights().zip(pruned.weights()) {
            for (b, a) in before.slice().iter().zip(after.slice()) {
                assert!(*a != 0.0 || b.abs() <= kept_least, "{b} went although {kept_least} stayed");
            }
        }
    }
}
