//! From scores to masks: what all pruning methods share.

use super::settings::{Ablation, Granularity, Prune, Scope};
use super::{Scores, units};
use crate::data::Key;
use crate::network::{Model, Parameter};
use crate::order;
use ndarray::ArrayD;

/// Weight matrices whose weights compete with one another, and how far they are pruned.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    /// By their place in [`Model::weights`].
    matrices: Vec<usize>,
    /// Weights, or units, before the step.
    total: usize,
    /// The share of them that was gone before the step.
    before: f64,
    /// The share that is to be gone after it.
    target: f64,
}

/// Sets the lowest-scored weights to zero and masks them, so that the fraction `sparsity` of the weights is gone.
///
/// Exactly `round(sparsity * weights)` weights are removed, over all matrices or in each, whichever the scope says; ties go by
/// index. What was removed before stays removed and counts. `scores` is laid out as [`Model::weights`].
pub fn prune_to(model: &mut Model, scores: &Scores, sparsity: f64, scope: Scope) {
    let prune = Prune { sparsity, scope, schedule: super::Schedule::OneShot, iterations: 1, ..Prune::default() };
    let contests = contests(model, &prune);
    prune_once(model, scores, &prune, &contests, 1, &Key::new(0));
}

/// Who competes with whom, by a step's scope, budgets and exclusions; made before the step begins.
pub fn contests(model: &Model, prune: &Prune) -> Vec<Contest> {
    let of_units = prune.granularity == Granularity::Unit;
    let removable = units::removable(model);
    let weights: Vec<&Parameter> = model.weights().collect();
    let taking_part: Vec<usize> =
        (0..weights.len()).filter(|i| !prune.exclude.contains(&(i + 1)) && (!of_units || removable[*i])).collect();
    let contest = |matrices: Vec<usize>, target: f64| {
        let count = |i: &usize| if of_units { weights[*i].matrix_dims().1 } else { weights[*i].values.len() };
        let gone = |i: &usize| weights[*i].mask_slice().map_or(0, |mask| mask.iter().filter(|kept| !**kept).count());
        let total: usize = matrices.iter().map(count).sum();
        let removed: usize = if of_units { 0 } else { matrices.iter().map(gone).sum() };
        Contest { before: removed as f64 / total.max(1) as f64, matrices, total, target }
    };
    match (prune.budgets.is_empty(), prune.scope) {
        (false, _) => taking_part.into_iter().map(|i| contest(vec![i], prune.budgets[i])).collect(),
        (true, Scope::Layerwise) => taking_part.into_iter().map(|i| contest(vec![i], prune.sparsity)).collect(),
        (true, Scope::Global) if taking_part.is_empty() => Vec::new(),
        (true, Scope::Global) => vec![contest(taking_part, prune.sparsity)],
    }
}

/// One go of a step's `changes * iterations`, counted from 1: removes the lowest scores of each contest.
///
/// Weights are set to zero and masked. For units, see [`take_units`].
pub fn prune_once(model: &mut Model, scores: &Scores, prune: &Prune, contests: &[Contest], go: usize, key: &Key) {
    prune_any::<true>(model, scores, prune, contests, go, key);
}

/// As [`prune_once`], for steps that are basic ([`Prune::is_basic`]): without the code for the others.
pub fn prune_weights(model: &mut Model, scores: &Scores, prune: &Prune, contests: &[Contest], go: usize, key: &Key) {
    prune_any::<false>(model, scores, prune, contests, go, key);
}

fn prune_any<const ALL: bool>(
    model: &mut Model,
    scores: &Scores,
    prune: &Prune,
    contests: &[Contest],
    go: usize,
    key: &Key,
) {
    let sign = sign(prune);
    let mut masks: Vec<Vec<bool>> = model.weights().map(current).collect();
    for contest in contests {
        let sparsity = prune.sparsity_after(go, contest.before, contest.target);
        let matrices: Vec<(usize, &Parameter)> =
            model.weights().enumerate().filter(|(i, _)| contest.matrices.contains(i)).collect();
        match prune.granularity {
            Granularity::NOf4 if ALL => keep_n_of_4(&matrices, scores, sign, sparsity, &mut masks),
            granularity => remove_lowest::<ALL>(&matrices, scores, sign, sparsity, granularity, &mut masks),
        }
        if ALL && prune.ablation == Ablation::Shuffled && go == prune.changes() * prune.iterations {
            for &(matrix, _) in &matrices {
                key.fold("shuffle").fold_index(matrix as u64).rng().shuffle(&mut masks[matrix]);
            }
        }
    }
    for (index, (parameter, mask)) in model.weights_mut().zip(masks).enumerate() {
        if contests.iter().any(|contest| contest.matrices.contains(&index)) {
            hold(parameter, mask);
        }
    }
}

