//! The weight updates: stochastic gradient descent with momentum, and Adam. The formulas stand with [`Sgd`] and
//! [`Adam`].

use crate::backend::{Adam, Sgd};

/// One step of [`Sgd`].
pub fn sgd(op: Sgd, g: &[f32], velocity: &mut [f32], w: &mut [f32]) {
    for ((w, v), g) in w.iter_mut().zip(velocity).zip(g) {
        let g = *g + op.weight_decay * *w;
        *v = op.momentum * *v + g;
        let step = if op.nesterov { g + op.momentum * *v } else { *v };
        *w -= op.rate * step;
    }
}

/// One step of [`Adam`].
pub fn adam(op: Adam, g: &[f32], m: &mut [f32], v: &mut [f32], w: &mut [f32]) {
    for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
        let g = *g + op.weight_decay * *w;
        *m = op.beta1 * *m + (1.0 - op.beta1) * g;
        *v = op.beta2 * *v + (1.0 - op.beta2) * (g * g);
        *w -= op.rate * (*m * op.correction1) / ((*v * op.correction2).sqrt() + op.epsilon);
    }
}
