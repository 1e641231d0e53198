//! A network's parameters as plain data, on the host.

use super::architecture::{Architecture, Initialization};
use super::integer::Coded;
use super::layer::{Layer, Role, Shape};
use crate::data::Key;
use ndarray::{ArrayD, IxDyn};

/// Standard deviation of the vectors of words and places as they are drawn (Devlin et al. 2019): not zero, or all words would be
/// one until they are trained; small, so that training soon makes them what it wants.
const EMBEDDING_DEVIATION: f32 = 0.02;

/// One array of parameters.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Index of its layer in [`Model::layers`].
    pub layer: usize,
    /// What it is.
    pub role: Role,
    /// Its values, in the layout that [`Layer::parameters`] names.
    pub values: ArrayD<f32>,
    /// False where a weight was pruned; its value is then exactly zero and stays so in training.
    pub mask: Option<ArrayD<bool>>,
    /// Which weights share a value: the cluster of each, counted from 1, in storage order; 0 for one that is zero and stays so.
    /// Training moves the weights of a cluster together.
    pub clusters: Option<Vec<u16>>,
    /// The weights as integers, where they are stored so and `values` are their real values.
    pub integers: Option<Coded>,
}

impl PartialEq for Parameter {
    /// Over slices: arrays compare by strides, too, and that is much code for what is always in standard order.
    fn eq(&self, other: &Self) -> bool {
        let sizes = |p: &Self| (p.layer, p.role, p.values.shape().to_vec());
        sizes(self) == sizes(other)
            && self.slice() == other.slice()
            && self.mask_slice() == other.mask_slice()
            && self.clusters == other.clusters
            && self.integers == other.integers
    }
}

impl Parameter {
    /// The values in storage order.
    pub fn slice(&self) -> &[f32] {
        // Parameters are only ever made by `from_shape_vec`, which stores them in standard order.
        self.values.as_slice().unwrap_or_default()
    }

    /// The values in storage order, to be changed.
    pub fn slice_mut(&mut self) -> &mut [f32] {
        self.values.as_slice_mut().unwrap_or_default()
    }

    /// The mask in storage order.
    pub fn mask_slice(&self) -> Option<&[bool]> {
        self.mask.as_ref().and_then(|mask| mask.as_slice())
    }

    /// The cluster of each weight, those that were removed since being in none.
    pub fn sharing(&self) -> Option<Vec<u16>> {
        let mut clusters = self.clusters.clone()?;
        if let Some(mask) = self.mask_slice() {
            clusters.iter_mut().zip(mask).filter(|(_, kept)| !**kept).for_each(|(cluster, _)| *cluster = 0);
        }
        Some(clusters)
    }

    /// A weight's matrix as rows (everything that is summed over) and columns (outputs).
    pub fn matrix_dims(&self) -> (usize, usize) {
        let columns = self.values.shape().last().copied().unwrap_or(0);
        (self.values.len().checked_div(columns).unwrap_or(0), columns)
    }
}

/// A network with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Of one input sample.
    pub shape: Shape,
    /// Outputs of the last layer.
    pub classes: usize,
    /// In order from input to output.
    pub layers: Vec<Layer>,
    /// In the order of the layers.
    pub parameters: Vec<Parameter>,
}

