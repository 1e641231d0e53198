//! Fake quantization in a network: what it computes, and its gradients against finite differences of a smooth stand-in.

use super::*;
use crate::backend::cpu::{Cpu, level};
use crate::backend::{Backend, Conv};
use crate::data::{Key, Rng};
use crate::network::tests::now;
use crate::network::{ActivationName, Architecture, ArchitectureName, Mode, Network, Shape};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TERNARY: Levels = Levels { low: -1, high: 1, zero: true };
const SIGNED: Levels = Levels { low: -8, high: 7, zero: true };
const UNSIGNED: Levels = Levels { low: 0, high: 15, zero: true };

fn drawn(architecture: ArchitectureName, activation: ActivationName, shape: Shape) -> Model {
    let widths = if architecture == ArchitectureName::Mlp { vec![9, 7] } else { Vec::new() };
    let spec = Architecture { architecture, widths, activation, ..Architecture::default() };
    crate::network::fold_batch_norm(&Model::initialize(&spec, shape, 4, &Key::new(3)).unwrap())
}

/// Steps at which some values are cut off, a step for each column of every second matrix.
fn fakes(model: &Model, levels: Levels, learned: bool) -> Fakes {
    let weights = model.weights().enumerate().map(|(matrix, p)| {
        let (rows, columns) = p.matrix_dims();
        let each = |column: usize| {
            let sum: f32 = (0..rows).map(|row| p.slice()[row * columns + column].abs()).sum();
            1.5 * sum / rows as f32 / levels.high as f32
        };
        let steps: Vec<f32> = (0..columns).map(each).collect();
        FakeWeights { levels, steps: if matrix % 2 == 0 { steps } else { vec![steps[0]] }, learned }
    });
    let activation = |(place, at): (usize, &usize)| {
        let relu = *at > 0 && model.layers[at - 1] == Layer::Activation(Activation::Relu);
        let levels = if relu { UNSIGNED } else { SIGNED };
        FakeActivation { levels, step: 0.15 + 0.01 * place as f32, learned }
    };
    let activations = grid_places(&model.layers).iter().enumerate().map(activation).collect();
    Fakes { weights: weights.collect(), activations }
}

fn logits(model: &Model, rows: usize, x: &[f32]) -> Vec<f32> {
    let cpu = Cpu::new();
    let mut network = Network::new(&cpu, &[model], rows);
    network.quantize_aware(&cpu, rows);
    cpu.write(network.input(), x);
    network.forward(&cpu, rows, Mode::Infer);
    now(cpu.read(network.logits(), rows * model.classes)).unwrap()
}

fn samples(rng: &mut Rng, len: usize) -> Vec<f32> {
    (0..len).map(|_| rng.normal()).collect()
}

/// The weights on their grids, in f32 as the kernels compute it.
fn on_grids(model: &Model, fakes: &Fakes) -> Model {
    let mut model = model.clone();
    for (parameter, of) in model.weights_mut().zip(&fakes.weights) {
        let count = of.steps.len();
        let put = |(i, w): (usize, &mut f32)| *w = of.steps[i % count] * level(of.levels, *w / of.steps[i % count]);
        parameter.slice_mut().iter_mut().enumerate().for_each(put);
    }
    model
}

#[test]
fn what_is_put_in_is_taken_out_again() {
    let shape = Shape { height: 16, width: 16, channels: 1 };
    for (architecture, ..) in ArchitectureName::ALL {
        for activation in [ActivationName::Relu, ActivationName::Tanh] {
            let model = drawn(architecture, activation, shape);
            let fakes = fakes(&model, TERNARY, true);
            let aware = with_fake_quantization(&model, &fakes);
            let added = |is: fn(&Layer) -> bool| aware.layers.iter().filter(|layer| is(layer)).count();
            assert_eq!(added(|l| matches!(l, Layer::QuantizeWeights { .. })), model.weights().count());
            assert_eq!(added(|l| matches!(l, Layer::FakeQuantize { .. })), grid_places(&model.layers).len());
            assert_eq!(without_fake_quantization(&aware), (model.clone(), fakes.clone()), "{architecture:?}");
            let weights = Fakes { activations: Vec::new(), ..fakes };
            assert_eq!(without_fake_quantization(&with_fake_quantization(&model, &weights)), (model, weights));
        }
    }
}

