//! Magnitude pruning by squares: the score of a weight is its square.
//!
//! Single weights go in the same order as by their absolute value. Of what is removed as one, a neuron, a filter or a block, the
//! scores are added up, and so this is by the L2 norm where [`super::magnitude`] is by the L1 norm.
//!
//! Paper: Li, Kadav, Durdanovic, Samet, Graf, "Pruning Filters for Efficient ConvNets", 2017 (section 4.4 compares both).

use super::{Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::Model;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "magnitude-l2",
        title: "Magnitude (L2)",
        help: "As magnitude, but by squares: units and blocks are compared by their L2 norm, in which a few large weights count for more than many small ones. For single weights it is the same.",
        paper: "Li et al. 2017, Pruning Filters for Efficient ConvNets",
    },
    needs: Needs::Weights,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score: |model, _| Ok(score(model)), adjust: None };

/// `w^2` for every weight.
fn score(model: &Model) -> Scores {
    super::score::of_weights(model, |w| w * w)
}

#[cfg(test)]
mod tests {
    use super::super::{Granularity, Prune, Schedule, Scope, contests, magnitudes, take_units};
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, Shape};

    #[test]
    fn a_unit_of_few_large_weights_stays_where_the_l1_norm_keeps_one_of_many_small_ones() {
        let shape = Shape { height: 1, width: 1, channels: 4 };
        let mut whole = Model::initialize(&Architecture::mlp(&[2]), shape, 3, &Key::new(3)).unwrap();
        let rows = [[1.0, 0.6], [0.0, 0.6], [0.0, 0.6], [0.0, 0.6]]; // L1: 1 and 2.4, L2: 1 and 1.2
        let wide = [[1.5, 0.6], [0.0, 0.6], [0.0, 0.6], [0.0, 0.6]]; // L1: 1.5 and 2.4, L2: 1.5 and 1.2
        let half = Prune {
            sparsity: 0.5,
            scope: Scope::Layerwise,
            granularity: Granularity::Unit,
            schedule: Schedule::OneShot,
            ..Prune::default()
        };
        let mut stays = |rows: [[f32; 2]; 4], score: fn(&Model) -> Scores| {
            if let Some(first) = whole.weights_mut().next() {
                first.slice_mut().copy_from_slice(rows.as_flattened());
            }
            let mut model = whole.clone();
            let contests = contests(&model, &half);
            let scores = score(&model);
            take_units(&mut model, &scores, &half, &contests, 1)[0].clone()
        };
        assert_eq!((stays(rows, magnitudes), stays(rows, score)), (vec![false, true], vec![false, true]));
        assert_eq!((stays(wide, magnitudes), stays(wide, score)), (vec![false, true], vec![true, false]));
    }
}
