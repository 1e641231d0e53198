//! Second-order rounding: the weights of an output are rounded one after another, and those that are left make up for the error.
//!
//! Source: Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2022 (algorithm 1),
//! after Frantar, Alistarh, "Optimal Brain Compression", 2022, and the Optimal Brain Surgeon.
//!
//! The error of an output is `d^T H d`. Once weight `q` is rounded, which changes it by `-e`, the best change of those left is
//! `-e [H^-1]_{:,q} / [H^-1]_qq`, `H` being that of the weights left. All outputs go through the weights in one order, so that they share
//! these inverses, and the rows that are needed of them are those of the Cholesky factor `U` of `H^-1 = U^T U`.

use super::codes::{place, real};
use super::moments::Moments;
use super::scale::Levels;
use crate::compression::cholesky::Cholesky;
use crate::network::Codes;

/// The share of the mean of `H`'s diagonal that is added to the diagonal, as the paper has it.
const DAMPING: f64 = 0.01;

/// Rounds the weights of a matrix anew, on the grids that `codes` has. Weights of inputs that are always zero keep their nearest
/// integer; weights of zero were removed and stay zero.
///
/// # Errors
/// A sentence, where the moments are no finite numbers.
pub fn second_order(
    weights: &[f32],
    columns: usize,
    levels: Levels,
    moments: &Moments,
    codes: &mut Codes,
) -> Result<(), String> {
    let inputs = moments.sum.len();
    let mean = (0..inputs).map(|i| moments.sum[i][i]).sum::<f64>() / inputs.max(1) as f64;
    if mean == 0.0 {
        return Ok(());
    }
    let factor = Cholesky::factor_of_inverse(moments.sum.clone(), DAMPING * mean).map_err(|_| {
        "rounding second-order found no finite values coming into a layer; train the network at a lower learning rate".to_string()
    })?;
    let mut left: Vec<f64> = weights.iter().map(|w| f64::from(*w)).collect();
    let mut errors = vec![0.0; columns];
    for (i, factors) in factor.iter().enumerate() {
        if moments.sum[i][i] == 0.0 {
            continue;
        }
        let (now, later) = left[i * columns..].split_at_mut(columns);
        for (column, (now, error)) in now.iter().zip(&mut errors).enumerate() {
            let at = i * columns + column;
            if weights[at] != 0.0 {
                codes.weights[at] = levels.nearest(place(codes, columns, at, *now as f32));
            }
            *error = (now - real(codes, columns, at)) / factors[i];
        }
        for (factor, row) in factors[i + 1..].iter().zip(later.chunks_exact_mut(columns)) {
            row.iter_mut().zip(&errors).for_each(|(w, error)| *w -= factor * error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{COLUMNS, Rounded};
    use super::super::{Mapping, Quantize, codes, levels};
    use super::*;
    use crate::network::Layer;

    #[test]
    fn the_error_is_lower_than_that_of_the_nearest_integers() {
        for case in Rounded::cases() {
            let nearest = case.nearest();
            let mut codes = nearest.clone();
            second_order(&case.weights, COLUMNS, levels(case.bits, &case.settings), &case.moments, &mut codes).unwrap();
            case.check(&codes);
            let (found, plain) = (case.error(&codes), case.error(&nearest));
            assert!(found < 0.8 * plain, "{} bits, {:?}: {found}, nearest {plain}", case.bits, case.settings.clip);
        }
    }

    /// Two weights by hand: the first goes to the nearest integer, the second is moved by `-e [H^-1]_10 / [H^-1]_00`, which is
    /// `e H_01 / H_11`, and goes to the nearest of that.
    #[test]
    fn of_two_weights_the_second_makes_up_for_the_first() {
        let mut moments = Moments::new(0, &Layer::Dense { inputs: 2, outputs: 1 }).unwrap();
        moments.observe(&[1.0, 2.0]);
        moments.observe(&[3.0, 1.0]);
        let weights = [0.44, 0.9];
        for mapping in [Mapping::Symmetric, Mapping::Affine] {
            let settings = Quantize { mapping, ..Quantize::default() };
            let mut codes = codes(&weights, 1, 3, &settings);
            second_order(&weights, 1, levels(3, &settings), &moments, &mut codes).unwrap();
            let real = codes.real(1);
            let (h01, h11) = (5.0, 5.0 + DAMPING * (10.0 + 5.0) / 2.0);
            let error = f64::from(weights[0]) - f64::from(real[0]);
            assert!(error.abs() <= f64::from(codes.scales[0]) / 2.0);
            let moved = f64::from(weights[1]) + error * h01 / h11;
            let zero = f64::from(codes.zero_points.first().copied().unwrap_or(0));
            let largest = levels(3, &settings).high;
            let wanted = (moved / f64::from(codes.scales[0]) + zero).round().min(f64::from(largest));
            assert_eq!(f64::from(codes.weights[1]), wanted, "{mapping:?}");
        }
    }

    /// Optimal Brain Quantization as it stands: the inverse of the second moments of the weights that are left, taken anew after each.
    #[test]
    fn it_is_one_obq_step_after_another() {
        let case = Rounded::new(8, 4, Quantize::default(), 7);
        let weights: Vec<f32> = case.weights.iter().map(|w| if *w == 0.0 { 0.3 } else { *w }).collect();
        let levels = levels(4, &case.settings);
        let mut found = codes(&weights, COLUMNS, 4, &case.settings);
        second_order(&weights, COLUMNS, levels, &case.moments, &mut found).unwrap();
        let sum = &case.moments.sum;
        let damping = DAMPING * (0..8).map(|i| sum[i][i]).sum::<f64>() / 8.0;
        for column in 0..COLUMNS {
            let mut left: Vec<f64> = (0..8).map(|i| f64::from(weights[i * COLUMNS + column])).collect();
            for i in 0..8 {
                let scale = f64::from(found.scales[column]);
                let q = (left[i] / scale).round().clamp(-7.0, 7.0);
                assert_eq!(f64::from(found.weights[i * COLUMNS + column]), q, "weight {i} of column {column}");
                let of_left: Vec<Vec<f64>> =
                    (i..8).map(|a| (i..8).map(|b| sum[a.min(b)][a.max(b)]).collect()).collect();
                let mut unit = vec![0.0; 8 - i];
                unit[0] = 1.0;
                let inverse = Cholesky::new(of_left, damping).unwrap().solve(unit);
                let error = left[i] - q * scale;
                (i..8).for_each(|j| left[j] -= error * inverse[j - i] / inverse[0]);
            }
        }
    }
}
