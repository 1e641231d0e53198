//! The matrix product of training and of batched inference: an outer-product micro-kernel over packed panels
//! (Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication", without its third level).
//!
//! `b` is packed once into panels of [`NR`] columns, `a` block by block into strips of [`MR`] rows. The micro-kernel
//! keeps an `MR x NR` tile of `c` in registers and walks `k` upwards, one vector lane to one output: every output is
//! summed in `k` order, whatever the vector width. Cutting `k` into blocks does not change that, since a partial sum
//! stored to `c` and loaded again is the same `f32`.

use super::simd::F32x4;
use super::zero_skipping::{self, Nonzeros};
use crate::backend::MatMul;

/// Rows of the register tile.
pub const MR: usize = 4;
/// Columns of the register tile: two vectors, so that 8 accumulators, 2 columns and a broadcast fit in 16 registers.
pub const NR: usize = 8;
/// Steps of `k` per block: a panel's block (8 KiB) and a strip's (4 KiB) stay in a 32 KiB first-level cache.
const KC: usize = 256;
/// Rows of `a` per block: a packed block takes 256 KiB at most, which a second-level cache holds.
const MC: usize = 256;

/// The right-hand side, `k x n`, as panels of `NR` columns, each `k` rows of `NR` values; missing columns are zeros.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    k: usize,
    n: usize,
    values: Vec<[f32; NR]>,
}

impl Panels {
    /// Packs `b` (`k x n`, or `n x k` if transposed), reusing the memory of what was packed before.
    pub fn pack(&mut self, k: usize, n: usize, b: &[f32], transposed: bool) {
        assert!(b.len() >= k * n, "the right-hand side of a product is too short");
        (self.k, self.n) = (k, n);
        let needed = n.div_ceil(NR) * k;
        if self.values.len() < needed {
            self.values.resize(needed, [0.0; NR]);
        }
        if k == 0 {
            return;
        }
        for (panel, rows) in self.values[..needed].chunks_exact_mut(k).enumerate() {
            let start = panel * NR;
            let width = NR.min(n - start);
            if transposed {
                pack_transposed(k, &b[start * k..][..width * k], rows);
            } else {
                for (row, from) in rows.iter_mut().zip(b.chunks_exact(n)) {
                    if let Some(full) = from[start..].first_chunk::<NR>() {
                        *row = *full;
                    } else {
                        *row = [0.0; NR];
                        row[..width].copy_from_slice(&from[start..]);
                    }
                }
            }
        }
    }

    /// Rows of the right-hand side, the dimension that is summed.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Columns of the right-hand side.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The `k` rows of the panel that holds columns `panel * NR ..`.
    #[inline(always)]
    pub fn panel(&self, panel: usize) -> &[[f32; NR]] {
        &self.values[panel * self.k..][..self.k]
    }
}

/// Packs up to `LANES` rows of length `k` side by side: `to[p][lane] = rows[lane][p]`, missing rows as zeros.
fn pack_transposed<const LANES: usize>(k: usize, rows: &[f32], to: &mut [[f32; LANES]]) {
    interleave(rows.chunks_exact(k), to);
}

/// `to[p][lane] = rows[lane][p]`, missing rows as zeros.
fn interleave<'a, const LANES: usize>(rows: impl Iterator<Item = &'a [f32]>, to: &mut [[f32; LANES]]) {
    let mut lanes: [&[f32]; LANES] = [&[]; LANES];
    let mut present = 0;
    for (lane, row) in lanes.iter_mut().zip(rows) {
        *lane = &row[..to.len()];
        present += 1;
    }
    if present < LANES {
        to.fill([0.0; LANES]);
        for (lane, row) in lanes[..present].iter().enumerate() {
            for (to, from) in to.iter_mut().zip(*row) {
                to[lane] = *from;
            }
        }
        return;
    }
    for (p, to) in to.iter_mut().enumerate() {
        *to = std::array::from_fn(|lane| lanes[lane][p]);
    }
}

/// The left-hand side where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a> {
    /// The matrix, `m x k`, or `k x m` if transposed.
    pub values: &'a [f32],
    /// Whether it is stored as `k x m`.
    pub transposed: bool,
}

/// Packed strips of the left-hand side, reused from call to call.
pub type Strips = Vec<[f32; MR]>;

/// Packs rows `rows` and steps `steps` of `a` into strips of `MR` rows.
fn pack_left(
    a: Left<'_>,
    (m, k): (usize, usize),
    rows: std::ops::Range<usize>,
    steps: std::ops::Range<usize>,
    strips: &mut [[f32; MR]],
) {
    let depth = steps.len();
    for (strip, to) in strips.chunks_exact_mut(depth).enumerate() {
        let start = rows.start + strip * MR;
        let height = MR.min(rows.end - start);
        if a.transposed {
            for (to, from) in to.iter_mut().zip(a.values[steps.start * m..].chunks(m)) {
                if let (Some(full), MR) = (from[start..].first_chunk::<MR>(), height) {
                    *to = *full;
                } else {
                    *to = [0.0; MR];
                    to[..height].copy_from_slice(&from[start..][..height]);
                }
            }
        } else {
            let of_strip = a.values[start * k..][..height * k].chunks_exact(k);
            interleave(of_strip.map(|row| &row[steps.clone()]), to);
        }
    }
}

