//! Networks by name and by parameters, and the layers that they come to.

use super::layer::{Layer, Shape};
use crate::backend::{Activation, Conv, Pool, PoolKind, Sequence};
use serde::{Deserialize, Serialize};

/// The kinds of network that can be trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ArchitectureName {
    /// One dense layer: softmax regression.
    LogisticRegression,
    /// Dense layers of any widths.
    Mlp,
    /// An MLP of widths 300 and 100 (LeCun et al. 1998), the small network of the pruning literature.
    #[default]
    LeNet300100,
    /// Two 5x5 convolutions of 20 and 50 filters with pooling, a dense layer of 500 (the Caffe variant).
    LeNet5,
    /// Six 3x3 convolutions in pairs of 16, 32 and 64 filters, each pair pooled, then the classes (after Simonyan, Zisserman
    /// 2015); always with batch normalization.
    VggSmall,
    /// Nine 3x3 convolutions of 16, 32 and 64 filters, two of each three bridged by a skip connection, then the mean of each
    /// channel (after He et al. 2016); always with batch normalization.
    ResNetSmall,
    /// A small encoder of attention and dense layers (Vaswani et al. 2017; Dosovitskiy et al. 2021 for images), normalized before
    /// each (Xiong et al. 2020) with layer normalization, always with GELU; then the mean of the tokens.
    Transformer,
}

named!(ArchitectureName { LogisticRegression => "logistic-regression", Mlp => "mlp", LeNet300100 => "lenet-300-100", LeNet5 => "lenet-5", VggSmall => "vgg-small", ResNetSmall => "resnet-small", Transformer => "transformer" });

impl ArchitectureName {
    /// All names, in the order in which the page offers them, with a title and a sentence.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (
            Self::LogisticRegression,
            "Logistic regression",
            "One layer from pixels to classes: the baseline that everything else must beat.",
        ),
        (Self::Mlp, "MLP", "Dense layers of the widths you choose."),
        (
            Self::LeNet300100,
            "LeNet-300-100",
            "Two hidden layers of 300 and 100 units: the network on which pruning papers report.",
        ),
        (
            Self::LeNet5,
            "LeNet-5",
            "Two convolutions with pooling, then 500 units: slower, and more accurate on images.",
        ),
        (
            Self::VggSmall,
            "VGG, small",
            "Six small convolutions in a chain, always with batch normalization: the slowest to train, with under a third of LeNet-300-100's weights.",
        ),
        (
            Self::ResNetSmall,
            "ResNet, small",
            "Nine small convolutions, pairs of them bridged by skip connections, always with batch normalization: the kind of network on which pruning methods part ways.",
        ),
        (
            Self::Transformer,
            "Transformer, tiny",
            "Attention over the patches of an image, or over the words of a text: the kind of network that BERT is, always with GELU and layer normalization.",
        ),
    ];

    /// Whether it pools, so that [`Architecture::pooling`] means something.
    pub fn pools(self) -> bool {
        self.least_side() > 1
    }

    /// Whether normalization is part of it, of the batch or of each token, whatever [`Architecture::batch_normalization`] says.
    pub fn always_normalizes(self) -> bool {
        matches!(self, Self::VggSmall | Self::ResNetSmall | Self::Transformer)
    }

    /// The least height and width of an image that leaves each of its poolings a whole window.
    fn least_side(self) -> usize {
        match self {
            Self::LogisticRegression | Self::Mlp | Self::LeNet300100 => 1,
            Self::LeNet5 => 16,
            Self::VggSmall | Self::ResNetSmall => 8,
            // Its patches have no least side but that of a recipe.
            Self::Transformer => 1,
        }
    }

    /// How many of its widths are not those of dense layers.
    fn filters(self) -> usize {
        match self {
            Self::LogisticRegression | Self::Mlp | Self::LeNet300100 => 0,
            Self::LeNet5 => 2,
            Self::VggSmall | Self::ResNetSmall => 3,
            Self::Transformer => 1,
        }
    }

    /// What [`Architecture::widths`] are where a recipe names none; as many have to be named.
    pub fn default_widths(self) -> &'static [usize] {
        match self {
            Self::LogisticRegression | Self::Mlp | Self::LeNet300100 => &[],
            Self::LeNet5 => &[20, 50, 500],
            Self::VggSmall | Self::ResNetSmall => &[16, 32, 64],
            Self::Transformer => &[32],
        }
    }
}

