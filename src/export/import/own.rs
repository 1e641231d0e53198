//! Model files of the engine's own: floats as they are, integers by their real values.

use super::fit::sizes;
use super::{guess, onnx};
use crate::backend::{Activation, PoolKind};
use crate::export::model_file::decode;
use crate::export::onnx::onnx as written;
use crate::export::state_dict::{Tensor, tensors};
use crate::network::{ActivationName, Architecture, Layer, Model, PoolingName, SEVERAL_NETWORKS, Shape, TrainedModel};

/// The network of a file and its parameters.
pub(super) fn read(
    file: &[u8],
    shape: Shape,
    classes: usize,
    named: Option<&Architecture>,
) -> Result<(Architecture, Vec<Tensor>), String> {
    let model = decode(file).map_err(|e| e.to_string())?;
    if (model.shape(), model.classes()) != (shape, classes) {
        let sizes = |shape: Shape| sizes(&[shape.height, shape.width, shape.channels]);
        return Err(format!(
            "the network was made for samples of {} and {} classes, and the data has {} and {classes}; choose the data that it was trained on",
            sizes(model.shape()),
            model.classes(),
            sizes(shape)
        ));
    }
    match &model {
        TrainedModel::Float(float) => {
            let tensors = tensors(&model);
            let network = match named {
                Some(network) => network.clone(),
                None => guessed(float, &tensors)?,
            };
            if bare(&network.layers(shape, classes)?) != bare(&float.layers) {
                return Err(format!(
                    "the file's layers are not those of {}; name the network that it is",
                    network.label()
                ));
            }
            Ok((network, tensors))
        }
        // Their scales are undone where a graph of them is read.
        TrainedModel::Integer(_) => onnx::read(&written(&model), shape, classes, named),
        TrainedModel::Ensemble(_) => Err(SEVERAL_NETWORKS.into()),
    }
}

/// What the shapes say, with the nonlinearity and the pooling that the layers have.
fn guessed(model: &Model, tensors: &[Tensor]) -> Result<Architecture, String> {
    if model.layers.iter().any(|layer| matches!(layer, Layer::Sequence(_))) {
        return Err("this is a transformer, whose heads no shape tells; name its network".into());
    }
    let network = guess::network(tensors, model.shape, model.classes)?;
    let tanh = model.layers.contains(&Layer::Activation(Activation::Tanh));
    // The last pooling of a residual network is a mean in any case.
    let pool = model.layers.iter().find_map(|layer| if let Layer::Pool(pool) = layer { Some(pool.kind) } else { None });
    let average = network.architecture.pools() && pool == Some(PoolKind::Average);
    Ok(Architecture {
        activation: if tanh { ActivationName::Tanh } else { ActivationName::Relu },
        pooling: if average { PoolingName::Average } else { PoolingName::Max },
        ..network
    })
}

/// The layers that compute something, skips counted among them.
fn bare(layers: &[Layer]) -> Vec<Layer> {
    let computes = |layer: &&Layer| !matches!(layer, Layer::Dropout { .. } | Layer::Flatten);
    let place = |index: usize| layers[..index.min(layers.len())].iter().filter(computes).count();
    let moved = |layer: &Layer| match *layer {
        Layer::Add { from } => Layer::Add { from: place(from) },
        other => other,
    };
    layers.iter().filter(computes).map(moved).collect()
}
