//! Movement pruning: the score of a weight is how far training has taken it away from zero, `(w^2 - w0^2) / 2`, `w0` being its
//! value when the network was drawn.
//!
//! Paper: Sanh, Wolf, Rush, "Movement Pruning: Adaptive Sparsity by Fine-Tuning", 2020.
//!
//! The paper adds up `-lr g w` over the steps of training: it is positive where a step takes the weight away from zero. A step of
//! gradient descent is `dw = -lr g`, so each term is `w dw = ((w + dw)^2 - w^2) / 2 - dw^2 / 2`. Added up, all but the first and
//! the last square cancel, and what is left out is of second order in the steps. So training need not be watched, only
//! remembered where it began; and with any other optimizer it is the movement along the steps that were taken.

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::Model;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "movement",
        title: "Movement",
        help: "Removes the weights that training has moved towards zero and keeps those it moved away, large or small.",
        paper: "Sanh et al. 2020, Movement Pruning: Adaptive Sparsity by Fine-Tuning",
    },
    needs: Needs::Initial,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    let lengths = |model: &Model| model.weights().map(|p| p.values.len()).collect::<Vec<usize>>();
    let initial = evidence.initial.filter(|initial| lengths(initial) == lengths(model)).ok_or(
        "method \"movement\" needs the network as it was drawn, and this one has none of its shape; choose \"magnitude\"",
    )?;
    let before: Scores = initial.weights().map(|p| p.slice().iter().map(|w| f64::from(*w)).collect()).collect();
    Ok(super::score::with_weights(model, &before, |w0, w| (w * w - w0 * w0) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{drawn, evidence};
    use super::*;
    use crate::network::analysis;
    use crate::network::analysis::reference::assert_close;

    /// The paper's sum, added up beside a training run of small steps.
    #[test]
    fn the_score_is_the_sum_over_the_steps_of_training() {
        let (initial, samples) = drawn(&[5], 1);
        let (mut model, rate) = (initial.clone(), 0.02f32);
        let mut sums: Scores = initial.weights().map(|p| vec![0.0; p.values.len()]).collect();
        for _ in 0..200 {
            let gradient = analysis::gradient(&model, &samples);
            for ((p, g), sums) in model.weights_mut().zip(&gradient).zip(&mut sums) {
                for ((w, g), sum) in p.slice_mut().iter_mut().zip(g).zip(sums) {
                    *sum -= f64::from(rate) * g * f64::from(*w);
                    *w -= rate * *g as f32;
                }
            }
        }
        let known = Evidence { initial: Some(&initial), ..evidence(&samples) };
        assert_close(&score(&model, &known).unwrap(), &sums, 0.01);
    }

    #[test]
    fn a_network_of_another_shape_is_refused() {
        let ((model, samples), (other, _)) = (drawn(&[5], 1), drawn(&[6], 1));
        assert!(score(&model, &evidence(&samples)).is_err());
        assert!(score(&model, &Evidence { initial: Some(&other), ..evidence(&samples) }).is_err());
    }
}