/// How weights are drawn before training; biases start at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Initialization {
    /// Gaussian, variance 2 / (fan in + fan out) (Glorot, Bengio 2010).
    GlorotNormal,
    /// Uniform with the same variance.
    GlorotUniform,
    /// Gaussian, variance 2 / fan in (He et al. 2015).
    #[default]
    HeNormal,
    /// Uniform with the same variance.
    HeUniform,
}

named!(Initialization { GlorotNormal => "glorot-normal", GlorotUniform => "glorot-uniform", HeNormal => "he-normal", HeUniform => "he-uniform" });

/// The nonlinearity between layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ActivationName {
    /// `max(x, 0)`.
    #[default]
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

named!(ActivationName { Relu => "relu", Tanh => "tanh" });

/// What pooling layers compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PoolingName {
    /// The largest value of a window.
    #[default]
    Max,
    /// The mean of a window.
    Average,
}

named!(PoolingName { Max => "max", Average => "average" });

/// A network as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Which kind.
    pub architecture: ArchitectureName,
    /// For `mlp`: units of each hidden layer. For others, where they are not to be those of the literature: filters of both
    /// convolutions and units of `lenet-5`, filters of the three stages of `vgg-small` and `resnet-small`, channels of a token of
    /// `transformer`.
    #[serde(default)]
    pub widths: Vec<usize>,
    /// For `transformer`: blocks of attention and dense layers; 0 for 2.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub depth: usize,
    /// For `transformer`: heads of each attention; 0 for 4.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heads: usize,
    /// For `transformer` on images: side of the squares that become tokens, in pixels; 0 for 7, which on
    /// 28 x 28 pixels learns as well as 4 does, at a quarter of the time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub patch: usize,
    /// The nonlinearity between layers; `transformer` has GELU in any case.
    #[serde(default)]
    pub activation: ActivationName,
    /// What pooling layers compute; for the convolutional networks. The last pooling of `resnet-small` is a mean in any case.
    #[serde(default)]
    pub pooling: PoolingName,
    /// Batch normalization before each nonlinearity. `vgg-small` and `resnet-small` have it in any case: they are the same
    /// network with `false`, which is the default, as with `true`.
    #[serde(default)]
    pub batch_normalization: bool,
    /// Share of hidden dense units dropped in training (Srivastava et al. 2014); 0 for none.
    #[serde(default)]
    pub dropout: f64,
    /// Share of inputs dropped in training (Srivastava et al. 2014); 0 for none.
    #[serde(default)]
    pub input_dropout: f64,
    /// How weights are drawn.
    #[serde(default)]
    pub initialization: Initialization,
}

fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// The most blocks of a transformer: its layers are as many as a file may hold.
pub const MAX_DEPTH: usize = 4;
/// The most heads of an attention.
pub const MAX_HEADS: usize = 16;
/// Words that a text is written in: a byte holds the number of each.
const VOCABULARY: usize = 256;
/// Values between the dense layers of a transformer's block, for each channel: half of the usual 4, as the layers are narrow.
const EXPANSION: usize = 2;

/// The widest layer, the most layers and the most parameters that a recipe may ask for.
pub const MAX_WIDTH: usize = 4096;
/// See [`MAX_WIDTH`].
pub const MAX_LAYERS: usize = 8;
/// See [`MAX_WIDTH`].
pub const MAX_PARAMETERS: usize = 5_000_000;