impl Model {
    /// A model whose parameters are zero (statistics: mean 0, variance 1; scales: gamma 1, beta 0).
    pub fn zeroed(layers: Vec<Layer>, shape: Shape, classes: usize) -> Self {
        let mut parameters = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            for (role, dims) in layer.parameters() {
                let mut values = ArrayD::zeros(IxDyn(&dims));
                let half = values.len() / 2;
                for (i, value) in values.iter_mut().enumerate() {
                    *value = match role {
                        Role::Step => 1.0,
                        Role::Scale if i < half => 1.0,
                        Role::Statistics if i >= half => 1.0,
                        _ => 0.0,
                    };
                }
                parameters.push(Parameter { layer: index, role, values, mask: None, clusters: None, integers: None });
            }
        }
        Self { shape, classes, layers, parameters }
    }

    /// A freshly drawn network. Each weight matrix has a random stream of its own, named by its place.
    ///
    /// Fails with the sentence of [`Architecture::layers`].
    pub fn initialize(spec: &Architecture, shape: Shape, classes: usize, key: &Key) -> Result<Self, String> {
        Ok(Self::draw(spec.layers(shape, classes)?, spec.initialization, shape, classes, key))
    }

    /// As [`Model::initialize`], for these layers.
    pub fn draw(layers: Vec<Layer>, initialization: Initialization, shape: Shape, classes: usize, key: &Key) -> Self {
        let mut model = Self::zeroed(layers, shape, classes);
        for (index, parameter) in model.parameters.iter_mut().enumerate() {
            if parameter.role == Role::Embedding {
                let mut rng = key.fold_index(index as u64).rng();
                parameter.slice_mut().iter_mut().for_each(|value| *value = EMBEDDING_DEVIATION * rng.normal());
            }
            if parameter.role != Role::Weight {
                continue;
            }
            let (rows, columns) = parameter.matrix_dims();
            let uses = match model.layers[parameter.layer] {
                // Each input value meets kernel * kernel weights of every filter.
                Layer::Convolution(conv) => conv.kernel * conv.kernel * columns,
                _ => columns,
            };
            let variance = match initialization {
                Initialization::GlorotNormal | Initialization::GlorotUniform => 2.0 / (rows + uses) as f32,
                Initialization::HeNormal | Initialization::HeUniform => 2.0 / rows as f32,
            };
            let mut rng = key.fold_index(index as u64).rng();
            let deviation = variance.sqrt();
            let limit = (3.0 * variance).sqrt();
            for value in parameter.slice_mut() {
                *value = match initialization {
                    Initialization::GlorotNormal | Initialization::HeNormal => rng.normal() * deviation,
                    Initialization::GlorotUniform | Initialization::HeUniform => (2.0 * rng.uniform() - 1.0) * limit,
                };
            }
        }
        model
    }

    /// The weight matrices, which are what pruning and quantization work on.
    pub fn weights(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| p.role == Role::Weight)
    }

    /// The weight matrices, to be changed.
    pub fn weights_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.parameters.iter_mut().filter(|p| p.role == Role::Weight)
    }

    /// The parameters of one layer, in the order of [`Layer::parameters`].
    pub fn of_layer(&self, layer: usize) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |p| p.layer == layer)
    }

    /// Trained parameters in all, removed ones included; measured statistics are not counted.
    pub fn parameter_count(&self) -> usize {
        self.trained().map(|p| p.values.len()).sum()
    }

    /// Trained parameters that are not zero.
    pub fn nonzero_count(&self) -> usize {
        self.trained().map(|p| p.slice().iter().filter(|&&v| v != 0.0).count()).sum()
    }

    /// Multiply-accumulates of one sample with the weights that are not zero.
    pub fn macs(&self) -> u64 {
        self.weights()
            .map(|p| {
                let nonzero = p.slice().iter().filter(|&&v| v != 0.0).count();
                (nonzero * self.layers[p.layer].uses_per_weight()) as u64
            })
            .sum()
    }

    fn trained(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| p.role != Role::Statistics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lenet(initialization: Initialization) -> Model {
        let spec = Architecture { initialization, ..Architecture::default() };
        let shape = Shape { height: 28, width: 28, channels: 1 };
        Model::initialize(&spec, shape, 10, &Key::new(7)).unwrap()
    }

    #[test]
    fn lenet_300_100_has_the_parameters_of_the_literature() {
        assert_eq!(lenet(Initialization::HeNormal).parameter_count(), 266_610);
        assert_eq!(lenet(Initialization::HeNormal).macs(), 266_200);
    }

    #[test]
    fn weights_have_the_variance_that_each_initialization_names() {
        for (initialization, wanted) in [
            (Initialization::HeNormal, 2.0 / 784.0),
            (Initialization::HeUniform, 2.0 / 784.0),
            (Initialization::GlorotNormal, 2.0 / 1084.0),
            (Initialization::GlorotUniform, 2.0 / 1084.0),
        ] {
            let model = lenet(initialization);
            let first = model.parameters[0].slice();
            let variance = first.iter().map(|v| f64::from(v * v)).sum::<f64>() / first.len() as f64;
            assert!((variance / wanted - 1.0).abs() < 0.02, "{initialization:?}: {variance} for {wanted}");
        }
    }

    #[test]
    fn a_layer_is_drawn_the_same_whatever_follows_it() {
        let shape = Shape { height: 28, width: 28, channels: 1 };
        let short = Model::initialize(&Architecture::mlp(&[30]), shape, 10, &Key::new(7)).unwrap();
        let long = Model::initialize(&Architecture::mlp(&[30, 20]), shape, 10, &Key::new(7)).unwrap();
        assert_eq!(short.parameters[0], long.parameters[0]);
    }
}
