//! Kernels of integer weights with few bits, groups and zero points, over random shapes.

use super::coded::{self, CodedWeights};
use super::{DenseF32, Scratch};
use crate::backend::cpu::reference;
use crate::backend::cpu::samples::{Bits, over_cases};
use crate::backend::cpu::simd::I16x8;

over_cases! {
    eight_integers_are_unpacked => unpacking;
    rows_of_packed_integers_agree => rows_packed;
    images_of_packed_integers_agree => images_packed;
    weight_only_layers_are_those_of_the_real_weights => weight_only;
    each_sample_has_a_grid_of_its_own => dynamic;
}

/// A matrix with what its bits, groups and zero points say.
struct Matrix {
    bits: u8,
    inputs: usize,
    outputs: usize,
    weights: Vec<i8>,
    group: usize,
    scales: Vec<f32>,
    zero_points: Vec<i8>,
}

impl Matrix {
    fn draw(bits: &mut Bits, inputs: usize, outputs: usize, grouped: bool) -> Self {
        let width = bits.size(1..=8) as u8;
        let zeros = [0, 0, 50, 95][bits.size(0..=3)];
        let half = 1i32 << (width - 1);
        let weights = bits.weights(inputs * outputs, zeros).into_iter().zip(bits.bytes(inputs * outputs));
        let weights = weights.map(|(zero, byte)| match (zero == 0 && zeros > 0, width) {
            (true, _) => 0,
            (false, 1) => {
                if byte & 1 == 1 {
                    1
                } else {
                    -1
                }
            }
            (false, _) => (i32::from(byte) % (2 * half) - half) as i8,
        });
        let weights = weights.collect();
        let group = if grouped { bits.size(1..=inputs) } else { inputs };
        let scales = if bits.flag() { 1 } else { inputs.div_ceil(group) * outputs };
        let affine = width > 1 && bits.flag();
        let zero_points = bits.bytes(if affine { scales } else { 0 });
        let zero_points = zero_points.into_iter().map(|byte| (i32::from(byte) % (2 * half) - half) as i8).collect();
        let scales = bits.floats(scales, 0).into_iter().map(|s| s.abs() + 0.01).collect();
        Self { bits: width, inputs, outputs, weights, group, scales, zero_points }
    }

    fn coded(&self) -> CodedWeights<'_> {
        CodedWeights {
            inputs: self.inputs,
            outputs: self.outputs,
            bits: self.bits,
            weights: &self.weights,
            group: self.group,
            scales: &self.scales,
            zero_points: &self.zero_points,
            convolution: false,
        }
    }

    fn real(&self) -> Vec<f32> {
        let weight = |(at, q): (usize, &i8)| {
            let (scale, zero) = self.coded().grid(at / self.outputs, at % self.outputs);
            (f32::from(*q) - f32::from(zero)) * scale
        };
        self.weights.iter().enumerate().map(weight).collect()
    }

    /// `(x - zero point) (w - zero points) + bias`, one product after another.
    fn multiply(&self, x: &[u8], bias: &[i32], zero_point: u8) -> Vec<i32> {
        let sum = |row: &[u8], output: usize| {
            let product = |(input, x): (usize, &u8)| {
                let w = i32::from(self.weights[input * self.outputs + output]);
                (i32::from(*x) - i32::from(zero_point)) * (w - i32::from(self.coded().grid(0, output).1))
            };
            bias[output] + row.iter().enumerate().map(product).sum::<i32>()
        };
        x.chunks_exact(self.inputs).flat_map(|row| (0..self.outputs).map(move |output| sum(row, output))).collect()
    }
}

fn unpacking(case: u64) {
    let mut bits = Bits(case);
    let bytes: [u8; 4] = std::array::from_fn(|_| bits.next() as u8);
    let word = u32::from_le_bytes(bytes);
    let mut eight = [0; 8];
    I16x8::unpack(&bytes).store(&mut eight);
    assert_eq!(eight, std::array::from_fn(|lane| ((word << (28 - 4 * lane)) as i32 >> 28) as i16));
    I16x8::unpack(&[bytes[0], bytes[1]]).store(&mut eight);
    assert_eq!(eight, std::array::from_fn(|lane| ((word << (30 - 2 * lane)) as i32 >> 30) as i16));
    I16x8::unpack(&[bytes[0]]).store(&mut eight);
    assert_eq!(eight, std::array::from_fn(|lane| if word >> lane & 1 == 1 { 1 } else { -1 }));
}

