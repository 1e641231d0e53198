//! An integer network as data: what quantization makes of a float network, what files hold, and what runs.

use super::layer::{Layer, Role, Shape};
use super::model::Model;
use crate::backend::Pool;
use crate::backend::cpu::inference::{Addition, Requant};
use ndarray::{ArrayD, IxDyn};

/// An affine grid of at most 256 values: `r = scale * (q - zero_point)` (Jacob et al. 2018).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Distance between two neighbours.
    pub scale: f32,
    /// The integer that stands for zero.
    pub zero_point: u8,
    /// The largest integer: 255 for 8 bits.
    pub top: u8,
}

impl Grid {
    /// The integer nearest to `value`; halves go to the even one.
    #[inline]
    pub fn quantize(&self, value: f32) -> u8 {
        // From 2^23 on, floats are whole numbers: the addition itself rounds, and the low byte is the result. A call to
        // `round` for every pixel would take longer than some networks.
        const WHOLE: f32 = 8_388_608.0;
        let place = (value / self.scale + f32::from(self.zero_point)).clamp(0.0, f32::from(self.top));
        (place + WHOLE).to_bits() as u8
    }

    /// The real value of an integer.
    pub fn dequantize(&self, q: u8) -> f32 {
        self.scale * (f32::from(q) - f32::from(self.zero_point))
    }
}

/// The weights of a matrix as integers: `r = scale * (q - zero_point)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Codes {
    /// Of a weight, 1 to 8.
    pub bits: u8,
    /// Row by row, as the real matrix.
    pub weights: Vec<i8>,
    /// How many neighbouring rows of a column share a scale; all of them, where a column has one.
    pub group: usize,
    /// One for all weights; or for each group one for each column.
    pub scales: Vec<f32>,
    /// As many as scales; none where all are zero (symmetric grids).
    pub zero_points: Vec<i8>,
}

impl Codes {
    /// Where the scale and zero point of a weight stand, by its place in a matrix of so many columns.
    #[inline]
    pub fn place(&self, index: usize, columns: usize) -> usize {
        match self.scales.len() {
            1 => 0,
            _ => index / columns / self.group.max(1) * columns + index % columns,
        }
    }

    /// The scale of a column whose rows share one.
    pub fn scale(&self, column: usize) -> f32 {
        if self.scales.len() == 1 { self.scales[0] } else { self.scales[column] }
    }

    /// The zero point of a column whose rows share one.
    pub fn zero_point(&self, column: usize) -> i8 {
        match self.zero_points[..] {
            [] => 0,
            [one] => one,
            _ => self.zero_points[column],
        }
    }

    /// The weights' real values in a matrix of so many columns.
    pub fn real(&self, columns: usize) -> Vec<f32> {
        let real = |(index, &q): (usize, &i8)| {
            let place = self.place(index, columns);
            let zero = self.zero_points.get(place).copied().unwrap_or_default();
            (f32::from(q) - f32::from(zero)) * self.scales[place]
        };
        self.weights.iter().enumerate().map(real).collect()
    }

    /// Weights that are not zero.
    pub fn nonzero(&self, columns: usize) -> usize {
        match self.zero_points.is_empty() {
            true => self.weights.iter().filter(|&&q| q != 0).count(),
            false => self.real(columns).iter().filter(|&&w| w != 0.0).count(),
        }
    }
}

/// The weights of a float network's matrix where they are stored as integers, and what is multiplied with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded {
    /// The integers; a parameter's values are their real values.
    pub codes: Codes,
    /// Bits of the activations, each sample of which is put on a grid of its own as it comes in; none where they stay floats.
    pub activations: Option<u8>,
}

/// A dense layer or a convolution in integers.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegerLinear {
    /// [`Layer::Dense`] or [`Layer::Convolution`], for its sizes.
    pub layer: Layer,
    /// Laid out as the float layer's weights; one scale, or one for each output.
    pub codes: Codes,
    /// In units of input scale times weight scale.
    pub bias: Vec<i32>,
    /// The grid of what comes in.
    pub input: Grid,
    /// The grid of what goes out; none for the last layer, whose accumulators become logits.
    pub output: Option<Grid>,
    /// Outputs below the zero point are set to it: the fused ReLU.
    pub relu: bool,
}

impl IntegerLinear {
    /// Columns of the weight matrix: units or filters.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Rows of the weight matrix.
    pub fn rows(&self) -> usize {
        self.codes.weights.len() / self.bias.len().max(1)
    }

    /// The weight scale of one output.
    pub fn scale(&self, output: usize) -> f32 {
        self.codes.scale(output)
    }

