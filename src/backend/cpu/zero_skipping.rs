//! The matrix product for a left-hand side with many zeros: images, whose background is black, and what ReLU leaves.
//!
//! Only the non-zeros of `op(a)` are multiplied, each with a whole stretch of its row of `b`, so that the work shrinks in
//! proportion. The sums are those of the dense kernel bit for bit: they run in the same order, a product with zero is
//! zero, and adding a zero to a sum that began at zero changes nothing.

use super::convolution::grown;
use super::matmul::Left;
use super::simd::{F32x4, nonzero_bits};

/// The share of non-zeros up to which skipping is faster than the dense kernel, in hundredths.
const WORTH_PERCENT: usize = 55;
/// Columns from which it is worth while: narrow matrices give each non-zero too little to do.
const WORTH_COLUMNS: usize = 24;
/// Values looked at together when zeros are passed over.
const GLANCE: usize = 16;

/// The non-zeros of a matrix, row by row, each with its place in the row.
#[derive(Debug, Default)]
pub struct Nonzeros {
    /// Where each row's entries begin and end.
    rows: Vec<(u32, u32)>,
    entries: Vec<(u32, f32)>,
}

/// Calls `visit(index, value)` for each value that is not zero, in order.
#[inline(always)]
pub fn for_each_nonzero(values: &[f32], mut visit: impl FnMut(usize, f32)) {
    let (glances, rest) = values.as_chunks::<GLANCE>();
    for (glance, chunk) in glances.iter().enumerate() {
        let mut left = nonzero_bits(chunk);
        while left != 0 {
            let at = left.trailing_zeros() as usize % GLANCE;
            visit(glance * GLANCE + at, chunk[at]);
            left &= left - 1;
        }
    }
    for (at, value) in rest.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        visit(glances.len() * GLANCE + at, *value);
    }
}

/// How many values are not zero.
pub fn count(values: &[f32]) -> usize {
    let (glances, rest) = values.as_chunks::<GLANCE>();
    let seen: u32 = glances.iter().map(|chunk| nonzero_bits(chunk).count_ones()).sum();
    seen as usize + rest.iter().filter(|value| **value != 0.0).count()
}

/// Whether so many of `values` are zero that [`multiply`] is the faster way to a product of `n` columns with them.
pub fn pays(values: &[f32], n: usize) -> bool {
    n >= WORTH_COLUMNS && !values.is_empty() && count(values) * 100 <= values.len() * WORTH_PERCENT
}

impl Nonzeros {
    /// Collects the non-zeros of `op(a)`, `m x k`, both above zero.
    pub fn collect(&mut self, m: usize, k: usize, a: Left<'_>) {
        let values = &a.values[..m * k];
        let count = count(values);
        assert!(u32::try_from(count).is_ok(), "a matrix of {m} x {k} has too many values to list");
        grown(&mut self.entries, count);
        self.rows.clear();
        if a.transposed { self.collect_columns(m, values) } else { self.collect_rows(k, values) }
    }

    fn collect_rows(&mut self, k: usize, values: &[f32]) {
        let mut next = 0;
        for row in values.chunks_exact(k) {
            let start = next;
            for_each_nonzero(row, |at, value| {
                self.entries[next as usize] = (at as u32, value);
                next += 1;
            });
            self.rows.push((start, next));
        }
    }

    /// The rows of `op(a)` are the columns of `values`: they are counted first, then filled.
    fn collect_columns(&mut self, m: usize, values: &[f32]) {
        self.rows.resize(m, (0, 0));
        for step in values.chunks_exact(m) {
            self.rows.iter_mut().zip(step).for_each(|((_, count), value)| *count += u32::from(*value != 0.0));
        }
        let mut next = 0;
        for row in &mut self.rows {
            let count = row.1;
            *row = (next, next);
            next += count;
        }
        for (step, of_step) in values.chunks_exact(m).enumerate() {
            for_each_nonzero(of_step, |row, value| {
                let next = &mut self.rows[row].1;
                self.entries[*next as usize] = (step as u32, value);
                *next += 1;
            });
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        self.rows.iter().map(|&(start, end)| &self.entries[start as usize..end as usize])
    }
}

/// `c = op(a) b`, or `c += op(a) b`, with `b` stored row by row in `n` columns.
pub fn multiply(a: &Nonzeros, n: usize, b: &[f32], accumulate: bool, c: &mut [f32]) {
    let vectors = n / 4;
    let passes = vectors.div_ceil(MOST_VECTORS);
    for pass in 0..passes {
        // As even as can be: a narrow pass would wait for each of its sums.
        let columns = [pass, pass + 1].map(|pass| vectors * pass / passes);
        let multiply = MULTIPLY_COLUMNS[columns[1] - columns[0] - 1];
        multiply(a, n, 4 * columns[0], b, accumulate, c);
    }
    for column in 4 * vectors..n {
        for (row, c) in a.iter().zip(c.chunks_exact_mut(n)) {
            let start = if accumulate { c[column] } else { 0.0 };
            c[column] = row.iter().fold(start, |sum, (step, a)| sum + a * b[*step as usize * n + column]);
        }
    }
}

/// Sums that fit in 16 registers beside what they are made of.
const MOST_VECTORS: usize = 12;

/// The arguments of [`multiply_columns`].
type MultiplyColumns = fn(&Nonzeros, usize, usize, &[f32], bool, &mut [f32]);

/// [`multiply_columns`] for each number of vectors, from one upwards.
const MULTIPLY_COLUMNS: [MultiplyColumns; MOST_VECTORS] = [
    multiply_columns::<1>,
    multiply_columns::<2>,
    multiply_columns::<3>,
    multiply_columns::<4>,
    multiply_columns::<5>,
    multiply_columns::<6>,
    multiply_columns::<7>,
    multiply_columns::<8>,
    multiply_columns::<9>,
    multiply_columns::<10>,
    multiply_columns::<11>,
    multiply_columns::<12>,
];

/// `4 * VECTORS` columns of the product, each row's sums in registers.
fn multiply_columns<const VECTORS: usize>(
    a: &Nonzeros,
    n: usize,
    column: usize,
    b: &[f32],
    accumulate: bool,
    c: &mut [f32],
) {
    for (row, c) in a.iter().zip(c.chunks_exact_mut(n)) {
        let (c, _) = c[column..][..4 * VECTORS].as_chunks_mut::<4>();
        let mut sums: [F32x4; VECTORS] =
            std::array::from_fn(|at| if accumulate { F32x4::load(&c[at]) } else { F32x4::splat(0.0) });
        for (step, a) in row {
            let a = F32x4::splat(*a);
            let (b, _) = b[*step as usize * n + column..][..4 * VECTORS].as_chunks::<4>();
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = sum.add_product(a, F32x4::load(b));
            }
        }
        for (sum, c) in sums.iter().zip(c) {
            sum.store(c);
        }
    }
}
