//! The engine's kernels at the shapes of LeNet-300-100 and LeNet-5, natively; `cargo xtask bench kernels` runs them.
//!
//! Throughput counts elements, which are multiply-accumulates (weights, for the optimizers), zeros included: an operation
//! that skips the zeros of its input shows as faster. Inputs are like MNIST's: four fifths of them are zero.

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement};
use featherweight::backend::cpu::Cpu;
use featherweight::backend::{Adam, Backend, Conv, MatMul, Sgd};
use featherweight::compression::prune::{Scope, prune_to};
use featherweight::compression::quantize::{Quantize, RangeObserver, quantize};
use featherweight::data::{Key, Rng};
use featherweight::network::{Architecture, ArchitectureName, Executable, Model, Shape, TrainedModel};
use std::hint::black_box;
use std::time::Duration;

type Group<'a> = BenchmarkGroup<'a, measurement::WallTime>;

/// Samples of a training batch.
const BATCH: usize = 64;
/// Weights and biases of LeNet-300-100.
const WEIGHTS: usize = 266_610;
/// MNIST's images.
const IMAGE: Shape = Shape { height: 28, width: 28, channels: 1 };
/// The share of MNIST's pixels that are zero.
const ZEROS: f32 = 0.8;

/// A dense layer: its name, inputs, units, the share of its inputs that are zero, and whether it needs the gradient of
/// its input (the first layer of a network does not).
const DENSE: [(&str, usize, usize, f32, bool); 5] = [
    ("784x300", 784, 300, ZEROS, false),
    ("300x100", 300, 100, 0.5, true),
    ("100x10", 100, 10, 0.5, true),
    ("800x500", 800, 500, 0.2, true),
    ("500x10", 500, 10, 0.5, true),
];

/// LeNet-5's convolutions, each with the share of its inputs that are zero.
const CONVOLUTIONS: [(&str, Conv, f32, bool); 2] = [
    ("28x28x1-20", Conv { height: 28, width: 28, channels: 1, kernel: 5, padding: 0, filters: 20 }, ZEROS, false),
    ("12x12x20-50", Conv { height: 12, width: 12, channels: 20, kernel: 5, padding: 0, filters: 50 }, 0.2, true),
];

fn random(name: &str) -> Rng {
    Key::new(1).fold(name).rng()
}

/// Values between 0 and 1, of which this share is zero: pixels, or what a ReLU lets through.
fn inputs(len: usize, zeros: f32) -> Vec<f32> {
    let mut rng = random("inputs");
    (0..len).map(|_| if rng.uniform() < zeros { 0.0 } else { rng.uniform() }).collect()
}

/// Weights or gradients, none of them zero.
fn normals(len: usize) -> Vec<f32> {
    let mut rng = random("normals");
    (0..len).map(|_| 0.05 * rng.normal()).collect()
}

fn time(group: &mut Group, name: &str, layer: &str, macs: usize, mut run: impl FnMut()) {
    group.throughput(Throughput::Elements(macs as u64));
    group.bench_function(BenchmarkId::new(name, layer), |bencher| bencher.iter(&mut run));
}

/// The three products of a dense layer's training step.
fn matmul(criterion: &mut Criterion) {
    let cpu = Cpu::new();
    let mut group = criterion.benchmark_group("matmul");
    for (layer, rows, units, zeros, passes_back) in DENSE {
        let macs = BATCH * rows * units;
        let (x, w, dy) = (inputs(BATCH * rows, zeros), normals(rows * units), normals(BATCH * units));
        let (mut y, mut dw, mut dx) = (cpu.zeros(dy.len()), cpu.zeros(w.len()), cpu.zeros(x.len()));
        let plain = MatMul { m: BATCH, k: rows, n: units, a_transposed: false, b_transposed: false, accumulate: false };
        time(&mut group, "forward", layer, macs, || cpu.matmul(plain, &x, &w, black_box(&mut y)));
        let weights = MatMul { m: rows, k: BATCH, n: units, a_transposed: true, ..plain };
        time(&mut group, "weight gradient", layer, macs, || cpu.matmul(weights, &x, &dy, black_box(&mut dw)));
        if passes_back {
            let input = MatMul { m: BATCH, k: units, n: rows, b_transposed: true, ..plain };
            time(&mut group, "input gradient", layer, macs, || cpu.matmul(input, &dy, &w, black_box(&mut dx)));
        }
    }
    group.finish();
}

