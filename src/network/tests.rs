//! Gradients against finite differences, and compiled networks against the training pass.

use super::pass::{Mode, Network};
use super::{
    ActivationName, Architecture, ArchitectureName, Executable, Initialization, Layer, Model, PoolingName, Role, Shape,
    TrainedModel, fold_batch_norm,
};
use crate::backend::cpu::Cpu;
use crate::backend::{Activation, Backend, Conv, Pool, PoolKind};
use crate::data::{Key, Rng};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The result of a future that never waits: all of the processor's are such.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the processor's operations are done when they return"),
    }
}

fn normals(rng: &mut Rng, len: usize) -> Vec<f32> {
    (0..len).map(|_| rng.normal()).collect()
}

/// A model of these layers with every parameter drawn, statistics included.
fn drawn(layers: Vec<Layer>, shape: Shape, classes: usize) -> Model {
    let mut model = Model::zeroed(layers, shape, classes);
    let mut rng = Key::new(3).rng();
    for parameter in &mut model.parameters {
        let role = parameter.role;
        for value in parameter.slice_mut() {
            *value = match role {
                Role::Weight | Role::Bias => 0.4 * rng.normal(),
                Role::Scale => 1.0 + 0.3 * rng.normal(),
                Role::Statistics => 0.5 + rng.uniform(),
            };
        }
    }
    model
}

/// Mean cross-entropy of a training pass in f64, from its logits.
fn loss(model: &Model, rows: usize, x: &[f32], labels: &[usize]) -> f64 {
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[model], rows);
    cpu.write(network.input(), x);
    network.forward(&cpu, rows, Mode::Train(&mut [Key::new(9).rng()]));
    let logits = now(cpu.read(network.logits(), rows * model.classes)).unwrap();
    let of_row = |(row, &label): (&[f32], &usize)| {
        let sum: f64 = row.iter().map(|&z| f64::from(z).exp()).sum();
        sum.ln() - f64::from(row[label])
    };
    logits.chunks(model.classes).zip(labels).map(of_row).sum::<f64>() / rows as f64
}

/// Moves each parameter array along a random direction and holds the change of the loss against the gradient.
fn check_gradients(layers: Vec<Layer>, shape: Shape, classes: usize) {
    let (model, rows) = (drawn(layers, shape, classes), 5);
    let mut rng = Key::new(4).rng();
    let x = normals(&mut rng, rows * shape.len());
    let labels: Vec<usize> = (0..rows).map(|row| row % classes).collect();
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[&model], rows);
    cpu.write(network.input(), &x);
    network.forward(&cpu, rows, Mode::Train(&mut [Key::new(9).rng()]));
    let mut one_hot = vec![0.0; rows * classes];
    labels.iter().enumerate().for_each(|(row, label)| one_hot[row * classes + label] = 1.0);
    let mut totals = vec![0.0; 2];
    let (logits, gradient) = network.logits_and_gradient();
    cpu.fill(gradient, rows * classes, 0.0);
    cpu.cross_entropy(rows, classes, 1.0, 1.0, logits, &one_hot, &mut totals, gradient);
    network.backward(&cpu, rows);
    for (index, parameter) in model.parameters.iter().enumerate() {
        if parameter.role == Role::Statistics {
            continue;
        }
        let direction = normals(&mut rng, parameter.values.len());
        let step = 2e-3 / direction.iter().map(|d| d * d).sum::<f32>().sqrt();
        let moved = |sign: f32| {
            let mut model = model.clone();
            let values = model.parameters[index].slice_mut();
            values.iter_mut().zip(&direction).for_each(|(value, d)| *value += sign * step * d);
            loss(&model, rows, &x, &labels)
        };
        let measured = (moved(1.0) - moved(-1.0)) / (2.0 * f64::from(step));
        let products = network.parameters[index].gradient.iter().zip(&direction);
        let predicted: f64 = products.map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
        let size: f64 = network.parameters[index].gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        assert!(size > 1e-4, "{:?} of layer {}: no gradient to check", parameter.role, parameter.layer);
        let length = f64::from(direction.iter().map(|d| d * d).sum::<f32>().sqrt());
        let error = (measured - predicted).abs() / (size * length);
        assert!(error < 5e-3, "{:?} of layer {}: {measured} for {predicted}", parameter.role, parameter.layer);
    }
}

const IMAGE: Shape = Shape { height: 7, width: 6, channels: 2 };
const CONV: Conv = Conv { height: 7, width: 6, channels: 2, kernel: 3, padding: 1, filters: 3 };

fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense { inputs, outputs }
}

#[test]
fn dense_layers_and_nonlinearities() {
    for f in [Activation::Tanh, Activation::Relu] {
        let layers = vec![dense(6, 9), Layer::Activation(f), dense(9, 8), Layer::Activation(f), dense(8, 4)];
        check_gradients(layers, Shape { height: 1, width: 1, channels: 6 }, 4);
    }
}

