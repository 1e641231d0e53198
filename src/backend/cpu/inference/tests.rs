//! The kernels of compiled models against the scalar reference, over random shapes and sparsities.

use super::{DenseF32, DenseInt8, Requant, Scratch, SparseF32, SparseInt8, lookup, pool_u8, requantize};
use crate::backend::cpu::reference;
use crate::backend::cpu::samples::{Bits, over_cases};
use crate::backend::{MatMul, PoolKind};

over_cases! {
    rows_of_floats_agree => rows_f32;
    images_of_floats_agree => images_f32;
    rows_of_integers_agree => rows_int8;
    images_of_integers_agree => images_int8;
    requantizing_rounds_to_the_nearest => requantizing;
    integers_are_pooled => pooling;
}

/// From a single row to more than a block of lanes.
fn batch(bits: &mut Bits) -> usize {
    [1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 70][bits.size(0..=10)]
}

fn rows_f32(case: u64) {
    let mut bits = Bits(case);
    let (rows, inputs, outputs) = (batch(&mut bits), bits.size(1..=60), bits.size(1..=75));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (x, w) = (bits.floats(rows * inputs, 40), bits.floats(inputs * outputs, zeros));
    let bias = bits.floats(outputs, 0);
    let op = MatMul { m: rows, k: inputs, n: outputs, a_transposed: false, b_transposed: false, accumulate: false };
    let mut expected = vec![0.0; rows * outputs];
    reference::matmul(op, &x, &w, &mut expected);
    expected.chunks_mut(outputs).for_each(|row| row.iter_mut().zip(&bias).for_each(|(y, b)| *y += b));
    let mut scratch = Scratch::new();
    let mut y = vec![f32::NAN; rows * outputs];
    DenseF32::new(inputs, outputs, &w, &bias).multiply(rows, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "dense");
    y.fill(f32::NAN);
    SparseF32::new(inputs, outputs, &w, &bias).multiply(rows, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "sparse");
}

fn images_f32(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (x, w) = (bits.floats(batch * op.inputs(), 40), bits.floats(op.patch() * op.filters, zeros));
    let bias = bits.floats(op.filters, 0);
    let mut expected = vec![0.0; batch * op.outputs()];
    reference::convolve(op, batch, &x, &w, &mut expected);
    expected.chunks_mut(op.filters).for_each(|row| row.iter_mut().zip(&bias).for_each(|(y, b)| *y += b));
    let mut scratch = Scratch::new();
    let mut y = vec![f32::NAN; expected.len()];
    DenseF32::new(op.patch(), op.filters, &w, &bias).convolve(op, batch, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "dense {op:?}");
    y.fill(f32::NAN);
    SparseF32::new(op.patch(), op.filters, &w, &bias).convolve(op, batch, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "sparse {op:?}");
}

fn rows_int8(case: u64) {
    let mut bits = Bits(case);
    let (rows, inputs, outputs) = (batch(&mut bits), bits.size(1..=60), bits.size(1..=75));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (x, w, bias) = (bits.bytes(rows * inputs), bits.weights(inputs * outputs, zeros), bits.biases(outputs));
    let zero_point = bits.bytes(1)[0];
    let expected = reference::multiply_int8(inputs, &x, &w, &bias, zero_point);
    let mut scratch = Scratch::new();
    let mut y = vec![i32::MIN; expected.len()];
    DenseInt8::new(inputs, outputs, &w, &bias, zero_point).multiply(rows, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "dense");
    y.fill(i32::MIN);
    SparseInt8::new(inputs, outputs, &w, &bias, zero_point).multiply(rows, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "sparse");
}

fn images_int8(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (x, w) = (bits.bytes(batch * op.inputs()), bits.weights(op.patch() * op.filters, zeros));
    let (bias, zero_point) = (bits.biases(op.filters), bits.bytes(1)[0]);
    let expected = reference::convolve_int8(op, batch, &x, &w, &bias, zero_point);
    let mut scratch = Scratch::new();
    let mut y = vec![i32::MIN; expected.len()];
    DenseInt8::new(op.patch(), op.filters, &w, &bias, zero_point).convolve(op, batch, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "dense {op:?}");
    y.fill(i32::MIN);
    SparseInt8::new(op.patch(), op.filters, &w, &bias, zero_point).convolve(op, batch, &x, &mut scratch, &mut y);
    assert_eq!(y, expected, "sparse {op:?}");
}

/// Within one 2^-30th of the exact product, the result is the nearest integer, clamped.
fn requantizing(case: u64) {
    let mut bits = Bits(case);
    let outputs = bits.size(1..=9);
    let factors: Vec<f64> = (0..outputs)
        .map(|_| libm::exp2(-(bits.size(0..=24) as f64)) * (1.0 + bits.size(0..=999) as f64 / 1e3))
        .collect();
    let sums: Vec<i32> = (0..3 * outputs).map(|_| (bits.next() >> 40) as i32 - (1 << 23)).collect();
    let (zero_point, relu) = (bits.bytes(1)[0], bits.flag());
    let requant = Requant::new(factors.iter().copied(), zero_point, relu);
    let mut y = vec![0; sums.len()];
    requantize(3, &requant, &sums, &mut y);
    for (i, (&sum, &y)) in sums.iter().zip(&y).enumerate() {
        let exact = f64::from(sum) * factors[i % outputs];
        let floor = if relu { f64::from(zero_point) } else { 0.0 };
        let slack = exact.abs() * libm::exp2(-30.0);
        let low = (f64::from(zero_point) + (exact - slack + 0.5).floor()).clamp(floor, 255.0);
        let high = (f64::from(zero_point) + (exact + slack + 0.5).floor()).clamp(floor, 255.0);
        assert!((low..=high).contains(&f64::from(y)), "{sum} times {} gave {y}", factors[i % outputs]);
    }
}

fn pooling(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.pool(), bits.size(1..=3));
    let x = bits.bytes(batch * op.inputs());
    let mut y = vec![0; batch * op.outputs()];
    pool_u8(op, batch, &x, &mut y);
    for image in 0..batch {
        for out in 0..op.outputs() {
            let values: Vec<f64> =
                reference::window(op, out).into_iter().map(|at| f64::from(x[image * op.inputs() + at])).collect();
            let expected = match op.kind {
                PoolKind::Max => values.iter().copied().fold(0.0, f64::max),
                PoolKind::Average => (values.iter().sum::<f64>() / values.len() as f64 + 0.5).floor(),
            };
            assert_eq!(f64::from(y[image * op.outputs() + out]), expected);
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn a_table_is_looked_up() {
    let table: Vec<u8> = (0..=255u8).map(|q| 255 - q).collect();
    let mut values = vec![0, 1, 254, 255];
    lookup(&table, &mut values);
    assert_eq!(values, [255, 254, 1, 0]);
}