/// The micro-kernel: the sum over `p`, upwards, of `a[p][i] * b[p][j]` is added to `sums[i][j]`, for the first
/// `4 * VECTORS` columns of a panel.
#[inline(always)]
fn multiply_tile<const VECTORS: usize>(a: &[[f32; MR]], b: &[[f32; NR]], sums: &mut [[F32x4; VECTORS]; MR]) {
    let mut tile = *sums;
    for (a, b) in a.iter().zip(b) {
        let (b, _) = b.as_chunks::<4>();
        let b: [F32x4; VECTORS] = std::array::from_fn(|at| F32x4::load(&b[at]));
        for (sums, a) in tile.iter_mut().zip(a) {
            let a = F32x4::splat(*a);
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = sum.add_product(a, b);
            }
        }
    }
    *sums = tile;
}

/// Brings one tile of `c` up to date: rows `c.chunks(n)`, at most `MR` of them, and at most `4 * VECTORS` columns from
/// `column` on, where they exist. The tile starts from zero, or from what `c` holds.
#[inline(always)]
fn update_tile<const VECTORS: usize>(
    a: &[[f32; MR]],
    b: &[[f32; NR]],
    c: &mut [f32],
    n: usize,
    column: usize,
    from_zero: bool,
) {
    let width = (4 * VECTORS).min(n - column);
    let mut sums = [[F32x4::splat(0.0); VECTORS]; MR];
    if width == 4 * VECTORS && c.len() == MR * n {
        if !from_zero {
            for (sums, row) in sums.iter_mut().zip(c.chunks_exact(n)) {
                let (fours, _) = row[column..][..width].as_chunks::<4>();
                *sums = std::array::from_fn(|at| F32x4::load(&fours[at]));
            }
        }
        multiply_tile(a, b, &mut sums);
        for (sums, row) in sums.iter().zip(c.chunks_exact_mut(n)) {
            let (fours, _) = row[column..][..width].as_chunks_mut::<4>();
            sums.iter().zip(fours).for_each(|(sum, four)| sum.store(four));
        }
        return;
    }
    // At the edges the tile goes by way of an array in which all of it has a place.
    let mut values = [[[0.0; 4]; VECTORS]; MR];
    if !from_zero {
        for (values, row) in values.iter_mut().zip(c.chunks_exact(n)) {
            values.as_flattened_mut()[..width].copy_from_slice(&row[column..][..width]);
        }
    }
    for (sums, values) in sums.iter_mut().zip(&values) {
        sums.iter_mut().zip(values).for_each(|(sum, four)| *sum = F32x4::load(four));
    }
    multiply_tile(a, b, &mut sums);
    for (sums, values) in sums.iter().zip(&mut values) {
        sums.iter().zip(values).for_each(|(sum, four)| sum.store(four));
    }
    for (values, row) in values.iter().zip(c.chunks_exact_mut(n)) {
        row[column..][..width].copy_from_slice(&values.as_flattened()[..width]);
    }
}

/// `c = a * b`, or `c += a * b`, for `m` rows, with `b` packed.
pub fn multiply_packed(m: usize, a: Left<'_>, b: &Panels, accumulate: bool, strips: &mut Strips, c: &mut [f32]) {
    let (k, n) = (b.k, b.n);
    assert!(a.values.len() >= m * k, "the left-hand side of a product is too short");
    let c = &mut c[..m * n];
    if k == 0 && !accumulate {
        c.fill(0.0);
    }
    if k == 0 || n == 0 {
        return;
    }
    let needed = MC.min(m).div_ceil(MR) * KC.min(k);
    if strips.len() < needed {
        strips.resize(needed, [0.0; MR]);
    }
    for first_row in (0..m).step_by(MC) {
        let rows = first_row..m.min(first_row + MC);
        for first_step in (0..k).step_by(KC) {
            let steps = first_step..k.min(first_step + KC);
            let depth = steps.len();
            let strips = &mut strips[..rows.len().div_ceil(MR) * depth];
            pack_left(a, (m, k), rows.clone(), steps.clone(), strips);
            let from_zero = first_step == 0 && !accumulate;
            for column in (0..n).step_by(NR) {
                let panel = &b.panel(column / NR)[steps.clone()];
                for (strip, row) in strips.chunks_exact(depth).zip(rows.clone().step_by(MR)) {
                    let tile_rows = &mut c[row * n..][..MR.min(rows.end - row) * n];
                    if n - column > 4 {
                        update_tile::<2>(strip, panel, tile_rows, n, column, from_zero);
                    } else {
                        update_tile::<1>(strip, panel, tile_rows, n, column, from_zero);
                    }
                }
            }
        }
    }
}

/// What products keep between calls so as not to allocate.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The packed right-hand side.
    pub panels: Panels,
    /// The packed left-hand side.
    pub strips: Strips,
    /// The non-zeros of a left-hand side that has few.
    pub nonzeros: Nonzeros,
}

/// The matrix product of [`MatMul`] on slices, by the kernel that suits the left-hand side.
pub fn matmul(op: MatMul, a: &[f32], b: &[f32], workspace: &mut Workspace, c: &mut [f32]) {
    let Workspace { panels, strips, nonzeros } = workspace;
    let a = Left { values: a, transposed: op.a_transposed };
    if !op.b_transposed && zero_skipping::pays(&a.values[..op.m * op.k], op.n) {
        nonzeros.collect(op.m, op.k, a);
        zero_skipping::multiply(nonzeros, op.n, &b[..op.k * op.n], op.accumulate, &mut c[..op.m * op.n]);
    } else {
        panels.pack(op.k, op.n, b, op.b_transposed);
        multiply_packed(op.m, a, panels, op.accumulate, strips, c);
    }
}
