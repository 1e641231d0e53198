//! Every operation against its scalar reference, over random shapes.

use super::samples::{Bits, over_cases};
use super::{Cpu, reference};
use crate::backend::{Activation, Adam, Backend, Levels, MatMul, Sgd};

over_cases! {
    products_sum_in_index_order => matmul;
    long_sums_are_cut_without_trace => long_matmul;
    convolutions_agree => convolution;
    poolings_agree => pooling;
    rows_and_columns_agree => rows_and_columns;
    normalization_whitens => normalization;
    losses_agree => losses;
    optimizers_agree => optimizers;
    shared_gradients_are_sums => shared_gradients;
    columns_are_limited => limited_columns;
    values_are_put_on_grids => fake_quantization;
}

fn compare_matmul(op: MatMul, bits: &mut Bits) {
    // Few zeros, and so many that they are skipped.
    let zeros = [20, 80, 100][bits.size(0..=2)];
    let (a, b) = (bits.floats(op.m * op.k, zeros), bits.floats(op.k * op.n, 20));
    let start = bits.floats(op.m * op.n, 0);
    let (mut ours, mut expected) = (start.clone(), start);
    Cpu::new().matmul(op, &a, &b, &mut ours);
    reference::matmul(op, &a, &b, &mut expected);
    assert_eq!(ours, expected, "{op:?}");
}

fn matmul(case: u64) {
    let mut bits = Bits(case);
    let (m, k, n) = (bits.size(0..=40), bits.size(0..=70), bits.size(0..=90));
    let flags = bits.next();
    let (a_transposed, b_transposed, accumulate) = (flags & 1 > 0, flags & 2 > 0, flags & 4 > 0);
    compare_matmul(MatMul { m, k, n, a_transposed, b_transposed, accumulate }, &mut bits);
}

/// More rows and steps than a block of the kernel holds.
fn long_matmul(case: u64) {
    let mut bits = Bits(case);
    let (m, k, n) = (bits.size(250..=270), bits.size(250..=530), bits.size(1..=10));
    let flags = bits.next();
    let (a_transposed, b_transposed, accumulate) = (flags & 1 > 0, flags & 2 > 0, flags & 4 > 0);
    compare_matmul(MatMul { m, k, n, a_transposed, b_transposed, accumulate }, &mut bits);
}

fn convolution(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let x = bits.floats(batch * op.inputs(), 20);
    let w = bits.floats(op.patch() * op.filters, 20);
    let zeros = [20, 80, 100][bits.size(0..=2)];
    let dy = bits.floats(batch * op.outputs(), zeros);
    let cpu = Cpu::new();
    let mut y = vec![f32::NAN; batch * op.outputs()];
    let mut expected = y.clone();
    cpu.convolve(op, batch, &x, &w, &mut y);
    reference::convolve(op, batch, &x, &w, &mut expected);
    assert_eq!(y, expected, "{op:?}");
    let mut dw = vec![f32::NAN; w.len()];
    let mut expected = dw.clone();
    cpu.convolve_weight_gradient(op, batch, &x, &dy, &mut dw);
    reference::convolve_weight_gradient(op, batch, &x, &dy, &mut expected);
    assert_eq!(dw, expected, "{op:?}");
    let mut dx = vec![f32::NAN; x.len()];
    let mut expected = dx.clone();
    cpu.convolve_input_gradient(op, batch, &w, &dy, &mut dx);
    reference::convolve_input_gradient(op, batch, &w, &dy, &mut expected);
    assert_eq!(dx, expected, "{op:?}");
}

fn pooling(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.pool(), bits.size(1..=3));
    // Few distinct values, so that windows have ties.
    let x: Vec<f32> = (0..batch * op.inputs()).map(|_| (bits.next() % 5) as f32 - 2.0).collect();
    let dy = bits.floats(batch * op.outputs(), 0);
    let cpu = Cpu::new();
    let mut y = vec![f32::NAN; batch * op.outputs()];
    let mut expected = y.clone();
    cpu.pool(op, batch, &x, &mut y);
    reference::pool(op, batch, &x, &mut expected);
    assert_eq!(y, expected, "{op:?}");
    let mut dx = vec![f32::NAN; x.len()];
    let mut expected = dx.clone();
    cpu.pool_gradient(op, batch, &x, &y, &dy, &mut dx);
    reference::pool_gradient(op, batch, &x, &dy, &mut expected);
    assert_eq!(dx, expected, "{op:?}");
}

