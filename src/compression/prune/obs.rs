//! Optimal Brain Surgeon: the score of a weight is what the loss is expected to rise by when it goes and all others make up for
//! it, `w_q^2 / (2 [H^-1]_qq)`; and they do.
//!
//! Paper: Hassibi, Stork, "Second Order Derivatives for Network Pruning: Optimal Brain Surgeon", 1993.
//!
//! `H = alpha I + sum_k x_k x_k^T`, `x_k` being the gradients of the outputs for the samples ([`analysis::fisher_factors`]). The
//! paper comes to `H^-1` by a recursion, adding one `x_k` after another to `I / alpha`. With `n` weights and `m` gradients that is
//! `n^2 m` multiplications over a large matrix; here the same inverse is taken from a Cholesky factorization of the smaller of
//! `alpha I + X^T X` (`n x n`) and `alpha I + X X^T` (`m x m`), since
//! `H^-1 = (I - X^T (alpha I + X X^T)^-1 X) / alpha` (Woodbury).
//!
//! For a whole set of weights removed at once, which the columns of `E` choose, the least rise is had by
//! `d = -H^-1 E (E^T H^-1 E)^-1 w_E`. That takes the removed weights to zero, and the others by
//! `d_k = H_kk^-1 H_kE w_E = (alpha I + X_k^T X_k)^-1 X_k^T X_E w_E = X_k^T (alpha I + X_k X_k^T)^-1 X_E w_E`: they take over, as
//! nearly as they can, what those removed did to the outputs. Weights removed before are no part of `H`.

use crate::compression::cholesky::{Cholesky, gram};
use super::{Evidence, Method, Needs, Scorer, Scores};
use crate::compression::About;
use crate::network::analysis::{self, PerWeight};
use crate::network::{Model, Parameter};

/// What `H` begins with; the paper has 1e-8 to 1e-4.
const ALPHA: f64 = 1e-4;

/// The most weights of a network: the matrices have the square of their number.
const LIMIT: usize = 3000;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "obs",
        title: "Optimal Brain Surgeon",
        help: "Removes the weights that the others can make up for best, and lets them: for small networks that are trained.",
        paper: "Hassibi, Stork 1993, Second Order Derivatives for Network Pruning: Optimal Brain Surgeon",
    },
    needs: Needs::Samples,
    predicts: true,
    adjusts: true,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score, adjust: Some(adjust) };

/// Which weights are there, all matrices in a row.
fn present(model: &Model) -> Vec<bool> {
    let of = |p: &Parameter| p.mask_slice().map_or_else(|| vec![true; p.values.len()], <[bool]>::to_vec);
    model.weights().flat_map(of).collect()
}

/// The columns of `rows` where `chosen`.
fn columns(rows: &[Vec<f64>], chosen: &[bool]) -> Vec<Vec<f64>> {
    let of = |row: &Vec<f64>| row.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(v, _)| *v).collect();
    rows.iter().map(of).collect()
}

fn transposed(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..rows.first().map_or(0, Vec::len)).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

fn check(model: &Model) -> Result<(), String> {
    let count: usize = model.weights().map(|p| p.values.len()).sum();
    if count <= LIMIT {
        return Ok(());
    }
    Err(format!(
        "method \"obs\" works with the square of the number of weights: this network has {count}, and at most {LIMIT} are \
         allowed; choose a smaller network, or \"obd\", \"taylor\" or \"magnitude\""
    ))
}

fn score(model: &Model, evidence: &Evidence<'_>) -> Result<Scores, String> {
    check(model)?;
    let present = present(model);
    let x = columns(&analysis::fisher_factors(model, evidence.samples), &present);
    let count = present.iter().filter(|present| **present).count();
    let mut inverse = inverse_diagonal(&x, count)?.into_iter();
    let mut there = present.iter();
    let of = |p: &Parameter| {
        let weights = p.slice().iter().map(|w| f64::from(*w));
        let each = weights
            .zip(&mut there)
            .map(|(w, there)| if *there { w * w / (2.0 * inverse.next().unwrap_or(1.0)) } else { 0.0 });
        each.collect()
    };
    Ok(model.weights().map(of).collect())
}