#[test]
fn convolutions_and_poolings() {
    for (kind, size) in [(PoolKind::Average, 2), (PoolKind::Max, 2), (PoolKind::Max, 3)] {
        let pool = Pool { kind, height: 7, width: 6, channels: 3, size };
        let (height, width) = (7 / size, 6 / size);
        let second = Conv { height, width, channels: 3, kernel: 2, padding: 0, filters: 4 };
        let layers = vec![
            Layer::Convolution(CONV),
            Layer::Activation(Activation::Tanh),
            Layer::Pool(pool),
            Layer::Convolution(second),
            Layer::Activation(Activation::Tanh),
            Layer::Flatten,
            dense(second.outputs(), 3),
        ];
        check_gradients(layers, IMAGE, 3);
    }
}

#[test]
fn batch_normalization_and_dropout() {
    let layers = vec![
        Layer::Convolution(CONV),
        Layer::BatchNormalization { rows: 42, channels: 3 },
        Layer::Activation(Activation::Tanh),
        Layer::Flatten,
        dense(126, 12),
        Layer::BatchNormalization { rows: 1, channels: 12 },
        Layer::Activation(Activation::Tanh),
        Layer::Dropout { rate: 0.4 },
        dense(12, 3),
    ];
    // A bias before a batch normalization is taken off again with the mean, so its gradient is zero by right; it is
    // left out of the check by making the layers' own outputs the ones that are normalized.
    let mut model_layers = layers;
    model_layers.insert(1, Layer::Activation(Activation::Tanh));
    model_layers.insert(6, Layer::Activation(Activation::Tanh));
    check_gradients(model_layers, IMAGE, 3);
}

/// The gradient of a value that weights share is how the loss changes when all of them move together.
#[test]
fn shared_values_have_the_sum_of_their_weights_gradients() {
    let shape = Shape { height: 1, width: 1, channels: 6 };
    let layers = vec![dense(6, 9), Layer::Activation(Activation::Tanh), dense(9, 4)];
    let (mut model, rows, classes) = (drawn(layers, shape, 4), 5, 4);
    let cluster = |i: usize| (i * 7 % 4) as u16;
    for parameter in model.weights_mut() {
        parameter.clusters = Some((0..parameter.values.len()).map(cluster).collect());
        let value = [0.0, -0.4, 0.3, 0.7];
        parameter.slice_mut().iter_mut().enumerate().for_each(|(i, w)| *w = value[usize::from(cluster(i))]);
    }
    let mut pruned = model.parameters[0].values.map(|_| true);
    pruned.iter_mut().step_by(5).for_each(|kept| *kept = false);
    model.parameters[0].values.zip_mut_with(&pruned, |w, kept| *w *= f32::from(u8::from(*kept)));
    model.parameters[0].mask = Some(pruned);
    let x = normals(&mut Key::new(4).rng(), rows * shape.len());
    let labels: Vec<usize> = (0..rows).map(|row| row % classes).collect();
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[&model], rows);
    cpu.write(network.input(), &x);
    network.forward(&cpu, rows, Mode::Train(&mut [Key::new(9).rng()]));
    let mut one_hot = vec![0.0; rows * classes];
    labels.iter().enumerate().for_each(|(row, label)| one_hot[row * classes + label] = 1.0);
    let (logits, gradient) = network.logits_and_gradient();
    cpu.fill(gradient, rows * classes, 0.0);
    cpu.cross_entropy(rows, classes, 1.0, 1.0, logits, &one_hot, &mut vec![0.0; 2], gradient);
    network.backward(&cpu, rows);
    for (index, parameter) in model.parameters.iter().enumerate() {
        let Some(clusters) = parameter.sharing() else { continue };
        for cluster in 0..4 {
            let members: Vec<usize> = (0..clusters.len()).filter(|&i| clusters[i] == cluster).collect();
            let gradient = |&i: &usize| network.parameters[index].gradient[i];
            assert!(members.iter().all(|i| gradient(i).to_bits() == gradient(&members[0]).to_bits()));
            let step = 1e-3;
            let moved = |sign: f32| {
                let mut model = model.clone();
                members.iter().for_each(|&i| model.parameters[index].slice_mut()[i] += sign * step);
                loss(&model, rows, &x, &labels)
            };
            let measured = (moved(1.0) - moved(-1.0)) / (2.0 * f64::from(step));
            let predicted = f64::from(gradient(&members[0]));
            // Zeros share nothing and do not move.
            let expected = if cluster == 0 { 0.0 } else { measured };
            assert!((predicted - expected).abs() < 2e-3, "cluster {cluster}: {predicted} for {expected}");
        }
    }
}

