//! GraSP: the score of a weight is `w (H g)`, how much less the network's gradient would be without it.
//!
//! Paper: Wang, Zhang, Grosse, "Picking Winning Tickets Before Training by Preserving Gradient Flow", 2020.
//!
//! How fast the loss falls when training begins is the squared length of its gradient, `g^T g`. A change `d` of the weights
//! changes that by `2 d^T H g`, to first order; without the weight `w`, `d = -w`, and it changes by `-2 w (H g)`. The paper's
//! score is `-w (H g)`, and the weights with the *highest* go, since without them the gradient flow rises, or falls least. Here
//! the lowest go, so the sign is turned, as in the code of Tanaka et al. 2020; and neither sum normalizes the scores, which would
//! not change their order. As in both, the logits are divided by 200 for the gradient and for the Hessian.

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::{Model, analysis};

/// What the logits are divided by.
const TEMPERATURE: f64 = 200.0;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "grasp",
        title: "GraSP",
        help: "Removes, before any training, the weights without which the network will learn fastest at the start.",
        paper: "Wang et al. 2020, Picking Winning Tickets Before Training by Preserving Gradient Flow",
    },
    needs: Needs::Samples,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    let along = analysis::hessian_times_gradient(model, evidence.samples, TEMPERATURE);
    Ok(super::score::with_weights(model, &along, |hg, w| w * hg))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{drawn, evidence};
    use super::*;
    use crate::network::Samples;
    use crate::network::analysis::reference::{self, assert_close};

    /// Half the squared length of the gradient, itself by differences of a plain forward pass.
    fn flow(model: &Model, weights: &[Vec<f64>], samples: &Samples) -> f64 {
        let step = 1e-4;
        let gradient = reference::for_each_weight(weights, |d| {
            let at = |step| reference::along(weights, d, step, |w| reference::loss(model, w, samples, TEMPERATURE));
            (at(step) - at(-step)) / (2.0 * step)
        });
        gradient.iter().flatten().map(|g| g * g).sum::<f64>() / 2.0
    }

    /// The score is what the gradient flow loses, by differences, when a weight shrinks by a small share of itself.
    #[test]
    fn the_score_is_the_gradient_flow_that_goes_with_a_weight() {
        let (model, all) = drawn(&[3, 3], 2);
        let samples = Samples { x: all.x[..10].to_vec(), labels: all.labels[..5].to_vec() };
        let (weights, share) = (reference::weights(&model), 1e-3);
        let wanted = reference::for_each_weight(&weights, |d| {
            let own: f64 = weights.iter().flatten().zip(d.iter().flatten()).map(|(w, d)| w * d).sum();
            let at = |step: f64| reference::along(&weights, d, step * own, |w| flow(&model, w, &samples));
            (at(share) - at(-share)) / (2.0 * share)
        });
        assert!(wanted.iter().flatten().any(|s| *s > 0.0) && wanted.iter().flatten().any(|s| *s < 0.0));
        assert_close(&score(&model, &evidence(&samples)).unwrap(), &wanted, 1e-4);
    }
}
