//! The plain scalar form of every kernel, as its formula reads. The tests hold the kernels against it: floats bit for
//! bit, since both sum each output in index order.

use crate::backend::{Conv, Levels, MatMul, Pool, PoolKind};

/// `c = op(a) op(b)`, or `c += op(a) op(b)`.
pub fn matmul(op: MatMul, a: &[f32], b: &[f32], c: &mut [f32]) {
    for i in 0..op.m {
        for j in 0..op.n {
            let mut sum = if op.accumulate { c[i * op.n + j] } else { 0.0 };
            for p in 0..op.k {
                let a = if op.a_transposed { a[p * op.m + i] } else { a[i * op.k + p] };
                let b = if op.b_transposed { b[j * op.k + p] } else { b[p * op.n + j] };
                sum += a * b;
            }
            c[i * op.n + j] = sum;
        }
    }
}

/// The place in the image that output pixel `(y, x)` meets with kernel weight `row` of the patch; none in the padding.
fn met(op: Conv, y: usize, x: usize, row: usize) -> Option<usize> {
    let (ky, kx, c) = (row / op.channels / op.kernel, row / op.channels % op.kernel, row % op.channels);
    let (y, x) = ((y + ky).checked_sub(op.padding)?, (x + kx).checked_sub(op.padding)?);
    (y < op.height && x < op.width).then(|| (y * op.width + x) * op.channels + c)
}

/// Every output pixel of every image, in order: its image, row and column.
fn pixels(op: Conv, batch: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..batch)
        .flat_map(move |image| (0..op.out_height()).flat_map(move |y| (0..op.out_width()).map(move |x| (image, y, x))))
}

/// `y = x (*) w`.
pub fn convolve(op: Conv, batch: usize, x: &[f32], w: &[f32], out: &mut [f32]) {
    for (pixel, (image, y, column)) in pixels(op, batch).enumerate() {
        for filter in 0..op.filters {
            let mut sum = 0.0;
            for row in 0..op.patch() {
                let value = met(op, y, column, row).map_or(0.0, |at| x[image * op.inputs() + at]);
                sum += value * w[row * op.filters + filter];
            }
            out[pixel * op.filters + filter] = sum;
        }
    }
}

/// The gradient of the weights.
pub fn convolve_weight_gradient(op: Conv, batch: usize, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    dw.fill(0.0);
    for (pixel, (image, y, column)) in pixels(op, batch).enumerate() {
        for row in 0..op.patch() {
            let value = met(op, y, column, row).map_or(0.0, |at| x[image * op.inputs() + at]);
            for filter in 0..op.filters {
                dw[row * op.filters + filter] += value * dy[pixel * op.filters + filter];
            }
        }
    }
}

/// The gradient of the input.
pub fn convolve_input_gradient(op: Conv, batch: usize, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    dx.fill(0.0);
    for (pixel, (image, y, column)) in pixels(op, batch).enumerate() {
        for row in 0..op.patch() {
            if let Some(at) = met(op, y, column, row) {
                let mut sum = 0.0;
                for filter in 0..op.filters {
                    sum += dy[pixel * op.filters + filter] * w[row * op.filters + filter];
                }
                dx[image * op.inputs() + at] += sum;
            }
        }
    }
}

/// The places of a pooling window in an image, for output pixel and channel `out` of [`Pool::outputs`].
pub fn window(op: Pool, out: usize) -> Vec<usize> {
    let (pixel, channel) = (out / op.channels, out % op.channels);
    let (y, x) = (pixel / (op.width / op.size) * op.size, pixel % (op.width / op.size) * op.size);
    let place = |at: usize| ((y + at / op.size) * op.width + x + at % op.size) * op.channels + channel;
    (0..op.size * op.size).map(place).collect()
}

/// Pooling.
pub fn pool(op: Pool, batch: usize, x: &[f32], y: &mut [f32]) {
    for image in 0..batch {
        let x = &x[image * op.inputs()..];
        for out in 0..op.outputs() {
            let values = window(op, out).into_iter().map(|at| x[at]);
            y[image * op.outputs() + out] = match op.kind {
                PoolKind::Max => values.fold(f32::NEG_INFINITY, f32::max),
                PoolKind::Average => values.sum::<f32>() / (op.size * op.size) as f32,
            };
        }
    }
}

