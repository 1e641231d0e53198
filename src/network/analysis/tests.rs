//! The passes against finite differences of a forward pass of the tests' own.

use super::reference::{self, assert_close, drawn, samples, weights};
use super::*;
use crate::backend::{Activation, Conv, Pool, PoolKind};
use crate::data::Key;
use crate::network::{Architecture, ArchitectureName, Layer, Model, Role, Shape};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const VECTOR: Shape = Shape { height: 1, width: 1, channels: 4 };
const IMAGE: Shape = Shape { height: 5, width: 6, channels: 2 };

fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense { inputs, outputs }
}

/// Small networks in which every kind of layer occurs, with padding, and pooling that leaves a border.
fn networks(seed: u64) -> Vec<Model> {
    let mut networks = Vec::new();
    for f in [Activation::Tanh, Activation::Relu] {
        let layers = vec![
            dense(4, 5),
            Layer::BatchNormalization { rows: 1, channels: 5 },
            Layer::Activation(f),
            Layer::Dropout { rate: 0.5 },
            dense(5, 4),
            Layer::Activation(f),
            dense(4, 3),
        ];
        networks.push(drawn(layers, VECTOR, 3, seed));
        for kind in [PoolKind::Max, PoolKind::Average] {
            let first = Conv { height: 5, width: 6, channels: 2, kernel: 3, padding: 1, filters: 3 };
            let second = Conv { height: 2, width: 3, channels: 3, kernel: 2, padding: 0, filters: 2 };
            let layers = vec![
                Layer::Convolution(first),
                Layer::BatchNormalization { rows: 30, channels: 3 },
                Layer::Activation(f),
                Layer::Pool(Pool { kind, height: 5, width: 6, channels: 3, size: 2 }),
                Layer::Convolution(second),
                Layer::Activation(f),
                Layer::Flatten,
                dense(second.outputs(), 3),
            ];
            networks.push(drawn(layers, IMAGE, 3, seed));
        }
    }
    networks
}

/// Skip connections around weights, around one another, from the input, and from what is read at once.
fn skipping(seed: u64) -> Vec<Model> {
    let mut networks = Vec::new();
    for f in [Activation::Tanh, Activation::Relu] {
        let layers = vec![
            dense(4, 5),
            Layer::Activation(f),
            dense(5, 5), // 2
            Layer::BatchNormalization { rows: 1, channels: 5 },
            Layer::Activation(f),
            dense(5, 5), // 5
            Layer::Add { from: 5 },
            Layer::Add { from: 2 },
            Layer::Activation(f),
            dense(5, 4),
            Layer::Add { from: 0 },
            dense(4, 3),
        ];
        networks.push(drawn(layers, VECTOR, 3, seed));
    }
    networks
}

/// Both kinds.
fn all(seed: u64) -> Vec<Model> {
    networks(seed).into_iter().chain(skipping(seed)).collect()
}

#[test]
fn the_loss_and_its_gradient() {
    for seed in 1..4 {
        for model in all(seed) {
            // More than one batch, the last not full.
            let samples = samples(&model, 19, seed);
            let wanted = reference::loss(&model, &weights(&model), &samples, 1.0);
            assert!((loss(&model, &samples) - wanted).abs() < 1e-12, "{:?}", model.layers);
            assert_close(&gradient(&model, &samples), &reference::gradient(&model, &samples, 1.0), 1e-6);
        }
    }
}

#[test]
fn absolute_gradients_are_those_of_the_samples_one_by_one() {
    for model in all(1) {
        let samples = samples(&model, 3, 2);
        let mut wanted: PerWeight = weights(&model).iter().map(|w| vec![0.0; w.len()]).collect();
        for (x, label) in samples.x.chunks(model.shape.len()).zip(&samples.labels) {
            let one = Samples { x: x.to_vec(), labels: vec![*label] };
            let own = reference::gradient(&model, &one, 1.0);
            wanted.iter_mut().flatten().zip(own.iter().flatten()).for_each(|(sum, g)| *sum += g.abs() / 3.0);
        }
        assert_close(&absolute_gradient(&model, &samples), &wanted, 1e-6);
    }
}

#[test]
fn the_hessian_times_a_vector() {
    for seed in 1..4 {
        for model in all(seed) {
            let samples = samples(&model, 7, seed);
            let mut rng = Key::new(seed).fold("direction").rng();
            let v: PerWeight =
                weights(&model).iter().map(|w| w.iter().map(|_| f64::from(rng.normal())).collect()).collect();
            let wanted = reference::hessian_times(&model, &samples, &v, 1.0, 1e-4);
            assert_close(&hessian_times(&model, &samples, &v), &wanted, 1e-5);
        }
    }
}

#[test]
fn the_hessian_times_the_gradient_at_a_temperature() {
    for model in all(1) {
        let samples = samples(&model, 5, 1);
        let g = reference::gradient(&model, &samples, 20.0);
        let wanted = reference::hessian_times(&model, &samples, &g, 20.0, 1e-4);
        assert_close(&hessian_times_gradient(&model, &samples, 20.0), &wanted, 1e-4);
    }
}