/// Activations left alone, a network with fake quantization is the network with its weights on their grids, bit for bit; and a
/// removed weight is zero even where the grid has no zero.
#[test]
fn layers_compute_with_their_weights_on_grids() {
    let shape = Shape { height: 16, width: 16, channels: 1 };
    for (architecture, ..) in ArchitectureName::ALL {
        for levels in [TERNARY, Levels::BINARY] {
            let mut model = drawn(architecture, ActivationName::Relu, shape);
            for parameter in model.weights_mut() {
                let mut i = 0;
                let mask = parameter.values.map(|_| {
                    i += 1;
                    i % 3 != 0
                });
                parameter.values.zip_mut_with(&mask, |w, kept| *w *= f32::from(u8::from(*kept)));
                parameter.mask = Some(mask);
            }
            let fakes = Fakes { activations: Vec::new(), ..fakes(&model, levels, true) };
            let mut expected = on_grids(&model, &fakes);
            for parameter in expected.weights_mut() {
                let mask = parameter.mask.take().unwrap();
                parameter.values.zip_mut_with(&mask, |w, kept| *w *= f32::from(u8::from(*kept)));
            }
            let x = samples(&mut Key::new(5).rng(), 3 * shape.len());
            let before = logits(&expected, 3, &x);
            assert_eq!(logits(&with_fake_quantization(&model, &fakes), 3, &x), before, "{architecture:?}");
        }
    }
}

/// Where one layer's output stands on the grid that follows it.
#[test]
fn activations_are_put_on_grids_behind_relu() {
    let shape = Shape { height: 1, width: 1, channels: 2 };
    let dense = |inputs, outputs| Layer::Dense { inputs, outputs };
    let mut model = Model::zeroed(vec![dense(2, 2), Layer::Activation(Activation::Relu), dense(2, 2)], shape, 2);
    for matrix in [0, 2] {
        model.parameters[matrix].slice_mut().copy_from_slice(&[1.0, 0.0, 0.0, 1.0]);
    }
    let activation = |levels, step| FakeActivation { levels, step, learned: true };
    let weights = vec![FakeWeights { levels: TERNARY, steps: vec![1.0], learned: true }; 2];
    let activations = vec![activation(SIGNED, 0.25), activation(UNSIGNED, 0.5)];
    assert_eq!(grid_places(&model.layers), [0, 2]);
    let aware = with_fake_quantization(&model, &Fakes { weights, activations });
    // 0.375 is one and a half steps of the input and becomes two, one step behind the ReLU; 3.0 is cut to 1.75, and that becomes
    // four halves, the even one of the two that are as near.
    assert_eq!(logits(&aware, 2, &[0.375, 3.0, -0.6, 0.1]), [0.5, 2.0, 0.0, 0.0]);
}

/// One place at which the stand-in rounds: `clamp(x / s)` plus what rounding added at the point where the gradient is taken,
/// times `s`. Its slopes are what the straight-through estimator says they are.
struct Rounding {
    levels: Levels,
    added: Vec<f64>,
}

impl Rounding {
    fn at(levels: Levels, values: &[f64], step: impl Fn(usize) -> f64) -> Self {
        let added = |(i, x): (usize, &f64)| {
            let v = (x / step(i)) as f32;
            let [low, high] = levels.passing();
            f64::from(level(levels, v)) - f64::from(v.clamp(low, high))
        };
        Self { levels, added: values.iter().enumerate().map(added).collect() }
    }

    fn put(&self, values: &[f64], step: impl Fn(usize) -> f64) -> Vec<f64> {
        let [low, high] = self.levels.passing().map(f64::from);
        let one = |((i, x), added): ((usize, &f64), &f64)| step(i) * ((x / step(i)).clamp(low, high) + added);
        values.iter().enumerate().zip(&self.added).map(one).collect()
    }
}

/// All that the loss of a network of two dense layers depends on: weights and biases in turn, and the steps of the input, of the
/// first weights, of what is hidden, and of the second weights.
#[derive(Clone)]
struct Point {
    parameters: Vec<Vec<f64>>,
    steps: Vec<Vec<f64>>,
    levels: Vec<Levels>,
    classes: usize,
}

