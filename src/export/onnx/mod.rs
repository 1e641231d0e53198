//! A trained network as an ONNX model, for the runtimes that read those: float networks operator by operator, integer networks
//! in QDQ form, so that they run on integer kernels elsewhere, too.
//!
//! ONNX files are protocol buffers. The dozen fields that a network needs are written by `message`, since generated code for all
//! of `onnx.proto` would be many times as long as this and part of what the page loads.

mod coded;
mod float;
mod graph;
mod integer;
mod layout;
mod message;
mod operators;
mod sequence;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use crate::network::TrainedModel;
use graph::Graph;
use layout::{Value, input_dims};

/// The name of what comes in.
const INPUT: &str = "samples";
/// The name of what goes out.
const OUTPUT: &str = "logits";

/// The file. The input `samples` takes any number of them as the engine does: images as `N x height x width x channels`, grey
/// values from 0 to 1; points as `N x features`. The output `logits` is `N x classes`, before the softmax.
///
/// What is removed of a pruned network is zero in the file; ONNX has no sparse layers.
pub fn onnx(model: &TrainedModel) -> Vec<u8> {
    let shape = model.shape();
    let mut graph = Graph::new(INPUT);
    let input = Value::input(INPUT, shape);
    let logits = match model {
        TrainedModel::Float(model) => float::network(model, input, &mut graph),
        TrainedModel::Integer(model) => integer::network(model, input, &mut graph),
    };
    let logits = logits.as_rows(&mut graph);
    graph.finish((INPUT, &input_dims(shape)), (&logits.tensor, &[model.classes()]))
}