/// The three operations of a convolution's training step.
fn convolution(criterion: &mut Criterion) {
    let cpu = Cpu::new();
    let mut group = criterion.benchmark_group("convolution");
    for (layer, op, zeros, passes_back) in CONVOLUTIONS {
        let macs = BATCH * op.outputs() * op.patch();
        let (x, w) = (inputs(BATCH * op.inputs(), zeros), normals(op.patch() * op.filters));
        let dy = normals(BATCH * op.outputs());
        let (mut y, mut dw, mut dx) = (cpu.zeros(dy.len()), cpu.zeros(w.len()), cpu.zeros(x.len()));
        time(&mut group, "forward", layer, macs, || cpu.convolve(op, BATCH, &x, &w, black_box(&mut y)));
        time(&mut group, "weight gradient", layer, macs, || {
            cpu.convolve_weight_gradient(op, BATCH, &x, &dy, black_box(&mut dw));
        });
        if passes_back {
            time(&mut group, "input gradient", layer, macs, || {
                cpu.convolve_input_gradient(op, BATCH, &w, &dy, black_box(&mut dx));
            });
        }
    }
    group.finish();
}

fn optimizer(criterion: &mut Criterion) {
    let cpu = Cpu::new();
    let mut group = criterion.benchmark_group("optimizer");
    let (g, mut m, mut v, mut w) = (normals(WEIGHTS), cpu.zeros(WEIGHTS), cpu.zeros(WEIGHTS), normals(WEIGHTS));
    let adam = Adam {
        rate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.0,
        correction1: 1.0,
        correction2: 1.0,
    };
    time(&mut group, "adam", "266k", WEIGHTS, || cpu.adam(adam, WEIGHTS, &g, &mut m, &mut v, black_box(&mut w)));
    let sgd = Sgd { rate: 1e-3, momentum: 0.9, nesterov: false, weight_decay: 0.0 };
    time(&mut group, "sgd", "266k", WEIGHTS, || cpu.sgd(sgd, WEIGHTS, &g, &mut v, black_box(&mut w)));
    group.finish();
}

/// A network as it is, pruned, in integers, and both.
fn variants(name: ArchitectureName) -> [(&'static str, TrainedModel); 4] {
    let spec = Architecture { architecture: name, ..Architecture::default() };
    #[allow(clippy::expect_used)] // both networks take images of this size
    let dense = Model::initialize(&spec, IMAGE, 10, &Key::new(1)).expect("the architecture fits the images");
    let mut sparse = dense.clone();
    let scores: Vec<Vec<f64>> =
        dense.weights().map(|p| p.slice().iter().map(|w| f64::from(w.abs())).collect()).collect();
    prune_to(&mut sparse, &scores, 0.9, Scope::Layerwise);
    let integer = |model: &Model| TrainedModel::Integer(quantize(model, &ranges(model), &Quantize::default()));
    let (int8, sparse_int8) = (integer(&dense), integer(&sparse));
    [
        ("dense f32", TrainedModel::Float(dense)),
        ("90 % sparse f32", TrainedModel::Float(sparse)),
        ("dense int8", int8),
        ("90 % sparse int8", sparse_int8),
    ]
}

/// What calibration sees of a network: the ranges of its input and of each layer's output.
fn ranges(model: &Model) -> Vec<RangeObserver> {
    let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
    let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
    executable.observe(BATCH, &inputs(BATCH * IMAGE.len(), ZEROS), &mut |place, values| ranges[place].observe(values));
    ranges
}

/// Compiled networks, one sample at a time and 64 at once.
fn inference(criterion: &mut Criterion) {
    for (name, title) in [(ArchitectureName::LeNet300100, "LeNet-300-100"), (ArchitectureName::LeNet5, "LeNet-5")] {
        let mut group = criterion.benchmark_group(title);
        for (variant, model) in variants(name) {
            let mut executable = Executable::new(&model);
            for batch in [1, BATCH] {
                let (x, macs) = (inputs(batch * IMAGE.len(), ZEROS), batch * model.macs() as usize);
                time(&mut group, variant, &format!("batch {batch}"), macs, || {
                    black_box(executable.logits(batch, &x));
                });
            }
        }
        group.finish();
    }
}

/// Some two minutes in all.
fn configuration() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = kernels;
    config = configuration();
    targets = matmul, convolution, optimizer, inference
}
criterion_main!(kernels);
