//! Slopes and their gradients, held against differences of what is below them.

use super::*;
use crate::backend::Pool;
use crate::data::{Key, Rng};
use crate::network::{Executable, Initialization, Role, Shape, TrainedModel};

const ROWS: usize = 3;
const CLASSES: usize = 3;

/// A network with a layer of each kind, its parameters all drawn.
fn model(f: Activation, kind: PoolKind) -> Model {
    let conv = |side: usize, channels: usize| {
        Layer::Convolution(Conv { height: side, width: side, channels, kernel: 3, padding: 1, filters: 3 })
    };
    let layers = vec![
        conv(6, 1),
        Layer::BatchNormalization { rows: 36, channels: 3 },
        Layer::Activation(f),
        Layer::Pool(Pool { kind, height: 6, width: 6, channels: 3, size: 2 }),
        conv(3, 3),
        Layer::Activation(f),
        Layer::Add { from: 4 },
        Layer::Flatten,
        Layer::Dense { inputs: 27, outputs: 5 },
        Layer::Dropout { rate: 0.5 },
        Layer::Activation(f),
        Layer::Dense { inputs: 5, outputs: CLASSES },
    ];
    let shape = Shape { height: 6, width: 6, channels: 1 };
    let mut model = Model::draw(layers, Initialization::HeNormal, shape, CLASSES, &Key::new(3));
    let mut rng = Key::new(4).rng();
    for parameter in model.parameters.iter_mut().filter(|p| p.role != Role::Weight) {
        let measured = matches!(parameter.role, Role::Statistics | Role::Scale);
        let draw = |_: &f32| if measured { 0.5 + rng.uniform() } else { rng.normal() / 4.0 };
        let drawn: Vec<f32> = parameter.slice().iter().map(draw).collect();
        parameter.slice_mut().copy_from_slice(&drawn);
    }
    model
}

fn drawn(len: usize, rng: &mut Rng) -> Vec<f32> {
    (0..len).map(|_| rng.normal()).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// How many of these are not what they were measured to be.
fn misfits(pairs: &[(f64, f32)]) -> usize {
    pairs.iter().filter(|(measured, told)| (measured - f64::from(*told)).abs() > 4e-3 + 4e-3 * measured.abs()).count()
}

#[test]
fn it_answers_as_the_compiled_network() {
    let model = model(Activation::Relu, PoolKind::Max);
    let x = drawn(ROWS * 36, &mut Key::new(1).rng());
    let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
    let wanted = executable.logits(ROWS, &x).to_vec();
    let mut probe = Probe::new(&model, ROWS);
    for (wanted, got) in wanted.iter().zip(probe.forward(ROWS, &x)) {
        assert!((wanted - got).abs() < 1e-5, "{got} for {wanted}");
    }
}

#[test]
fn slopes_are_those_of_the_logits() {
    for (f, kind) in [(Activation::Tanh, PoolKind::Average), (Activation::Relu, PoolKind::Max)] {
        let mut rng = Key::new(2).rng();
        let (x, mix) = (drawn(ROWS * 36, &mut rng), drawn(ROWS * CLASSES, &mut rng));
        let mut probe = Probe::new(&model(f, kind), ROWS);
        probe.forward(ROWS, &x);
        let told = probe.slopes(0, &mix).to_vec();
        let mut measure = |i: usize, step: f32| {
            let mut moved = |by: f32| {
                let mut x = x.clone();
                x[i] += by;
                dot(probe.forward(ROWS, &x), &mix)
            };
            (moved(step) - moved(-step)) / f64::from(2.0 * step)
        };
        let pairs: Vec<(f64, f32)> = (0..x.len()).map(|i| (measure(i, 3e-3), told[i])).collect();
        assert!(misfits(&pairs) <= pairs.len() / 50, "{f:?}: {} of {}", misfits(&pairs), pairs.len());
    }
}

/// The gradient of `v . g + direct . a` by every parameter, where `g` are the slopes and `a` the values at a place.
#[test]
fn gradients_of_slopes_are_those_of_their_differences() {
    for (f, kind) in [(Activation::Tanh, PoolKind::Average), (Activation::Relu, PoolKind::Max)] {
        for place in [0, 4, 6] {
            let mut rng = Key::new(5).rng();
            let model = model(f, kind);
            let (x, mix) = (drawn(ROWS * 36, &mut rng), drawn(ROWS * CLASSES, &mut rng));
            let width = if place == 0 { 36 } else { 27 };
            let (v, direct) = (drawn(ROWS * width, &mut rng), drawn(ROWS * width, &mut rng));
            let mut probe = Probe::new(&model, ROWS);
            let mut total = |model: &Model| {
                probe.follow(model.parameters.iter().map(Parameter::slice));
                probe.forward(ROWS, &x);
                let values = probe.at(place).to_vec();
                dot(probe.slopes(place, &mix), &v) + dot(&values, &direct)
            };
            total(&model);
            let mut pairs = Vec::new();
            let mut told = Probe::new(&model, ROWS);
            told.forward(ROWS, &x);
            told.slopes(place, &mix);
            told.descend(place, &v, &direct);
            // Short where units change sides, which differences would tell of.
            let step = if f == Activation::Tanh { 3e-3 } else { 1e-3 };
            for (index, probed) in told.parameters.iter().enumerate() {
                if model.parameters[index].role == Role::Statistics {
                    assert!(probed.gradient.iter().all(|g| *g == 0.0));
                    continue;
                }
                for (i, told) in probed.gradient.iter().enumerate() {
                    let mut moved = |by: f32| {
                        let mut model = model.clone();
                        model.parameters[index].slice_mut()[i] += by;
                        total(&model)
                    };
                    pairs.push(((moved(step) - moved(-step)) / f64::from(2.0 * step), *told));
                }
            }
            assert!(pairs.iter().any(|(measured, _)| measured.abs() > 0.1));
            let allowed = if f == Activation::Tanh { 0 } else { pairs.len() / 12 };
            assert!(misfits(&pairs) <= allowed, "{f:?} from {place}: {} of {}", misfits(&pairs), pairs.len());
        }
    }
}
