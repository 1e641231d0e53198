//! Optimal Brain Damage: the score of a weight is what the loss is expected to rise by when it goes, `h w^2 / 2`, where `h` is
//! the loss's second derivative by it.
//!
//! Paper: LeCun, Denker, Solla, "Optimal Brain Damage", 1990.
//!
//! At a minimum the gradient is zero, and the loss after a small change `d` is, to second order, higher by `d^T H d / 2`. The
//! paper leaves out all of `H` but its diagonal; with `d = -w` for one weight that is the score.

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::{Model, analysis};

pub(super) const METHOD: Method = Method {
    about: About {
        name: "obd",
        title: "Optimal Brain Damage",
        help: "Removes the weights that the loss depends on least, judged by its curvature: for networks that are trained.",
        paper: "LeCun et al. 1990, Optimal Brain Damage",
    },
    needs: Needs::Samples,
    predicts: true,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

/// `h w^2 / 2`.
fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    let saliency = |h: f64, w: f64| h * w * w / 2.0;
    Ok(super::score::with_weights(model, &analysis::diagonal(model, evidence.samples), saliency))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evidence, trained};
    use super::*;
    use crate::network::analysis::loss;
    use crate::network::analysis::reference::{self, assert_close};

    /// For one layer, whose second derivatives are exact, against differences of a plain forward pass.
    #[test]
    fn the_score_is_half_the_second_derivative_times_the_square() {
        let (model, samples) = trained(&[], 1);
        let mut wanted = reference::diagonal(&model, &samples);
        let weights = reference::weights(&model);
        wanted.iter_mut().flatten().zip(weights.iter().flatten()).for_each(|(h, w)| *h *= w * w / 2.0);
        assert_close(&score(&model, &evidence(&samples)).unwrap(), &wanted, 1e-5);
    }

    /// At a minimum, of a network with a hidden layer: over the quarter of the weights with the lowest scores, each deleted alone.
    /// (Of many deleted together the paper's sum takes no account of how they act on each other.)
    #[test]
    fn the_loss_rises_by_what_was_predicted() {
        for seed in 1..3 {
            let (model, samples) = trained(&[8], seed);
            let before = loss(&model, &samples);
            let scores = score(&model, &evidence(&samples)).unwrap();
            let places = scores.iter().enumerate();
            let mut ordered: Vec<(f64, usize, usize)> =
                places.flat_map(|(m, scores)| scores.iter().enumerate().map(move |(i, s)| (*s, m, i))).collect();
            ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (mut predicted, mut measured) = (0.0, 0.0);
            for &(saliency, matrix, index) in &ordered[..ordered.len() / 4] {
                let mut without = model.clone();
                if let Some(p) = without.weights_mut().nth(matrix) {
                    p.slice_mut()[index] = 0.0;
                }
                predicted += saliency;
                measured += loss(&without, &samples) - before;
            }
            assert!((predicted / measured - 1.0).abs() < 0.2, "{predicted} for {measured}");
        }
    }
}
