//! Fake quantization: values put on a grid while they stay floats, and the gradients that pass through it.
//!
//! Sources: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference"
//! (fake quantization); Esser et al. 2020, "Learned Step Size Quantization" (the gradient of the step).

use crate::backend::{LEAST_STEP, Levels};

/// From here on, up to twice as much, floats are whole numbers: adding it rounds, halves to the even number, below zero too.
const WHOLE: f32 = 12_582_912.0;

/// The step that training has made of a measured one.
#[inline(always)]
pub fn trained_step(factor: f32, measured: f32) -> f32 {
    measured * if factor < LEAST_STEP { LEAST_STEP } else { factor }
}

/// The whole number before the step, given a value over the step. What is no number stays none, so that it is noticed.
#[inline(always)]
pub fn level(levels: Levels, v: f32) -> f32 {
    if !levels.zero {
        let v = if v < 0.0 { -1.0 } else { v };
        return if v >= 0.0 { 1.0 } else { v };
    }
    let (low, high) = (levels.low as f32, levels.high as f32);
    let v = if v < low { low } else { v };
    let v = if v > high { high } else { v };
    (v + WHOLE) - WHOLE
}

/// `y = s * clamp(round(x / s))`; `steps` holds factors, then measured steps.
pub fn fake_quantize(levels: Levels, x: &[f32], steps: &[f32], y: &mut [f32]) {
    let put = |x: f32, step: f32| step * level(levels, x / step);
    match *steps {
        [factor, measured] => {
            let step = trained_step(factor, measured);
            y.iter_mut().zip(x).for_each(|(y, x)| *y = put(*x, step));
        }
        _ => {
            let (factors, measured) = steps.split_at(steps.len() / 2);
            for (y, x) in y.chunks_mut(factors.len().max(1)).zip(x.chunks(factors.len().max(1))) {
                let values = y.iter_mut().zip(x).zip(factors).zip(measured);
                values.for_each(|(((y, x), factor), measured)| *y = put(*x, trained_step(*factor, *measured)));
            }
        }
    }
}

/// `g` becomes the gradient of `x`, `d_steps` each value's part in that of its step's factor.
pub fn fake_quantize_gradient(
    levels: Levels,
    scale: f32,
    x: &[f32],
    steps: &[f32],
    g: &mut [f32],
    d_steps: &mut [f32],
) {
    let [low, high] = levels.passing();
    let one = |x: f32, step: f32, measured: f32, g: &mut f32, d_step: &mut f32| {
        let v = x / step;
        let passes = v >= low && v <= high;
        *d_step = *g * (level(levels, v) - if passes { v } else { 0.0 }) * (scale / measured);
        *g = if passes { *g } else { 0.0 };
    };
    let count = (steps.len() / 2).max(1);
    let (factors, measured) = steps.split_at(steps.len() / 2);
    let rows = x.chunks(count).zip(g.chunks_mut(count)).zip(d_steps.chunks_mut(count));
    if let ([factor], [measured]) = (factors, measured) {
        let step = trained_step(*factor, *measured);
        x.iter().zip(g).zip(d_steps).for_each(|((x, g), d_step)| one(*x, step, *measured, g, d_step));
        return;
    }
    for ((x, g), d_steps) in rows {
        let values = x.iter().zip(g).zip(d_steps).zip(factors).zip(measured);
        values.for_each(|((((x, g), d_step), factor), measured)| {
            one(*x, trained_step(*factor, *measured), *measured, g, d_step);
        });
    }
}