/// As [`prune_once`], for units: they are taken out, so that the model is smaller afterwards. Which stayed is returned, matrix by
/// matrix, for [`units::keep`].
pub fn take_units(
    model: &mut Model,
    scores: &Scores,
    prune: &Prune,
    contests: &[Contest],
    go: usize,
) -> Vec<Vec<bool>> {
    let mut kept: Vec<Vec<bool>> = model.weights().map(|p| vec![true; p.matrix_dims().1]).collect();
    for contest in contests {
        let wanted = (prune.sparsity_after(go, contest.before, contest.target) * contest.total as f64).round();
        units::choose(model, scores, sign(prune), &contest.matrices, contest.total, wanted as usize, &mut kept);
    }
    *model = units::keep(model, &kept);
    kept
}

/// -1 where the highest scores are to go first.
fn sign(prune: &Prune) -> f64 {
    if prune.ablation == Ablation::Inverted { -1.0 } else { 1.0 }
}

/// Which weights are there now.
fn current(parameter: &Parameter) -> Vec<bool> {
    parameter.mask_slice().map_or_else(|| vec![true; parameter.values.len()], <[bool]>::to_vec)
}

/// Sets a matrix's mask, and what it removes to zero.
fn hold(parameter: &mut Parameter, mask: Vec<bool>) {
    for (value, kept) in parameter.slice_mut().iter_mut().zip(&mask) {
        if !kept {
            *value = 0.0;
        }
    }
    let shape = parameter.values.raw_dim();
    parameter.mask = ArrayD::from_shape_vec(shape, mask).ok();
}

/// Removes single weights or blocks, the lowest mean scores first, until the sparsity is met as nearly as they allow.
fn remove_lowest<const ALL: bool>(
    matrices: &[(usize, &Parameter)],
    scores: &Scores,
    sign: f64,
    sparsity: f64,
    granularity: Granularity,
    masks: &mut [Vec<bool>],
) {
    let mut listed: Vec<(f64, usize, usize, usize)> = Vec::new();
    let mut total = 0;
    for &(matrix, parameter) in matrices {
        total += parameter.values.len();
        let cells = Cells::of(parameter, ALL && granularity == Granularity::Block);
        // Removed weights come first, so that they stay among the removed.
        let score = |index: usize| if masks[matrix][index] { sign * scores[matrix][index] } else { f64::NEG_INFINITY };
        listed.extend((0..cells.count()).map(|cell| {
            let (mut sum, mut kept, mut size) = (0.0, 0, 0);
            cells.each(cell, |index| {
                let score = score(index);
                size += 1;
                if score > f64::NEG_INFINITY {
                    sum += score;
                    kept += 1;
                }
            });
            (if kept == 0 { f64::NEG_INFINITY } else { sum / f64::from(kept) }, matrix, cell, size)
        }));
    }
    let count = (sparsity * total as f64).round() as usize;
    let mut removed = 0;
    // Of equal scores the first goes first: they were listed matrix by matrix, cell by cell.
    for (_, matrix, cell, size) in order::sorted(listed, |(score, ..)| order::of_float(*score)) {
        if removed + size.div_ceil(2) > count {
            break;
        }
        removed += size;
        let (_, parameter) = matrices[matrices.iter().position(|(m, _)| *m == matrix).unwrap_or(0)];
        Cells::of(parameter, ALL && granularity == Granularity::Block).each(cell, |index| masks[matrix][index] = false);
    }
}

/// A matrix cut into single weights, or into blocks of 4 x 4 (smaller at its edges).
struct Cells {
    rows: usize,
    columns: usize,
    side: usize,
}

