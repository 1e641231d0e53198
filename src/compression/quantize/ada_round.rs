//! AdaRound: whether each weight goes up or down is found by descent on the error of the layer's outputs.
//!
//! Source: Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", 2020, section 3.3.
//!
//! A weight that lies between two integers becomes `below + h(v)`, with the rectified sigmoid
//! `h(v) = clip(sigmoid(v) (zeta - gamma) + gamma, 0, 1)`. What is minimized is `d^T H d`, the squared error of the outputs over the
//! calibration samples, plus `lambda sum(1 - |2 h(v) - 1|^beta)`, which drives every `h` to 0 or 1 the more, the lower `beta` becomes. The
//! paper takes a batch of inputs at each step; here `H` stands for all of them at once, which is the same objective without its noise.

use super::codes::place;
use super::moments::Moments;
use super::scale::Levels;
use crate::backend::cpu::Cpu;
use crate::backend::{Backend, MatMul};
use crate::network::Codes;

/// Steps of descent. A step costs a product of `H` and the errors, some 18 ms for the first layer of LeNet-300-100 on one core; the
/// paper takes 10,000 steps on noisy gradients at a hundredth. On LeNet-300-100 with 3 and 4 bits, 400 steps leave 9 to 13 % of the
/// error that the nearest integers have; 1600 steps at half the rate leave 8 to 9 %, and classify no better.
const STEPS: usize = 400;

/// The step size of Adam: `v` goes from undecided to decided, which is 2.4, in a fraction of the steps.
const RATE: f32 = 0.1;

/// Adam's decays and epsilon, as ever.
const DECAYS: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// The ends to which the sigmoid is stretched before it is cut off (Louizos et al. 2018).
const ZETA: f32 = 1.1;
const GAMMA: f32 = -0.1;

/// The weight of the regularizer, where errors are counted in grid steps and the mean of `H`'s diagonal is one. With a tenth of it a
/// fifth of the weights are still undecided at the end, and what they are rounded to is no longer what was minimized.
const LAMBDA: f32 = 4.0;

/// `beta` at the start and at the end, as in the paper.
const BETA: [f32; 2] = [20.0, 2.0];

/// The descent for one layer, a step at a time.
pub struct AdaRound {
    columns: usize,
    inputs: usize,
    cells: Vec<Cell>,
    /// Inputs x inputs; see [`normalized`].
    h: Vec<f32>,
    /// Steps done.
    step: usize,
    /// Each of Adam's decays to the power of the steps done.
    decayed: [f32; 2],
    cpu: Cpu,
}

/// `H` of these inputs as a whole matrix, the mean of its diagonal being one.
fn normalized(moments: &Moments, alive: &[usize]) -> Vec<f32> {
    let mean = alive.iter().map(|&i| moments.sum[i][i]).sum::<f64>() / alive.len().max(1) as f64;
    let of = |i: usize, j: usize| (moments.sum[i.min(j)][i.max(j)] / mean) as f32;
    alive.iter().flat_map(|&i| alive.iter().map(move |&j| of(i, j))).collect()
}

/// One weight.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Its index in the matrix.
    at: usize,
    /// Where it lies on its grid.
    place: f32,
    /// The integer below.
    below: i8,
    /// To the integer above.
    step: i8,
    /// Its scale, over the mean of its column's.
    scale: f32,
    /// It may be rounded otherwise than to the nearest.
    free: bool,
    v: f32,
    /// Adam's moments.
    adam: [f32; 2],
}

impl Cell {
    /// `h(v)` and its slope, which is zero where `h` is cut off.
    fn soft(&self) -> (f32, f32) {
        // Beyond, the sigmoid is cut off: its logarithm there need not be taken.
        const DECIDED: f32 = 2.4;
        if self.v.abs() > DECIDED {
            return (if self.v > 0.0 { 1.0 } else { 0.0 }, 0.0);
        }
        let sigmoid = 1.0 / (1.0 + libm::expf(-self.v));
        let h = sigmoid * (ZETA - GAMMA) + GAMMA;
        if h <= 0.0 || h >= 1.0 {
            return (h.clamp(0.0, 1.0), 0.0);
        }
        (h, sigmoid * (1.0 - sigmoid) * (ZETA - GAMMA))
    }

