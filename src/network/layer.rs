//! The kinds of layer, as plain data with their sizes resolved.

use crate::backend::{Activation, Conv, Levels, Pool, Sequence};
use serde::{Deserialize, Serialize};

/// Height, width and channels of one sample; features of tabular data are channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Values of a pixel.
    pub channels: usize,
}

impl Shape {
    /// Values of one sample.
    #[allow(clippy::len_without_is_empty)] // a shape is never empty
    pub fn len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Whether a sample is a text: a row of single values, each the number of a token. No image has one row alone.
    pub fn is_text(&self) -> bool {
        self.height == 1 && self.width > 1 && self.channels == 1
    }
}

/// One layer with its sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    /// `y = x W + b`, `W` stored as `inputs x outputs`.
    Dense {
        /// Values that come in.
        inputs: usize,
        /// Units.
        outputs: usize,
    },
    /// A convolution with a bias a filter; weights stored as `patch x filters`.
    Convolution(Conv),
    /// Max or average pooling.
    Pool(Pool),
    /// An elementwise nonlinearity.
    Activation(Activation),
    /// Batch normalization over the batch and the `rows` pixels of each channel.
    BatchNormalization {
        /// Pixels of one sample.
        rows: usize,
        /// Channels or units, each normalized for itself.
        channels: usize,
    },
    /// Drops a share of values in training and scales the others up; nothing at inference.
    Dropout {
        /// Share dropped.
        rate: f32,
    },
    /// A skip connection (He et al. 2016): `y = x + what came into layer from`, which is an earlier one and takes as many values.
    Add {
        /// Index of the layer whose input is added.
        from: usize,
    },
    /// What a transformer has beside dense layers of tokens, which are convolutions with a kernel of 1, and skip connections.
    Sequence(Sequence),
    /// From image to vector: no arithmetic, since images are stored as they are flattened.
    Flatten,
    /// In quantization-aware training only: puts values on the grid that they will have as integers.
    FakeQuantize {
        /// The whole numbers of the grid.
        levels: Levels,
        /// Whether the step is trained.
        learned: bool,
    },
    /// In quantization-aware training only, right before a layer with weights: has that layer compute with its weights put on a
    /// grid. What passes through is left as it is.
    QuantizeWeights {
        /// The whole numbers of the grid.
        levels: Levels,
        /// Rows of the weight matrix.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// One step, or one for each column.
        steps: usize,
        /// Whether the steps are trained.
        learned: bool,
    },
}

/// What a parameter is, and so whether it may be pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A weight matrix: pruned and quantized.
    Weight,
    /// A bias: kept whole, as in the literature.
    Bias,
    /// Gamma, then beta of a normalization.
    Scale,
    /// Running mean, then variance; measured, not trained.
    Statistics,
    /// A vector for each word or place: looked up and not multiplied with, so kept whole, as biases are.
    Embedding,
    /// What the steps of fake quantization were multiplied by in training, then as many steps as they were measured before it.
    Step,
}

named!(Role { Weight => "weight", Bias => "bias", Scale => "scale", Statistics => "statistics", Embedding => "embedding", Step => "step" });

impl Layer {
    /// Values a sample has after this layer, given those it has before.
    pub fn outputs(&self, inputs: usize) -> usize {
        match *self {
            Layer::Dense { outputs, .. } => outputs,
            Layer::Convolution(conv) => conv.outputs(),
            Layer::Pool(pool) => pool.outputs(),
            Layer::Sequence(op) => op.outputs(),
            _ => inputs,
        }
    }

    /// The parameters it holds: role and dimensions (rows x columns for weights).
    pub fn parameters(&self) -> Vec<(Role, Vec<usize>)> {
        match *self {
            Layer::Dense { inputs, outputs } => {
                vec![(Role::Weight, vec![inputs, outputs]), (Role::Bias, vec![outputs])]
            }
            Layer::Convolution(conv) => vec![
                (Role::Weight, vec![conv.kernel, conv.kernel, conv.channels, conv.filters]),
                (Role::Bias, vec![conv.filters]),
            ],
            Layer::BatchNormalization { channels, .. } => {
                vec![(Role::Scale, vec![2 * channels]), (Role::Statistics, vec![2 * channels])]
            }
            Layer::Sequence(op) => match (op, op.parameters()) {
                (_, [0, _]) => Vec::new(),
                (Sequence::Normalization { .. }, [rows, columns]) => vec![(Role::Scale, vec![rows * columns])],
                (_, [rows, columns]) => vec![(Role::Embedding, vec![rows, columns])],
            },
            Layer::FakeQuantize { .. } => vec![(Role::Step, vec![2])],
            Layer::QuantizeWeights { steps, .. } => vec![(Role::Step, vec![2 * steps])],
            _ => Vec::new(),
        }
    }

    /// The layer whose input is added, in a skip connection.
    pub fn skips_from(&self) -> Option<usize> {
        match self {
            Layer::Add { from } => Some(*from),
            _ => None,
        }
    }

    /// Trained and measured parameters in all.
    pub fn parameter_count(&self) -> usize {
        self.parameters().iter().map(|(_, dims)| dims.iter().product::<usize>()).sum()
    }

    /// How often each weight is used for one sample: output pixels of a convolution, once in a dense layer.
    pub fn uses_per_weight(&self) -> usize {
        match self {
            Layer::Convolution(conv) => conv.out_pixels(),
            _ => 1,
        }
    }

    /// A short name: `dense`, `convolution`.
    pub fn name(&self) -> &'static str {
        match self {
            Layer::Dense { .. } => "dense",
            Layer::Convolution(_) => "convolution",
            Layer::Pool(_) => "pooling",
            Layer::Activation(_) => "activation",
            Layer::BatchNormalization { .. } => "batch normalization",
            Layer::Dropout { .. } => "dropout",
            Layer::Add { .. } => "skip connection",
            Layer::Sequence(op) => op.name(),
            Layer::Flatten => "flatten",
            Layer::FakeQuantize { .. } => "fake quantization",
            Layer::QuantizeWeights { .. } => "quantized weights",
        }
    }
}
