//! A network layer by layer: what each computes, what leaves it, and what its weights are like and take in the file.

use super::encode;
use crate::backend::{Activation, PoolKind, Sequence};
use crate::network::{Codes, IntegerLayer, Layer, Role, Shape, TrainedModel};
use serde::{Deserialize, Serialize};

/// One network; an ensemble has several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkSummary {
    /// Height, width and channels of a sample, or how many values it has.
    pub input: Vec<usize>,
    /// From input to logits.
    pub layers: Vec<LayerSummary>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// What it computes, one of [`LAYER_KINDS`].
    pub kind: String,
    /// The side of a kernel or a window, or how many heads attend; 0 where there is none.
    pub size: usize,
    /// A ReLU is part of it, as in networks of integers.
    pub relu: bool,
    /// What leaves it: height, width and channels of an image, tokens and channels of a sequence, or a number of values.
    pub output: Vec<usize>,
    /// Weights, biases and whatever else is trained.
    pub parameters: usize,
    /// Of these, those that are not zero.
    pub nonzero: usize,
    /// Multiply-accumulates of one sample with weights that are not zero.
    pub macs: u64,
    /// Of a skip connection, the layer whose input is added.
    pub from: Option<usize>,
    /// Its weight matrix.
    pub weights: Option<WeightSummary>,
}

/// A weight matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightSummary {
    /// Which of the model's matrices, counted from 0 over all of its networks.
    pub matrix: usize,
    /// What is summed over.
    pub rows: usize,
    /// Units or filters.
    pub columns: usize,
    /// Weights that are not zero.
    pub nonzero: usize,
    /// Bits of a weight as it is stored: 32 for floats.
    pub bits: u32,
    /// The smallest and the largest, as real values.
    pub range: (f32, f32),
    /// Bytes in the file.
    pub bytes: usize,
    /// How they are written there.
    pub encoding: String,
}

/// What a layer may be, in words.
pub const LAYER_KINDS: [&str; 18] = [
    "dense",
    "convolution",
    "max pooling",
    "average pooling",
    "ReLU",
    "tanh",
    "table",
    "batch normalization",
    "dropout",
    "skip connection",
    "flatten",
    "patches",
    "embedding",
    "positions",
    "layer normalization",
    "attention",
    "GELU",
    "mean",
];

/// Every network of a model.
pub fn summary(model: &TrainedModel) -> Vec<NetworkSummary> {
    let mut matrices = model.matrices().into_iter().zip(encode(model).weights).enumerate();
    let mut next = |codes: Option<&Codes>| {
        let (matrix, (weights, written)) = matrices.next()?;
        let (low, high) = weights.values.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        Some(WeightSummary {
            matrix,
            rows: weights.rows,
            columns: weights.columns,
            nonzero: weights.values.iter().filter(|v| **v != 0.0).count(),
            bits: codes.map_or(32, |codes| u32::from(codes.bits)),
            range: (low, high),
            bytes: written.bytes,
            encoding: written.encoding.into(),
        })
    };
    match model {
        TrainedModel::Ensemble(ensemble) => ensemble.members.iter().map(|member| of_one(member, &mut next)).collect(),
        one => vec![of_one(one, &mut next)],
    }
}

fn of_one(model: &TrainedModel, next: &mut impl FnMut(Option<&Codes>) -> Option<WeightSummary>) -> NetworkSummary {
    let shape = model.shape();
    let input = dims(shape);
    let mut output = input.clone();
    let mut layers = Vec::new();
    match model {
        TrainedModel::Float(model) => {
            for (index, layer) in model.layers.iter().enumerate() {
                output = after(layer, &output);
                let mut told = of_layer(layer, &output);
                let counted = |role| !matches!(role, Role::Statistics | Role::Step);
                for parameter in model.of_layer(index).filter(|parameter| counted(parameter.role)) {
                    told.parameters += parameter.slice().len();
                    told.nonzero += parameter.slice().iter().filter(|v| **v != 0.0).count();
                }
                if let Some(parameter) = model.weights().find(|parameter| parameter.layer == index) {
                    told.weights = next(parameter.integers.as_ref().map(|coded| &coded.codes));
                }
                told.count(layer);
                layers.push(told);
            }
        }
        TrainedModel::Integer(model) => {
            for layer in &model.layers {
                let plain = match layer {
                    IntegerLayer::Linear(linear) => linear.layer,
                    IntegerLayer::Pool(pool) => Layer::Pool(*pool),
                    IntegerLayer::Table(_) => Layer::Activation(Activation::Tanh), // told as what it is below
                    IntegerLayer::Add(add) => Layer::Add { from: add.from },
                };
                output = after(&plain, &output);
                let mut told = of_layer(&plain, &output);
                match layer {
                    IntegerLayer::Linear(linear) => {
                        told.relu = linear.relu;
                        told.weights = next(Some(&linear.codes));
                        told.parameters = linear.codes.weights.len() + linear.bias.len();
                        let biases = linear.bias.iter().filter(|bias| **bias != 0).count();
                        told.nonzero = biases + told.weights.as_ref().map_or(0, |weights| weights.nonzero);
                    }
                    IntegerLayer::Table(_) => told.kind = "table".into(),
                    IntegerLayer::Add(add) => told.relu = add.relu,
                    IntegerLayer::Pool(_) => {}
                }
                told.count(&plain);
                layers.push(told);
            }
        }
        TrainedModel::Ensemble(_) => {} // its members are no ensembles
    }
    NetworkSummary { input, layers }
}

impl LayerSummary {
    /// The multiply-accumulates of its weights.
    fn count(&mut self, layer: &Layer) {
        self.macs = self.weights.as_ref().map_or(0, |weights| (weights.nonzero * layer.uses_per_weight()) as u64);
    }
}