/// One layer; the last layer of several; and networks of which every hidden value reaches one logit, by one path.
#[test]
fn the_diagonal_where_it_is_exact() {
    for seed in 1..4 {
        let single = drawn(vec![dense(4, 3)], VECTOR, 3, seed);
        let data = samples(&single, 19, seed);
        assert_close(&diagonal(&single, &data), &reference::diagonal(&single, &data), 1e-5);
        for model in networks(seed) {
            let data = samples(&model, 5, seed);
            let (got, wanted) = (diagonal(&model, &data), reference::diagonal(&model, &data));
            assert_close(&got[got.len() - 1..], &wanted[wanted.len() - 1..], 1e-5);
        }
        let relu = Layer::Activation(Activation::Relu);
        let normalization = |rows| Layer::BatchNormalization { rows, channels: 3 };
        let dense_layers = vec![dense(4, 3), normalization(1), relu, dense(3, 3)];
        // Of each filter's image one pixel is taken.
        let conv = Conv { height: 5, width: 6, channels: 2, kernel: 2, padding: 0, filters: 3 };
        let pool = |kind, side| Layer::Pool(Pool { kind, height: side, width: side, channels: 3, size: side });
        let square = Conv { height: 5, width: 5, ..conv };
        let max = vec![
            Layer::Convolution(square),
            normalization(16),
            relu,
            pool(PoolKind::Max, 4),
            Layer::Flatten,
            dense(3, 3),
        ];
        let dot = Conv { kernel: 1, ..square };
        let mean = vec![
            Layer::Convolution(dot),
            normalization(25),
            relu,
            pool(PoolKind::Average, 5),
            Layer::Flatten,
            dense(3, 3),
        ];
        let side = Shape { height: 5, width: 5, channels: 2 };
        for (layers, shape, one_pixel) in [(dense_layers, VECTOR, false), (max, side, false), (mean, side, true)] {
            let mut model = drawn(layers, shape, 3, seed);
            if let Some(last) = model.weights_mut().last() {
                last.slice_mut().iter_mut().enumerate().for_each(|(i, w)| *w *= if i % 4 == 0 { 1.0 } else { 0.0 });
            }
            let mut data = samples(&model, 6, seed);
            if one_pixel {
                // A weight shared between pixels is used at one of them.
                data.x.iter_mut().enumerate().for_each(|(i, x)| *x *= if i % 50 / 2 == 7 { 3.0 } else { 0.0 });
            }
            assert_close(&diagonal(&model, &data), &reference::diagonal(&model, &data), 1e-5);
        }
    }
}

/// `E[g g^T]` under the network's own probabilities is `J^T (diag(p) - p p^T) J`; for one layer that is the Hessian.
#[test]
fn fisher_factors_make_the_hessian_of_a_single_layer() {
    let model = drawn(vec![dense(4, 3)], VECTOR, 3, 1);
    let data = samples(&model, 6, 1);
    let rows = fisher_factors(&model, &data);
    assert_eq!(rows.len(), 18);
    let mut rng = Key::new(5).rng();
    let v: Vec<f64> = (0..12).map(|_| f64::from(rng.normal())).collect();
    let mut product = vec![0.0; 12];
    for row in &rows {
        let along: f64 = row.iter().zip(&v).map(|(r, v)| r * v).sum();
        product.iter_mut().zip(row).for_each(|(p, r)| *p += along * r);
    }
    let wanted = reference::hessian_times(&model, &data, std::slice::from_ref(&v), 1.0, 1e-3);
    assert_close(&[product], &wanted, 1e-5);
}

fn networks_to_flow_through() -> Vec<Model> {
    let image = Shape { height: 16, width: 17, channels: 2 };
    let lenet = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
    let normalized = Architecture { batch_normalization: true, ..lenet.clone() };
    let mut models: Vec<Model> = [Architecture::mlp(&[9, 7, 8]), lenet, normalized]
        .iter()
        .map(|spec| Model::initialize(spec, image, 5, &Key::new(1)).unwrap())
        .collect();
    models.extend(networks(2));
    models
}

#[test]
fn the_shares_of_every_matrix_add_up_to_all_that_flows() {
    for model in networks_to_flow_through() {
        let flow = flow(&model);
        for shares in &flow.shares {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!(shares.iter().all(|share| *share >= 0.0));
        }
    }
}