    /// How its sums become activations; none for the last layer.
    pub(crate) fn requant(&self) -> Option<Requant> {
        let grid = self.output?;
        let unit = f64::from(self.input.scale) / f64::from(grid.scale);
        let factors = (0..self.outputs()).map(|output| unit * f64::from(self.scale(output)));
        Some(Requant::new(factors, grid.zero_point, self.relu).below(grid.top))
    }

    /// What its sums are multiplied by where they become logits.
    pub(crate) fn logit_scales(&self) -> Vec<f32> {
        (0..self.outputs()).map(|output| self.input.scale * self.scale(output)).collect()
    }
}

/// One layer of an integer network.
#[derive(Clone, Debug, PartialEq)]
pub enum IntegerLayer {
    /// Multiply, accumulate, requantize.
    Linear(IntegerLinear),
    /// Pools integers on their grid.
    Pool(Pool),
    /// A nonlinearity as a table from one grid to another.
    Table(Vec<u8>),
    /// A skip connection.
    Add(IntegerAdd),
}

impl IntegerLayer {
    /// The layer whose input is added, in a skip connection.
    pub fn skips_from(&self) -> Option<usize> {
        match self {
            IntegerLayer::Add(add) => Some(add.from),
            _ => None,
        }
    }
}

/// A skip connection in integers: what comes in, and what came into an earlier layer, added onto a grid of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerAdd {
    /// Index into [`IntegerModel::layers`] of the layer whose input is added.
    pub from: usize,
    /// The grid of what comes in.
    pub input: Grid,
    /// The grid of what is added.
    pub skipped: Grid,
    /// The grid of what goes out.
    pub output: Grid,
    /// Outputs below the zero point are set to it: the fused ReLU.
    pub relu: bool,
}

impl IntegerAdd {
    /// How the two become one.
    pub(crate) fn addition(&self) -> Addition {
        let Self { input, skipped, output, relu, .. } = *self;
        let factor = |grid: Grid| f64::from(grid.scale) / f64::from(output.scale);
        let factors = [factor(input), factor(skipped)];
        Addition::new(factors, [input.zero_point, skipped.zero_point], output.zero_point, relu).below(output.top)
    }
}

/// A network that computes in integers from its first layer to its logits.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegerModel {
    /// Of one input sample.
    pub shape: Shape,
    /// Outputs of the last layer.
    pub classes: usize,
    /// The grid on which samples are put.
    pub input: Grid,
    /// From input to logits.
    pub layers: Vec<IntegerLayer>,
}

impl IntegerModel {
    /// The dense layers and convolutions.
    pub fn linears(&self) -> impl Iterator<Item = &IntegerLinear> {
        self.layers.iter().filter_map(|layer| match layer {
            IntegerLayer::Linear(linear) => Some(linear),
            _ => None,
        })
    }

    /// The grid of the input and of what each layer leaves but the last, whose logits are floats.
    pub fn grids(&self) -> Vec<Grid> {
        let mut grid = self.input;
        let mut grids = vec![grid];
        for (index, layer) in self.layers.iter().enumerate() {
            let reads = |layer: &IntegerLayer| match layer {
                IntegerLayer::Linear(linear) => Some(linear.input),
                IntegerLayer::Add(add) => Some(add.input),
                IntegerLayer::Pool(_) | IntegerLayer::Table(_) => None,
            };
            grid = match layer {
                IntegerLayer::Linear(linear) => linear.output.unwrap_or(grid),
                IntegerLayer::Add(add) => add.output,
                IntegerLayer::Pool(_) => grid,
                // A table does not say where it leads to; whatever reads it does.
                IntegerLayer::Table(_) => self.layers[index + 1..].iter().find_map(reads).unwrap_or(grid),
            };
            grids.push(grid);
        }
        grids.pop();
        grids
    }

    /// Writes the real values of weights and biases into a float model of the same layers.
    pub fn dequantize_into(&self, model: &mut Model) {
        let mut linears = self.linears();
        let mut current = None;
        for parameter in &mut model.parameters {
            let dims = IxDyn(parameter.values.shape());
            let values: Vec<f32> = match parameter.role {
                Role::Weight => {
                    current = linears.next();
                    let Some(linear) = current else { return };
                    linear.codes.real(linear.outputs())
                }
                Role::Bias => {
                    let Some(linear) = current else { return };
                    let real = |(i, &q): (usize, &i32)| q as f32 * (linear.input.scale * linear.scale(i));
                    linear.bias.iter().enumerate().map(real).collect()
                }
                Role::Scale | Role::Statistics | Role::Embedding | Role::Step => continue,
            };
            if let Ok(values) = ArrayD::from_shape_vec(dims, values) {
                parameter.values = values;
            }
        }
    }
}