fn rows_and_columns(case: u64) {
    let mut bits = Bits(case);
    let (rows, cols) = (bits.size(0..=9), bits.size(0..=19));
    let (x, bias) = (bits.floats(rows * cols, 20), bits.floats(cols, 0));
    let cpu = Cpu::new();
    let mut y = x.clone();
    cpu.add_bias(rows, cols, &bias, &mut y);
    let mut sums = vec![f32::NAN; cols];
    cpu.column_sums(rows, cols, &x, &mut sums);
    for c in 0..cols {
        let mut sum = 0.0;
        for r in 0..rows {
            sum += x[r * cols + c];
            assert_eq!(y[r * cols + c], x[r * cols + c] + bias[c]);
        }
        assert_eq!(sums[c], sum);
    }
    // A layer is its parts one after another.
    let w = bits.floats(cols * 7, 20);
    let bias = bits.floats(7, 0);
    for f in [None, Some(Activation::Relu), Some(Activation::Tanh)] {
        let op = MatMul { m: rows, k: cols, n: 7, a_transposed: false, b_transposed: false, accumulate: false };
        let (mut y, mut sums) = (vec![f32::NAN; rows * 7], vec![f32::NAN; rows * 7]);
        cpu.dense([rows, cols, 7], &x, &w, &bias, f, &mut y);
        cpu.matmul(op, &x, &w, &mut sums);
        cpu.add_bias(rows, 7, &bias, &mut sums);
        let mut expected = sums.clone();
        if let Some(f) = f {
            cpu.activate(f, sums.len(), &sums, &mut expected);
        }
        assert_eq!(y, expected);
    }
    let dy = bits.floats(x.len(), 0);
    for f in [Activation::Relu, Activation::Tanh] {
        let (mut y, mut dx) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
        cpu.activate(f, x.len(), &x, &mut y);
        cpu.activate_gradient(f, x.len(), &y, &dy, &mut dx);
        for i in 0..x.len() {
            let (value, slope) = match f {
                Activation::Relu => (x[i].max(0.0), if x[i] > 0.0 { 1.0 } else { 0.0 }),
                Activation::Tanh => (libm::tanhf(x[i]), 1.0 - libm::tanhf(x[i]) * libm::tanhf(x[i])),
            };
            assert_eq!((y[i], dx[i]), (value, dy[i] * slope));
        }
    }
    let mut product = vec![f32::NAN; x.len()];
    cpu.multiply(x.len(), &x, &dy, &mut product);
    let (mut sum, mut scaled) = (x.clone(), x.clone());
    cpu.add_assign(x.len(), &dy, &mut sum);
    cpu.multiply_assign(x.len(), &dy, &mut scaled);
    for i in 0..x.len() {
        assert_eq!((product[i], sum[i], scaled[i]), (x[i] * dy[i], x[i] + dy[i], x[i] * dy[i]));
    }
}

/// With gamma 1 and beta 0 each channel comes out with mean 0 and variance 1, whatever went in, and the running
/// statistics move a tenth of the way to the batch's.
fn normalization(case: u64) {
    let mut bits = Bits(case);
    let (rows, channels) = (bits.size(2..=40), bits.size(1..=9));
    let x: Vec<f32> = bits.floats(rows * channels, 0).iter().map(|v| 3.0 * v + 2.0).collect();
    let scale_shift: Vec<f32> = (0..2 * channels).map(|i| if i < channels { 1.0 } else { 0.0 }).collect();
    let mut running: Vec<f32> = (0..2 * channels).map(|i| if i < channels { 0.0 } else { 1.0 }).collect();
    let (mut saved, mut y) = (vec![0.0; 2 * channels], vec![0.0; x.len()]);
    Cpu::new().normalize(rows, channels, 0.1, &x, &scale_shift, &mut running, &mut saved, &mut y);
    for c in 0..channels {
        let column = |m: &[f32]| (0..rows).map(|r| f64::from(m[r * channels + c])).collect::<Vec<_>>();
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (before, after) = (column(&x), column(&y));
        let spread = |v: &[f64]| v.iter().map(|value| (value - mean(v)).powi(2)).sum::<f64>();
        let variance = spread(&before) / rows as f64;
        assert!(mean(&after).abs() < 1e-4);
        let wanted = variance / (variance + 1e-5);
        assert!((spread(&after) / rows as f64 - wanted).abs() < 1e-3);
        assert!((f64::from(running[c]) - 0.1 * mean(&before)).abs() < 1e-4);
        let unbiased = spread(&before) / (rows - 1) as f64;
        assert!((f64::from(running[channels + c]) - (0.9 + 0.1 * unbiased)).abs() < 1e-3);
    }
    // Frozen at the batch's own mean and biased variance, it computes the same.
    let mut frozen = saved[..channels].to_vec();
    frozen.extend(saved[channels..].iter().map(|inverse| 1.0 / (inverse * inverse) - 1e-5));
    let mut again = vec![0.0; x.len()];
    Cpu::new().normalize_frozen(rows, channels, &x, &scale_shift, &frozen, &mut again);
    assert!(y.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-3));
}

