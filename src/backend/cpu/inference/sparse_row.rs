//! The ways to multiply a single row of activations by a pruned matrix; which is fastest depends on how many weights are
//! left and on how many activations are zero. All sum each output's products in the order of its inputs.

use super::Scratch;
use super::dense_f32::multiply_row;
use super::gather::Gather;
use super::scatter::Scatter;
use crate::backend::cpu::matmul::{Left, Panels};
use crate::backend::cpu::zero_skipping;

/// The weights of a layer, ready for a single row.
#[derive(Clone, Debug)]
pub enum SparseRow {
    /// Few are left: they are read one by one, passing over inputs that are zero, or eight at a time where few are.
    Few(Scatter, Gather),
    /// Many are left: whole rows of the matrix are read, zeros included, passing over inputs that are zero.
    Many(Vec<f32>),
    /// There are few outputs: nothing is gained by leaving anything out.
    Narrow(Panels),
}

/// The share of weights up to which it pays to read only those that are left.
const FEW_WEIGHTS: f64 = 0.12;
/// Outputs from which it pays to leave out anything.
const WIDE: usize = 24;
/// The share of inputs in percent from which it does not pay to pass over those that are zero.
const MANY_INPUTS_PERCENT: usize = 40;

impl SparseRow {
    /// Of the weights `w` (`inputs x outputs`).
    pub fn new(inputs: usize, outputs: usize, w: &[f32]) -> Self {
        if outputs < WIDE {
            let mut panels = Panels::default();
            panels.pack(inputs, outputs, w, false);
            return Self::Narrow(panels);
        }
        let left = w.iter().filter(|w| **w != 0.0).count();
        if left as f64 <= FEW_WEIGHTS * w.len() as f64 {
            Self::Few(Scatter::new(inputs, outputs, w), Gather::new(inputs, outputs, w))
        } else {
            Self::Many(w.to_vec())
        }
    }

    /// `y = x w`.
    pub fn multiply(&self, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        match self {
            Self::Few(scatter, gather) => {
                let [row, sums] = scratch.rows.get_or_insert_with(|| [(); 2].map(|()| Box::new([0.0; 1 << 16])));
                if zero_skipping::count(x) * 100 >= x.len() * MANY_INPUTS_PERCENT {
                    row[..x.len()].copy_from_slice(x);
                    return gather.multiply(row, y);
                }
                scatter.add_row(x, sums);
                // The sums are left at zero for the next row.
                y.iter_mut().zip(sums.iter_mut()).for_each(|(y, sum)| *y = std::mem::take(sum));
            }
            Self::Narrow(panels) => multiply_row(panels, x, y),
            Self::Many(w) => {
                scratch.nonzeros.collect(1, x.len(), Left { values: x, transposed: false });
                zero_skipping::multiply(&scratch.nonzeros, y.len(), w, false, y);
            }
        }
    }
}
