//! The kernels against their formulas in `f64`, one value after another.

use super::super::samples::Bits;
use super::{Given, Scratch, sequence_kernels};
use crate::backend::Sequence;
use proptest::prelude::*;

/// Numbers from -2 to 2, of a seed.
fn numbers(len: usize, seed: u64) -> Vec<f32> {
    Bits(seed).floats(len, 0).into_iter().map(|value| 2.0 * value).collect()
}

fn run(op: Sequence, x: &[f32], parameters: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let batch = x.len() / op.inputs();
    let (mut saved, mut y) = (vec![f32::NAN; batch * op.saved()], vec![f32::NAN; batch * op.outputs()]);
    (sequence_kernels().unwrap().forward)(op, x, parameters, &mut Scratch::default(), &mut saved, &mut y);
    (saved, y)
}

/// Holds the gradients along a random direction against the slope of `sum of weight * y`, in differences of `f32` outputs.
fn check_gradients(op: Sequence, batch: usize, seed: u64) {
    let words = matches!(op, Sequence::Embedding { .. });
    let x = match words {
        true => numbers(batch * op.inputs(), seed).iter().map(|x| (x + 2.0).floor()).collect(),
        false => numbers(batch * op.inputs(), seed),
    };
    let count: usize = op.parameters().iter().product();
    let (parameters, weight) = (numbers(count, seed + 1), numbers(batch * op.outputs(), seed + 2));
    let (saved, _) = run(op, &x, &parameters);
    let (mut dx, mut d) = (vec![f32::NAN; x.len()], vec![f32::NAN; count]);
    let given = Given { x: &x, parameters: &parameters, saved: &saved, dy: &weight };
    (sequence_kernels().unwrap().backward)(op, given, &mut Scratch::default(), &mut dx, &mut d);
    let loss = |x: &[f32], parameters: &[f32]| -> f64 {
        let (_, y) = run(op, x, parameters);
        y.iter().zip(&weight).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum()
    };
    let moved = |from: &[f32], along: &[f32], step: f32| -> Vec<f32> {
        from.iter().zip(along).map(|(value, along)| value + step * along).collect()
    };
    let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let step = 1.0 / 512.0;
    for (of_input, values, gradient) in [(true, &x, &dx), (false, &parameters, &d)] {
        if values.is_empty() || of_input && words {
            continue;
        }
        let along = numbers(values.len(), seed + 3);
        let at = |sign: f32| match of_input {
            true => loss(&moved(&x, &along, sign * step), &parameters),
            false => loss(&x, &moved(&parameters, &along, sign * step)),
        };
        let measured = (at(1.0) - at(-1.0)) / (2.0 * f64::from(step));
        let size = dot(gradient, gradient).sqrt() * dot(&along, &along).sqrt();
        let error = (measured - dot(gradient, &along)).abs() / size;
        assert!(error < 5e-3, "{op:?}: {measured} for {}", dot(gradient, &along));
    }
}

/// Attention as its paper writes it, for one sample.
fn plain_attention([tokens, channels, heads]: [usize; 3], x: &[f32]) -> Vec<f64> {
    let width = channels / heads;
    let at = |token: usize, part: usize, channel: usize| f64::from(x[token * 3 * channels + part * channels + channel]);
    let mut y = vec![0.0; tokens * channels];
    for head in 0..heads {
        for query in 0..tokens {
            let score = |key: usize| {
                let product: f64 =
                    (0..width).map(|c| at(query, 0, head * width + c) * at(key, 1, head * width + c)).sum();
                (product / (width as f64).sqrt()).exp()
            };
            let total: f64 = (0..tokens).map(score).sum();
            for c in head * width..(head + 1) * width {
                y[query * channels + c] = (0..tokens).map(|key| score(key) / total * at(key, 2, c)).sum();
            }
        }
    }
    y
}

