//! The matrix product of training and of batched inference: an outer-product micro-kernel over packed panels
//! (Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication", without its third level).
//!
//! `b` is packed once into panels of [`NR`] columns, `a` block by block into strips of [`MR`] rows. The micro-kernel
//! keeps an `MR x NR` tile of `c` in registers and walks `k` upwards, one vector lane to one output: every output is
//! summed in `k` order, whatever the vector width. Cutting `k` into blocks does not change that, since a partial sum
//! stored to `c` and loaded again is the same `f32`.

use super::simd::F32x4;
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

/// The micro-kernel: `tile[i][j] += sum over p of a[p][i] * b[p][j]`, `p` upwards.
#[inline(always)]
fn multiply_tile(a: &[[f32; MR]], b: &[[f32; NR]], tile: &mut [[F32x4; NR / 4]; MR]) {
    let mut sums = *tile;
    for (a, b) in a.iter().zip(b) {
        let (b, _) = b.as_chunks::<4>();
        let b = [F32x4::load(&b[0]), F32x4::load(&b[1])];
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = F32x4::splat(*a);
            sums[0] = sums[0].add_product(a, b[0]);
            sums[1] = sums[1].add_product(a, b[1]);
        }
    }
    *tile = sums;
}

/// Brings one tile of `c` up to date: rows `c.chunks(n)`, at most `MR` of them, columns `column .. column + NR` where
/// they exist. The tile starts from zero, or from what `c` holds.
#[inline(always)]
fn update_tile(a: &[[f32; MR]], b: &[[f32; NR]], c: &mut [f32], n: usize, column: usize, from_zero: bool) {
    let width = NR.min(n - column);
    let mut values = [[0.0; NR]; MR];
    if !from_zero {
        for (values, row) in values.iter_mut().zip(c.chunks_exact(n)) {
            if let Some(full) = row[column..].first_chunk::<NR>() {
                *values = *full;
            } else {
                values[..width].copy_from_slice(&row[column..]);
            }
        }
    }
    let mut tile = values.map(|row| [0, 4].map(|at| F32x4::load(&std::array::from_fn(|lane| row[at + lane]))));
    multiply_tile(a, b, &mut tile);
    for (tile, values) in tile.iter().zip(&mut values) {
        let (halves, _) = values.as_chunks_mut::<4>();
        tile[0].store(&mut halves[0]);
        tile[1].store(&mut halves[1]);
    }
    for (values, row) in values.iter().zip(c.chunks_exact_mut(n)) {
        if let Some(full) = row[column..].first_chunk_mut::<NR>() {
            *full = *values;
        } else {
            row[column..].copy_from_slice(&values[..width]);
        }
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
                    update_tile(strip, panel, tile_rows, n, column, from_zero);
                }
            }
        }
    }
}

/// The matrix product of [`MatMul`] on slices; `panels` and `strips` are scratch.
pub fn matmul(op: MatMul, a: &[f32], b: &[f32], panels: &mut Panels, strips: &mut Strips, c: &mut [f32]) {
    panels.pack(op.k, op.n, b, op.b_transposed);
    let a = Left { values: a, transposed: op.a_transposed };
    multiply_packed(op.m, a, panels, op.accumulate, strips, c);
}
