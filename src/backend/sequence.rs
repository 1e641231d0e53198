//! Operations on sequences: of each sample one token after another, a token being a row of channels.

/// One of the operations that a transformer has beside dense layers and sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// Cuts an image into squares, row by row; each becomes a token of `side * side * channels` values (Dosovitskiy et al. 2021).
    /// No arithmetic. Rows and columns that fill no whole square are dropped, as pooling drops them.
    Patches {
        /// Of the image.
        height: usize,
        /// Of the image.
        width: usize,
        /// Of the image.
        channels: usize,
        /// Of a square, in pixels.
        side: usize,
    },
    /// Takes numbers of words and gives each word's row of the table (Bengio et al. 2003): `vocabulary x channels` parameters.
    Embedding {
        /// Words there are; a number beyond is taken for the last.
        vocabulary: usize,
        /// Words of a sample.
        tokens: usize,
        /// Values of a row.
        channels: usize,
    },
    /// Adds a vector of each place, `tokens x channels` parameters: without it, what follows cannot tell the order.
    Positions {
        /// Of a sample.
        tokens: usize,
        /// Of a token.
        channels: usize,
    },
    /// Layer normalization (Ba, Kiros, Hinton 2016): each token's channels come to mean 0 and variance 1, then
    /// `y = gamma h + beta`. Parameters are gamma, then beta.
    Normalization {
        /// Of a sample.
        tokens: usize,
        /// Of a token.
        channels: usize,
    },
    /// Multi-head attention (Vaswani et al. 2017, section 3.2) without its projections: a token comes in as query, key and value
    /// side by side (`3 * channels` values), and leaves as `softmax(q k^T / sqrt(channels / heads)) v`, head by head.
    Attention {
        /// Of a sample.
        tokens: usize,
        /// Of what leaves; a multiple of the heads.
        channels: usize,
        /// Each attends for itself, with as many of the channels.
        heads: usize,
    },
    /// The Gaussian error linear unit in the form that its paper gives with a hyperbolic tangent (Hendrycks, Gimpel 2016), written
    /// with the logistic function, which is the same: `y = x / (1 + exp(-x (a + b x^2)))`, `a = 2 sqrt(2 / pi)`, `b = 0.044715 a`.
    Gelu {
        /// Of a sample.
        values: usize,
    },
    /// The mean over the tokens.
    Mean {
        /// Of a sample.
        tokens: usize,
        /// Of a token.
        channels: usize,
    },
}

impl Sequence {
    /// A short name: `attention`, `patches`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Patches { .. } => "patches",
            Self::Embedding { .. } => "embedding",
            Self::Positions { .. } => "positions",
            Self::Normalization { .. } => "layer normalization",
            Self::Attention { .. } => "attention",
            Self::Gelu { .. } => "GELU",
            Self::Mean { .. } => "mean",
        }
    }

    /// Values of a sample that come in.
    pub fn inputs(self) -> usize {
        match self {
            Self::Patches { height, width, channels, .. } => height * width * channels,
            Self::Embedding { tokens, .. } => tokens,
            Self::Attention { tokens, channels, .. } => 3 * tokens * channels,
            Self::Positions { tokens, channels }
            | Self::Normalization { tokens, channels }
            | Self::Mean { tokens, channels } => tokens * channels,
            Self::Gelu { values } => values,
        }
    }

    /// Values of a sample that leave.
    pub fn outputs(self) -> usize {
        match self {
            Self::Patches { height, width, channels, side } => {
                (height / side * side) * (width / side * side) * channels
            }
            Self::Embedding { tokens, channels, .. } | Self::Attention { tokens, channels, .. } => tokens * channels,
            Self::Mean { channels, .. } => channels,
            _ => self.inputs(),
        }
    }

    /// Rows and columns of its parameters; zero rows where it has none.
    pub fn parameters(self) -> [usize; 2] {
        match self {
            Self::Embedding { vocabulary, channels, .. } => [vocabulary, channels],
            Self::Positions { tokens, channels } => [tokens, channels],
            Self::Normalization { channels, .. } => [2, channels],
            _ => [0, 0],
        }
    }

    /// Values of a sample that the way back needs beside what came in: the mean and the inverse deviation of each token,
    /// the probabilities of each head (`key x query`), the logistic function of each value.
    pub fn saved(self) -> usize {
        match self {
            Self::Normalization { tokens, .. } => 2 * tokens,
            Self::Attention { tokens, heads, .. } => heads * tokens * tokens,
            Self::Gelu { values } => values,
            _ => 0,
        }
    }
}