/// The gradient of a pooling's input.
pub fn pool_gradient(op: Pool, batch: usize, x: &[f32], dy: &[f32], dx: &mut [f32]) {
    dx.fill(0.0);
    for image in 0..batch {
        let (x, dx) = (&x[image * op.inputs()..], &mut dx[image * op.inputs()..]);
        for out in 0..op.outputs() {
            let dy = dy[image * op.outputs() + out];
            let window = window(op, out);
            match op.kind {
                PoolKind::Max => {
                    let largest = window.iter().map(|&at| x[at]).fold(f32::NEG_INFINITY, f32::max);
                    if let Some(&at) = window.iter().find(|&&at| x[at] == largest) {
                        dx[at] = dy;
                    }
                }
                PoolKind::Average => window.iter().for_each(|&at| dx[at] = dy / (op.size * op.size) as f32),
            }
        }
    }
}

/// Each gradient as the sum over its cluster; zero in cluster 0.
pub fn share_gradient(clusters: &[f32], g: &[f32]) -> Vec<f32> {
    let total = |cluster: f32| {
        let mut sum = 0.0;
        for (other, g) in clusters.iter().zip(g) {
            sum += if *other == cluster { *g } else { 0.0 };
        }
        sum
    };
    clusters.iter().map(|&cluster| if cluster == 0.0 { 0.0 } else { total(cluster) }).collect()
}

/// Each column scaled down to a length of at most `limit`.
pub fn limit_columns(columns: usize, limit: f32, x: &[f32]) -> Vec<f32> {
    let mut y = x.to_vec();
    for column in 0..columns {
        let mut sum = 0.0;
        for value in x.iter().skip(column).step_by(columns) {
            sum += value * value;
        }
        let length = sum.sqrt();
        if length > limit {
            y.iter_mut().skip(column).step_by(columns).for_each(|value| *value *= limit / length);
        }
    }
    y
}

/// `(x - zero point) w + bias` in integers.
pub fn multiply_int8(inputs: usize, x: &[u8], w: &[i8], bias: &[i32], zero_point: u8) -> Vec<i32> {
    let outputs = bias.len();
    let mut y = Vec::new();
    for x in x.chunks(inputs) {
        for output in 0..outputs {
            let products = (0..inputs)
                .map(|input| (i32::from(x[input]) - i32::from(zero_point)) * i32::from(w[input * outputs + output]));
            y.push(products.sum::<i32>() + bias[output]);
        }
    }
    y
}

/// `(x - zero point) (*) w + bias` in integers, padded with the zero point.
pub fn convolve_int8(op: Conv, batch: usize, x: &[u8], w: &[i8], bias: &[i32], zero_point: u8) -> Vec<i32> {
    let mut out = Vec::new();
    for (image, y, column) in pixels(op, batch) {
        for filter in 0..op.filters {
            let mut sum = bias[filter];
            for row in 0..op.patch() {
                if let Some(at) = met(op, y, column, row) {
                    let value = i32::from(x[image * op.inputs() + at]) - i32::from(zero_point);
                    sum += value * i32::from(w[row * op.filters + filter]);
                }
            }
            out.push(sum);
        }
    }
    out
}

/// One value of fake quantization, the gradient that passes through it, and its part in that of its step's factor.
pub fn fake_quantize(
    levels: Levels,
    scale: f32,
    count: usize,
    (i, x): (usize, f32),
    steps: &[f32],
    dy: f32,
) -> [f32; 3] {
    let (factor, measured) = (steps[i % count], steps[count + i % count]);
    let step = measured * factor.max(1.0 / 64.0);
    let v = x / step;
    let (low, high) = (levels.low as f32, levels.high as f32);
    let level = match levels.zero {
        true => v.round_ties_even().clamp(low, high),
        false if v < 0.0 => -1.0,
        false => 1.0,
    };
    let passes = if levels.zero { low <= v && v <= high } else { v.abs() <= 2.0 };
    match passes {
        true => [step * level, dy, dy * (level - v) * (scale / measured)],
        false => [step * level, 0.0, dy * level * (scale / measured)],
    }
}
