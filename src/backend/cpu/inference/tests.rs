//! The kernels of compiled models against the scalar reference, over random shapes and sparsities.

use super::dot::{Dot, Pairs, group_quads, pack_quads};
use super::{
    Addition, DenseF32, IntegerKernel, IntegerWeights, Requant, Scratch, SparseF32, add_u8, lookup, max_pool, pool_u8,
    requantize,
};
use super::{dense_int8, sparse_int8};
use crate::backend::cpu::reference;
use crate::backend::cpu::samples::{Bits, over_cases};
use crate::backend::cpu::simd::I32x4;
use crate::backend::{MatMul, Pool, PoolKind};

over_cases! {
    rows_of_floats_agree => rows_f32;
    images_of_floats_agree => images_f32;
    rows_of_integers_agree => rows_int8;
    images_of_integers_agree => images_int8;
    requantizing_rounds_to_the_nearest => requantizing;
    activations_are_added_on_their_grids => adding;
    integers_are_pooled => pooling;
    sums_are_pooled_before_they_are_requantized => pooling_sums;
}

/// From a single row to more than a block of lanes.
fn batch(bits: &mut Bits) -> usize {
    [1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 70][bits.size(0..=10)]
}

fn rows_f32(case: u64) {
    let mut bits = Bits(case);
    let (rows, inputs, outputs) = (batch(&mut bits), bits.size(1..=60), bits.size(1..=75));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let blank = [40, 90][bits.size(0..=1)];
    let (x, w) = (bits.floats(rows * inputs, blank), bits.floats(inputs * outputs, zeros));
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

/// What relaxed SIMD's instruction does on processors that take its bytes for unsigned, or signed, ones.
#[derive(Clone, Copy, Debug)]
struct Emulated<const SIGNED: bool>;

impl<const SIGNED: bool> Dot for Emulated<SIGNED> {
    const INPUTS: usize = 4;
    const OFFSET: i32 = if SIGNED { 128 } else { 0 };
    type Weights = [i8; 16];

    fn pack(weight: impl Fn(usize, usize) -> i8) -> [i8; 16] {
        pack_quads(weight)
    }

    fn group(x: &[u8], groups: &mut [i32]) {
        group_quads(x, SIGNED, groups);
    }

    fn add(sums: I32x4, weights: &[i8; 16], groups: &[i32]) -> I32x4 {
        let real = |byte: u8| if SIGNED { i32::from(byte as i8) } else { i32::from(byte) };
        let mut lanes = [0; 4];
        sums.store(&mut lanes);
        for (lane, sum) in lanes.iter_mut().enumerate() {
            let of_lane = weights[4 * lane..].iter().zip(groups[0].to_le_bytes());
            *sum += of_lane.map(|(w, byte)| i32::from(*w) * real(byte)).sum::<i32>();
        }
        I32x4::load(&lanes)
    }
}

/// Every kernel on every kind of dot product.
fn integer_kernels(of: &IntegerWeights<'_>) -> [Box<dyn IntegerKernel>; 6] {
    [
        dense_int8::dense::<Pairs>(of),
        dense_int8::dense::<Emulated<false>>(of),
        dense_int8::dense::<Emulated<true>>(of),
        sparse_int8::sparse::<Pairs>(of),
        sparse_int8::sparse::<Emulated<false>>(of),
        sparse_int8::sparse::<Emulated<true>>(of),
    ]
}

fn rows_int8(case: u64) {
    let mut bits = Bits(case);
    let (rows, inputs, outputs) = (batch(&mut bits), bits.size(1..=60), bits.size(1..=75));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (mut x, w, bias) = (bits.bytes(rows * inputs), bits.weights(inputs * outputs, zeros), bits.biases(outputs));
    let zero_point = if bits.flag() { 0 } else { bits.bytes(1)[0] };
    // Stretches of zeros, as images have them.
    if bits.flag() {
        x.chunks_mut(13).step_by(2).for_each(|blank| blank.fill(0));
    }
    let expected = reference::multiply_int8(inputs, &x, &w, &bias, zero_point);
    let mut scratch = Scratch::new();
    for kernel in integer_kernels(&IntegerWeights { inputs, weights: &w, bias: &bias, zero_point }) {
        let mut y = vec![i32::MIN; expected.len()];
        kernel.multiply(rows, &x, &mut scratch, &mut y);
        assert_eq!(y, expected, "{kernel:?}");
    }
}

fn images_int8(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let zeros = [0, 50, 95, 100][bits.size(0..=3)];
    let (x, w) = (bits.bytes(batch * op.inputs()), bits.weights(op.patch() * op.filters, zeros));
    let (bias, zero_point) = (bits.biases(op.filters), bits.bytes(1)[0]);
    let expected = reference::convolve_int8(op, batch, &x, &w, &bias, zero_point);
    let mut scratch = Scratch::new();
    for kernel in integer_kernels(&IntegerWeights { inputs: op.patch(), weights: &w, bias: &bias, zero_point }) {
        let mut y = vec![i32::MIN; expected.len()];
        kernel.convolve(op, batch, &x, &mut scratch, &mut y);
        assert_eq!(y, expected, "{op:?} {kernel:?}");
    }
}

/// Within one 2^-30th of the exact product, the result is the nearest integer, clamped.
fn requantizing(case: u64) {
    let mut bits = Bits(case);
    let outputs = bits.size(1..=9);
    // Neighbours near each other, as they are in networks, or anywhere.
    let (middle, spread) = (bits.size(0..=24), if bits.flag() { 1 } else { 24 });
    let factors: Vec<f64> = (0..outputs)
        .map(|_| libm::exp2(-((middle + bits.size(0..=spread)) as f64)) * (1.0 + bits.size(0..=999) as f64 / 1e3))
        .collect();
    let width = bits.size(32..=40);
    let mut sums: Vec<i32> =
        (0..3 * outputs).map(|_| ((bits.next() >> width) as i64 - (1 << (63 - width))) as i32).collect();
    sums[0] = if bits.flag() { i32::MIN } else { i32::MAX };
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

/// Against wide integers of the same factors, and against real numbers: off by half a step and by what the factors' digits leave.
fn adding(case: u64) {
    let mut bits = Bits(case);
    let count = bits.size(1..=70);
    let (a, b, zero_points) = (bits.bytes(count), bits.bytes(count), bits.bytes(3));
    // From scales that are alike to a summand that all but vanishes, and to ones beyond reach.
    let mut factor =
        || (1 + bits.size(0..=9_999)) as f64 / 5_000.0 * [1.0, 1.0, 1e-3, 40.0, 1e-12, 1e30][bits.size(0..=5)];
    let factors = [factor(), factor()];
    let relu = bits.flag();
    let op = Addition::new(factors, [zero_points[0], zero_points[1]], zero_points[2], relu);
    let mut y = vec![0; count];
    add_u8(&op, &a, &b, &mut y);
    let clamped = factors.map(|factor| factor.min(2f64.powi(20)));
    let mut shift = 30;
    while shift > 1 && clamped[0].max(clamped[1]) * 2f64.powi(shift) >= 2f64.powi(21) {
        shift -= 1;
    }
    let whole = clamped.map(|factor| (factor * 2f64.powi(shift)).round() as i128);
    let least = if relu { zero_points[2] } else { 0 };
    for ((a, b), y) in a.iter().zip(&b).zip(&y) {
        let steps = [(a, zero_points[0]), (b, zero_points[1])].map(|(q, zero)| i32::from(*q) - i32::from(zero));
        let sum = i128::from(steps[0]) * whole[0] + i128::from(steps[1]) * whole[1];
        let wide = i128::from(zero_points[2]) + (2 * sum + (1 << shift)).div_euclid(2 << shift);
        assert_eq!(i128::from(*y), wide.clamp(least.into(), 255), "{factors:?}");
        let real = f64::from(zero_points[2]) + f64::from(steps[0]) * clamped[0] + f64::from(steps[1]) * clamped[1];
        let off = (f64::from(*y) - real.clamp(least.into(), 255.0)).abs();
        assert!(off <= 0.5 + 255.0 * 2f64.powi(-shift), "{y} for {real}");
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

/// Sums pooled and then requantized are what sums requantized and then pooled are.
fn pooling_sums(case: u64) {
    let mut bits = Bits(case);
    let op = Pool { kind: PoolKind::Max, ..bits.pool() };
    let factors: Vec<f64> = (0..op.channels).map(|_| libm::exp2(-(bits.size(4..=16) as f64)) * 1.3).collect();
    let requant = Requant::new(factors.iter().copied(), bits.bytes(1)[0], bits.flag());
    let sums: Vec<i32> = (0..op.inputs()).map(|_| (bits.next() >> 44) as i32 - (1 << 19)).collect();
    let (mut bytes, mut expected) = (vec![0; op.inputs()], vec![0; op.outputs()]);
    requantize(op.height * op.width, &requant, &sums, &mut bytes);
    pool_u8(op, 1, &bytes, &mut expected);
    let (mut pooled, mut ours) = (vec![0; op.outputs()], vec![0; op.outputs()]);
    max_pool(op, 1, &sums, &mut pooled);
    requantize(op.outputs() / op.channels, &requant, &pooled, &mut ours);
    assert_eq!(ours, expected, "{op:?}");
}

#[test]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn a_table_is_looked_up() {
    let table: Vec<u8> = (0..=255u8).map(|q| 255 - q).collect();
    let mut values = vec![0, 1, 254, 255];
    lookup(&table, &mut values);
    assert_eq!(values, [255, 254, 1, 0]);
}
