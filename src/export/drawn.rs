//! Networks to be written, for the tests.

use crate::compression::quantize::{Quantize, RangeObserver, quantize};
use crate::data::Key;
use crate::network::{
    ActivationName, Architecture, ArchitectureName, IntegerModel, Model, PoolingName, Shape, fold_batch_norm,
};

/// With batch normalization and dropout, for images as MNIST's.
pub(super) fn drawn(architecture: ArchitectureName, activation: ActivationName, pooling: PoolingName) -> Model {
    let spec = Architecture {
        architecture,
        activation,
        pooling,
        batch_normalization: true,
        dropout: 0.5,
        ..Default::default()
    };
    Model::initialize(&spec, Shape { height: 28, width: 28, channels: 1 }, 10, &Key::new(3)).unwrap()
}

/// Without running it: ranges are made up.
pub(super) fn integers(model: &Model) -> IntegerModel {
    let folded = fold_batch_norm(model);
    quantize(&folded, &vec![RangeObserver { low: -1.0, high: 2.0 }; folded.layers.len() + 1], &Quantize::default())
}

/// Every kind of network on images.
pub(super) const IMAGES: [ArchitectureName; 4] = [
    ArchitectureName::LeNet300100,
    ArchitectureName::LeNet5,
    ArchitectureName::VggSmall,
    ArchitectureName::ResNetSmall,
];