impl Architecture {
    /// An MLP of these widths.
    pub fn mlp(widths: &[usize]) -> Self {
        Self { architecture: ArchitectureName::Mlp, widths: widths.to_vec(), ..Self::default() }
    }

    /// A short name for labels: `mlp 300-100`, `lenet-5`.
    pub fn label(&self) -> String {
        match self.architecture {
            ArchitectureName::LogisticRegression => "logistic regression".into(),
            ArchitectureName::Mlp => self.with_widths("MLP"),
            ArchitectureName::LeNet300100 => "LeNet-300-100".into(),
            ArchitectureName::LeNet5 => self.with_widths("LeNet-5"),
            ArchitectureName::VggSmall => self.with_widths("VGG-small"),
            ArchitectureName::ResNetSmall => self.with_widths("ResNet-small"),
            ArchitectureName::Transformer => {
                let [channels, depth, heads, _] = self.sizes();
                format!("transformer {channels}x{depth}, {heads} heads")
            }
        }
    }

    fn with_widths(&self, name: &str) -> String {
        let widths: Vec<String> = self.widths.iter().map(ToString::to_string).collect();
        format!("{name} {}", widths.join("-")).trim_end().into()
    }

    /// Of a transformer: channels, blocks, heads and the side of a patch.
    fn sizes(&self) -> [usize; 4] {
        let or = |value, usual| if value == 0 { usual } else { value };
        let channels = self.widths.first().copied().unwrap_or(self.architecture.default_widths()[0]);
        [channels, or(self.depth, 2), or(self.heads, 4), or(self.patch, 7)]
    }

    /// Whether it is made for texts, too, and has the layers that the processor alone computes.
    pub fn is_transformer(&self) -> bool {
        self.architecture == ArchitectureName::Transformer
    }