/// The diagonal of `(alpha I + X^T X)^-1`, `X` having the rows `x` and `count` columns.
fn inverse_diagonal(x: &[Vec<f64>], count: usize) -> Result<Vec<f64>, String> {
    // With alpha I + A = L L^T and y = L^-1 b it is b^T (alpha I + A)^-1 b = y^T y.
    let mut squares = vec![0.0; count];
    let by_weights = count <= x.len();
    let mut solved: Vec<Vec<f64>> = if by_weights {
        (0..count).map(|i| (0..count).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect()
    } else {
        x.to_vec()
    };
    let gram = if by_weights { gram(x, count) } else { gram(&transposed(x), x.len()) };
    Cholesky::new(gram, ALPHA)?.forward(&mut solved);
    for row in &solved {
        squares.iter_mut().zip(row).for_each(|(sum, v)| *sum += v * v);
    }
    if !by_weights {
        // 1 - y^T y is above zero, and rounding must not take it below.
        squares.iter_mut().for_each(|sum| *sum = (1.0 - *sum).max(f64::EPSILON) / ALPHA);
    }
    Ok(squares)
}

/// Moves the weights that stay by `d_k`.
fn adjust(before: &Model, after: &mut Model, evidence: &Evidence<'_>) -> Result<(), String> {
    check(before)?;
    let (was, stays) = (present(before), present(after));
    let goes: Vec<bool> = was.iter().zip(&stays).map(|(was, stays)| *was && !*stays).collect();
    let factors = analysis::fisher_factors(before, evidence.samples);
    let weights = before.weights().flat_map(|p| p.slice()).map(|w| f64::from(*w));
    let removed: Vec<f64> = weights.zip(&goes).filter(|(_, goes)| **goes).map(|(w, _)| w).collect();
    let lost: Vec<f64> =
        columns(&factors, &goes).iter().map(|row| row.iter().zip(&removed).map(|(x, w)| x * w).sum()).collect();
    let mut moves = make_up(&columns(&factors, &stays), &lost)?.into_iter();
    let mut stays = stays.iter();
    let mut moved: PerWeight = Vec::new();
    for p in after.weights() {
        let each = p.slice().iter().map(|w| {
            let change = if stays.next() == Some(&true) { moves.next().unwrap_or(0.0) } else { 0.0 };
            f64::from(*w) + change
        });
        moved.push(each.collect());
    }
    if !moved.iter().flatten().all(|w| (*w as f32).is_finite()) {
        return Err("method \"obs\" found no finite change of the weights; choose \"obd\" or a lower sparsity".into());
    }
    for (p, moved) in after.weights_mut().zip(&moved) {
        p.slice_mut().iter_mut().zip(moved).for_each(|(w, moved)| *w = *moved as f32);
    }
    Ok(())
}

/// `(alpha I + X^T X)^-1 X^T lost`, by way of the smaller matrix.
fn make_up(x: &[Vec<f64>], lost: &[f64]) -> Result<Vec<f64>, String> {
    let count = x.first().map_or(0, Vec::len);
    let by_rows = |lost: &[f64]| {
        let mut sum = vec![0.0; count];
        for (row, lost) in x.iter().zip(lost) {
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += lost * x);
        }
        sum
    };
    if count <= x.len() {
        return Ok(Cholesky::new(gram(x, count), ALPHA)?.solve(by_rows(lost)));
    }
    let solved = Cholesky::new(gram(&transposed(x), x.len()), ALPHA)?.solve(lost.to_vec());
    Ok(by_rows(&solved))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{drawn, evidence, trained};
    use super::super::{Prune, Scope, prune_to, scorer};
    use super::*;
    use crate::data::Key;
    use crate::network::analysis::loss;
    use crate::network::analysis::reference::{self, assert_close};
    use crate::network::{Architecture, Samples, Shape};

    /// The paper's recursion: `H^-1 -= H^-1 x x^T H^-1 / (1 + x^T H^-1 x)`, from `I / alpha` on.
    fn inverse(x: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
        let mut inverse = vec![vec![0.0; count]; count];
        (0..count).for_each(|i| inverse[i][i] = 1.0 / ALPHA);
        for x in x {
            let hx: Vec<f64> = inverse.iter().map(|row| row.iter().zip(x).map(|(h, x)| h * x).sum()).collect();
            let whole = 1.0 + hx.iter().zip(x).map(|(h, x)| h * x).sum::<f64>();
            for (row, hi) in inverse.iter_mut().zip(&hx) {
                row.iter_mut().zip(&hx).for_each(|(h, hj)| *h -= hi * hj / whole);
            }
        }
        inverse
    }

    /// `d = -H^-1 E (E^T H^-1 E)^-1 w_E`, as it stands, by elimination.
    fn joint_change(inverse: &[Vec<f64>], removed: &[usize], weights: &[f64]) -> Vec<f64> {
        let size = removed.len();
        let mut system: Vec<Vec<f64>> =
            removed.iter().map(|i| removed.iter().map(|j| inverse[*i][*j]).chain([weights[*i]]).collect()).collect();
        for k in 0..size {
            let pivot = (k..size).max_by(|a, b| system[*a][k].abs().total_cmp(&system[*b][k].abs())).unwrap();
            system.swap(k, pivot);
            for i in (0..size).filter(|i| *i != k) {
                let factor = system[i][k] / system[k][k];
                let row = system[k].clone();
                system[i].iter_mut().zip(row).for_each(|(v, p)| *v -= factor * p);
            }
        }
        let solved: Vec<f64> = (0..size).map(|k| system[k][size] / system[k][k]).collect();
        inverse.iter().map(|row| -removed.iter().zip(&solved).map(|(j, s)| row[*j] * s).sum::<f64>()).collect()
    }

    /// A network some of whose weights are gone, with few and with many samples for its number of weights.
    fn cases() -> [(Model, Samples); 2] {
        let (mut model, all) = drawn(&[6], 1);
        let scores = reference::weights(&model).iter().map(|w| w.iter().map(|w| w.abs()).collect()).collect::<Vec<_>>();
        prune_to(&mut model, &scores, 0.2, Scope::Global);
        let few = Samples { x: all.x[..8].to_vec(), labels: all.labels[..4].to_vec() };
        [(model.clone(), few), (model, all)]
    }

    #[test]
    fn the_score_is_that_of_the_papers_recursion() {
        for (model, samples) in cases() {
            let there = present(&model);
            let count = there.iter().filter(|there| **there).count();
            let x = columns(&analysis::fisher_factors(&model, &samples), &there);
            let inverse = inverse(&x, count);
            let scores = score(&model, &evidence(&samples)).unwrap().concat();
            let weights = reference::weights(&model).concat();
            let kept = (0..there.len()).filter(|i| there[*i]);
            for (place, i) in kept.enumerate() {
                let wanted = weights[i] * weights[i] / (2.0 * inverse[place][place]);
                assert!((scores[i] - wanted).abs() < 1e-8 * wanted, "{} for {wanted}", scores[i]);
            }
        }
    }

    #[test]
    fn the_others_change_by_the_joint_formula_and_what_is_gone_stays_so() {
        for (model, samples) in cases() {
            let there = present(&model);
            let kept: Vec<usize> = (0..there.len()).filter(|i| there[*i]).collect();
            let x = columns(&analysis::fisher_factors(&model, &samples), &there);
            let known = evidence(&samples);
            let mut pruned = model.clone();
            prune_to(&mut pruned, &score(&model, &known).unwrap(), 0.4, Scope::Global);
            adjust(&model, &mut pruned, &known).unwrap();
            let stays = present(&pruned);
            let removed: Vec<usize> = (0..kept.len()).filter(|place| !stays[kept[*place]]).collect();
            let (before, after) = (reference::weights(&model).concat(), reference::weights(&pruned).concat());
            let of_kept: Vec<f64> = kept.iter().map(|i| before[*i]).collect();
            let change = joint_change(&inverse(&x, kept.len()), &removed, &of_kept);
            let mut wanted = vec![0.0; before.len()];
            kept.iter().zip(&change).for_each(|(i, d)| wanted[*i] = before[*i] + d);
            assert!(removed.len() > 5 && stays.iter().zip(&after).all(|(stays, w)| *stays || *w == 0.0));
            assert_close(&[after], &[wanted], 1e-5);
        }
    }

    /// At a minimum, as the paper's figure 1 has it, beside damage and magnitude.
    #[test]
    fn the_loss_rises_less_than_by_damage_and_by_magnitude() {
        for seed in 1..3 {
            let (model, samples) = trained(&[8], seed);
            let known = evidence(&samples);
            for sparsity in [0.05, 0.1, 0.2, 0.3] {
                let [magnitude, damage, surgeon] = ["magnitude", "obd", "obs"].map(|name| {
                    let method = scorer(&Prune { method: name.into(), ..Prune::default() }).unwrap();
                    let mut pruned = model.clone();
                    prune_to(&mut pruned, &(method.score)(&model, &known).unwrap(), sparsity, Scope::Global);
                    if let Some(adjust) = method.adjust {
                        adjust(&model, &mut pruned, &known).unwrap();
                    }
                    loss(&pruned, &samples) - loss(&model, &samples)
                });
                assert!(damage > 0.0 && magnitude > 0.0);
                assert!(surgeon < 0.7 * damage.min(magnitude), "{sparsity}: {surgeon}, {damage}, {magnitude}");
            }
        }
    }

    #[test]
    fn a_large_network_is_refused_with_a_sentence() {
        let shape = Shape { height: 28, width: 28, channels: 1 };
        let model = Model::initialize(&Architecture::default(), shape, 10, &Key::new(1)).unwrap();
        let refused = score(&model, &evidence(&Samples::default())).unwrap_err();
        assert!(refused.contains("266200") && refused.contains("3000") && refused.contains("obd"), "{refused}");
    }
}