    fn rounded(&self) -> i8 {
        self.below + if self.v >= 0.0 { self.step } else { 0 }
    }
}

impl AdaRound {
    /// Weights of a matrix before the first step, on the grids that `codes` has.
    pub fn new(weights: &[f32], columns: usize, levels: Levels, moments: &Moments, codes: &Codes) -> Self {
        // Inputs that are always zero take no part: of an image, its margin.
        let alive: Vec<usize> = (0..moments.sum.len()).filter(|&i| moments.sum[i][i] > 0.0).collect();
        let scale = |at: usize| f64::from(codes.scales[codes.place(at, columns)]);
        let mean_of =
            |column: usize| alive.iter().map(|i| scale(i * columns + column)).sum::<f64>() / alive.len().max(1) as f64;
        let means: Vec<f64> = (0..columns).map(mean_of).collect();
        let cell = |at: usize| {
            let place = place(codes, columns, at, weights[at]);
            let below = levels.below(place);
            // The sigmoid of v is where h begins with the weight itself.
            let share = ((place - f32::from(below)) / f32::from(levels.step)).clamp(0.0, 1.0);
            let v = -libm::logf((ZETA - GAMMA) / (share - GAMMA) - 1.0);
            let (scale, free) = ((scale(at) / means[at % columns]) as f32, weights[at] != 0.0);
            Cell { at, place, below, step: levels.step, scale, free, v, adam: [0.0; 2] }
        };
        let cells = alive.iter().flat_map(|i| i * columns..(i + 1) * columns).map(cell).collect();
        let (h, inputs) = (normalized(moments, &alive), alive.len());
        Self { columns, inputs, cells, h, step: 0, decayed: [1.0; 2], cpu: Cpu::new() }
    }

    /// The error of each weight, given in grid steps; none of one that was removed.
    fn errors(&self, error: impl Fn(&Cell) -> f32) -> Vec<f32> {
        self.cells.iter().map(|cell| if cell.free { error(cell) * cell.scale } else { 0.0 }).collect()
    }

    /// `H` times the errors.
    fn product(&self, errors: &Vec<f32>) -> Vec<f32> {
        let mut product = vec![0.0; errors.len()];
        let (m, n) = (self.inputs, self.columns);
        let op = MatMul { m, k: m, n, a_transposed: false, b_transposed: false, accumulate: false };
        self.cpu.matmul(op, &self.h, errors, &mut product);
        product
    }

    /// `d^T H d` of each column.
    fn costs(&self, errors: &Vec<f32>) -> Vec<f64> {
        let product = self.product(errors);
        let mut costs = vec![0.0; self.columns];
        for (at, (error, product)) in errors.iter().zip(&product).enumerate() {
            costs[at % self.columns] += f64::from(*error) * f64::from(*product);
        }
        costs
    }