/// Softmax and cross-entropy against f64, large logits included.
fn losses(case: u64) {
    let mut bits = Bits(case);
    let (rows, classes) = (bits.size(1..=6), bits.size(2..=12));
    let size = [1.0, 20.0, 1e4][bits.size(0..=2)];
    let (temperature, weight) = ([1.0, 4.0, 20.0][bits.size(0..=2)], 0.5 + bits.size(0..=3) as f32);
    let logits: Vec<f32> = bits.floats(rows * classes, 0).iter().map(|v| v * size).collect();
    let raw: Vec<f32> = bits.floats(rows * classes, 0).iter().map(|v| v + 1.5).collect();
    let targets: Vec<f32> =
        raw.chunks(classes).flat_map(|row| row.iter().map(|v| v / row.iter().sum::<f32>())).collect();
    let cpu = Cpu::new();
    let (mut p, mut totals, mut d) = (vec![0.0; logits.len()], vec![0.5, 2.0], vec![0.25; logits.len()]);
    cpu.softmax(rows, classes, temperature, &logits, &mut p);
    cpu.cross_entropy(rows, classes, temperature, weight, &logits, &targets, &mut totals, &mut d);
    let (t, w) = (f64::from(temperature), f64::from(weight));
    let (mut loss, mut right) = (0.0, 0.0);
    for r in 0..rows {
        let z: Vec<f64> = (0..classes).map(|c| f64::from(logits[r * classes + c]) / t).collect();
        let most = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = most + z.iter().map(|z| (z - most).exp()).sum::<f64>().ln();
        for (c, z) in z.iter().enumerate() {
            let (at, expected) = (r * classes + c, (z - log_sum).exp());
            assert!((f64::from(p[at]) - expected).abs() < 1e-5, "softmax {} for {expected}", p[at]);
            let target = f64::from(targets[at]);
            loss += w * t * t * target * (log_sum - z);
            let gradient = 0.25 + w * t * (expected - target) / rows as f64;
            assert!((f64::from(d[at]) - gradient).abs() < 1e-4 * (1.0 + w * t), "gradient {} for {gradient}", d[at]);
        }
        let best = |m: &[f32]| super::loss::arg_max(&m[r * classes..][..classes]);
        right += if best(&logits) == best(&targets) { 1.0 } else { 0.0 };
    }
    assert!((f64::from(totals[0]) - 0.5 - loss).abs() < 1e-4 * (1.0 + loss), "loss {} for {loss}", totals[0]);
    assert_eq!(totals[1], 2.0 + right);
}

fn shared_gradients(case: u64) {
    let mut bits = Bits(case);
    let (len, count) = (bits.size(0..=300), bits.size(1..=256));
    let clusters: Vec<f32> = (0..len).map(|_| bits.size(0..=count) as f32).collect();
    let mut g = bits.floats(len + 1, 20);
    let expected = reference::share_gradient(&clusters, &g[..len]);
    let after = g[len];
    Cpu::new().share_gradient(len, count, &clusters, &mut g);
    assert_eq!(g[..len], expected);
    assert_eq!(g[len], after, "what follows is not touched");
}

fn limited_columns(case: u64) {
    let mut bits = Bits(case);
    let (rows, columns) = (bits.size(1..=40), bits.size(1..=37));
    let mut x = bits.floats(rows * columns + 1, 20);
    // Some columns are longer, and some are not.
    let limit = 0.3 * (rows as f32).sqrt();
    let (expected, after) = (reference::limit_columns(columns, limit, &x[..rows * columns]), x[rows * columns]);
    Cpu::new().limit_columns(rows, columns, limit, &mut x);
    assert_eq!(x[..rows * columns], expected);
    assert_eq!(x[rows * columns], after, "what follows is not touched");
    for column in 0..columns {
        let squares = (0..rows).map(|row| f64::from(x[row * columns + column]).powi(2));
        assert!(squares.sum::<f64>().sqrt() < f64::from(limit) * 1.0001);
    }
}