/// Dropout drops the share it names and keeps the mean.
#[test]
fn dropout_keeps_the_mean() {
    let model = Model::zeroed(vec![Layer::Dropout { rate: 0.25 }], Shape { height: 1, width: 1, channels: 1000 }, 1000);
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[&model], 20);
    cpu.write(network.input(), &vec![1.0; 20_000]);
    network.forward(&cpu, 20, Mode::Train(&mut [Key::new(1).rng()]));
    let y = now(cpu.read(network.logits(), 20_000)).unwrap();
    let dropped = y.iter().filter(|v| **v == 0.0).count() as f32 / 20_000.0;
    assert!((dropped - 0.25).abs() < 0.01, "{dropped}");
    assert!(y.iter().all(|v| *v == 0.0 || *v == 1.0 / 0.75));
}

/// Every architecture with everything in it.
fn architectures() -> Vec<(Architecture, Shape)> {
    let image = Shape { height: 16, width: 17, channels: 1 };
    let mut specs = vec![(Architecture::mlp(&[13, 9]), image)];
    for architecture in [ArchitectureName::LogisticRegression, ArchitectureName::LeNet300100, ArchitectureName::LeNet5]
    {
        specs.push((Architecture { architecture, ..Architecture::default() }, image));
        let spec = Architecture {
            architecture,
            activation: ActivationName::Tanh,
            pooling: PoolingName::Average,
            batch_normalization: true,
            dropout: 0.5,
            initialization: Initialization::GlorotUniform,
            ..Architecture::default()
        };
        specs.push((spec, image));
    }
    specs
}

/// A network of an architecture with drawn statistics, some of its weights removed.
fn pruned_network(spec: &Architecture, shape: Shape, kept: f32) -> Model {
    let mut model = Model::initialize(spec, shape, 5, &Key::new(2)).unwrap();
    let mut rng = Key::new(8).rng();
    for parameter in &mut model.parameters {
        let role = parameter.role;
        for value in parameter.slice_mut() {
            match role {
                Role::Weight if rng.uniform() >= kept => *value = 0.0,
                Role::Weight => {}
                Role::Bias => *value = 0.1 * rng.normal(),
                Role::Scale | Role::Statistics => *value = 0.5 + rng.uniform(),
            }
        }
    }
    model
}

#[test]
fn compiled_networks_give_the_logits_of_the_training_pass_bit_for_bit() {
    for (spec, shape) in architectures() {
        for (kept, kernel) in [(1.0, "dense f32"), (0.1, "sparse f32")] {
            let model = pruned_network(&spec, shape, kept);
            let x = normals(&mut Key::new(5).rng(), 33 * shape.len());
            let cpu = Cpu::new();
            let mut network = Network::new(&cpu, &[&model], 33);
            cpu.write(network.input(), &x);
            network.forward(&cpu, 33, Mode::Infer);
            let expected = now(cpu.read(network.logits(), 33 * 5)).unwrap();
            let mut executable = Executable::new(&TrainedModel::Float(model));
            assert!(executable.kernels().iter().all(|k| *k == kernel), "{:?}", executable.kernels());
            assert_eq!(executable.logits(33, &x), expected, "{spec:?}");
            for (row, expected) in expected.chunks(5).enumerate() {
                assert_eq!(executable.logits(1, &x[row * shape.len()..][..shape.len()]), expected, "{spec:?}");
            }
        }
    }
}

#[test]
fn folding_batch_normalization_keeps_the_function() {
    for (spec, shape) in architectures() {
        let model = pruned_network(&spec, shape, 0.5);
        let folded = fold_batch_norm(&model);
        assert!(!folded.layers.iter().any(|l| matches!(l, Layer::BatchNormalization { .. } | Layer::Dropout { .. })));
        let x = normals(&mut Key::new(5).rng(), 4 * shape.len());
        let before = Executable::new(&TrainedModel::Float(model)).logits(4, &x).to_vec();
        let after = Executable::new(&TrainedModel::Float(folded)).logits(4, &x).to_vec();
        for (a, b) in before.iter().zip(&after) {
            assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "{a} became {b}: {spec:?}");
        }
    }
}

#[test]
fn what_is_observed_is_each_layers_output() {
    let (spec, shape) = (Architecture::mlp(&[13]), Shape { height: 1, width: 1, channels: 4 });
    let model = pruned_network(&spec, shape, 1.0);
    let x = normals(&mut Key::new(5).rng(), 3 * 4);
    let mut places = Vec::new();
    let mut executable = Executable::new(&TrainedModel::Float(model));
    let logits = executable.observe(3, &x, &mut |place, values| places.push((place, values.to_vec()))).to_vec();
    assert_eq!(places.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(places[0].1, x);
    assert!(places[2].1.iter().zip(&places[1].1).all(|(after, before)| *after == before.max(0.0)));
    assert_eq!(places[3].1, logits);
}