    /// One step; whether there are more to come.
    pub fn step(&mut self) -> bool {
        let errors = self.errors(|cell| f32::from(cell.below) + f32::from(cell.step) * cell.soft().0 - cell.place);
        let product = self.product(&errors);
        let beta = BETA[0] + (BETA[1] - BETA[0]) * self.step as f32 / STEPS as f32;
        self.decayed.iter_mut().zip(DECAYS).for_each(|(decayed, decay)| *decayed *= decay);
        for (cell, product) in self.cells.iter_mut().zip(&product).filter(|(cell, _)| cell.free) {
            let (h, slope) = cell.soft();
            let mut gradient = 0.0;
            if slope > 0.0 {
                let of_error = 2.0 * product * cell.scale * f32::from(cell.step);
                let from_middle = 2.0 * h - 1.0;
                let of_regularizer = -2.0 * beta * libm::powf(from_middle.abs(), beta - 1.0) * from_middle.signum();
                gradient = slope * (of_error + LAMBDA * of_regularizer);
            }
            let [first, second] = &mut cell.adam;
            *first = DECAYS[0] * *first + (1.0 - DECAYS[0]) * gradient;
            *second = DECAYS[1] * *second + (1.0 - DECAYS[1]) * gradient * gradient;
            let size = (*second / (1.0 - self.decayed[1])).sqrt() + EPSILON;
            cell.v -= RATE * (*first / (1.0 - self.decayed[0])) / size;
        }
        self.step += 1;
        self.step < STEPS
    }

    /// Puts each weight up or down, never further, into `codes`, which holds the nearest integers so far. An output for which those
    /// have the lower error keeps them, as do weights of inputs that are always zero. Weights of zero were removed and stay zero.
    pub fn finish(&self, codes: &mut Codes) {
        let nearest = self.costs(&self.errors(|cell| f32::from(codes.weights[cell.at]) - cell.place));
        let found = self.costs(&self.errors(|cell| f32::from(cell.rounded()) - cell.place));
        for cell in &self.cells {
            let column = cell.at % self.columns;
            if cell.free && found[column] < nearest[column] {
                codes.weights[cell.at] = cell.rounded();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{COLUMNS, Rounded};
    use super::super::{Granularity, Mapping, Quantize, levels};
    use super::*;

    fn rounded(case: &Rounded) -> Codes {
        let mut codes = case.nearest();
        let levels = levels(case.bits, &case.settings);
        let mut descent = AdaRound::new(&case.weights, COLUMNS, levels, &case.moments, &codes);
        while descent.step() {}
        descent.finish(&mut codes);
        case.check(&codes);
        codes
    }

    #[test]
    fn the_error_is_lower_than_that_of_the_nearest_integers() {
        for case in Rounded::cases() {
            let (found, plain) = (case.error(&rounded(&case)), case.error(&case.nearest()));
            assert!(found < 0.7 * plain, "{} bits, {:?}: {found}, nearest {plain}", case.bits, case.settings.clip);
        }
    }

    #[test]
    fn every_weight_goes_up_or_down_and_never_further() {
        for mapping in [Mapping::Symmetric, Mapping::Affine] {
            for granularity in [Granularity::PerChannel, Granularity::PerTensor, Granularity::PerGroup] {
                let settings = Quantize { mapping, granularity, group: 16, ..Quantize::default() };
                let case = Rounded::new(40, 3, settings, 11);
                let (codes, nearest) = (rounded(&case), case.nearest());
                let mut changed = 0;
                for (at, w) in case.weights.iter().enumerate() {
                    let place = place(&codes, COLUMNS, at, *w);
                    let (low, high) = (place.floor(), place.ceil());
                    let q = f32::from(codes.weights[at]);
                    // Beyond the ends of the grid, its last integer is all there is.
                    assert!(q == low || q == high || q == f32::from(nearest.weights[at]), "{place} became {q}");
                    changed += usize::from(codes.weights[at] != nearest.weights[at]);
                }
                assert!(changed > 20, "{changed} weights go the other way");
                assert!(case.error(&codes) < 0.8 * case.error(&nearest));
            }
        }
    }

    /// Where no input tells of another, the nearest integers are the best.
    #[test]
    fn with_inputs_of_their_own_every_weight_goes_to_the_nearest() {
        let mut case = Rounded::new(40, 3, Quantize::default(), 2);
        for (i, row) in case.moments.sum.iter_mut().enumerate() {
            row.iter_mut().enumerate().filter(|(j, _)| *j != i).for_each(|(_, h)| *h = 0.0);
        }
        assert_eq!(rounded(&case), case.nearest());
    }
}
