//! A float network as a graph: one operator a layer, in the order of the layers. Weights may be stored as integers.

use super::coded;
use super::graph::{Attribute, Graph};
use super::layout::Value;
use super::operators::{arrange, entering, entering_pool, linear, pool};
use super::sequence::sequence;
use crate::backend::{Activation, NORMALIZATION_EPSILON};
use crate::network::{Layer, Model, Parameter, Role, Shape};

/// Appends the network; its logits.
pub(super) fn network(model: &Model, input: Value, graph: &mut Graph) -> Value {
    // What came into each layer so far: skip connections start there.
    let mut came: Vec<Value> = Vec::new();
    let mut x = input;
    for (index, layer) in model.layers.iter().enumerate() {
        came.push(x.clone());
        let of_role =
            |role| model.of_layer(index).find(move |p| p.role == role).map(Parameter::slice).unwrap_or_default();
        x = match *layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                graph.begin(layer.name());
                let mut x = entering(layer, &x, graph);
                let weights = match model.of_layer(index).find_map(|p| p.integers.as_ref()) {
                    None => arrange(layer, "weight", of_role(Role::Weight), graph),
                    Some(stored) => {
                        if let Some(bits) = stored.activations {
                            x = coded::on_own_grid(&x, bits, graph);
                        }
                        coded::weights(layer, &stored.codes, graph)
                    }
                };
                let bias = of_role(Role::Bias);
                let bias = graph.constant("bias", &[bias.len()], bias);
                linear(layer, &x, &weights, &bias, graph)
            }
            Layer::Pool(op) => {
                let x = entering_pool(&op, &x, graph);
                pool(&op, &x.tensor, graph)
            }
            Layer::Activation(f) => {
                let (operator, of) = match f {
                    Activation::Relu => ("Relu", "relu"),
                    Activation::Tanh => ("Tanh", "tanh"),
                };
                x.like(graph.node(operator, of, &[&x.tensor], &[]))
            }
            Layer::BatchNormalization { rows, channels } => {
                normalization((rows, channels), &x, of_role(Role::Scale), of_role(Role::Statistics), graph)
            }
            Layer::Add { from } => {
                let (x, skipped) = x.beside(&came[from], graph);
                x.like(graph.node("Add", "skip", &[&x.tensor, &skipped.tensor], &[]))
            }
            Layer::Sequence(op) => {
                let parameters: Vec<f32> = model.of_layer(index).flat_map(Parameter::slice).copied().collect();
                sequence(op, &parameters, &x, graph)
            }
            // Dropout and fake quantization do nothing at inference; rows are made where they are wanted.
            Layer::Dropout { .. } | Layer::Flatten | Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => x,
        };
    }
    x
}

/// Batch normalization by the running statistics.
fn normalization(
    (rows, channels): (usize, usize),
    x: &Value,
    scale_shift: &[f32],
    statistics: &[f32],
    graph: &mut Graph,
) -> Value {
    // ONNX normalizes the dimension behind the batch.
    let x = match x.shape() {
        Some(shape) if shape.channels == channels => x.clone(),
        _ if rows == 1 => x.as_rows(graph),
        _ => x.as_image(Shape { height: rows, width: 1, channels }, graph),
    };
    let halves = [("gamma", &scale_shift[..channels]), ("beta", &scale_shift[channels..])];
    let measured = [("mean", &statistics[..channels]), ("variance", &statistics[channels..])];
    let [gamma, beta] = halves.map(|(of, values)| graph.constant(of, &[channels], values));
    let [mean, variance] = measured.map(|(of, values)| graph.constant(of, &[channels], values));
    let epsilon = [("epsilon", Attribute::Float(NORMALIZATION_EPSILON))];
    let inputs = [&x.tensor, gamma.as_str(), &beta, &mean, &variance];
    x.like(graph.node("BatchNormalization", "normalization", &inputs, &epsilon))
}
