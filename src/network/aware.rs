//! Quantization-aware training (Jacob et al. 2018, section 3): the layers of fake quantization that are put into a model before
//! it, and taken out again behind it, with the steps that it has found.

#[cfg(test)]
mod tests;

use super::layer::{Layer, Role};
use super::model::{Model, Parameter};
use crate::backend::cpu::trained_step;
use crate::backend::{Activation, Levels};
use ndarray::{ArrayD, IxDyn};

/// How the weights of one matrix are put on a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct FakeWeights {
    /// The whole numbers of the grid.
    pub levels: Levels,
    /// The distance between two of them: one, or one for each column.
    pub steps: Vec<f32>,
    /// Whether training moves the steps.
    pub learned: bool,
}

/// How the values that pass through one place are put on a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FakeActivation {
    /// The whole numbers of the grid.
    pub levels: Levels,
    /// The distance between two of them.
    pub step: f32,
    /// Whether training moves it.
    pub learned: bool,
}

/// All that is put on grids in a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fakes {
    /// Of each weight matrix.
    pub weights: Vec<FakeWeights>,
    /// Of each of [`grid_places`]; none where values stay floats.
    pub activations: Vec<FakeActivation>,
}

/// Where the output of a layer that may have a ReLU fused to it is put on a grid: behind the ReLU, if it has.
///
/// Places are counted as by [`super::Executable::observe`]: 0 is the input, `i + 1` what leaves layer `i`.
pub fn place_behind(layers: &[Layer], index: usize) -> usize {
    let relu = matches!(layers.get(index + 1), Some(Layer::Activation(Activation::Relu)));
    index + 1 + usize::from(relu)
}

/// The places at which a whole integer network without batch normalization has a grid, in order: the input, what leaves each
/// layer with weights but the last, each skip connection and each hyperbolic tangent.
pub fn grid_places(layers: &[Layer]) -> Vec<usize> {
    let last = layers.iter().rposition(|layer| layer.parameter_count() > 0);
    let mut places = vec![0];
    for (index, layer) in layers.iter().enumerate() {
        match layer {
            Layer::Dense { .. } | Layer::Convolution(_) if Some(index) == last => {}
            Layer::Dense { .. } | Layer::Convolution(_) | Layer::Add { .. } => places.push(place_behind(layers, index)),
            Layer::Activation(Activation::Tanh) => places.push(index + 1),
            _ => {}
        }
    }
    places
}

/// The model with fake quantization in it, its steps those that are given. Batch normalization has been folded.
pub fn with_fake_quantization(model: &Model, fakes: &Fakes) -> Model {
    let places = if fakes.activations.is_empty() { Vec::new() } else { grid_places(&model.layers) };
    let mut grids = places.iter().zip(&fakes.activations).peekable();
    let mut weights = fakes.weights.iter();
    let (mut layers, mut parameters) = (Vec::new(), Vec::new());
    // Where each layer begins now: skip connections that start there start behind what puts its input on a grid.
    let mut begins = Vec::new();
    for place in 0..=model.layers.len() {
        if let Some((_, &FakeActivation { levels, step, learned })) = grids.next_if(|(at, _)| **at == place) {
            parameters.push(steps(layers.len(), &[step]));
            layers.push(Layer::FakeQuantize { levels, learned });
        }
        let Some(&layer) = model.layers.get(place) else { break };
        begins.push(layers.len());
        let matrix = model.of_layer(place).find(|p| p.role == Role::Weight).map(Parameter::matrix_dims);
        if let Some(((rows, columns), of)) = matrix.zip(if matrix.is_some() { weights.next() } else { None }) {
            parameters.push(steps(layers.len(), &of.steps));
            let (levels, learned) = (of.levels, of.learned);
            layers.push(Layer::QuantizeWeights { levels, rows, columns, steps: of.steps.len(), learned });
        }
        parameters.extend(model.of_layer(place).map(|p| Parameter { layer: layers.len(), ..p.clone() }));
        layers.push(match layer {
            Layer::Add { from } => Layer::Add { from: begins[from] },
            other => other,
        });
    }
    Model { layers, parameters, ..*model }
}

/// The model without fake quantization, its weights those that were trained behind their grids; and the grids.
pub fn without_fake_quantization(model: &Model) -> (Model, Fakes) {
    let stays = |layer: &Layer| !matches!(layer, Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. });
    let now = |index: usize| model.layers[..index].iter().filter(|layer| stays(layer)).count();
    let moved = |layer: &Layer| match *layer {
        Layer::Add { from } => Layer::Add { from: now(from) },
        other => other,
    };
    let mut fakes = Fakes::default();
    for (index, layer) in model.layers.iter().enumerate() {
        let steps = || model.of_layer(index).flat_map(trained_steps).collect::<Vec<f32>>();
        match *layer {
            Layer::FakeQuantize { levels, learned } => {
                fakes.activations.extend(steps().first().map(|&step| FakeActivation { levels, step, learned }));
            }
            Layer::QuantizeWeights { levels, learned, .. } => {
                fakes.weights.push(FakeWeights { levels, steps: steps(), learned });
            }
            _ => {}
        }
    }
    let left = model.parameters.iter().filter(|p| p.role != Role::Step);
    let parameters = left.map(|p| Parameter { layer: now(p.layer), ..p.clone() }).collect();
    let layers = model.layers.iter().filter(|layer| stays(layer)).map(moved).collect();
    (Model { layers, parameters, ..*model }, fakes)
}

/// The parameter of steps as they were measured.
fn steps(layer: usize, measured: &[f32]) -> Parameter {
    let mut values = ArrayD::ones(IxDyn(&[2 * measured.len()]));
    values.iter_mut().skip(measured.len()).zip(measured).for_each(|(value, step)| *value = *step);
    Parameter { layer, role: Role::Step, values, mask: None, clusters: None, integers: None }
}

/// What training has made of them.
fn trained_steps(parameter: &Parameter) -> Vec<f32> {
    let (factors, measured) = parameter.slice().split_at(parameter.values.len() / 2);
    factors.iter().zip(measured).map(|(factor, measured)| trained_step(*factor, *measured)).collect()
}
