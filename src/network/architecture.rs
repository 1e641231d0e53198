//! Networks by name and by parameters, and the layers that they come to.

use super::layer::{Layer, Shape};
use crate::backend::{Activation, Conv, Pool, PoolKind};
use serde::{Deserialize, Serialize};

/// The kinds of network that can be trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum ArchitectureName {
    /// One dense layer: softmax regression.
    #[serde(rename = "logistic-regression")]
    LogisticRegression,
    /// Dense layers of any widths.
    #[serde(rename = "mlp")]
    Mlp,
    /// An MLP of widths 300 and 100 (LeCun et al. 1998), the small network of the pruning literature.
    #[default]
    #[serde(rename = "lenet-300-100")]
    LeNet300100,
    /// Two 5x5 convolutions of 20 and 50 filters with pooling, a dense layer of 500 (the Caffe variant).
    #[serde(rename = "lenet-5")]
    LeNet5,
}

impl ArchitectureName {
    /// All names, in the order in which the page offers them, with a title and a sentence.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
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
    ];
}

/// How weights are drawn before training; biases start at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
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

/// The nonlinearity between layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum ActivationName {
    /// `max(x, 0)`.
    #[default]
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

/// What pooling layers compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum PoolingName {
    /// The largest value of a window.
    #[default]
    Max,
    /// The mean of a window.
    Average,
}

/// A network as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Which kind.
    pub architecture: ArchitectureName,
    /// Units of each hidden layer; for `mlp` alone.
    #[serde(default)]
    pub widths: Vec<usize>,
    /// The nonlinearity between layers.
    #[serde(default)]
    pub activation: ActivationName,
    /// What pooling layers compute; for `lenet-5`.
    #[serde(default)]
    pub pooling: PoolingName,
    /// Batch normalization before each nonlinearity.
    #[serde(default)]
    pub batch_normalization: bool,
    /// Share of hidden dense units dropped in training (Srivastava et al. 2014); 0 for none.
    #[serde(default)]
    pub dropout: f64,
    /// How weights are drawn.
    #[serde(default)]
    pub initialization: Initialization,
}

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
            ArchitectureName::Mlp => {
                let widths: Vec<String> = self.widths.iter().map(ToString::to_string).collect();
                format!("MLP {}", widths.join("-"))
            }
            ArchitectureName::LeNet300100 => "LeNet-300-100".into(),
            ArchitectureName::LeNet5 => "LeNet-5".into(),
        }
    }

    /// The layers for inputs of `shape` and so many classes.
    ///
    /// Fails with a sentence that names the field (without its place in the recipe), the value and what is allowed.
    pub fn layers(&self, shape: Shape, classes: usize) -> Result<Vec<Layer>, String> {
        if !(0.0..=0.9).contains(&self.dropout) {
            return Err(format!("dropout {} is not allowed; it must lie between 0 and 0.9", self.dropout));
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
            _ if !self.widths.is_empty() => {
                return Err("widths belongs to the architecture mlp alone; remove it or choose mlp".into());
            }
            ArchitectureName::LogisticRegression => &[],
            ArchitectureName::LeNet300100 => &[300, 100],
            ArchitectureName::LeNet5 => &[500],
        };
        if let Some(width) = widths.iter().find(|&&w| w == 0 || w > MAX_WIDTH) {
            return Err(format!("widths contains {width}; each width must lie between 1 and {MAX_WIDTH}"));
        }
        if widths.len() > MAX_LAYERS {
            return Err(format!("widths has {} layers; at most {MAX_LAYERS} are allowed", widths.len()));
        }
        let mut builder = Builder { layers: Vec::new(), shape };
        if self.architecture == ArchitectureName::LeNet5 {
            for filters in [20, 50] {
                builder.convolution(5, filters)?;
                builder.nonlinearity(self);
                builder.pool(self, 2);
            }
            builder.layers.push(Layer::Flatten);
        }
        for &width in widths {
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

    fn convolution(&mut self, kernel: usize, filters: usize) -> Result<(), String> {
        let Shape { height, width, channels } = self.shape;
        if height < kernel || width < kernel {
            return Err(format!(
                "architecture lenet-5 needs images of at least 16 x 16 pixels, and this data has {height} x {width}; choose an mlp"
            ));
        }
        let conv = Conv { height, width, channels, kernel, padding: 0, filters };
        self.shape = Shape { height: conv.out_height(), width: conv.out_width(), channels: filters };
        self.layers.push(Layer::Convolution(conv));
        Ok(())
    }

    fn nonlinearity(&mut self, spec: &Architecture) {
        if spec.batch_normalization {
            let rows = self.shape.height * self.shape.width;
            self.layers.push(Layer::BatchNormalization { rows, channels: self.shape.channels });
        }
        self.layers.push(Layer::Activation(match spec.activation {
            ActivationName::Relu => Activation::Relu,
            ActivationName::Tanh => Activation::Tanh,
        }));
    }

    fn pool(&mut self, spec: &Architecture, size: usize) {
        let kind = match spec.pooling {
            PoolingName::Max => PoolKind::Max,
            PoolingName::Average => PoolKind::Average,
        };
        let Shape { height, width, channels } = self.shape;
        self.layers.push(Layer::Pool(Pool { kind, height, width, channels, size }));
        self.shape = Shape { height: height / size, width: width / size, channels };
    }
}