fn rows_packed(case: u64) {
    let mut bits = Bits(case);
    let (rows, inputs, outputs) = (bits.size(1..=9), bits.size(1..=60), bits.size(1..=40));
    let matrix = Matrix::draw(&mut bits, inputs, outputs, false);
    let (x, bias, zero_point) = (bits.bytes(rows * inputs), bits.biases(outputs), bits.bytes(1)[0]);
    let kernel = coded::integer(&matrix.coded(), &bias, zero_point);
    let mut y = vec![i32::MIN; rows * outputs];
    kernel.multiply(rows, &x, &mut Scratch::new(), &mut y);
    assert_eq!(y, matrix.multiply(&x, &bias, zero_point), "{kernel:?}");
}

/// An image's patches, padded with the zero point, times the matrix.
fn images_packed(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let matrix = Matrix::draw(&mut bits, op.patch(), op.filters, false);
    let (x, bias, zero_point) = (bits.bytes(batch * op.inputs()), bits.biases(op.filters), bits.bytes(1)[0]);
    let mut patches = vec![0; op.out_pixels() * op.patch()];
    let mut expected = Vec::new();
    for image in x.chunks_exact(op.inputs()) {
        crate::backend::cpu::patches::gather_patches(op, op.patch(), image, zero_point, &mut patches);
        expected.extend(matrix.multiply(&patches, &bias, zero_point));
    }
    let kernel = coded::integer(&matrix.coded(), &bias, zero_point);
    let mut y = vec![i32::MIN; expected.len()];
    kernel.convolve(op, batch, &x, &mut Scratch::new(), &mut y);
    assert_eq!(y, expected, "{op:?} {kernel:?}");
}

fn weight_only(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=3));
    let matrix = Matrix::draw(&mut bits, op.patch(), op.filters, true);
    let (real, bias) = (matrix.real(), bits.floats(op.filters, 0));
    let (kernel, dense) =
        (coded::float(&matrix.coded(), &bias, None), DenseF32::new(op.patch(), op.filters, &real, &bias));
    let mut scratch = Scratch::new();
    let x = bits.floats(batch * op.inputs(), 40);
    let (mut y, mut expected) = (vec![f32::NAN; batch * op.outputs()], vec![f32::NAN; batch * op.outputs()]);
    kernel.convolve(op, batch, &x, &mut scratch, &mut y);
    dense.convolve(op, batch, &x, &mut scratch, &mut expected);
    assert_eq!(y, expected, "{op:?} {}", kernel.name());
    let rows = bits.size(1..=9);
    let x = bits.floats(rows * op.patch(), 40);
    let (mut y, mut expected) = (vec![f32::NAN; rows * op.filters], vec![f32::NAN; rows * op.filters]);
    kernel.multiply(rows, &x, &mut scratch, &mut y);
    dense.multiply(rows, &x, &mut scratch, &mut expected);
    assert_eq!(y, expected, "{rows} rows, {}", kernel.name());
}

/// Off by half a step of the sample's grid for each weight at most, and the same alone as among others.
fn dynamic(case: u64) {
    let mut bits = Bits(case);
    let (op, batch) = (bits.conv(), bits.size(1..=5));
    let matrix = Matrix::draw(&mut bits, op.patch(), op.filters, false);
    let (real, bias) = (matrix.real(), bits.floats(op.filters, 0));
    let width = bits.size(2..=8) as u8;
    let kernel = coded::float(&matrix.coded(), &bias, Some(width));
    let mut scratch = Scratch::new();
    let mut x = bits.floats(batch * op.inputs(), 40);
    for sample in x.chunks_mut(op.inputs()) {
        if bits.flag() {
            sample.iter_mut().for_each(|x| *x = x.abs());
        }
    }
    let mut y = vec![f32::NAN; batch * op.outputs()];
    kernel.convolve(op, batch, &x, &mut scratch, &mut y);
    let mut expected = vec![0.0; y.len()];
    reference::convolve(op, batch, &x, &real, &mut expected);
    for (sample, (y, expected)) in y.chunks(op.outputs()).zip(expected.chunks(op.outputs())).enumerate() {
        let x = &x[sample * op.inputs()..][..op.inputs()];
        let largest = x.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let signed = x.iter().any(|x| *x < 0.0);
        let step = largest / if signed { (1 << (width - 1)) - 1 } else { (1 << width) - 1 } as f32;
        for (at, (y, expected)) in y.iter().zip(expected).enumerate() {
            let output = at % op.filters;
            let weights: f32 = real.iter().skip(output).step_by(op.filters).map(|w| w.abs()).sum();
            let off = (y - expected - bias[output]).abs();
            assert!(off <= 0.5 * step * weights + 1e-3 * (1.0 + largest * weights), "off by {off}, step {step}");
        }
        let mut alone = vec![f32::NAN; op.outputs()];
        kernel.convolve(op, 1, x, &mut scratch, &mut alone);
        assert_eq!(alone, y);
    }
}
