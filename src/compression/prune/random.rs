//! Random pruning: the score of a weight is drawn.
//!
//! No paper has it as its method, and most compare with it; among them Frankle, Dziugaite, Roy, Carbin, "Pruning Neural Networks
//! at Initialization: Why Are We Missing the Mark?", 2021.

use super::{Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::data::Key;
use crate::network::Model;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "random",
        title: "Random",
        help: "Removes weights by lot: what any method that claims to choose must beat.",
        paper: "Frankle et al. 2021, Pruning Neural Networks at Initialization: Why Are We Missing the Mark?",
    },
    needs: Needs::Weights,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score: |model, evidence| Ok(score(model, &evidence.key)), adjust: None };

/// Uniform in [0, 1), each matrix from a stream of its own.
fn score(model: &Model, key: &Key) -> Scores {
    let drawn = |(matrix, len): (usize, usize)| {
        let mut rng = key.fold_index(matrix as u64).rng();
        (0..len).map(|_| f64::from(rng.uniform())).collect()
    };
    model.weights().map(|p| p.values.len()).enumerate().map(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Scope, prune_to};
    use super::*;
    use crate::network::{Architecture, Shape};

    #[test]
    fn every_matrix_and_either_half_of_it_loses_its_share() {
        let shape = Shape { height: 1, width: 1, channels: 60 };
        let mut model = Model::initialize(&Architecture::mlp(&[50, 40]), shape, 30, &Key::new(1)).unwrap();
        let scores = score(&model, &Key::new(2));
        assert_eq!(scores, score(&model, &Key::new(2)));
        assert_ne!(scores, score(&model, &Key::new(3)));
        assert_ne!(scores[0][..100], scores[1][..100]);
        prune_to(&mut model, &scores, 0.7, Scope::Global);
        for half in model.weights().flat_map(|p| p.slice().chunks(p.values.len() / 2)) {
            let share = half.iter().filter(|w| **w == 0.0).count() as f64 / half.len() as f64;
            assert!((share - 0.7).abs() < 0.07, "{share}");
        }
    }
}
