//! Gradients against finite differences, and compiled networks against the training pass.

use super::pass::{Mode, Network};
use super::{
    ActivationName, Architecture, ArchitectureName, CrossEntropy, Executable, Grid, Initialization, IntegerAdd,
    IntegerLayer, IntegerLinear, IntegerModel, Layer, Model, Monitor, PoolingName, Progress, Pupil, Role, Shape,
    TrainedModel, Training, fold_batch_norm, train,
};
use crate::backend::cpu::Cpu;
use crate::backend::{Activation, Backend, Conv, Pool, PoolKind};
use crate::data::{DataError, Dataset, DatasetName, Key, Rng, Source};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The result of a future that never waits: all of the processor's are such.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
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
                Role::Weight | Role::Bias | Role::Embedding => 0.4 * rng.normal(),
                Role::Scale | Role::Step => 1.0 + 0.3 * rng.normal(),
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
        // A bias right before a batch normalization is taken off again with the mean: its gradient is zero by right.
        let normalized = matches!(model.layers.get(parameter.layer + 1), Some(Layer::BatchNormalization { .. }));
        if parameter.role == Role::Statistics || parameter.role == Role::Bias && normalized {
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
    // Biases before a batch normalization are not checked, so the layers' nonlinear outputs are the ones that are normalized.
    let mut model_layers = layers;
    model_layers.insert(1, Layer::Activation(Activation::Tanh));
    model_layers.insert(6, Layer::Activation(Activation::Tanh));
    check_gradients(model_layers, IMAGE, 3);
}

/// Skip connections from weights, from a nonlinearity that is otherwise computed with the weights before it, from another skip
/// connection, from a layer without arithmetic, from dropout, twice from one place, one around the other, and from the input.
#[test]
fn skip_connections() {
    let same = Layer::Convolution(Conv { filters: 2, ..CONV });
    let tanh = Layer::Activation(Activation::Tanh);
    let layers = vec![
        same, // 0
        tanh,
        same, // 2
        Layer::BatchNormalization { rows: 42, channels: 2 },
        tanh,
        same, // 5
        Layer::Add { from: 2 },
        Layer::Add { from: 1 },
        tanh, // 8
        same,
        Layer::Add { from: 7 },
        Layer::Add { from: 2 },
        Layer::Add { from: 0 },
        tanh, // 13
        Layer::Flatten,
        dense(84, 12),
        tanh,
        Layer::Dropout { rate: 0.4 }, // 17
        dense(12, 12),
        tanh,
        Layer::Add { from: 17 },
        Layer::Add { from: 16 },
        dense(12, 84),
        Layer::Add { from: 14 },
        tanh,
        dense(84, 3),
    ];
    check_gradients(layers, IMAGE, 3);
}

/// Smooth, so that no step crosses a kink; ReLU and max pooling have their checks above.
#[test]
fn deep_convolutional_networks() {
    for architecture in [ArchitectureName::VggSmall, ArchitectureName::ResNetSmall] {
        let (activation, pooling) = (ActivationName::Tanh, PoolingName::Average);
        let spec = Architecture { architecture, activation, pooling, ..Architecture::default() };
        let shape = Shape { height: 16, width: 16, channels: 1 };
        check_gradients(spec.layers(shape, 4).unwrap(), shape, 4);
    }
}

/// A transformer for images, and one for texts, whose words are told by numbers: those drawn here are few, and some beyond its ends.
#[test]
fn transformers() {
    let (architecture, widths) = (ArchitectureName::Transformer, vec![8]);
    let spec =
        Architecture { architecture, widths, depth: 2, heads: 2, patch: 3, dropout: 0.2, ..Architecture::default() };
    for shape in [IMAGE, Shape { height: 1, width: 7, channels: 1 }] {
        check_gradients(spec.layers(shape, 3).unwrap(), shape, 3);
    }
}

