//! Second-order rounding: the weights of an output are rounded one after another, and those that are left make up for the error.
//!
//! Source: Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2022 (algorithm 1),
//! after Frantar, Alistarh, "Optimal Brain Compression", 2022, and the Optimal Brain Surgeon.
//!
//! The error of an output is `d^T H d`. Once weight `q` is rounded, which changes it by `-e`, the best change of those left is
//! `-e [H^-1]_{:,q} / [H^-1]_qq`, `H` being that of the weights left. All outputs go through the weights in one order, so that they share
//! these inverses, and the rows that are needed of them are those of the Cholesky factor `U` of `H^-1 = U^T U`.

use super::codes::place;
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
pub fn second_order(weights: &[f32], columns: usize, levels: Levels, moments: &Moments, codes: &mut Codes) -> Result<(), String> {
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
            *error = (now - codes.real_of(at, columns)) / factors[i];
        }
        for (factor, row) in factors[i + 1..].iter().zip(later.chunks_exact_mut(columns)) {
            row.iter_mut().zip(&errors).for_each(|(w, error)| *w -= factor * error);
        }
    }
    Ok(())
}