impl Point {
    fn of(model: &Model, fakes: &Fakes) -> Self {
        let real = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
        let pairs = || fakes.activations.iter().zip(&fakes.weights);
        Self {
            parameters: model.parameters.iter().map(|p| real(p.slice())).collect(),
            steps: pairs().flat_map(|(a, w)| [real(&[a.step]), real(&w.steps)]).collect(),
            levels: pairs().flat_map(|(a, w)| [a.levels, w.levels]).collect(),
            classes: model.classes,
        }
    }

    /// The mean cross-entropy, each row's label being its index over and over. What `kept` lacks is kept.
    fn loss(&self, x: &[f64], kept: &mut Vec<Rounding>) -> f64 {
        let mut put = |place: usize, values: &[f64]| {
            let step = |i: usize| self.steps[place][i % self.steps[place].len()];
            if kept.len() == place {
                kept.push(Rounding::at(self.levels[place], values, step));
            }
            kept[place].put(values, step)
        };
        let mut values = x.to_vec();
        for matrix in 0..2 {
            values = put(2 * matrix, &values);
            let (w, bias) = (put(2 * matrix + 1, &self.parameters[2 * matrix]), &self.parameters[2 * matrix + 1]);
            let columns = bias.len();
            let rows = values.chunks(w.len() / columns).flat_map(|row| {
                let sum = |c: usize| bias[c] + row.iter().enumerate().map(|(i, x)| x * w[i * columns + c]).sum::<f64>();
                let activate = |y: f64| if matrix == 0 { y.max(0.0) } else { y };
                (0..columns).map(sum).map(activate).collect::<Vec<_>>()
            });
            values = rows.collect();
        }
        let rows = values.chunks(self.classes).enumerate();
        let each = rows.map(|(row, z)| z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[row % self.classes]);
        each.sum::<f64>() / (values.len() / self.classes) as f64
    }
}

#[test]
fn gradients_pass_straight_through_and_steps_have_theirs() {
    let shape = Shape { height: 1, width: 1, channels: 6 };
    for (levels, learned) in [(TERNARY, true), (SIGNED, true), (Levels::BINARY, true), (SIGNED, false)] {
        let spec = Architecture::mlp(&[8]);
        let mut model = Model::initialize(&spec, shape, 4, &Key::new(3)).unwrap();
        // Without biases, sums of what lies on grids are often exactly zero, where ReLU has no slope.
        for bias in [1, 3] {
            let values = samples(&mut Key::new(6).rng(), model.parameters[bias].values.len());
            model.parameters[bias].slice_mut().iter_mut().zip(values).for_each(|(b, v)| *b = 0.2 * v);
        }
        let mut fakes = fakes(&model, levels, learned);
        fakes.activations.iter_mut().for_each(|of| of.step = 0.2);
        let aware = with_fake_quantization(&model, &fakes);
        let (rows, classes) = (12, 4);
        let x = samples(&mut Key::new(4).rng(), rows * shape.len());
        let cpu = Cpu::new();
        let mut network = Network::new(&cpu, &[&aware], rows);
        network.quantize_aware(&cpu, rows);
        cpu.write(network.input(), &x);
        network.forward(&cpu, rows, Mode::Train(&mut [Key::new(9).rng()]));
        let mut one_hot = vec![0.0; rows * classes];
        (0..rows).for_each(|row| one_hot[row * classes + row % classes] = 1.0);
        let (logits, gradient) = network.logits_and_gradient();
        cpu.fill(gradient, rows * classes, 0.0);
        let mut totals = vec![0.0; 2];
        cpu.cross_entropy(rows, classes, 1.0, 1.0, logits, &one_hot, &mut totals, gradient);
        network.backward(&cpu, rows);

        let x: Vec<f64> = x.iter().map(|v| f64::from(*v)).collect();
        let mut kept = Vec::new();
        let point = Point::of(&model, &fakes);
        let loss = point.loss(&x, &mut kept);
        assert!((loss - f64::from(totals[0]) / rows as f64).abs() < 1e-4, "{loss} for {}", totals[0] / rows as f32);
        let mut slope = |change: &dyn Fn(&mut Point, f64)| {
            let mut moved = |by: f64| {
                let mut point = point.clone();
                change(&mut point, by);
                point.loss(&x, &mut kept)
            };
            (moved(1e-7) - moved(-1e-7)) / 2e-7
        };
        let holds = |gradient: f32, slope: f64, what: &str| {
            let off = (f64::from(gradient) - slope).abs();
            assert!(off < 1e-3 * (1.0 + slope.abs()), "{levels:?}, {what}: {gradient} for {slope}");
        };
        let (mut seen, mut steps_seen) = ([0, 0], 0);
        let all = &aware.parameters;
        let of_role = |role: Role| (0..all.len()).filter(move |i| all[*i].role == role);
        for (matrix, index) in of_role(Role::Weight).enumerate() {
            for i in 0..aware.parameters[index].values.len() {
                let measured = slope(&|point, by| point.parameters[2 * matrix][i] += by);
                let gradient = network.parameters[index].gradient[i];
                holds(gradient, measured, &format!("weight {matrix} {i}"));
                seen[usize::from(gradient != 0.0)] += 1;
            }
        }
        assert!(seen[1] > 40, "weights that pass, and that do not: {seen:?}");
        // Steps come in the order of the layers: of the input, of the first weights, and so on.
        for (place, index) in of_role(Role::Step).enumerate() {
            let count = aware.parameters[index].values.len() / 2;
            let values = match (place % 2, place / 2) {
                (0, 0) => 6,
                (0, _) => 8,
                (_, matrix) => model.parameters[2 * matrix].values.len() / count,
            };
            for i in 0..count {
                let (measured_step, high) = match place % 2 {
                    0 => (fakes.activations[place / 2].step, fakes.activations[place / 2].levels.high),
                    _ => (fakes.weights[place / 2].steps[i], levels.high),
                };
                let measured = slope(&|point, by| point.steps[place][i] += by);
                let scale = 1.0 / (values as f64 * f64::from(high)).sqrt() / f64::from(measured_step);
                let gradient = network.parameters[index].gradient[i];
                holds(gradient, if learned { measured * scale } else { 0.0 }, "step");
                assert_eq!(network.parameters[index].gradient[count + i], 0.0, "what was measured stays");
                steps_seen += usize::from(gradient != 0.0);
            }
        }
        assert_eq!(steps_seen > 6, learned, "{steps_seen} steps have a gradient");
    }
}

