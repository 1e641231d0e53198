//! What happens to integers between two layers: requantization, pooling and tables, without a float in between.
//!
//! Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
//! 2018, section 2.2.

use crate::backend::cpu::simd::{Rescale, rescale};
use crate::backend::{Pool, PoolKind};

/// A positive real factor as `mantissa * 2^-shift` with a mantissa of 31 bits, and half a unit of what is shifted out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Multiplier {
    mantissa: i64,
    half: i64,
    shift: u32,
}

impl Multiplier {
    /// The nearest multiplier; a factor out of reach (below 2^-32, above 2^29) becomes the nearest in reach.
    fn new(factor: f64) -> Self {
        let factor = factor.clamp(libm::ldexp(1.0, -32), libm::ldexp(1.0, 29));
        let (fraction, exponent) = libm::frexp(factor); // fraction in 0.5..1
        let mantissa = libm::round(libm::ldexp(fraction, 31)) as i64;
        // A fraction that rounds up to one is the next power of two.
        let (mantissa, exponent) = if mantissa == 1 << 31 { (1 << 30, exponent + 1) } else { (mantissa, exponent) };
        let shift = (31 - exponent) as u32;
        Self { mantissa, half: 1 << (shift - 1), shift }
    }

    /// `round(value * factor)`, halves upwards, in 64-bit integers.
    #[inline(always)]
    fn apply(self, value: i32) -> i64 {
        // `wrapping_shr` takes the shift modulo 64, as the instruction does; it is below that.
        (i64::from(value) * self.mantissa + self.half).wrapping_shr(self.shift)
    }
}

/// Four multipliers for [`rescale`]; nothing where their shifts are more than one apart, or where a sum beyond its reach
/// would not saturate in any case (which takes factors of 2^-21 and more).
fn four(multipliers: &[Multiplier; 4], zero_point: u8) -> Option<Rescale> {
    let shift = multipliers.iter().map(|of| of.shift).max()?;
    if !multipliers.iter().all(|of| (32..=51).contains(&of.shift) && shift - of.shift <= 1) {
        return None;
    }
    let addend = |at: usize| (1 << 61) + multipliers[at].half;
    let double = |at: usize| if multipliers[at].shift < shift { -1 } else { 0 };
    Some(Rescale {
        mantissas: multipliers.map(|of| of.mantissa as i32), // of 31 bits
        addends: [[addend(0), addend(1)], [addend(2), addend(3)]],
        doubled: [[double(0), double(1)], [double(2), double(3)]],
        shift,
        bases: multipliers.map(|of| i32::from(zero_point) - (1 << (61 - of.shift))),
    })
}

/// How accumulators become 8-bit activations: a multiplier for each output (input scale times weight scale over output
/// scale), the output's zero point, and the least value (the zero point where ReLU is fused).
#[derive(Clone, Debug, PartialEq)]
pub struct Requant {
    multipliers: Vec<Multiplier>,
    /// Four outputs at a time, where that can be; without the rest of the last.
    fours: Vec<Option<Rescale>>,
    zero_point: u8,
    floor: u8,
    top: u8,
}

impl Requant {
    /// `factors` holds one factor for each output, all of them positive.
    pub fn new(factors: impl Iterator<Item = f64>, zero_point: u8, relu: bool) -> Self {
        let floor = if relu { zero_point } else { 0 };
        let multipliers: Vec<_> = factors.map(Multiplier::new).collect();
        let fours = multipliers.as_chunks().0.iter().map(|at| four(at, zero_point)).collect();
        Self { multipliers, fours, zero_point, floor, top: u8::MAX }
    }

    /// The same onto a grid that ends at `top`.
    pub fn below(self, top: u8) -> Self {
        Self { top, ..self }
    }

    /// A mantissa of 31 bits and a shift of 1 to 62 for each output.
    pub fn factors(&self) -> impl Iterator<Item = [u32; 2]> {
        self.multipliers.iter().map(|of| [of.mantissa as u32, of.shift])
    }

    /// The zero point of what comes out, and its least value.
    pub fn range(&self) -> [u8; 2] {
        [self.zero_point, self.floor]
    }
}

/// `y = clamp(zero point + round(sum * factor))`, column by column of a `rows x outputs` matrix.
pub fn requantize(rows: usize, requant: &Requant, sums: &[i32], y: &mut [u8]) {
    let outputs = requant.multipliers.len();
    let (zero_point, floor) = (i64::from(requant.zero_point), i64::from(requant.floor));
    let one = |sums: &[i32], multipliers: &[Multiplier], y: &mut [u8]| {
        for ((sum, y), multiplier) in sums.iter().zip(y).zip(multipliers) {
            *y = (zero_point + multiplier.apply(*sum)).clamp(floor, 255) as u8;
        }
    };
    let (multipliers, rest) = requant.multipliers.as_chunks::<4>();
    for (sums, y) in sums.chunks_exact(outputs).zip(y.chunks_exact_mut(outputs)).take(rows) {
        let (sums, last_sums) = sums.as_chunks::<4>();
        let (y, last_y) = y.as_chunks_mut::<4>();
        for (((sums, y), four), multipliers) in sums.iter().zip(y).zip(&requant.fours).zip(multipliers) {
            match four {
                Some(by) => rescale(by, sums, requant.floor, y),
                None => one(sums, multipliers, y),
            }
        }
        one(last_sums, rest, last_y);
    }
    cut(y, requant.top);
}