/// Without positions, attention cannot tell the order of tokens: their mean stays the same whatever it is. With positions it can.
#[test]
fn places_alone_tell_a_transformer_the_order_of_words() {
    let shape = Shape { height: 1, width: 6, channels: 1 };
    let spec = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
    let mut model = drawn(spec.layers(shape, 4).unwrap(), shape, 4);
    let differs = |model: &Model| {
        let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
        let forwards = executable.logits(1, &[5.0, 1.0, 9.0, 30.0, 2.0, 2.0]).to_vec();
        let backwards = executable.logits(1, &[2.0, 2.0, 30.0, 9.0, 1.0, 5.0]);
        forwards.iter().zip(backwards).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(differs(&model) > 0.01, "{}", differs(&model));
    model.parameters[1].slice_mut().fill(0.0);
    assert!(differs(&model) < 1e-4, "{}", differs(&model));
}

/// A skip connection adds what it names, and the gradient at its start is the sum of both ways.
#[test]
fn a_skip_connection_doubles_what_it_goes_around() {
    let shape = Shape { height: 1, width: 1, channels: 2 };
    let mut model = Model::zeroed(vec![dense(2, 2), Layer::Flatten, Layer::Add { from: 1 }], shape, 2);
    model.parameters[0].slice_mut().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[&model], 1);
    cpu.write(network.input(), &[1.0, 10.0]);
    network.forward(&cpu, 1, Mode::Train(&mut [Key::new(1).rng()]));
    assert_eq!(now(cpu.read(network.logits(), 2)).unwrap(), [62.0, 84.0]);
    cpu.write(network.logits_and_gradient().1, &[1.0, 0.5]);
    network.backward(&cpu, 1);
    assert_eq!(network.parameters[0].gradient, [2.0, 1.0, 20.0, 10.0]);
    assert_eq!(Executable::new(&TrainedModel::Float(model)).logits(1, &[1.0, 10.0]), [62.0, 84.0]);
}