/// Convolutions read their weights from the same place in both directions; an input whose step is not trained needs no gradient.
#[test]
fn convolutions_pass_the_gradient_of_their_weights_on_grids() {
    let conv = Conv { height: 5, width: 4, channels: 2, kernel: 3, padding: 1, filters: 3 };
    let second = Conv { channels: 3, filters: 2, ..conv };
    let shape = Shape { height: 5, width: 4, channels: 2 };
    let layers = vec![
        Layer::Convolution(conv),
        Layer::Activation(Activation::Tanh),
        Layer::Convolution(second),
        Layer::Add { from: 0 },
        Layer::Flatten,
        Layer::Dense { inputs: 40, outputs: 3 },
    ];
    let model = Model::draw(layers, crate::network::Initialization::HeNormal, shape, 3, &Key::new(1));
    let mut fakes = fakes(&model, SIGNED, false);
    let rows = 2;
    let gradients = |model: &Model| {
        let cpu = Cpu::new();
        let mut network = Network::new(&cpu, &[model], rows);
        network.quantize_aware(&cpu, rows);
        cpu.write(network.input(), &samples(&mut Key::new(4).rng(), rows * shape.len()));
        network.forward(&cpu, rows, Mode::Train(&mut [Key::new(9).rng()]));
        let (_, gradient) = network.logits_and_gradient();
        cpu.write(gradient, &[0.5, -1.0, 0.25, 1.0, -0.5, 0.75]);
        network.backward(&cpu, rows);
        let trained = network.parameters.into_iter().filter(|p| p.role != Role::Step);
        trained.map(|p| p.gradient).collect::<Vec<_>>()
    };
    // Steps so wide that every weight passes.
    fakes.weights.iter_mut().for_each(|of| of.steps.iter_mut().for_each(|step| *step = 0.5));
    fakes.activations.clear();
    assert_eq!(gradients(&with_fake_quantization(&model, &fakes)), gradients(&on_grids(&model, &fakes)));
}