fn close(found: &[f32], wanted: &[f64]) {
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((f64::from(*found) - wanted).abs() < 1e-5 * (1.0 + wanted.abs()), "{found} for {wanted}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn attention_is_what_its_paper_writes(tokens in 1usize..20, width in 1usize..10, heads in 1usize..4, seed in 0u64..1000) {
        let channels = width * heads;
        let op = Sequence::Attention { tokens, channels, heads };
        let x = numbers(2 * op.inputs(), seed);
        let (saved, y) = run(op, &x, &[]);
        for (x, y) in x.chunks(op.inputs()).zip(y.chunks(op.outputs())) {
            close(y, &plain_attention([tokens, channels, heads], x));
        }
        for head in saved.chunks(tokens * tokens) {
            for query in 0..tokens {
                let total: f32 = head.iter().skip(query).step_by(tokens).sum();
                prop_assert!((total - 1.0).abs() < 1e-5, "the probabilities of a query sum to {}", total);
            }
        }
    }

    #[test]
    fn attention_turns_permuted_tokens_into_permuted_tokens(tokens in 2usize..12, seed in 0u64..1000) {
        let op = Sequence::Attention { tokens, channels: 6, heads: 2 };
        let x = numbers(op.inputs(), seed);
        let turned = |values: &[f32], width: usize| -> Vec<f32> { values.chunks(width).rev().flatten().copied().collect() };
        let wanted: Vec<f64> = turned(&run(op, &x, &[]).1, 6).into_iter().map(f64::from).collect();
        close(&run(op, &turned(&x, 18), &[]).1, &wanted);
    }

    #[test]
    fn a_normalized_token_has_mean_0_and_variance_1(tokens in 1usize..6, channels in 2usize..40, seed in 0u64..1000) {
        let op = Sequence::Normalization { tokens, channels };
        let x: Vec<f32> = numbers(3 * op.inputs(), seed).iter().map(|x| 3.0 * x + 5.0).collect();
        let plain: Vec<f32> = (0..2 * channels).map(|i| if i < channels { 1.0 } else { 0.0 }).collect();
        let (_, y) = run(op, &x, &plain);
        for (x, y) in x.chunks(channels).zip(y.chunks(channels)) {
            let moments = |values: &[f32]| {
                let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / channels as f64;
                (mean, values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / channels as f64)
            };
            let ((_, before), (mean, variance)) = (moments(x), moments(y));
            prop_assert!(mean.abs() < 1e-3, "{}", mean);
            prop_assert!((variance - before / (before + 1e-5)).abs() < 2e-3, "{} of {}", variance, before);
        }
    }

    #[test]
    fn gradients_are_the_slopes(tokens in 2usize..7, width in 2usize..6, batch in 1usize..4, seed in 0u64..1000) {
        let channels = 2 * width;
        for op in [
            Sequence::Patches { height: 7, width: 5, channels: 2, side: 2 },
            Sequence::Embedding { vocabulary: 4, tokens, channels },
            Sequence::Positions { tokens, channels },
            Sequence::Normalization { tokens, channels },
            Sequence::Attention { tokens, channels, heads: 2 },
            Sequence::Gelu { values: channels },
            Sequence::Mean { tokens, channels },
        ] {
            check_gradients(op, batch, seed);
        }
    }

    /// The form with the hyperbolic tangent, and near the exact one with the error function.
    #[test]
    fn gelu_is_what_its_paper_writes(x in -8.0f32..8.0) {
        let (_, y) = run(Sequence::Gelu { values: 1 }, &[x], &[]);
        let (y, x) = (f64::from(y[0]), f64::from(x));
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
        prop_assert!((y - 0.5 * x * (1.0 + inner.tanh())).abs() < 2e-6);
        prop_assert!((y - 0.5 * x * (1.0 + libm::erf(x / 2f64.sqrt()))).abs() < 5e-4);
    }
}

#[test]
fn patches_are_squares_row_by_row() {
    let x: Vec<f32> = (0..20).map(|i| i as f32).collect();
    let (_, y) = run(Sequence::Patches { height: 4, width: 5, channels: 1, side: 2 }, &x, &[]);
    assert_eq!(y, [0., 1., 5., 6., 2., 3., 7., 8., 10., 11., 15., 16., 12., 13., 17., 18.]);
}

#[test]
fn words_beyond_the_vocabulary_are_its_last() {
    let table: Vec<f32> = (0..6).map(|i| i as f32).collect();
    let (_, y) =
        run(Sequence::Embedding { vocabulary: 3, tokens: 4, channels: 2 }, &[1.0, 9.0, -3.0, f32::NAN], &table);
    assert_eq!(y, [2., 3., 4., 5., 0., 1., 0., 1.]);
}
