//! A plain forward pass in `f64`, one sample and one sum after another, and finite differences of its loss: what the passes are
//! held against. It shares nothing with them.

use super::{PerWeight, Samples};
use crate::backend::{Activation, PoolKind};
use crate::data::Key;
use crate::network::{Layer, Model, Role, Shape};

/// A model of these layers with every parameter drawn.
pub(crate) fn drawn(layers: Vec<Layer>, shape: Shape, classes: usize, seed: u64) -> Model {
    let mut model = Model::zeroed(layers, shape, classes);
    let mut rng = Key::new(seed).rng();
    for parameter in &mut model.parameters {
        let role = parameter.role;
        for value in parameter.slice_mut() {
            *value = match role {
                Role::Weight | Role::Bias | Role::Embedding => 0.5 * rng.normal(),
                Role::Scale | Role::Step => 1.0 + 0.3 * rng.normal(),
                Role::Statistics => 0.5 + rng.uniform(),
            };
        }
    }
    model
}

/// Normal inputs, classes in turn.
pub(crate) fn samples(model: &Model, count: usize, seed: u64) -> Samples {
    let mut rng = Key::new(seed).fold("samples").rng();
    let x = (0..count * model.shape.len()).map(|_| rng.normal()).collect();
    Samples { x, labels: (0..count).map(|i| (i % model.classes) as u8).collect() }
}

/// The weights of a model.
pub(crate) fn weights(model: &Model) -> PerWeight {
    model.weights().map(|p| p.slice().iter().map(|w| f64::from(*w)).collect()).collect()
}

/// The logits of one sample with other weights than the model's.
pub(crate) fn logits(model: &Model, weights: &[Vec<f64>], sample: &[f32]) -> Vec<f64> {
    let mut x: Vec<f64> = sample.iter().map(|v| f64::from(*v)).collect();
    let mut weights = weights.iter();
    let mut came_in = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        came_in.push(x.clone());
        let of = |role: Role| -> Vec<f64> {
            let of_role = model.of_layer(index).filter(|p| p.role == role);
            of_role.flat_map(|p| p.slice()).map(|v| f64::from(*v)).collect()
        };
        x = match *layer {
            Layer::Dense { inputs, outputs } => {
                let (w, b) = (weights.next().unwrap(), of(Role::Bias));
                (0..outputs).map(|j| b[j] + (0..inputs).map(|i| x[i] * w[i * outputs + j]).sum::<f64>()).collect()
            }
            Layer::Convolution(c) => {
                let (w, b) = (weights.next().unwrap(), of(Role::Bias));
                let mut y = vec![0.0; c.outputs()];
                for (at, y) in y.iter_mut().enumerate() {
                    let (pixel, filter) = (at / c.filters, at % c.filters);
                    let (row, column) = (pixel / c.out_width(), pixel % c.out_width());
                    *y = b[filter];
                    for q in 0..c.patch() {
                        let (ky, kx, channel) = (q / c.channels / c.kernel, q / c.channels % c.kernel, q % c.channels);
                        let (iy, ix) = (row + ky, column + kx);
                        let inside = |i: usize, side: usize| i >= c.padding && i < side + c.padding;
                        if inside(iy, c.height) && inside(ix, c.width) {
                            let input = ((iy - c.padding) * c.width + ix - c.padding) * c.channels + channel;
                            *y += x[input] * w[q * c.filters + filter];
                        }
                    }
                }
                y
            }
            Layer::Pool(p) => {
                let (height, width) = (p.height / p.size, p.width / p.size);
                let mut y = Vec::new();
                for at in 0..height * width * p.channels {
                    let (pixel, channel) = (at / p.channels, at % p.channels);
                    let window = (0..p.size * p.size).map(|i| {
                        let row = pixel / width * p.size + i / p.size;
                        let column = pixel % width * p.size + i % p.size;
                        x[(row * p.width + column) * p.channels + channel]
                    });
                    y.push(match p.kind {
                        PoolKind::Max => window.fold(f64::NEG_INFINITY, f64::max),
                        PoolKind::Average => window.sum::<f64>() / (p.size * p.size) as f64,
                    });
                }
                y
            }
            Layer::Activation(Activation::Relu) => x.iter().map(|x| x.max(0.0)).collect(),
            Layer::Activation(Activation::Tanh) => x.iter().map(|x| x.tanh()).collect(),
            Layer::BatchNormalization { channels, .. } => {
                let (scale, statistics) = (of(Role::Scale), of(Role::Statistics));
                let of_value = |(i, x): (usize, &f64)| {
                    let c = i % channels;
                    let spread = (statistics[channels + c] + f64::from(1e-5f32)).sqrt();
                    scale[c] * (x - statistics[c]) / spread + scale[channels + c]
                };
                x.iter().enumerate().map(of_value).collect()
            }
            Layer::Sequence(_) => panic!("networks with sequences are not analysed"),
            Layer::Add { from } => x.iter().zip(&came_in[from]).map(|(x, skipped)| x + skipped).collect(),
            Layer::Dropout { .. } | Layer::Flatten | Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => x,
        };
    }
    x
}

