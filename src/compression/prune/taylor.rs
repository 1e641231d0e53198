//! First-order Taylor pruning: the score of a weight is the mean over samples of `|g w|`, `g` being the gradient of a sample's
//! loss.
//!
//! Papers: Molchanov, Tyree, Karras, Aila, Kautz, "Pruning Convolutional Neural Networks for Resource Efficient Inference", 2017;
//! Molchanov, Mallya, Tyree, Frosio, Kautz, "Importance Estimation for Neural Network Pruning", 2019.
//!
//! Without a weight a sample's loss changes by `-g w`, to first order. The absolute value is taken of each sample: at a minimum
//! the mean of `g w` is zero for every weight, but the mean of its size is not, and it says how much the weight is in use (2017,
//! section 2.2). The papers score filters and units so, and say that the same holds of single weights.

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::{Model, analysis};

pub(super) const METHOD: Method = Method {
    about: About {
        name: "taylor",
        title: "Taylor (first order)",
        help: "Removes the weights without which the loss of the samples would change least, judged by its slope.",
        paper: "Molchanov et al. 2017, Pruning Convolutional Neural Networks for Resource Efficient Inference",
    },
    needs: Needs::Samples,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    let change = |g: f64, w: f64| g * w.abs();
    Ok(super::score::with_weights(model, &analysis::absolute_gradient(model, evidence.samples), change))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evidence, trained};
    use super::*;
    use crate::network::Samples;
    use crate::network::analysis::reference::{self, assert_close};

    /// By differences: each sample's loss when a weight shrinks by a small share of itself.
    #[test]
    fn the_score_is_how_much_each_samples_loss_changes() {
        let (model, all) = trained(&[5], 1);
        let samples = Samples { x: all.x[..12].to_vec(), labels: all.labels[..6].to_vec() };
        let (weights, share) = (reference::weights(&model), 1e-5);
        let wanted = reference::for_each_weight(&weights, |d| {
            let own: f64 = weights.iter().flatten().zip(d.iter().flatten()).map(|(w, d)| w * d).sum();
            let each = samples.x.chunks(2).zip(&samples.labels).map(|(x, label)| {
                let one = Samples { x: x.to_vec(), labels: vec![*label] };
                let at =
                    |step: f64| reference::along(&weights, d, step * own, |w| reference::loss(&model, w, &one, 1.0));
                ((at(share) - at(-share)) / (2.0 * share)).abs()
            });
            each.sum::<f64>() / 6.0
        });
        assert_close(&score(&model, &evidence(&samples)).unwrap(), &wanted, 1e-6);
    }
}
