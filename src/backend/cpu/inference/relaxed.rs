//! Four inputs at a time through relaxed SIMD's integer dot product.
//!
//! `i32x4.relaxed_dot_i8x16_i7x16_add` is only defined for second operands below 128, and ours go up to 255. Processors
//! have an exact instruction for more than that, but not the same one: x86 with VNNI takes the second operand for
//! unsigned, Arm takes it for signed (then 128 is taken off every byte, and the bias makes up for it), and older x86 adds
//! pairs in 16 bits, which overflow. What this one does is found out by trying; if it is not exact, it is not used.
//!
//! Nothing here is reached from the plain worker's binary, so that it runs where relaxed SIMD is unknown.

use super::blocks::Blocks;
use super::dense_int8::{self, Panels};
use super::dot::{Dot, group_quads, pack_quads};
use super::integer_kernel::{IntegerKernels, prefer};
use super::sparse_int8;
use crate::backend::cpu::simd::{I32x4, add_relaxed_quads};
use std::hint::black_box;

/// Four inputs through the relaxed instruction, which takes its bytes for unsigned, or signed, ones.
#[derive(Clone, Copy, Debug)]
struct Relaxed<const SIGNED: bool>;

impl<const SIGNED: bool> Dot for Relaxed<SIGNED> {
    const INPUTS: usize = 4;
    const OFFSET: i32 = if SIGNED { 128 } else { 0 };
    type Weights = [i8; 16];

    fn pack(weight: impl Fn(usize, usize) -> i8) -> [i8; 16] {
        pack_quads(weight)
    }

    #[inline(always)]
    fn group(x: &[u8], groups: &mut [i32]) {
        group_quads(x, SIGNED, groups);
    }

    #[inline(always)]
    fn add(sums: I32x4, weights: &[i8; 16], groups: &[i32]) -> I32x4 {
        add_relaxed_quads(sums, weights, groups[0])
    }

    fn multiply(panels: &Panels<Self>, rows: usize, groups: &[i32], y: &mut [i32]) {
        multiply(panels, rows, groups, y);
    }

    fn add_blocks(blocks: &Blocks<[i8; 16]>, groups: &[i32], sums: &mut [[i32; 4]]) {
        add_blocks::<SIGNED>(blocks, groups, sums);
    }
}

// The loops are compiled with the instruction switched on, so that it stands in them and is not called.

#[target_feature(enable = "relaxed-simd")]
fn multiply<const SIGNED: bool>(panels: &Panels<Relaxed<SIGNED>>, rows: usize, groups: &[i32], y: &mut [i32]) {
    panels.multiply(rows, groups, y);
}

#[target_feature(enable = "relaxed-simd")]
fn add_blocks<const SIGNED: bool>(blocks: &Blocks<[i8; 16]>, groups: &[i32], sums: &mut [[i32; 4]]) {
    blocks.add_groups::<Relaxed<SIGNED>>(groups, sums);
}

/// Products of a round of [`peak`], each with a sum of its own, since the instruction takes some five cycles. They share
/// their weights: more would not fit the sixteen registers of x86, and nothing is computed twice, as the sums are in it.
const PEAK_PRODUCTS: usize = 12;

/// Does `rounds` x 12 of the instruction, in registers; returns the operations done: sixteen multiplies and adds each.
#[target_feature(enable = "relaxed-simd")]
fn peak(rounds: usize) -> f64 {
    let weights = black_box([1; 16]);
    let mut sums: [I32x4; PEAK_PRODUCTS] = std::array::from_fn(|at| I32x4::splat(black_box(at as i32)));
    for _ in 0..rounds {
        let bytes = black_box(0x0101_0101);
        for sum in &mut sums {
            *sum = add_relaxed_quads(*sum, &weights, bytes);
        }
    }
    black_box(sums);
    (rounds * PEAK_PRODUCTS * 32) as f64
}

/// Whether the instruction is exact over the whole range of weights and bytes when it takes bytes for `signed` ones.
fn is_exact(signed: bool) -> bool {
    let weights: [i8; 6] = [-127, -126, -1, 0, 1, 127];
    let bytes: [u8; 7] = [0, 1, 126, 127, 128, 254, 255];
    let real = |byte: u8| if signed { i32::from(byte as i8) } else { i32::from(byte) };
    weights.iter().all(|&first| {
        weights.iter().all(|&second| {
            bytes.iter().all(|&x| {
                bytes.iter().all(|&other| {
                    let w: [i8; 16] = std::array::from_fn(|lane| if lane % 2 == 0 { first } else { second });
                    let group = i32::from_le_bytes([x, other, other, x]);
                    let mut sums = [0; 4];
                    add_relaxed_quads(I32x4::splat(-5), black_box(&w), black_box(group)).store(&mut sums);
                    let wanted = (i32::from(first) + i32::from(second)) * (real(x) + real(other)) - 5;
                    sums == [wanted; 4]
                })
            })
        })
    })
}

fn kernels<const SIGNED: bool>() -> IntegerKernels {
    IntegerKernels {
        dense: dense_int8::dense::<Relaxed<SIGNED>>,
        sparse: sparse_int8::sparse::<Relaxed<SIGNED>>,
        sparse_from: 0.85,
        peak: Some(peak),
    }
}

/// Has integer layers run on the relaxed instruction from now on, if it is exact on this processor.
pub fn use_if_exact() {
    if is_exact(false) {
        prefer(kernels::<false>());
    } else if is_exact(true) {
        prefer(kernels::<true>());
    }
}
