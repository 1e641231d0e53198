//! The weights that are left of a pruned matrix in the order of its inputs, for a single row of activations: inputs that
//! are zero (the background of an image, and what ReLU leaves) are passed over with all their weights, as the accelerator
//! EIE does (Han et al. 2016).

use super::runs::{Stretches, for_each_run};
use crate::backend::cpu::simd::nonzero_bits;

/// A row of values in a place for every index that 16 bits hold, so that no index needs to be checked.
pub type Row = [f32; 1 << 16];

/// One weight.
#[derive(Clone, Copy, Debug)]
struct Entry {
    input: u16,
    output: u16,
    weight: f32,
}

/// The non-zero weights of a matrix.
#[derive(Clone, Debug)]
pub struct Scatter {
    stretches: Stretches,
    entries: Vec<Entry>,
}

impl Scatter {
    /// Collects the non-zero values of `w` (`inputs x outputs`).
    pub fn new(inputs: usize, outputs: usize, w: &[f32]) -> Self {
        assert!(inputs.max(outputs) <= 1 << 16, "a sparse layer has at most 65,536 inputs and outputs");
        let mut stretches = Stretches::default();
        let mut entries = Vec::new();
        for input in 0..inputs {
            let row = w[input * outputs..][..outputs].iter().enumerate().filter(|(_, weight)| **weight != 0.0);
            entries.extend(row.map(|(output, &weight)| Entry { input: input as u16, output: output as u16, weight }));
            stretches.push_end(entries.len());
        }
        Self { stretches, entries }
    }

    /// `sums += x w` for one row, each output's products in the order of its inputs.
    pub fn add_row(&self, x: &[f32], sums: &mut Row) {
        let mut add = |entries: std::ops::Range<usize>| {
            for entry in &self.entries[entries] {
                sums[usize::from(entry.output)] += x[usize::from(entry.input)] * entry.weight;
            }
        };
        let mut stretch = 0..0;
        for_each_run(x, nonzero_bits, |run| self.stretches.extend(&mut stretch, run, &mut add));
        add(stretch);
    }
}
