//! What the tests of quantization share.

use crate::data::Key;
use crate::network::{Architecture, Model, Shape, fold_batch_norm};

/// Images that the tests' networks take.
pub(super) const SHAPE: Shape = Shape { height: 16, width: 16, channels: 1 };

/// A drawn network of ten classes, without batch normalization.
pub(super) fn model(spec: &Architecture) -> Model {
    fold_batch_norm(&Model::initialize(spec, SHAPE, 10, &Key::new(5)).unwrap())
}

/// So many samples: each pixel is like its neighbours, as in images.
pub(super) fn samples(count: usize) -> Vec<f32> {
    let mut rng = Key::new(6).rng();
    let mut samples = Vec::with_capacity(count * SHAPE.len());
    for _ in 0..count {
        let mut value = rng.uniform();
        for _ in 0..SHAPE.len() {
            value = 0.8 * value + 0.2 * rng.uniform();
            samples.push(value);
        }
    }
    samples
}
