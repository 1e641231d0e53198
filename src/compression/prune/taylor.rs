//! First-order Taylor pruning: the score of a weight is the mean over samples of `|g w|`, `g` being the gradient of a sample's
//! loss.
//!
//! Papers: Molchanov, Tyree, Karras, Aila, Kautz, "Pruning Convolutional Neural Networks for Resource Efficient Inference", 2017;
//! Molchanov, Mallya, Tyree, Frosio, Kautz, "Importance Estimation for Neural Network Pruning", 2019.
//!
//! Without a weight a sample's loss changes by `-g w`, to first order. The absolute value is taken of each sample: at a minimum
//! the mean of `g w` is zero for every weight, but the mean of its size is not, and it says how much the weight is in use (2017,
//! section 2.2). Without a unit it changes by the sum of `-g w` over the unit's weights, whose signs differ, so the absolute value is
//! taken of that sum. (The paper of 2017 has the unit's output and the gradient by it, which is the same sum and the bias's part;
//! that of 2019 has the square.)

use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::{Model, analysis};

pub(super) const METHOD: Method = Method {
    about: About {
        name: "taylor",
        title: "Taylor (first order)",
        help: "Removes the weights, or units, without which the loss of the samples would change least, judged by its slope.",
        paper: "Molchanov et al. 2017, Pruning Convolutional Neural Networks for Resource Efficient Inference",
    },
    needs: Needs::Samples,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: None };

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    if evidence.units {
        return Ok(analysis::absolute_change(model, evidence.samples));
    }
    let change = |g: f64, w: f64| g * w.abs();
    Ok(super::score::with_weights(model, &analysis::absolute_gradient(model, evidence.samples), change))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evidence, trained};
    use super::*;
    use crate::network::Samples;
    use crate::network::analysis::reference::{self, assert_close};

    /// The mean over samples of how much each one's loss changes along `d`, to first order, by differences.
    fn change(model: &Model, samples: &Samples, d: &[Vec<f64>]) -> f64 {
        let (weights, share) = (reference::weights(model), 1e-5);
        let each = samples.x.chunks(2).zip(&samples.labels).map(|(x, label)| {
            let one = Samples { x: x.to_vec(), labels: vec![*label] };
            let at = |step: f64| reference::along(&weights, d, step, |w| reference::loss(model, w, &one, 1.0));
            ((at(share) - at(-share)) / (2.0 * share)).abs()
        });
        each.sum::<f64>() / samples.len() as f64
    }

    fn few(all: &Samples) -> Samples {
        Samples { x: all.x[..12].to_vec(), labels: all.labels[..6].to_vec() }
    }

    /// By differences: each sample's loss when a weight shrinks by a small share of itself.
    #[test]
    fn the_score_is_how_much_each_samples_loss_changes() {
        let (model, all) = trained(&[5], 1);
        let (samples, weights) = (few(&all), reference::weights(&model));
        let wanted = reference::for_each_weight(&weights, |d| {
            let own: Vec<Vec<f64>> = weights
                .iter()
                .zip(d)
                .map(|(weights, d)| weights.iter().zip(d).map(|(w, d)| w * d).collect())
                .collect();
            change(&model, &samples, &own)
        });
        assert_close(&score(&model, &evidence(&samples)).unwrap(), &wanted, 1e-6);
    }

    /// The same when a whole unit's weights shrink together, some of which make up for others.
    #[test]
    fn the_score_of_a_unit_is_how_much_each_samples_loss_changes_without_it() {
        let (model, all) = trained(&[5], 1);
        let (samples, weights) = (few(&all), reference::weights(&model));
        let columns: Vec<usize> = model.weights().map(|p| p.matrix_dims().1).collect();
        let unit = |matrix: usize, unit: usize| -> Vec<Vec<f64>> {
            let of = |(m, values): (usize, &Vec<f64>)| {
                let each = values.iter().enumerate();
                each.map(|(i, w)| if m == matrix && i % columns[m] == unit { *w } else { 0.0 }).collect()
            };
            weights.iter().enumerate().map(of).collect()
        };
        let wanted: Vec<Vec<f64>> = (0..columns.len())
            .map(|matrix| (0..columns[matrix]).map(|u| change(&model, &samples, &unit(matrix, u))).collect())
            .collect();
        let units = Evidence { units: true, ..evidence(&samples) };
        assert_close(&score(&model, &units).unwrap(), &wanted, 1e-6);
        // Not the sum of what the weights would do alone.
        let alone = score(&model, &evidence(&samples)).unwrap();
        let sum = |unit: usize| alone[0].iter().skip(unit).step_by(columns[0]).sum::<f64>();
        assert!((0..columns[0]).any(|unit| wanted[0][unit] < 0.9 * sum(unit)), "{:?} {:?}", wanted[0], alone[0]);
    }
}
