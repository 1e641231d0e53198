//! Blocks of a pruned integer matrix: the weights of a group of inputs for four neighbouring outputs, kept where at least
//! one of them is not zero, for a single row of activations; groups that are zero are passed over, as in
//! [`super::scatter`].

use super::dot::Dot;
use super::runs::{Stretches, for_each_run};
use crate::backend::cpu::simd::{I32x4, nonzero_words};
use std::ops::Range;

/// One block: one vector of weights.
#[derive(Clone, Copy, Debug)]
struct Block<W> {
    /// Which input, or which group of inputs.
    input: u16,
    /// Which four outputs.
    outputs: u16,
    weights: W,
}

/// The blocks of a matrix in the order of its inputs.
#[derive(Clone, Debug)]
pub struct Blocks<W> {
    stretches: Stretches,
    blocks: Vec<Block<W>>,
}

impl<W: Copy> Blocks<W> {
    /// Keeps the blocks of `inputs` inputs (or groups) and `outputs` outputs for which `block(input, outputs / 4)` is there.
    fn new(inputs: usize, outputs: usize, block: impl Fn(usize, usize) -> Option<W>) -> Self {
        assert!(inputs <= 1 << 16, "a sparse layer has at most 65,536 inputs");
        assert!(outputs <= 1 << 18, "a sparse layer has at most 262,144 outputs");
        let mut stretches = Stretches::default();
        let mut blocks = Vec::new();
        for input in 0..inputs {
            let kept = (0..outputs.div_ceil(4)).filter_map(|four| {
                let weights = block(input, four)?;
                Some(Block { input: input as u16, outputs: four as u16, weights })
            });
            blocks.extend(kept);
            stretches.push_end(blocks.len());
        }
        Self { stretches, blocks }
    }

    /// `sums += x w` for one row of groups. Groups of which every byte is zero are passed over, unless zero is not kept as
    /// zero in a group.
    #[inline(always)]
    pub fn add_groups<D: Dot<Weights = W>>(&self, groups: &[i32], sums: &mut [[i32; 4]]) {
        let mut multiply = |blocks: Range<usize>| {
            for block in &self.blocks[blocks] {
                let sums = &mut sums[usize::from(block.outputs)];
                let groups = std::slice::from_ref(&groups[usize::from(block.input)]);
                D::add(I32x4::load(sums), &block.weights, groups).store(sums);
            }
        };
        if D::OFFSET != 0 {
            return multiply(0..self.blocks.len());
        }
        let mut stretch = 0..0;
        for_each_run(groups, nonzero_words, |run| self.stretches.extend(&mut stretch, run, &mut multiply));
        multiply(stretch);
    }
}

/// The blocks of integer weights `w` (`inputs x outputs`) for groups of `D`'s inputs.
pub fn of_integers<D: Dot>(inputs: usize, outputs: usize, w: &[i8]) -> Blocks<D::Weights> {
    Blocks::new(inputs.div_ceil(D::INPUTS), outputs, |group, four| {
        let weight = |input: usize, output: usize| {
            let (input, output) = (group * D::INPUTS + input, 4 * four + output);
            if input < inputs && output < outputs { w[input * outputs + output] } else { 0 }
        };
        let any = (0..D::INPUTS).any(|input| (0..4).any(|output| weight(input, output) != 0));
        any.then(|| D::pack(weight))
    })
}