/// Two steps of each optimizer against its formula in f64.
fn optimizers(case: u64) {
    let mut bits = Bits(case);
    let len = bits.size(1..=37);
    let start = bits.floats(len, 0);
    let gradients = [bits.floats(len, 10), bits.floats(len, 10)];
    let (momentum, weight_decay, nesterov) = (0.9, 0.01, bits.flag());
    let cpu = Cpu::new();
    let (mut w, mut velocity) = (start.clone(), vec![0.0; len]);
    for g in &gradients {
        cpu.sgd(Sgd { rate: 0.1, momentum, nesterov, weight_decay }, len, g, &mut velocity, &mut w);
    }
    let (mut adam, mut m, mut v) = (start.clone(), vec![0.0; len], vec![0.0; len]);
    for (t, g) in gradients.iter().enumerate() {
        let correction = |beta: f32| 1.0 / (1.0 - beta.powi(t as i32 + 1));
        let op = Adam {
            rate: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
            correction1: correction(0.9),
            correction2: correction(0.999),
        };
        cpu.adam(op, len, g, &mut m, &mut v, &mut adam);
    }
    for i in 0..len {
        let (mut expected, mut speed) = (f64::from(start[i]), 0.0);
        for g in &gradients {
            let g = f64::from(g[i]) + 0.01 * expected;
            speed = 0.9 * speed + g;
            expected -= 0.1 * if nesterov { g + 0.9 * speed } else { speed };
        }
        assert!((f64::from(w[i]) - expected).abs() < 1e-5);
        let (mut expected, mut m, mut v) = (f64::from(start[i]), 0.0, 0.0);
        for (t, g) in gradients.iter().enumerate() {
            let g = f64::from(g[i]);
            (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
            let t = t as i32 + 1;
            let (m, v) = (m / (1.0 - 0.9f64.powi(t)), v / (1.0 - 0.999f64.powi(t)));
            expected -= 0.01 * m / (v.sqrt() + 1e-8);
        }
        assert!((f64::from(adam[i]) - expected).abs() < 1e-5, "{} for {expected}", adam[i]);
    }
}

/// Values, gradients and each value's part in its step's, on every kind of grid, ties and both ends among them.
fn fake_quantization(case: u64) {
    let mut bits = Bits(case);
    let (rows, count) = (bits.size(0..=9), bits.size(1..=19));
    let len = rows * count + bits.size(0..=count - 1);
    let [low, high] = [[-1, 1], [-2, 1], [-7, 8], [-128, 127], [0, 255], [-3, 0]][bits.size(0..=5)];
    let levels = if bits.flag() { Levels { low, high, zero: true } } else { Levels::BINARY };
    let steps: Vec<f32> = (0..2 * count).map(|i| if i < count { 2.0 * bits.floats(1, 0)[0] } else { 0.25 }).collect();
    // Halves of steps as well as anything between.
    let value = |bits: &mut Bits| match bits.flag() {
        true => (bits.size(0..=1200) as f32 - 600.0) * 0.125,
        false => 40.0 * bits.floats(1, 10)[0],
    };
    let x: Vec<f32> = (0..len + 1).map(|_| value(&mut bits)).collect();
    let dy = bits.floats(len + 1, 10);
    let (mut y, mut g, mut d_steps) = (x.clone(), dy.clone(), dy.clone());
    let cpu = Cpu::new();
    cpu.fake_quantize(levels, len, count, &x, &steps, &mut y);
    cpu.fake_quantize_gradient(levels, 0.3, len, count, &x, &steps, &mut g, &mut d_steps);
    for i in 0..len {
        let [expected, passed, part] = reference::fake_quantize(levels, 0.3, count, (i, x[i]), &steps, dy[i]);
        assert_eq!((y[i], g[i], d_steps[i]), (expected, passed, part), "{levels:?}: {} of {steps:?}", x[i]);
    }
    assert_eq!((y[len], g[len], d_steps[len]), (x[len], dy[len], dy[len]), "what follows is not touched");
    assert!(levels.zero || y[..len].iter().all(|y| *y != 0.0));
    let mut none = vec![0.0];
    cpu.fake_quantize(levels, 1, 1, &vec![f32::NAN], &vec![1.0, 1.0], &mut none);
    assert!(none[0].is_nan(), "a weight that is no number is seen in the loss");
}