/// The mean cross-entropy with other weights, the logits divided by a temperature.
pub(crate) fn loss(model: &Model, weights: &[Vec<f64>], samples: &Samples, temperature: f64) -> f64 {
    let each = samples.x.chunks(model.shape.len()).zip(&samples.labels);
    let losses = each.map(|(sample, label)| {
        let z: Vec<f64> = logits(model, weights, sample).iter().map(|z| z / temperature).collect();
        z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[usize::from(*label)]
    });
    losses.sum::<f64>() / samples.labels.len() as f64
}

/// `f` of the weights moved by `step` times a direction.
pub(crate) fn along<T>(weights: &[Vec<f64>], direction: &[Vec<f64>], step: f64, f: impl FnOnce(&[Vec<f64>]) -> T) -> T {
    let moved: PerWeight =
        weights.iter().zip(direction).map(|(w, d)| w.iter().zip(d).map(|(w, d)| w + step * d).collect()).collect();
    f(&moved)
}

/// For each weight, what `f` says of the direction of that weight alone.
pub(crate) fn for_each_weight(weights: &[Vec<f64>], mut f: impl FnMut(&[Vec<f64>]) -> f64) -> PerWeight {
    let mut direction: PerWeight = weights.iter().map(|w| vec![0.0; w.len()]).collect();
    let mut result = direction.clone();
    for matrix in 0..weights.len() {
        for index in 0..weights[matrix].len() {
            direction[matrix][index] = 1.0;
            result[matrix][index] = f(&direction);
            direction[matrix][index] = 0.0;
        }
    }
    result
}

/// The gradient of the loss, by central differences.
pub(crate) fn gradient(model: &Model, samples: &Samples, temperature: f64) -> PerWeight {
    let (w, step) = (weights(model), 1e-5);
    for_each_weight(&w, |d| {
        let at = |step| along(&w, d, step, |w| loss(model, w, samples, temperature));
        (at(step) - at(-step)) / (2.0 * step)
    })
}

/// The second derivatives of the loss by one weight twice.
pub(crate) fn diagonal(model: &Model, samples: &Samples) -> PerWeight {
    let (w, step) = (weights(model), 1e-3);
    for_each_weight(&w, |d| {
        let at = |step| along(&w, d, step, |w| loss(model, w, samples, 1.0));
        (at(step) - 2.0 * at(0.0) + at(-step)) / (step * step)
    })
}

/// The Hessian of the loss times `v`, by differences of the loss in both directions.
pub(crate) fn hessian_times(
    model: &Model,
    samples: &Samples,
    v: &[Vec<f64>],
    temperature: f64,
    step: f64,
) -> PerWeight {
    let w = weights(model);
    let size = v.iter().flatten().map(|v| v * v).sum::<f64>().sqrt();
    for_each_weight(&w, |d| {
        let at = |a: f64, b: f64| {
            let moved = along(&w, v, a * step / size, <[Vec<f64>]>::to_vec);
            along(&moved, d, b * step, |w| loss(model, w, samples, temperature))
        };
        (at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0)) * size / (4.0 * step * step)
    })
}

/// Holds one set of values against another, the difference relative to the largest value wanted.
pub(crate) fn assert_close(got: &[Vec<f64>], wanted: &[Vec<f64>], tolerance: f64) {
    let largest = wanted.iter().flatten().map(|v| v.abs()).fold(0.0, f64::max);
    assert!(largest > 0.0, "nothing to compare");
    assert_eq!(got.iter().map(Vec::len).collect::<Vec<_>>(), wanted.iter().map(Vec::len).collect::<Vec<_>>());
    for (matrix, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        for (index, (got, wanted)) in got.iter().zip(wanted).enumerate() {
            let error = (got - wanted).abs() / largest;
            assert!(error < tolerance, "matrix {matrix}, weight {index}: {got} for {wanted}, largest {largest}");
        }
    }
}