impl Cells {
    fn of(parameter: &Parameter, blocks: bool) -> Self {
        let (rows, columns) = parameter.matrix_dims();
        Self { rows, columns, side: if blocks { 4 } else { 1 } }
    }

    fn count(&self) -> usize {
        self.rows.div_ceil(self.side) * self.columns.div_ceil(self.side)
    }

    /// The indices of a cell's weights.
    fn each(&self, cell: usize, mut take: impl FnMut(usize)) {
        let across = self.columns.div_ceil(self.side);
        let (row, column) = (cell / across * self.side, cell % across * self.side);
        for r in row..(row + self.side).min(self.rows) {
            for c in column..(column + self.side).min(self.columns) {
                take(r * self.columns + c);
            }
        }
    }
}

/// Of each four neighbouring inputs of an output, keeps the highest-scored `4 (1 - sparsity)`.
fn keep_n_of_4(matrices: &[(usize, &Parameter)], scores: &Scores, sign: f64, sparsity: f64, masks: &mut [Vec<bool>]) {
    for &(matrix, parameter) in matrices {
        let (rows, columns) = parameter.matrix_dims();
        for column in 0..columns {
            for first in (0..rows).step_by(4) {
                let mut four: Vec<usize> = (first..rows.min(first + 4)).map(|row| row * columns + column).collect();
                let keep = ((1.0 - sparsity) * four.len() as f64).round() as usize;
                let score = |index: usize| {
                    if masks[matrix][index] { sign * scores[matrix][index] } else { f64::NEG_INFINITY }
                };
                four.sort_by(|&a, &b| score(b).total_cmp(&score(a)).then(b.cmp(&a)));
                for &index in &four[keep..] {
                    masks[matrix][index] = false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Evidence, METHODS, SCORERS, Schedule, magnitudes};
    use super::*;
    use crate::network::{Architecture, Samples, Shape};

    fn model() -> Model {
        let shape = Shape { height: 1, width: 1, channels: 10 };
        Model::initialize(&Architecture::mlp(&[20, 10]), shape, 4, &Key::new(1)).unwrap()
    }

    fn zeros(p: &Parameter) -> usize {
        p.slice().iter().filter(|&&w| w == 0.0).count()
    }

    /// Prunes by magnitude as a step says, at once.
    fn pruned(prune: &Prune) -> Model {
        let mut model = model();
        let prune = Prune { schedule: Schedule::OneShot, ..prune.clone() };
        let contests = contests(&model, &prune);
        let scores = magnitudes(&model);
        prune_once(&mut model, &scores, &prune, &contests, 1, &Key::new(2));
        model
    }

    #[test]
    fn exactly_the_share_asked_for_goes_even_among_ties() {
        for sparsity in [0.0, 0.1, 0.333, 0.5, 0.9, 0.999] {
            for (method, scorer) in METHODS.iter().zip(SCORERS) {
                assert_eq!(method.adjusts, scorer.adjust.is_some());
                let mut pruned = model();
                let initial = pruned.clone();
                for p in pruned.weights_mut() {
                    p.slice_mut().fill(0.25); // every score is the same
                }
                let samples = Samples { x: vec![0.5; 80], labels: vec![0, 1, 2, 3, 0, 1, 2, 3] };
                let evidence = Evidence { samples: &samples, initial: Some(&initial), key: Key::new(1), units: false };
                let scores = (scorer.score)(&pruned, &evidence).unwrap();
                prune_to(&mut pruned, &scores, sparsity, Scope::Global);
                let total: usize = pruned.weights().map(|p| p.values.len()).sum();
                let removed: usize = pruned.weights().map(zeros).sum();
                assert_eq!(removed, (sparsity * total as f64).round() as usize, "{}", method.about.name);
            }
        }
    }

    #[test]
    fn layerwise_removes_the_same_share_of_each_matrix_and_global_does_not() {
        let mut scaled = model();
        if let Some(first) = scaled.weights_mut().next() {
            first.values.mapv_inplace(|w| w * 0.01);
        }
        let scores = magnitudes(&scaled);
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
        let low: Scores = pruned.weights().map(|p| (0..p.values.len()).map(|i| i as f64).collect()).collect();
        prune_to(&mut pruned, &low, 0.3, Scope::Layerwise);
        let before: Vec<Vec<bool>> = pruned.weights().map(|p| p.mask_slice().unwrap().to_vec()).collect();
        let high: Scores = low.iter().map(|s| s.iter().map(|v| -v).collect()).collect();
        prune_to(&mut pruned, &high, 0.6, Scope::Layerwise);
        for (p, before) in pruned.weights().zip(before) {
            let after = p.mask_slice().unwrap();
            assert!(before.iter().zip(after).all(|(b, a)| *b || !*a));
        }
    }

    #[test]
    fn budgets_hold_for_each_matrix_and_excluded_ones_are_whole() {
        let budgets = pruned(&Prune { budgets: vec![0.5, 0.25, 0.0], ..Prune::default() });
        assert_eq!(budgets.weights().map(zeros).collect::<Vec<_>>(), [100, 50, 0]);
        // The share is one of the matrices that take part: 0.5 of 200 + 40.
        let excluded = pruned(&Prune { sparsity: 0.5, exclude: vec![2], ..Prune::default() });
        let removed: Vec<usize> = excluded.weights().map(zeros).collect();
        assert_eq!((removed[0] + removed[2], removed[1]), (120, 0));
        assert_eq!(excluded.weights().nth(1).unwrap().mask, None);
    }

    #[test]
    fn of_each_four_inputs_the_two_largest_stay() {
        let (before, after) =
            (model(), pruned(&Prune { granularity: Granularity::NOf4, sparsity: 0.5, ..Prune::default() }));
        for (before, after) in before.weights().zip(after.weights()) {
            let (rows, columns) = before.matrix_dims();
            for column in 0..columns {
                for first in (0..rows).step_by(4) {
                    let four = first..rows.min(first + 4);
                    let of = |p: &Parameter, row: usize| p.slice()[row * columns + column].abs();
                    let kept: Vec<f32> = four.clone().map(|r| of(after, r)).filter(|w| *w != 0.0).collect();
                    assert_eq!(kept.len(), four.len() / 2);
                    let least = kept.iter().copied().fold(f32::INFINITY, f32::min);
                    assert!(four.filter(|&r| of(after, r) == 0.0).all(|r| of(before, r) <= least));
                }
            }
        }
    }

    #[test]
    fn blocks_go_whole() {
        let after = pruned(&Prune {
            granularity: Granularity::Block,
            sparsity: 0.5,
            scope: Scope::Layerwise,
            ..Prune::default()
        });
        let first = after.weights().next().unwrap(); // 10 x 20: blocks of 4 x 4, and of 2 x 4 in the last rows
        let (rows, columns) = first.matrix_dims();
        for row in (0..rows).step_by(4) {
            for column in (0..columns).step_by(4) {
                let block: Vec<bool> = (row..rows.min(row + 4))
                    .flat_map(|r| (column..column + 4).map(move |c| first.slice()[r * columns + c] == 0.0))
                    .collect();
                assert!(block.iter().all(|zero| *zero == block[0]));
            }
        }
        assert!((zeros(first) as i64 - 100).abs() <= 8, "{}", zeros(first));
    }

    #[test]
    fn a_shuffled_mask_removes_as_many_of_each_matrix_and_others() {
        let straight = pruned(&Prune { sparsity: 0.6, ..Prune::default() });
        let shuffled = pruned(&Prune { sparsity: 0.6, ablation: Ablation::Shuffled, ..Prune::default() });
        for (a, b) in straight.weights().zip(shuffled.weights()) {
            assert_eq!(zeros(a), zeros(b));
            assert_ne!(a.mask, b.mask);
        }
    }

    #[test]
    fn inverted_scores_remove_the_largest() {
        let (before, after) =
            (model(), pruned(&Prune { sparsity: 0.6, ablation: Ablation::Inverted, ..Prune::default() }));
        let all = before.weights().flat_map(|p| p.slice()).zip(after.weights().flat_map(|p| p.slice()));
        let (mut largest_kept, mut least_removed) = (0.0f32, f32::INFINITY);
        for (before, after) in all {
            match *after == 0.0 {
                true => least_removed = least_removed.min(before.abs()),
                false => largest_kept = largest_kept.max(before.abs()),
            }
        }
        assert!(largest_kept <= least_removed, "{largest_kept} stayed, {least_removed} went");
    }
}
