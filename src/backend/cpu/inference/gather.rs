//! Compressed sparse columns for a single row of activations: eight outputs side by side, each lane fetching the input
//! that its next weight belongs to ("ELLPACK in slices": Monakov et al. 2010). It reads every weight that is left, whatever
//! the activations are, and is the faster way where few of those are zero.

use super::scatter::Row;
use crate::backend::cpu::simd::F32x4;
use crate::order;

/// Outputs of a slice: two vectors, since the sum of one would be waited for.
const LANES: usize = 8;

/// One weight for each output of a slice, and the inputs they belong to.
#[derive(Clone, Copy, Debug)]
struct Step {
    inputs: [[u16; 4]; LANES / 4],
    weights: [[f32; 4]; LANES / 4],
}

/// The outputs of a slice (as many as it has) and where its steps end.
#[derive(Clone, Debug)]
struct Slice {
    outputs: Vec<u16>,
    end: usize,
}

/// The non-zero weights of a matrix in slices of [`LANES`] outputs.
#[derive(Clone, Debug)]
pub struct Gather {
    slices: Vec<Slice>,
    steps: Vec<Step>,
}

impl Gather {
    /// Collects the non-zero values of `w` (`inputs x outputs`). Outputs with about as many weights share a slice, and what
    /// the shorter ones lack is filled with zeros.
    pub fn new(inputs: usize, outputs: usize, w: &[f32]) -> Self {
        assert!(inputs.max(outputs) <= 1 << 16, "a sparse layer has at most 65,536 inputs and outputs");
        let line = |output: usize| {
            let of_output = (0..inputs).map(|input| (input as u16, w[input * outputs + output]));
            of_output.filter(|(_, weight)| *weight != 0.0).collect::<Vec<_>>()
        };
        let lines: Vec<(u16, Vec<(u16, f32)>)> = (0..outputs).map(|o| (o as u16, line(o))).collect();
        let lines = order::sorted(lines, |(_, line)| line.len() as u64);
        let (mut slices, mut steps) = (Vec::new(), Vec::new());
        for slice in lines.chunks(LANES) {
            let longest = slice.iter().map(|(_, line)| line.len()).max().unwrap_or(0);
            steps.extend((0..longest).map(|at| {
                let entry =
                    |lane: usize| slice.get(lane).and_then(|(_, line)| line.get(at)).copied().unwrap_or_default();
                let entries: [[(u16, f32); 4]; LANES / 4] =
                    [0, 4].map(|first| [0, 1, 2, 3].map(|at| entry(first + at)));
                Step {
                    inputs: entries.map(|four| four.map(|(input, _)| input)),
                    weights: entries.map(|four| four.map(|(_, weight)| weight)),
                }
            }));
            slices.push(Slice { outputs: slice.iter().map(|(output, _)| *output).collect(), end: steps.len() });
        }
        Self { slices, steps }
    }

    /// `y = x w` for one row, each output's products in the order of its inputs.
    pub fn multiply(&self, x: &Row, y: &mut [f32]) {
        let mut begin = 0;
        for Slice { outputs, end } in &self.slices {
            let mut sums = [F32x4::splat(0.0); LANES / 4];
            for step in &self.steps[begin..*end] {
                for (sum, (inputs, weights)) in sums.iter_mut().zip(step.inputs.iter().zip(&step.weights)) {
                    let x = inputs.map(|input| x[usize::from(input)]);
                    *sum = sum.add_product(F32x4::load(&x), F32x4::load(weights));
                }
            }
            begin = *end;
            let mut values = [[0.0; 4]; LANES / 4];
            sums.iter().zip(&mut values).for_each(|(sum, four)| sum.store(four));
            for (output, value) in outputs.iter().zip(values.as_flattened()) {
                y[usize::from(*output)] = *value;
            }
        }
    }
}
