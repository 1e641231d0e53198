//! ONNX files as networks of the engine: floats, and integers in QDQ form by their real values.

mod graph;
mod walk;
mod wire;

use super::guess;
use crate::backend::{Activation, NORMALIZATION_EPSILON, PoolKind};
use crate::export::state_dict::{Tensor, Values};
use crate::network::{ActivationName, Architecture, Layer, PoolingName, Shape};
use graph::Graph;
use walk::{Chain, Found, walk};

/// The network of a file and its parameters as a state dict's tensors.
///
/// Fails with a sentence that names the operator and its node, or the first layer that no network here has.
pub(super) fn read(
    file: &[u8],
    shape: Shape,
    classes: usize,
    named: Option<&Architecture>,
) -> Result<(Architecture, Vec<Tensor>), String> {
    let graph = Graph::read(file).map_err(|e| format!("this ONNX file cannot be read: {e}"))?;
    let mut chain = walk(&graph, shape)?;
    in_the_engines_order(&mut chain.layers);
    let network = match named {
        Some(network) => network.clone(),
        None => {
            let network = guess::network(&chain.tensors, shape, classes)?;
            let tanh = chain.layers.contains(&Found::Activation(Activation::Tanh));
            // The last pooling of a residual network is a mean in any case.
            let first = chain
                .layers
                .iter()
                .find_map(|layer| if let Found::Pool { kind, .. } = layer { Some(*kind) } else { None });
            let average = network.architecture.pools() && first == Some(PoolKind::Average);
            Architecture {
                activation: if tanh { ActivationName::Tanh } else { ActivationName::Relu },
                pooling: if average { PoolingName::Average } else { PoolingName::Max },
                ..network
            }
        }
    };
    if network.architecture.always_normalizes() && !chain.layers.contains(&Found::Normalization) {
        normalize(&mut chain);
    }
    compare(&chain.layers, &network.layers(shape, classes)?, &network.label())?;
    Ok((network, chain.tensors))
}

/// A nonlinearity that only rises may come before or behind the largest of a window: here it comes before.
fn in_the_engines_order(layers: &mut [Found]) {
    for at in 1..layers.len() {
        let skips = layers.iter().any(|layer| matches!(layer, Found::Add { from } if *from == at));
        let pooled = matches!(layers[at - 1], Found::Pool { kind: PoolKind::Max, .. });
        if pooled && !skips && matches!(layers[at], Found::Activation(_)) {
            layers.swap(at - 1, at);
        }
    }
}

/// Puts a normalization that changes nothing behind each convolution: in integer networks it has been folded into the weights, and
/// the engine's network always has it.
fn normalize(chain: &mut Chain) {
    let before = std::mem::take(&mut chain.layers);
    let convolution = |layer: &Found| matches!(layer, Found::Convolution { .. });
    let moved = |place: usize| place + before[..place].iter().filter(|layer| convolution(layer)).count();
    for layer in &before {
        chain.layers.push(if let Found::Add { from } = *layer {
            Found::Add { from: moved(from) }
        } else {
            layer.clone()
        });
        if convolution(layer) {
            chain.layers.push(Found::Normalization);
        }
    }
    let filters: Vec<usize> =
        chain.tensors.iter().filter(|tensor| tensor.dims.len() == 4).map(|tensor| tensor.dims[0]).collect();
    for (index, filters) in filters.into_iter().enumerate() {
        // One, once the engine has added its epsilon.
        let variance = 1.0 - NORMALIZATION_EPSILON;
        for (part, value) in [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", variance)] {
            let (name, values) = (format!("bn{}.{part}", index + 1), Values::F32(vec![value; filters]));
            chain.tensors.push(Tensor { name, dims: vec![filters], values });
        }
    }
}

/// Holds what was found against the layers of the network, but for those that compute nothing.
fn compare(found: &[Found], layers: &[Layer], label: &str) -> Result<(), String> {
    let computes = |layer: &Layer| !matches!(layer, Layer::Dropout { .. } | Layer::Flatten);
    // Which of those that compute each layer is, or is before.
    let place = |index: usize| layers[..index].iter().filter(|layer| computes(layer)).count();
    let mut wanted = layers.iter().filter(|layer| computes(layer)).map(|layer| match *layer {
        Layer::Convolution(conv) => Some(Found::Convolution { padding: conv.padding }),
        Layer::Dense { .. } => Some(Found::Dense),
        Layer::BatchNormalization { .. } => Some(Found::Normalization),
        Layer::Activation(f) => Some(Found::Activation(f)),
        Layer::Pool(pool) => Some(Found::Pool { kind: pool.kind, size: pool.size }),
        Layer::Add { from } => Some(Found::Add { from: place(from) }),
        _ => None,
    });
    let mut number = 0;
    loop {
        number += 1;
        let (here, there) = (wanted.next(), found.get(number - 1));
        match (here, there) {
            (None, None) => return Ok(()),
            (Some(Some(here)), Some(there)) if here == *there => {}
            (here, there) => {
                let say = |layer: Option<&Found>| layer.map_or_else(|| "nothing".into(), said);
                return Err(format!(
                    "layer {number} of the file is {}, and {label} has {} there; networks that are read are those that a recipe can name",
                    say(there),
                    say(here.flatten().as_ref())
                ));
            }
        }
    }
}

fn said(layer: &Found) -> String {
    match layer {
        Found::Convolution { padding } => format!("a convolution padded by {padding}"),
        Found::Dense => "a dense layer".into(),
        Found::Normalization => "a batch normalization".into(),
        Found::Activation(Activation::Relu) => "a ReLU".into(),
        Found::Activation(Activation::Tanh) => "a tanh".into(),
        Found::Pool { kind: PoolKind::Max, size } => format!("max pooling of {size} x {size}"),
        Found::Pool { kind: PoolKind::Average, size } => format!("average pooling of {size} x {size}"),
        Found::Add { from } => format!("a skip connection from layer {}", from + 1),
    }
}
