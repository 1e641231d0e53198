//! SNIP: the score of a weight is `|g w|` over the sum of all, `g` being the gradient of the mean loss of a few samples.
//!
//! Paper: Lee, Ajanthan, Torr, "SNIP: Single-shot Network Pruning based on Connection Sensitivity", 2019.
//!
//! With a switch `c` at every weight, `w` becomes `c w`, and the loss's slope by the switch, where all are on, is `g w`. Meant for
//! a network that has just been drawn. Lee et al. take a batch of samples; what is given here has as many of each class.

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::{Model, analysis};

pub(super) const METHOD: Method = Method {
    about: About {
        name: "snip",
        title: "SNIP",
        help: "Removes, before any training, the connections that switching off would change the loss least.",
        paper: "Lee et al. 2019, SNIP: Single-shot Network Pruning based on Connection Sensitivity",
    },
    needs: Needs::Samples,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    let gradient = analysis::gradient(model, evidence.samples);
    let mut scores = super::score::with_weights(model, &gradient, |g, w| (g * w).abs());
    let sum: f64 = scores.iter().flatten().sum();
    if sum > 0.0 {
        scores.iter_mut().flatten().for_each(|score| *score /= sum);
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{drawn, evidence};
    use super::*;
    use crate::network::analysis::reference::{self, assert_close};

    /// By differences of the loss when a connection is switched off a little.
    #[test]
    fn the_score_is_the_slope_by_each_switch() {
        for seed in 1..4 {
            let (model, samples) = drawn(&[6, 5], seed);
            let (weights, step) = (reference::weights(&model), 1e-5);
            let mut wanted = reference::for_each_weight(&weights, |d| {
                let own: f64 = weights.iter().flatten().zip(d.iter().flatten()).map(|(w, d)| w * d).sum();
                let at = |c: f64| {
                    reference::along(&weights, d, (c - 1.0) * own, |w| reference::loss(&model, w, &samples, 1.0))
                };
                ((at(1.0 + step) - at(1.0 - step)) / (2.0 * step)).abs()
            });
            let sum: f64 = wanted.iter().flatten().sum();
            wanted.iter_mut().flatten().for_each(|slope| *slope /= sum);
            assert_close(&score(&model, &evidence(&samples)).unwrap(), &wanted, 1e-6);
        }
    }
}