/// In integers, from a pooling that is otherwise computed with the layer before it, and from the input.
#[test]
fn integers_are_added_on_their_grids() {
    let shape = Shape { height: 2, width: 2, channels: 1 };
    let grid = |scale, zero_point| Grid { scale, zero_point, top: 255 };
    let linear = |input, output| {
        let weights = (0..16).map(|i| i8::from(i % 5 == 0)).collect();
        let codes = super::Codes { bits: 8, weights, group: 4, scales: vec![1.0], zero_points: Vec::new() };
        let (layer, bias) = (dense(4, 4), vec![0; 4]);
        IntegerLayer::Linear(IntegerLinear { layer, codes, bias, input, output, relu: false })
    };
    let add =
        |from, input, skipped, output| IntegerLayer::Add(IntegerAdd { from, input, skipped, output, relu: false });
    let pool = Pool { kind: PoolKind::Max, height: 2, width: 2, channels: 1, size: 1 };
    let (fine, coarse, shifted) = (grid(0.5, 0), grid(1.0, 0), grid(2.0, 100));
    let model = IntegerModel {
        shape,
        classes: 4,
        input: fine,
        layers: vec![
            linear(fine, Some(coarse)),
            IntegerLayer::Pool(pool),
            linear(coarse, Some(shifted)),
            add(1, shifted, coarse, shifted),
            add(0, shifted, fine, coarse),
            linear(coarse, None),
        ],
    };
    // Halves go upwards: 2.5 on the coarse grid is 3; 3 on the shifted one stands two steps up, and so does 3 + 4.
    let expected = [2.5f32, 0.0, 10.0, 60.0].map(|x| {
        let first = (x + 0.5).floor();
        let second = 2.0 * (first / 2.0 + 0.5).floor();
        let sum = 2.0 * ((second + first) / 2.0 + 0.5).floor();
        (sum + x + 0.5).floor()
    });
    assert_eq!(Executable::new(&TrainedModel::Integer(model)).logits(1, &[2.5, 0.0, 10.0, 60.0]), expected);
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
    for (architecture, ..) in ArchitectureName::ALL.into_iter().filter(|(name, ..)| *name != ArchitectureName::Mlp) {
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
                Role::Bias | Role::Embedding => *value = 0.1 * rng.normal(),
                Role::Scale | Role::Statistics | Role::Step => *value = 0.5 + rng.uniform(),
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

/// The architectures that name their layers have those layers and no others, whatever a recipe says of batch normalization.
#[test]
fn deep_networks_are_what_their_names_say() {
    let shape = Shape { height: 28, width: 28, channels: 1 };
    let model = |architecture, batch_normalization| {
        let spec = Architecture { architecture, batch_normalization, ..Architecture::default() };
        Model::initialize(&spec, shape, 10, &Key::new(1)).unwrap()
    };
    for (architecture, convolutions, skips, parameters) in
        [(ArchitectureName::VggSmall, 6, 0, 78_010), (ArchitectureName::ResNetSmall, 9, 3, 121_610)]
    {
        let network = model(architecture, false);
        let count = |is: fn(&Layer) -> bool| network.layers.iter().filter(|layer| is(layer)).count();
        assert_eq!(count(|l| matches!(l, Layer::Convolution(c) if c.kernel == 3 && c.padding == 1)), convolutions);
        assert_eq!(count(|l| matches!(l, Layer::BatchNormalization { .. })), convolutions);
        assert_eq!(count(|l| matches!(l, Layer::Add { .. })), skips);
        assert_eq!(network.parameter_count(), parameters, "{architecture:?}");
        assert_eq!(network, model(architecture, true));
    }
    let small = Shape { height: 7, width: 9, channels: 1 };
    let spec = Architecture { architecture: ArchitectureName::ResNetSmall, ..Architecture::default() };
    let error = spec.layers(small, 10).unwrap_err();
    assert!(error.contains("architecture resnet-small needs images of at least 8 x 8") && error.contains("7 x 9"));
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

/// Prunes the first weight of a network after step 5 and lets it back in after step 40.
struct Splicer {
    splices: bool,
    /// The weight before, and after.
    seen: Vec<f32>,
    step: usize,
}

impl Monitor for Splicer {
    async fn pause(&mut self) -> bool {
        false
    }

    fn splices(&self) -> bool {
        self.splices
    }

    fn wants_pruning(&mut self, step: usize, steps: usize) -> bool {
        assert_eq!(steps, 60);
        self.step = step;
        step == 5 || step == 40
    }

    fn prune(&mut self, _lane: usize, model: &mut Model) {
        let parameter = &mut model.parameters[0];
        self.seen.push(parameter.slice()[0]);
        let mut mask = vec![true; parameter.values.len()];
        mask[0] = self.step == 40;
        parameter.mask = ndarray::ArrayD::from_shape_vec(parameter.values.raw_dim(), mask).ok();
        if self.step == 5 {
            parameter.slice_mut()[0] = 0.0;
        }
    }
}

#[test]
fn a_removed_weight_goes_on_learning_only_where_removed_weights_may_come_back() {
    for splices in [true, false] {
        let shape = Shape { height: 1, width: 1, channels: 2 };
        let mut model = Model::initialize(&Architecture::mlp(&[8]), shape, 2, &Key::new(3)).unwrap();
        let mut dataset = Dataset::open(DatasetName::Moons, Some(320), None).unwrap();
        let training = Training { epochs: 6, batch: 32, learning_rate: 0.02, ..Training::default() };
        let mut monitor = Splicer { splices, seen: Vec::new(), step: 0 };
        let mut progress = Progress::default();
        let mut pupils = [Pupil { model: &mut model, key: Key::new(4), progress: &mut progress }];
        now(train(&Cpu::new(), &mut pupils, &mut dataset, &NoFiles, &training, &mut CrossEntropy, &mut monitor))
            .unwrap();
        let [before, after] = monitor.seen[..] else { panic!("{:?}", monitor.seen) };
        assert_ne!(before, 0.0);
        match splices {
            true => assert!(after != 0.0 && after != before, "{before} {after}"),
            false => assert_eq!(after, 0.0),
        }
        assert_ne!(model.parameters[0].slice()[0], 0.0, "let back in, it learns on");
    }
}

/// A source without files: toys need none.
struct NoFiles;

impl Source for NoFiles {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        Err(DataError::Missing { path: path.into() })
    }
}