/// An image's three, and of everything else how many values there are.
fn dims(shape: Shape) -> Vec<usize> {
    match shape {
        Shape { height: 1, .. } => vec![shape.len()],
        Shape { height, width, channels } => vec![height, width, channels],
    }
}

/// What leaves a layer that this comes into.
fn after(layer: &Layer, before: &[usize]) -> Vec<usize> {
    match *layer {
        Layer::Dense { outputs, .. } => vec![outputs],
        // Tokens are pixels of a row.
        Layer::Convolution(conv) if before.len() == 2 => vec![before[0], conv.filters],
        Layer::Convolution(conv) => vec![conv.out_height(), conv.out_width(), conv.filters],
        Layer::Pool(pool) => match (pool.height / pool.size, pool.width / pool.size) {
            (1, 1) => vec![pool.channels],
            (height, width) => vec![height, width, pool.channels],
        },
        Layer::Flatten => vec![before.iter().product()],
        Layer::Sequence(op) => match op {
            Sequence::Patches { channels, side, .. } => {
                let values = side * side * channels;
                vec![op.outputs() / values.max(1), values]
            }
            Sequence::Embedding { tokens, channels, .. } | Sequence::Attention { tokens, channels, .. } => {
                vec![tokens, channels]
            }
            Sequence::Mean { channels, .. } => vec![channels],
            Sequence::Positions { .. } | Sequence::Normalization { .. } | Sequence::Gelu { .. } => before.to_vec(),
        },
        _ => before.to_vec(),
    }
}

/// What a layer is, without what it holds.
fn of_layer(layer: &Layer, output: &[usize]) -> LayerSummary {
    let (kind, size) = match layer {
        Layer::Convolution(conv) => (layer.name(), conv.kernel),
        Layer::Pool(pool) if pool.kind == PoolKind::Max => ("max pooling", pool.size),
        Layer::Pool(pool) => ("average pooling", pool.size),
        Layer::Activation(Activation::Relu) => ("ReLU", 0),
        Layer::Activation(Activation::Tanh) => ("tanh", 0),
        Layer::Sequence(Sequence::Attention { heads, .. }) => (layer.name(), *heads),
        Layer::Sequence(Sequence::Patches { side, .. }) => (layer.name(), *side),
        _ => (layer.name(), 0),
    };
    LayerSummary {
        kind: kind.into(),
        size,
        relu: false,
        output: output.to_vec(),
        parameters: 0,
        nonzero: 0,
        macs: 0,
        from: layer.skips_from(),
        weights: None,
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::export::drawn::{IMAGES, drawn, integers};
    use crate::network::{ActivationName, Architecture, ArchitectureName, Ensemble, Model, PoolingName};

    /// What is told layer by layer comes to what is counted of the whole.
    fn adds_up(model: &TrainedModel) -> Vec<NetworkSummary> {
        let networks = summary(model);
        let layers = || networks.iter().flat_map(|network| &network.layers);
        assert!(layers().all(|layer| LAYER_KINDS.contains(&layer.kind.as_str())), "{networks:?}");
        assert_eq!(layers().map(|layer| layer.macs).sum::<u64>(), model.macs());
        let written = encode(model).weights;
        let weights: Vec<_> = layers().filter_map(|layer| layer.weights.as_ref()).collect();
        assert_eq!(weights.iter().map(|w| w.matrix).collect::<Vec<_>>(), (0..written.len()).collect::<Vec<_>>());
        for (told, matrix) in weights.iter().zip(model.matrices()) {
            assert_eq!(
                (told.rows, told.columns, told.bytes),
                (matrix.rows, matrix.columns, written[told.matrix].bytes)
            );
            assert!(matrix.values.iter().all(|value| (told.range.0..=told.range.1).contains(value)));
        }
        for network in &networks {
            assert_eq!(network.layers.last().map(|layer| layer.output.clone()), Some(vec![model.classes()]));
            for (index, layer) in network.layers.iter().enumerate() {
                assert!(layer.from.is_none_or(|from| from < index));
            }
        }
        networks
    }

    #[test]
    fn layers_of_floats_and_integers_add_up() {
        for architecture in IMAGES {
            let float = drawn(architecture, ActivationName::Relu, PoolingName::Max);
            adds_up(&TrainedModel::Float(float.clone()));
            let told = adds_up(&TrainedModel::Integer(integers(&float)));
            assert!(told[0].layers.iter().filter_map(|layer| layer.weights.as_ref()).all(|weights| weights.bits == 8));
        }
    }

    #[test]
    fn shapes_and_skips_are_told() {
        let float = drawn(ArchitectureName::ResNetSmall, ActivationName::Relu, PoolingName::Max);
        let told = adds_up(&TrainedModel::Float(float));
        assert_eq!(told[0].input, [28, 28, 1]);
        assert!(told[0].layers.iter().any(|layer| layer.kind == "skip connection" && layer.from.is_some()));
        let network = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
        let shape = Shape { height: 28, width: 28, channels: 1 };
        let model = Model::initialize(&network, shape, 10, &Key::new(3)).unwrap();
        let told = adds_up(&TrainedModel::Float(model));
        let attention = told[0].layers.iter().find(|layer| layer.kind == "attention").unwrap();
        assert_eq!((attention.size, attention.output[0]), (4, 16));
    }

    #[test]
    fn an_ensemble_has_a_summary_a_member() {
        let member = || TrainedModel::Float(drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max));
        let ensemble = Ensemble::new(vec![member(), member()]);
        assert_eq!(adds_up(&TrainedModel::Ensemble(ensemble)).len(), 2);
    }
}
