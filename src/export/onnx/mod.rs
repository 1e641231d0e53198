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

use crate::network::{Shape, TrainedModel};
use graph::Graph;
use layout::{Value, input_dims};

/// The name of what comes in.
const INPUT: &str = "samples";
/// The name of what goes out.
const OUTPUT: &str = "logits";

/// The file. The input `samples` takes any number of them as the engine does: images as `N x height x width x channels`, grey
/// values from 0 to 1; points as `N x features`. The output `logits` is `N x classes`, before the softmax.
///
/// What is removed of a pruned network is zero in the file; ONNX has no sparse layers. An ensemble is all of its networks and the
/// logarithm of their mean probability, which is minus infinity where that is less than a float holds.
pub fn onnx(model: &TrainedModel) -> Vec<u8> {
    let shape = model.shape();
    let mut graph = Graph::new(INPUT);
    let logits = logits(model, shape, &mut graph);
    graph.finish((INPUT, &input_dims(shape)), (&logits, &[model.classes()]))
}

/// Appends the network, or those of an ensemble side by side; the name of its logits.
fn logits(model: &TrainedModel, shape: Shape, graph: &mut Graph) -> String {
    let input = Value::input(INPUT, shape);
    let logits = match model {
        TrainedModel::Float(model) => float::network(model, input, graph),
        TrainedModel::Integer(model) => integer::network(model, input, graph),
        TrainedModel::Ensemble(ensemble) => {
            let member = |member| {
                let logits = logits(member, shape, graph);
                graph.begin("member");
                graph.node("Softmax", "probabilities", &[&logits], &[])
            };
            let members: Vec<String> = ensemble.members.iter().map(member).collect();
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            graph.begin("ensemble");
            let mean = graph.node("Mean", "mean", &members, &[]);
            return graph.node("Log", "logarithm", &[&mean], &[]);
        }
    };
    logits.as_rows(graph).tensor
}
