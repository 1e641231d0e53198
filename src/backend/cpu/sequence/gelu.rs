//! The Gaussian error linear unit; see [`Sequence::Gelu`](crate::backend::Sequence::Gelu).

use super::exponential::exp;

/// `2 sqrt(2 / pi)`, and that times 0.044715.
const A: f32 = 1.595_769;
const B: f32 = 0.071_354_81;

/// `y = x s` with `s = 1 / (1 + exp(-x (A + B x^2)))`, which is left in `saved`.
pub fn gelu(x: &[f32], saved: &mut [f32], y: &mut [f32]) {
    for ((y, s), x) in y.iter_mut().zip(saved).zip(x) {
        *s = 1.0 / (1.0 + exp(-(*x * (A + B * (*x * *x)))));
        *y = *x * *s;
    }
}

/// `dx = dy (s + x s (1 - s) (A + 3 B x^2))`.
pub fn gradient(x: &[f32], saved: &[f32], dy: &[f32], dx: &mut [f32]) {
    for (((dx, x), s), dy) in dx.iter_mut().zip(x).zip(saved).zip(dy) {
        *dx = *dy * (*s + *x * (*s * (1.0 - *s)) * (A + 3.0 * B * (*x * *x)));
    }
}