/// Tanaka et al.'s first theorem: what runs into a hidden unit runs out of it, and so it is of filters, through pooling, batch
/// normalization and a flattening.
#[test]
fn flow_is_conserved_at_every_hidden_unit() {
    let vector = Shape { height: 1, width: 1, channels: 12 };
    let image = Shape { height: 16, width: 17, channels: 2 };
    let lenet = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
    let normalized = Architecture { batch_normalization: true, ..lenet.clone() };
    for (spec, shape) in [(Architecture::mlp(&[9, 7, 8]), vector), (lenet, image), (normalized, image)] {
        let mut model = Model::initialize(&spec, shape, 5, &Key::new(1)).unwrap();
        model.weights_mut().flat_map(|p| p.slice_mut()).step_by(11).for_each(|w| *w = 0.0);
        let shares = flow(&model).shares;
        let columns: Vec<usize> = model.weights().map(|p| p.matrix_dims().1).collect();
        for matrix in 0..columns.len() - 1 {
            let (units, outputs) = (columns[matrix], columns[matrix + 1]);
            for unit in 0..units {
                let into: f64 = shares[matrix].iter().skip(unit).step_by(units).sum();
                // Values are stored pixel by pixel, so the rows that read a filter are those of its remainder.
                let rows = shares[matrix + 1].chunks_exact(outputs).skip(unit).step_by(units);
                let out: f64 = rows.flatten().sum();
                assert!(into > 0.0 && (into - out).abs() < 1e-9 * into, "{into} runs in and {out} out");
            }
        }
    }
}

/// `w dR/dw` by differences of `R`, itself taken from the plain pass with absolute weights and no constants.
#[test]
fn flow_is_the_slope_of_its_total() {
    let models = networks_to_flow_through().into_iter().filter(|m| m.parameter_count() < 1000);
    for model in models.chain(skipping(2)) {
        let mut plain = model.clone();
        plain.layers.iter_mut().filter(|l| matches!(l, Layer::Activation(_))).for_each(|l| *l = Layer::Flatten);
        let mut weighted = plain.clone();
        for parameter in &mut weighted.parameters {
            let (role, half) = (parameter.role, parameter.values.len() / 2);
            for (i, value) in parameter.slice_mut().iter_mut().enumerate() {
                match role {
                    Role::Bias => *value = 0.0,
                    Role::Scale => *value = if i < half { value.abs() } else { 0.0 },
                    Role::Statistics if i < half => *value = 0.0,
                    _ => *value = value.abs(),
                }
            }
        }
        let ones = vec![1.0; model.shape.len()];
        let total = |w: &[Vec<f64>]| reference::logits(&weighted, w, &ones).iter().sum::<f64>();
        let w = weights(&weighted);
        let all = total(&w);
        let flow = flow(&model);
        assert!((flow.log_total - all.ln()).abs() < 1e-9, "{} for {}", flow.log_total, all.ln());
        let mut wanted = reference::for_each_weight(&w, |d| {
            (reference::along(&w, d, 1e-6, total) - reference::along(&w, d, -1e-6, total)) / 2e-6 / all
        });
        wanted.iter_mut().flatten().zip(w.iter().flatten()).for_each(|(slope, w)| *slope *= w);
        assert_close(&flow.shares, &wanted, 1e-6);
    }
}

/// Neither a hundred tiny layers nor a hundred huge ones leave the range of numbers; a network in two parts has no flow.
#[test]
fn flow_neither_vanishes_nor_overflows() {
    for size in [1e-10f32, 1e10] {
        let mut model = Model::zeroed(vec![dense(3, 3); 100], Shape { channels: 3, ..VECTOR }, 3);
        model.weights_mut().for_each(|p| p.slice_mut().fill(size));
        let whole = flow(&model);
        let wanted = 101.0 * 3f64.ln() + 100.0 * f64::from(size).ln();
        assert!((whole.log_total - wanted).abs() < 1e-9 * wanted.abs());
        assert!(whole.shares.iter().flatten().all(|share| (share - 1.0 / 9.0).abs() < 1e-9));
        if let Some(p) = model.weights_mut().nth(50) {
            p.slice_mut().fill(0.0);
        }
        let cut = flow(&model);
        assert_eq!(cut.log_total, f64::NEG_INFINITY);
        assert!(cut.shares.iter().flatten().all(|share| *share == 0.0));
    }
}

#[test]
fn no_samples_ask_for_no_change() {
    let (model, none) = (&networks(1)[0], Samples::default());
    assert_eq!(loss(model, &none), 0.0);
    let zeros: PerWeight = weights(model).iter().map(|w| vec![0.0; w.len()]).collect();
    assert_eq!(gradient(model, &none), zeros);
    assert_eq!(diagonal(model, &none), zeros);
    assert_eq!(hessian_times(model, &none, &zeros), zeros);
}

/// Natively and on wasm the same, to the last bit.
#[test]
fn bits_are_pinned() {
    let mut hasher = blake3::Hasher::new();
    for model in networks(1) {
        let data = samples(&model, 19, 1);
        let all = [
            vec![vec![loss(&model, &data), flow(&model).log_total]],
            gradient(&model, &data),
            absolute_gradient(&model, &data),
            diagonal(&model, &data),
            hessian_times_gradient(&model, &data, 20.0),
            fisher_factors(&model, &data),
            flow(&model).shares,
        ];
        all.iter().flatten().flatten().for_each(|v| {
            hasher.update(&v.to_bits().to_le_bytes());
        });
    }
    assert_eq!(hasher.finalize().to_hex()[..16], *"4fbb5f7fac955f44");
}