    /// The layers for inputs of `shape` and so many classes.
    ///
    /// Fails with a sentence that names the field (without its place in the recipe), the value and what is allowed.
    pub fn layers(&self, shape: Shape, classes: usize) -> Result<Vec<Layer>, String> {
        if !(0.0..=0.9).contains(&self.dropout) {
            return Err(format!("dropout {} is not allowed; it must lie between 0 and 0.9", self.dropout));
        }
        if !(0.0..=0.9).contains(&self.input_dropout) {
            return Err(format!("input_dropout {} is not allowed; it must lie between 0 and 0.9", self.input_dropout));
        }
        let widths: &[usize] = match self.architecture {
            ArchitectureName::Mlp => {
                if self.widths.is_empty() {
                    return Err(
                        "widths is missing; an mlp needs the units of its hidden layers, such as [300, 100]".into()
                    );
                }
                &self.widths
            }
            ArchitectureName::LeNet300100 if self.widths.is_empty() => &[300, 100],
            name if self.widths.is_empty() => name.default_widths(),
            name if self.widths.len() != name.default_widths().len() => {
                return Err(match name.default_widths().len() {
                    0 => "widths belongs to networks whose layers can be chosen; remove it or choose mlp".into(),
                    count => format!(
                        "widths has {} values; this architecture takes {count}, such as {:?}, or none",
                        self.widths.len(),
                        name.default_widths()
                    ),
                });
            }
            _ => &self.widths,
        };
        // The units of dense layers come last.
        let (filters, units) = widths.split_at(self.architecture.filters());
        if let Some(width) = widths.iter().find(|&&w| w == 0 || w > MAX_WIDTH) {
            return Err(format!("widths contains {width}; each width must lie between 1 and {MAX_WIDTH}"));
        }
        if widths.len() > MAX_LAYERS {
            return Err(format!("widths has {} layers; at most {MAX_LAYERS} are allowed", widths.len()));
        }
        if shape.is_text() != self.is_transformer() && (shape.is_text() || shape.len() <= shape.channels) {
            return Err(match shape.is_text() {
                true => {
                    format!("architecture {} takes numbers, and this data is text; choose transformer", self.label())
                }
                false => {
                    "architecture transformer takes images and texts, and this data is points; choose an mlp".into()
                }
            });
        }
        if !self.is_transformer() && [self.depth, self.heads, self.patch] != [0; 3] {
            return Err("depth, heads and patch belong to the architecture transformer alone; remove them".into());
        }
        let least = match self.is_transformer() && !shape.is_text() {
            true => self.sizes()[3],
            false => self.architecture.least_side(),
        };
        if shape.height < least || shape.width < least {
            return Err(format!(
                "architecture {} needs images of at least {least} x {least} pixels, and this data has {} x {}; choose an mlp",
                self.label().to_ascii_lowercase(),
                shape.height,
                shape.width
            ));
        }
        let mut builder = Builder { layers: Vec::new(), shape };
        if self.input_dropout > 0.0 {
            builder.layers.push(Layer::Dropout { rate: self.input_dropout as f32 });
        }
        match self.architecture {
            ArchitectureName::LogisticRegression | ArchitectureName::Mlp | ArchitectureName::LeNet300100 => {}
            ArchitectureName::LeNet5 => {
                for &filters in filters {
                    builder.convolution(5, 0, filters);
                    builder.nonlinearity(self);
                    builder.pool(self, 2);
                }
                builder.layers.push(Layer::Flatten);
            }
            ArchitectureName::VggSmall => {
                for &filters in filters {
                    for _ in 0..2 {
                        builder.convolution(3, 1, filters);
                        builder.nonlinearity(self);
                    }
                    builder.pool(self, 2);
                }
                builder.layers.push(Layer::Flatten);
            }
            ArchitectureName::ResNetSmall => {
                for &filters in filters {
                    builder.convolution(3, 1, filters);
                    builder.nonlinearity(self);
                    builder.pool(self, 2);
                    builder.residual_block(self);
                }
                builder.mean();
                builder.layers.push(Layer::Flatten);
            }
            ArchitectureName::Transformer => builder.transformer(self)?,
        }
        for &width in units {
            builder.dense(width);
            builder.nonlinearity(self);
            if self.dropout > 0.0 {
                builder.layers.push(Layer::Dropout { rate: self.dropout as f32 });
            }
        }
        builder.dense(classes);
        let parameters: usize = builder.layers.iter().map(Layer::parameter_count).sum();
        if parameters > MAX_PARAMETERS {
            return Err(format!(
                "the network would have {parameters} parameters; at most {MAX_PARAMETERS} are allowed, so choose smaller widths"
            ));
        }
        Ok(builder.layers)
    }
}

/// Layers so far, and the shape that leaves the last of them.
struct Builder {
    layers: Vec<Layer>,
    shape: Shape,
}

impl Builder {
    fn dense(&mut self, outputs: usize) {
        self.layers.push(Layer::Dense { inputs: self.shape.len(), outputs });
        self.shape = Shape { height: 1, width: 1, channels: outputs };
    }

    fn convolution(&mut self, kernel: usize, padding: usize, filters: usize) {
        let Shape { height, width, channels } = self.shape;
        let conv = Conv { height, width, channels, kernel, padding, filters };
        self.shape = Shape { height: conv.out_height(), width: conv.out_width(), channels: filters };
        self.layers.push(Layer::Convolution(conv));
    }

    fn normalization(&mut self) {
        let rows = self.shape.height * self.shape.width;
        self.layers.push(Layer::BatchNormalization { rows, channels: self.shape.channels });
    }

    fn nonlinearity(&mut self, spec: &Architecture) {
        if spec.batch_normalization || spec.architecture.always_normalizes() {
            self.normalization();
        }
        self.activation(spec);
    }

