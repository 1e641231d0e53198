//! Multi-head attention, head by head of each sample through the matrix product.
//!
//! Probabilities are kept as `key x query`: the softmax of a query then runs down a column, so that neighbouring queries are
//! neighbouring lanes and every sum is in the order of the keys. With `s = 1 / sqrt(channels / heads)`, `Q` times `s` taken as
//! the queries, and `P` the probabilities: `O = P V`; `dV = P^T dO`; `dS = P (dP - sum over keys of P dP)` with
//! `dP = dO V^T`; `dQ = s dS K`; `dK = dS^T Q`.

use super::Scratch;
use super::exponential::exp;
use crate::backend::cpu::grown;
use crate::backend::cpu::matmul::{Left, Workspace, multiply_packed};

/// Tokens, channels and heads.
pub type Sizes = [usize; 3];

/// Copies the channels of one head from tokens of `stride` values, times `factor`.
fn take(from: &[f32], stride: usize, first: usize, factor: f32, head: &mut [f32], width: usize) {
    for (head, token) in head.chunks_exact_mut(width).zip(from.chunks_exact(stride)) {
        head.iter_mut().zip(&token[first..]).for_each(|(to, from)| *to = *from * factor);
    }
}

/// The way back of [`take`].
fn put(head: &[f32], width: usize, factor: f32, to: &mut [f32], stride: usize, first: usize) {
    for (head, token) in head.chunks_exact(width).zip(to.chunks_exact_mut(stride)) {
        token[first..].iter_mut().zip(head).for_each(|(to, from)| *to = *from * factor);
    }
}

/// `c = a b` with `b` packed anew; `b` is stored as `n x k` where `turned`.
fn product([m, k, n]: [usize; 3], a: Left<'_>, b: &[f32], turned: bool, space: &mut Workspace, c: &mut [f32]) {
    space.panels.pack(k, n, b, turned);
    multiply_packed(m, a, &space.panels, false, &mut space.strips, c);
}

fn as_stored(values: &[f32]) -> Left<'_> {
    Left { values, transposed: false }
}

fn turned(values: &[f32]) -> Left<'_> {
    Left { values, transposed: true }
}

/// The softmax of each column of `tokens x tokens` scores, in their place.
fn softmax(tokens: usize, scores: &mut [f32], columns: &mut [f32]) {
    let (most, sums) = columns.split_at_mut(tokens);
    most.copy_from_slice(&scores[..tokens]);
    for row in scores.chunks_exact(tokens) {
        most.iter_mut().zip(row).for_each(|(most, score)| *most = if *score > *most { *score } else { *most });
    }
    sums.fill(0.0);
    for row in scores.chunks_exact_mut(tokens) {
        row.iter_mut().zip(&*most).for_each(|(score, most)| *score = exp(*score - *most));
        sums.iter_mut().zip(&*row).for_each(|(sum, p)| *sum += *p);
    }
    sums.iter_mut().for_each(|sum| *sum = 1.0 / *sum);
    for row in scores.chunks_exact_mut(tokens) {
        row.iter_mut().zip(&*sums).for_each(|(p, inverse)| *p *= *inverse);
    }
}

/// `y = softmax(q k^T / sqrt(channels / heads)) v` for `x = q | k | v`; the probabilities are left in `saved`.
pub fn attention([tokens, channels, heads]: Sizes, x: &[f32], scratch: &mut Scratch, saved: &mut [f32], y: &mut [f32]) {
    let width = channels / heads;
    let scale = 1.0 / (width as f32).sqrt();
    let Scratch { products, values, .. } = scratch;
    let (head, columns) = grown(values, 4 * tokens * width + 2 * tokens).split_at_mut(4 * tokens * width);
    let [q, k, v, o] = quarters(head);
    let square = tokens * tokens;
    let samples = x.chunks_exact(3 * tokens * channels).zip(y.chunks_exact_mut(tokens * channels));
    for ((x, y), saved) in samples.zip(saved.chunks_exact_mut(heads * square)) {
        for (head, p) in saved.chunks_exact_mut(square).enumerate() {
            let first = head * width;
            take(x, 3 * channels, first, scale, q, width);
            take(x, 3 * channels, channels + first, 1.0, k, width);
            take(x, 3 * channels, 2 * channels + first, 1.0, v, width);
            product([tokens, width, tokens], as_stored(k), q, true, products, p);
            softmax(tokens, p, columns);
            product([tokens, tokens, width], turned(p), v, false, products, o);
            put(o, width, 1.0, y, channels, first);
        }
    }
}

/// The gradient of [`attention`]'s input.
pub fn gradient(
    [tokens, channels, heads]: Sizes,
    x: &[f32],
    saved: &[f32],
    dy: &[f32],
    scratch: &mut Scratch,
    dx: &mut [f32],
) {
    let width = channels / heads;
    let scale = 1.0 / (width as f32).sqrt();
    let square = tokens * tokens;
    let Scratch { products, values, scores } = scratch;
    let (head, columns) = grown(values, 8 * tokens * width + tokens).split_at_mut(8 * tokens * width);
    let (came, leaves) = head.split_at_mut(4 * tokens * width);
    let ([q, k, v, o], [dq, dk, dv, _]) = (quarters(came), quarters(leaves));
    let ds = grown(scores, square);
    let samples = x.chunks_exact(3 * tokens * channels).zip(dx.chunks_exact_mut(3 * tokens * channels));
    let given = dy.chunks_exact(tokens * channels).zip(saved.chunks_exact(heads * square));
    for ((x, dx), (dy, saved)) in samples.zip(given) {
        for (head, p) in saved.chunks_exact(square).enumerate() {
            let first = head * width;
            take(x, 3 * channels, first, scale, q, width);
            take(x, 3 * channels, channels + first, 1.0, k, width);
            take(x, 3 * channels, 2 * channels + first, 1.0, v, width);
            take(dy, channels, first, 1.0, o, width);
            product([tokens, tokens, width], as_stored(p), o, false, products, dv);
            product([tokens, width, tokens], as_stored(v), o, true, products, ds);
            columns.fill(0.0);
            for (ds, p) in ds.chunks_exact(tokens).zip(p.chunks_exact(tokens)) {
                columns.iter_mut().zip(ds).zip(p).for_each(|((sum, ds), p)| *sum += *ds * *p);
            }
            for (ds, p) in ds.chunks_exact_mut(tokens).zip(p.chunks_exact(tokens)) {
                ds.iter_mut().zip(p).zip(&*columns).for_each(|((ds, p), sum)| *ds = *p * (*ds - *sum));
            }
            product([tokens, tokens, width], turned(ds), k, false, products, dq);
            product([tokens, tokens, width], as_stored(ds), q, false, products, dk);
            put(dq, width, scale, dx, 3 * channels, first);
            put(dk, width, 1.0, dx, 3 * channels, channels + first);
            put(dv, width, 1.0, dx, 3 * channels, 2 * channels + first);
        }
    }
}

/// Four equal parts.
fn quarters(all: &mut [f32]) -> [&mut [f32]; 4] {
    let (low, high) = all.split_at_mut(all.len() / 2);
    let ((a, b), (c, d)) = (low.split_at_mut(low.len() / 2), high.split_at_mut(high.len() / 2));
    [a, b, c, d]
}
