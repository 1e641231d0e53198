//! From scores to masks: what all pruning methods share.

use super::Scope;
use crate::network::{Model, Parameter};
use ndarray::ArrayD;

/// Sets the lowest-scored weights to zero and masks them, so that the fraction `sparsity` of the weights is gone.
///
/// Exactly `round(sparsity * weights)` weights are removed, over all matrices or in each, whichever the scope says; ties go by
/// index. What was removed before stays removed and counts. `scores` is laid out as [`Model::weights`].
pub fn prune_to(model: &mut Model, scores: &[Vec<f64>], sparsity: f64, scope: Scope) {
    match scope {
        Scope::Layerwise => {
            for (weights, scores) in model.weights_mut().zip(scores) {
                remove(&mut [weights], &[scores], sparsity);
            }
        }
        Scope::Global => {
            let mut weights: Vec<&mut Parameter> = model.weights_mut().collect();
            let scores: Vec<&Vec<f64>> = scores.iter().collect();
            remove(&mut weights, &scores, sparsity);
        }
    }
}

/// Prunes several matrices together.
fn remove(weights: &mut [&mut Parameter], scores: &[&Vec<f64>], sparsity: f64) {
    let mut order: Vec<(f64, usize, usize)> = Vec::new();
    for (matrix, (parameter, scores)) in weights.iter().zip(scores).enumerate() {
        let mask = parameter.mask_slice();
        order.extend(scores.iter().enumerate().map(|(index, &score)| {
            let kept = mask.is_none_or(|mask| mask[index]);
            // Removed weights come first, so that they stay among the removed.
            (if kept { score } else { f64::NEG_INFINITY }, matrix, index)
        }));
    }
    let count = (sparsity * order.len() as f64).round() as usize;
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut masks: Vec<Vec<bool>> =
        weights.iter().map(|p| p.mask_slice().map_or_else(|| vec![true; p.values.len()], <[bool]>::to_vec)).collect();
    for &(_, matrix, index) in &order[..count] {
        masks[matrix][index] = false;
    }
    for (parameter, mask) in weights.iter_mut().zip(masks) {
        for (value, kept) in parameter.slice_mut().iter_mut().zip(&mask) {
            if !kept {
                *value = 0.0;
            }
        }
        let shape = parameter.values.raw_dim();
        parameter.mask = ArrayD::from_shape_vec(shape, mask).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Evidence, METHODS, Prune, Schedule};
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, Samples, Shape};

    fn model() -> Model {
        let shape = Shape { height: 1, width: 1, channels: 10 };
        Model::initialize(&Architecture::mlp(&[20, 10]), shape, 4, &Key::new(1)).unwrap()
    }

    fn zeros(p: &Parameter) -> usize {
        p.slice().iter().filter(|&&w| w == 0.0).count()
    }

    #[test]
    fn exactly_the_share_asked_for_goes_even_among_ties() {
        for sparsity in [0.0, 0.1, 0.333, 0.5, 0.9, 0.999] {
            for method in METHODS {
                let mut pruned = model();
                for p in pruned.weights_mut() {
                    p.slice_mut().fill(0.25); // every score is the same
                }
                let samples = Samples { x: vec![0.5; 40], labels: vec![0, 1, 2, 3] };
                let initial = model();
                let evidence = Evidence { samples: &samples, initial: Some(&initial), key: Key::new(1) };
                let scores = (method.score)(&pruned, &evidence).unwrap();
                prune_to(&mut pruned, &scores, sparsity, Scope::Global);
                let total: usize = pruned.weights().map(|p| p.values.len()).sum();
                let removed: usize = pruned.weights().map(zeros).sum();
                assert_eq!(removed, (sparsity * total as f64).round() as usize);
            }
        }
    }

    #[test]
    fn layerwise_removes_the_same_share_of_each_matrix_and_global_does_not() {
        let mut scaled = model();
        if let Some(first) = scaled.weights_mut().next() {
            first.values.mapv_inplace(|w| w * 0.01);
        }
        let scores: Vec<Vec<f64>> =
            scaled.weights().map(|p| p.slice().iter().map(|w| f64::from(w.abs())).collect()).collect();
        let (mut layerwise, mut global) = (scaled.clone(), scaled);
        prune_to(&mut layerwise, &scores, 0.5, Scope::Layerwise);
        assert!(layerwise.weights().all(|p| zeros(p) * 2 == p.values.len()));
        prune_to(&mut global, &scores, 0.4, Scope::Global);
        let first = global.weights().next().map(zeros);
        assert!(first > Some(150), "the small first layer must go first: {first:?}");
    }

    #[test]
    fn what_was_pruned_stays_pruned_whatever_its_score() {
        let mut pruned = model();
        let low: Vec<Vec<f64>> = pruned.weights().map(|p| (0..p.values.len()).map(|i| i as f64).collect()).collect();
        prune_to(&mut pruned, &low, 0.3, Scope::Layerwise);
        let before: Vec<Vec<bool>> = pruned.weights().map(|p| p.mask_slice().unwrap().to_vec()).collect();
        let high: Vec<Vec<f64>> = low.iter().map(|s| s.iter().map(|v| -v).collect()).collect();
        prune_to(&mut pruned, &high, 0.6, Scope::Layerwise);
        for (p, before) in pruned.weights().zip(before) {
            let after = p.mask_slice().unwrap();
            assert!(before.iter().zip(after).all(|(b, a)| *b || !*a));
        }
    }

    #[test]
    fn rounds_remove_the_same_share_of_what_is_left() {
        let prune = Prune { sparsity: 0.875, rounds: 3, schedule: Schedule::Iterative, ..Prune::default() };
        let rounds = prune.round_sparsities();
        assert_eq!(rounds.len(), 3);
        for (got, wanted) in rounds.iter().zip([0.5, 0.75, 0.875]) {
            assert!((got - wanted).abs() < 1e-12);
        }
    }
}