/// Brings what lies above a grid of fewer than 256 values onto its end.
fn cut(y: &mut [u8], top: u8) {
    if top < u8::MAX {
        y.iter_mut().for_each(|y| *y = (*y).min(top));
    }
}

/// How two activations, each on a grid of its own, are added onto a third: two factors over one power of two, so that a sum is
/// rounded once (Jacob et al. 2018, appendix A.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    factors: [i32; 2],
    zero_points: [i32; 2],
    shift: u32,
    zero_point: i32,
    floor: i32,
    top: u8,
}

impl Addition {
    /// `factors` are the scales of what is added over that of the sum, both positive; a factor out of reach (above 2^20) becomes
    /// the nearest in reach. The larger keeps 21 bits and the other the same unit, which places a sum within a thousandth of a
    /// step while factors are below 8.
    pub fn new(factors: [f64; 2], zero_points: [u8; 2], zero_point: u8, relu: bool) -> Self {
        let factors = factors.map(|factor| factor.clamp(0.0, libm::ldexp(1.0, 20)));
        // Two products of a factor of up to 2^21 with a difference of up to 255, and a half, stay below 2^31.
        let (_, exponent) = libm::frexp(factors[0].max(factors[1]));
        let shift = (21 - exponent).clamp(1, 30);
        Self {
            factors: factors.map(|factor| libm::round(libm::ldexp(factor, shift)) as i32),
            zero_points: zero_points.map(i32::from),
            shift: shift as u32,
            zero_point: i32::from(zero_point),
            floor: if relu { i32::from(zero_point) } else { 0 },
            top: u8::MAX,
        }
    }

    /// The same onto a grid that ends at `top`.
    pub fn below(self, top: u8) -> Self {
        Self { top, ..self }
    }

    /// The two factors in units of `2^-shift`, the shift, and the least value of a sum.
    pub fn parts(&self) -> ([i32; 2], u32, i32) {
        (self.factors, self.shift, self.floor)
    }
}

/// `y = clamp(zero point + round(a's real value + b's real value, in steps of y))`, halves upwards.
pub fn add_u8(op: &Addition, a: &[u8], b: &[u8], y: &mut [u8]) {
    let half = 1 << (op.shift - 1);
    for ((a, b), y) in a.iter().zip(b).zip(y.iter_mut()) {
        let (a, b) = (i32::from(*a) - op.zero_points[0], i32::from(*b) - op.zero_points[1]);
        let sum = (a * op.factors[0] + b * op.factors[1] + half) >> op.shift;
        *y = (op.zero_point + sum).clamp(op.floor, 255) as u8;
    }
    cut(y, op.top);
}

/// Pools `batch` images of integers on one grid: the largest, or the mean rounded with halves upwards.
pub fn pool_u8(op: Pool, batch: usize, x: &[u8], y: &mut [u8]) {
    match op.kind {
        PoolKind::Max => max_pool(op, batch, x, y),
        PoolKind::Average => average_pool(op, batch, x, y),
    }
}

/// The largest value of each window, for `batch` images. Requantization never turns a larger sum into a smaller activation,
/// so sums may be pooled before it: what is pooled away need not be requantized.
pub fn max_pool<T: Copy + Ord>(op: Pool, batch: usize, x: &[T], y: &mut [T]) {
    let out_width = op.width / op.size;
    for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
        for (pixel, y) in y.chunks_exact_mut(op.channels).enumerate() {
            let corner = (pixel / out_width * op.width + pixel % out_width) * op.size;
            y.copy_from_slice(&x[corner * op.channels..][..op.channels]);
            for at in 1..op.size * op.size {
                let place = corner + at / op.size * op.width + at % op.size;
                let values = &x[place * op.channels..][..op.channels];
                y.iter_mut().zip(values).for_each(|(y, value)| *y = (*y).max(*value));
            }
        }
    }
}

fn average_pool(op: Pool, batch: usize, x: &[u8], y: &mut [u8]) {
    let (out_width, area) = (op.width / op.size, (op.size * op.size) as u32);
    for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
        for (pixel, y) in y.chunks_exact_mut(op.channels).enumerate() {
            let corner = (pixel / out_width * op.width + pixel % out_width) * op.size;
            for (channel, y) in y.iter_mut().enumerate() {
                let window = (0..op.size).flat_map(|row| (0..op.size).map(move |column| row * op.width + column));
                let sum: u32 = window.map(|at| u32::from(x[(corner + at) * op.channels + channel])).sum();
                *y = ((sum + area / 2) / area) as u8;
            }
        }
    }
}

/// A nonlinearity as a table of 256 values, in place.
pub fn lookup(table: &[u8], values: &mut [u8]) {
    values.iter_mut().for_each(|value| *value = table[usize::from(*value)]);
}