    /// Two convolutions that keep the shape, and what came in added before the last nonlinearity (He et al. 2016, figure 2).
    fn residual_block(&mut self, spec: &Architecture) {
        let from = self.layers.len();
        self.convolution(3, 1, self.shape.channels);
        self.nonlinearity(spec);
        self.convolution(3, 1, self.shape.channels);
        self.normalization();
        self.layers.push(Layer::Add { from });
        self.activation(spec);
    }

    fn activation(&mut self, spec: &Architecture) {
        self.layers.push(Layer::Activation(match spec.activation {
            ActivationName::Relu => Activation::Relu,
            ActivationName::Tanh => Activation::Tanh,
        }));
    }

    /// One of the operations on sequences, which leaves tokens in a row.
    fn sequence(&mut self, op: Sequence, tokens: usize) {
        self.shape = Shape { height: 1, width: tokens, channels: op.outputs() / tokens };
        self.layers.push(Layer::Sequence(op));
    }

    /// A dense layer for each token.
    fn project(&mut self, channels: usize) {
        self.convolution(1, 0, channels);
    }

    /// Tokens of an image or of a text, with their places; blocks of attention and of two dense layers, each behind a
    /// normalization and bridged by a skip connection (Xiong et al. 2020, figure 1b); the mean.
    fn transformer(&mut self, spec: &Architecture) -> Result<(), String> {
        let [channels, depth, heads, side] = spec.sizes();
        let Shape { height, width, .. } = self.shape;
        if depth > MAX_DEPTH || heads > MAX_HEADS {
            return Err(format!(
                "depth {depth} with {heads} heads is not allowed; take at most {MAX_DEPTH} blocks of at most {MAX_HEADS} heads"
            ));
        }
        if !channels.is_multiple_of(heads) {
            return Err(format!("heads {heads} is not allowed; it must divide the {channels} channels of widths"));
        }
        let tokens = if self.shape.is_text() { width } else { (height / side) * (width / side) };
        match self.shape.is_text() {
            true => self.sequence(Sequence::Embedding { vocabulary: VOCABULARY, tokens, channels }, tokens),
            false => {
                self.sequence(Sequence::Patches { height, width, channels: self.shape.channels, side }, tokens);
                self.project(channels);
            }
        }
        self.sequence(Sequence::Positions { tokens, channels }, tokens);
        for _ in 0..depth {
            let from = self.layers.len();
            self.sequence(Sequence::Normalization { tokens, channels }, tokens);
            self.project(3 * channels);
            self.sequence(Sequence::Attention { tokens, channels, heads }, tokens);
            self.project(channels);
            self.layers.push(Layer::Add { from });
            let from = self.layers.len();
            self.sequence(Sequence::Normalization { tokens, channels }, tokens);
            self.project(EXPANSION * channels);
            self.sequence(Sequence::Gelu { values: self.shape.len() }, tokens);
            if spec.dropout > 0.0 {
                self.layers.push(Layer::Dropout { rate: spec.dropout as f32 });
            }
            self.project(channels);
            self.layers.push(Layer::Add { from });
        }
        self.sequence(Sequence::Normalization { tokens, channels }, tokens);
        self.layers.push(Layer::Sequence(Sequence::Mean { tokens, channels }));
        self.shape = Shape { height: 1, width: 1, channels };
        Ok(())
    }

    fn pool(&mut self, spec: &Architecture, size: usize) {
        let kind = match spec.pooling {
            PoolingName::Max => PoolKind::Max,
            PoolingName::Average => PoolKind::Average,
        };
        self.pool_of(kind, size);
    }

    /// The mean of each channel over the whole image, or over its squares where it is longer than it is wide.
    fn mean(&mut self) {
        self.pool_of(PoolKind::Average, self.shape.height.min(self.shape.width));
    }

    fn pool_of(&mut self, kind: PoolKind, size: usize) {
        let Shape { height, width, channels } = self.shape;
        self.layers.push(Layer::Pool(Pool { kind, height, width, channels, size }));
        self.shape = Shape { height: height / size, width: width / size, channels };
    }
}
