//! How bytes are multiplied by weights: a few neighbouring inputs at a time, into four outputs.
//!
//! [`Pairs`] is there wherever simd128 is. Four inputs at a time need an instruction that not every processor has in an
//! exact form; `relaxed` finds out. All are exact, so they give the same sums.

use super::blocks::Blocks;
use super::dense_int8::Panels;
use crate::backend::cpu::simd::{I16x8, I32x4};
use std::fmt::Debug;

/// A way to multiply bytes by 8-bit weights. A *group* is some neighbouring inputs in one `i32`, and [`Dot::INPUTS`] of them, which are
/// [`Dot::GROUPS`] groups, have their weights together.
pub trait Dot: Copy + Debug + Send + Sync + 'static {
    /// Inputs that have their weights together.
    const INPUTS: usize;
    /// Their groups.
    const GROUPS: usize = 1;
    /// What is taken off each byte when it is put into a group, so that it fits the instruction.
    const OFFSET: i32;
    /// What reports call a dense layer of these.
    const NAME: &'static str = "dense int8";
    /// The weights of so many inputs for four outputs: one vector.
    type Weights: Copy + Debug + Send + Sync;

    /// Packs the weights that `weight(input, output)` names.
    fn pack(weight: impl Fn(usize, usize) -> i8) -> Self::Weights;

    /// Puts bytes into groups; what the last ones lack is zero, or has weights that are zero.
    fn group(x: &[u8], groups: &mut [i32]);

    /// Adds the products of [`Dot::GROUPS`] groups with their weights to the sums of four outputs.
    fn add(sums: I32x4, weights: &Self::Weights, groups: &[i32]) -> I32x4;

    /// Rows of groups times panels of weights; see [`Panels::multiply`].
    fn multiply(panels: &Panels<Self>, rows: usize, groups: &[i32], y: &mut [i32]) {
        panels.multiply(rows, groups, y);
    }

    /// One row of groups times blocks of weights; see [`Blocks::add_groups`].
    fn add_blocks(blocks: &Blocks<Self::Weights>, groups: &[i32], sums: &mut [[i32; 4]]) {
        blocks.add_groups::<Self>(groups, sums);
    }
}

/// Two inputs of 16 bits: `i32x4.dot_i16x8`. Weights, 8 bits in the file, are widened when a model is loaded.
#[derive(Clone, Copy, Debug)]
pub struct Pairs;

impl Dot for Pairs {
    const INPUTS: usize = 2;
    const OFFSET: i32 = 0;
    type Weights = [i16; 8];

    fn pack(weight: impl Fn(usize, usize) -> i8) -> [i16; 8] {
        std::array::from_fn(|lane| i16::from(weight(lane % 2, lane / 2)))
    }

    #[inline(always)]
    fn group(x: &[u8], groups: &mut [i32]) {
        let (twos, rest) = x.as_chunks::<2>();
        for (group, [low, high]) in groups.iter_mut().zip(twos) {
            *group = i32::from(*low) | i32::from(*high) << 16;
        }
        if let (Some(group), [last]) = (groups.get_mut(twos.len()), rest) {
            *group = i32::from(*last);
        }
    }

    #[inline(always)]
    fn add(sums: I32x4, weights: &[i16; 8], groups: &[i32]) -> I32x4 {
        sums.add_dot(I16x8::load(weights), I16x8::splat_pair(groups[0]))
    }
}

/// Packs the weights of four inputs and four outputs.
#[cfg(any(test, target_arch = "wasm32"))]
pub fn pack_quads(weight: impl Fn(usize, usize) -> i8) -> [i8; 16] {
    std::array::from_fn(|lane| weight(lane % 4, lane / 4))
}

/// Puts bytes into groups of four, with their upper bits turned over if they are to be signed.
#[cfg(any(test, target_arch = "wasm32"))]
#[inline(always)]
pub fn group_quads(x: &[u8], signed: bool, groups: &mut [i32]) {
    let flip = if signed { i32::from_ne_bytes([0x80; 4]) } else { 0 };
    let (fours, rest) = x.as_chunks::<4>();
    for (group, four) in groups.iter_mut().zip(fours) {
        *group = i32::from_le_bytes(*four) ^ flip;
    }
    if let (Some(group), false) = (groups.get_mut(fours.len()), rest.is_empty()) {
        let byte = |at: usize| rest.get(at).copied().unwrap_or(0);
        *group = i32::from_le_bytes(std::array::from_fn(byte)) ^ flip;
    }
}
