//! A trained network, float or integer, and what is counted of it.

use super::ensemble::Ensemble;
use super::integer::IntegerModel;
use super::layer::{Layer, Shape};
use super::model::Model;

/// A network that can be stored and run.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainedModel {
    /// In 32-bit floats.
    Float(Model),
    /// In 8-bit integers.
    Integer(IntegerModel),
    /// Several networks, whose predictions are averaged.
    Ensemble(Ensemble),
}

/// A weight matrix by its real values.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Its place and kind: `1 convolution`, `3 dense`.
    pub name: String,
    /// What is summed over.
    pub rows: usize,
    /// Units or filters.
    pub columns: usize,
    /// Row by row.
    pub values: Vec<f32>,
}

impl TrainedModel {
    /// Of one input sample.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Float(model) => model.shape,
            Self::Integer(model) => model.shape,
            Self::Ensemble(ensemble) => ensemble.members[0].shape(),
        }
    }

    /// Outputs of the last layer.
    pub fn classes(&self) -> usize {
        match self {
            Self::Float(model) => model.classes,
            Self::Integer(model) => model.classes,
            Self::Ensemble(ensemble) => ensemble.members[0].classes(),
        }
    }

    /// The same network without masks and clusters, which files do not hold: a removed weight is a zero, and weights that
    /// share a value are equal.
    pub fn without_masks(&self) -> Self {
        let mut model = self.clone();
        // The networks of an ensemble have none.
        if let Self::Float(model) = &mut model {
            for parameter in &mut model.parameters {
                parameter.mask = None;
                parameter.clusters = None;
            }
        }
        model
    }

    /// The weight matrices in order, numbered from 1 in each network.
    pub fn matrices(&self) -> Vec<Matrix> {
        let matrix = |(index, (layer, rows, columns, values)): (usize, (&Layer, usize, usize, Vec<f32>))| Matrix {
            name: format!("{} {}", index + 1, layer.name()),
            rows,
            columns,
            values,
        };
        match self {
            Self::Float(model) => {
                let weights = model.weights().map(|p| {
                    let (rows, columns) = p.matrix_dims();
                    (&model.layers[p.layer], rows, columns, p.slice().to_vec())
                });
                weights.enumerate().map(matrix).collect()
            }
            Self::Integer(model) => {
                let weights = model.linears().map(|linear| {
                    let outputs = linear.outputs();
                    (&linear.layer, linear.rows(), outputs, linear.codes.real(outputs))
                });
                weights.enumerate().map(matrix).collect()
            }
            Self::Ensemble(ensemble) => {
                let of_member = |(index, member): (usize, &Self)| {
                    let mut matrices = member.matrices();
                    matrices
                        .iter_mut()
                        .for_each(|matrix| matrix.name = format!("network {}: {}", index + 1, matrix.name));
                    matrices
                };
                ensemble.members.iter().enumerate().flat_map(of_member).collect()
            }
        }
    }

    /// Weights, biases and normalization scales, removed ones included.
    pub fn parameter_count(&self) -> usize {
        match self {
            Self::Float(model) => model.parameter_count(),
            Self::Integer(model) => model.linears().map(|l| l.codes.weights.len() + l.bias.len()).sum(),
            Self::Ensemble(ensemble) => ensemble.members.iter().map(Self::parameter_count).sum(),
        }
    }

    /// Parameters that are not zero.
    pub fn nonzero_count(&self) -> usize {
        match self {
            Self::Float(model) => model.nonzero_count(),
            Self::Integer(model) => {
                model.linears().map(|l| l.codes.nonzero(l.outputs()) + l.bias.iter().filter(|&&b| b != 0).count()).sum()
            }
            Self::Ensemble(ensemble) => ensemble.members.iter().map(Self::nonzero_count).sum(),
        }
    }

    /// Multiply-accumulates of one sample with the weights that are not zero.
    pub fn macs(&self) -> u64 {
        match self {
            Self::Float(model) => model.macs(),
            Self::Integer(model) => {
                let nonzero = |l: &super::IntegerLinear| l.codes.nonzero(l.outputs());
                model.linears().map(|l| (nonzero(l) * l.layer.uses_per_weight()) as u64).sum()
            }
            Self::Ensemble(ensemble) => ensemble.members.iter().map(Self::macs).sum(),
        }
    }
}
