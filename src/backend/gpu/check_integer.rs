//! The operations in integers held against the processor's: every result the same to the last bit.

use super::{Gpu, Packed};
use crate::backend::cpu::inference::{
    IntegerWeights, Requant, Scratch, integer_kernels, lookup, max_pool, pool_u8, requantize,
};
use crate::backend::cpu::samples::Bits;
use crate::backend::{DeviceError, PoolKind};

/// All of them.
pub(super) const INTEGER_OPERATIONS: &[&str] =
    &["integer_dense", "integer_convolution", "integer_requantize", "integer_pool", "integer_table"];

/// One operation on one random shape.
pub(super) async fn is_equal(gpu: &Gpu, operation: &str, bits: &mut Bits) -> Result<bool, DeviceError> {
    match operation {
        "integer_dense" | "integer_convolution" => is_linear_equal(gpu, operation == "integer_convolution", bits).await,
        "integer_requantize" => is_requantized_equal(gpu, bits).await,
        "integer_pool" => {
            let (op, batch) = (bits.pool(), bits.size(1..=3));
            let x = bits.bytes(batch * op.inputs());
            let mut expected = vec![0; batch * op.outputs()];
            pool_u8(op, batch, &x, &mut expected);
            let of = |pixels| Packed { pixels, channels: op.channels };
            let (from, to) = (of(op.height * op.width), of(op.outputs() / op.channels));
            let x = gpu.integer_words(&from.pack(&x));
            let mut y = gpu.integer_words(&vec![0; batch * to.words()]);
            gpu.integer_pool(op, batch, &x, &mut y);
            Ok(to.unpack(&gpu.integer_read(&y, batch * to.words()).await?) == expected)
        }
        "integer_table" => {
            let of = Packed { pixels: bits.size(1..=40), channels: bits.size(1..=9) };
            let (table, mut x) = (bits.bytes(256), bits.bytes(of.pixels * of.channels));
            let words: Vec<u32> = table.iter().map(|value| u32::from(*value)).collect();
            let (words, mut y) = (gpu.integer_words(&words), gpu.integer_words(&of.pack(&x)));
            lookup(&table, &mut x);
            gpu.integer_table(&words, of.words(), &mut y);
            Ok(of.unpack(&gpu.integer_read(&y, of.words()).await?) == x)
        }
        unknown => Err(DeviceError(format!("no check is written for the operation {unknown}"))),
    }
}

/// Bytes of the whole range, or only its ends.
fn activations(bits: &mut Bits, len: usize) -> Vec<u8> {
    let (mut values, ends) = (bits.bytes(len), bits.next().is_multiple_of(4));
    values.iter_mut().filter(|_| ends).for_each(|value| *value = if *value < 64 { 0 } else { 255 });
    values
}

async fn is_linear_equal(gpu: &Gpu, convolution: bool, bits: &mut Bits) -> Result<bool, DeviceError> {
    let (conv, batch) = (bits.conv(), bits.size(1..=70));
    let conv = convolution.then_some(conv);
    // A dense layer may read images, whose pixels' channels fill no whole words.
    let (input, outputs) = match conv {
        Some(conv) => (Packed { pixels: conv.height * conv.width, channels: conv.channels }, conv.filters),
        None => (Packed { pixels: bits.size(1..=9), channels: bits.size(1..=70) }, bits.size(1..=41)),
    };
    let inputs = conv.map_or(input.pixels * input.channels, |conv| conv.patch());
    let zeros = bits.size(0..=40) as u64;
    let (mut weights, bias) = (bits.weights(inputs * outputs, zeros), bits.biases(outputs));
    if bits.next().is_multiple_of(4) {
        weights.iter_mut().for_each(|weight| *weight = if *weight < 0 { -127 } else { 127 });
    }
    let zero_point = [0, 255, bits.next() as u8][bits.size(0..=2)];
    let x = activations(bits, batch * input.pixels * input.channels);
    let of = IntegerWeights { inputs, weights: &weights, bias: &bias, zero_point };
    let (kernel, mut scratch) = ((integer_kernels().dense)(&of), Scratch::new());
    let pixels = conv.map_or(1, |conv| conv.out_pixels());
    let mut expected = vec![0; batch * pixels * outputs];
    match conv {
        Some(conv) => kernel.convolve(conv, batch, &x, &mut scratch, &mut expected),
        None => kernel.multiply(batch, &x, &mut scratch, &mut expected),
    }
    let product = gpu.integer_product(input, conv, &weights, &bias, zero_point);
    let x = gpu.integer_words(&input.pack(&x));
    let mut sums = gpu.integer_words(&vec![7; expected.len()]);
    gpu.integer_linear(&product, batch, &x, &mut sums);
    let ours = gpu.integer_read(&sums, expected.len()).await?;
    Ok(ours.into_iter().map(|sum| sum as i32).eq(expected))
}

async fn is_requantized_equal(gpu: &Gpu, bits: &mut Bits) -> Result<bool, DeviceError> {
    let (op, batch) = (bits.pool(), bits.size(1..=3));
    let (channels, size) = (op.channels, op.size);
    // Factors from the least to the largest that there are, and sums to the ends of their range.
    let factors: Vec<f64> = (0..channels)
        .map(|_| libm::ldexp(1.0 + (bits.next() >> 12) as f64 / (1u64 << 52) as f64, bits.size(0..=64) as i32 - 34))
        .collect();
    let requant = Requant::new(factors.iter().copied(), bits.next() as u8, bits.flag());
    let mut sum = |_| match bits.next() % 8 {
        0 => i32::MIN,
        1 => i32::MAX,
        2 => 0,
        _ => (bits.next() >> 32) as i32 >> (bits.next() % 32),
    };
    let sums: Vec<i32> = (0..batch * op.inputs()).map(&mut sum).collect();
    let mut pooled = vec![0; batch * op.outputs()];
    max_pool(crate::backend::Pool { kind: PoolKind::Max, ..op }, batch, &sums, &mut pooled);
    let mut expected = vec![0; pooled.len()];
    requantize(pooled.len() / channels, &requant, &pooled, &mut expected);
    let to = Packed { pixels: op.outputs() / channels, channels };
    let factors = gpu.integer_factors(&requant);
    let sums = gpu.integer_words(&sums.iter().map(|sum| *sum as u32).collect::<Vec<_>>());
    let mut y = gpu.integer_words(&vec![0; batch * to.words()]);
    gpu.integer_requantize(&factors, batch, [op.height, op.width, channels], size, &sums, &mut y);
    Ok(to.unpack(&gpu.integer_read(&y, batch * to.words()).await?) == expected)
}
