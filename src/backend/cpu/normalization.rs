//! Batch normalization (Ioffe, Szegedy 2015) over a `rows x channels` matrix; all sums run over the rows in order.

use super::elementwise::column_sums;
use crate::backend::NORMALIZATION_EPSILON;

/// Training: the batch's own statistics, which also move the running ones. See
/// [`Backend::normalize`](crate::backend::Backend::normalize) for the buffers.
pub fn normalize(
    (rows, channels): (usize, usize),
    momentum: f32,
    x: &[f32],
    scale_shift: &[f32],
    running: &mut [f32],
    saved: &mut [f32],
    y: &mut [f32],
) {
    if rows == 0 || channels == 0 {
        return;
    }
    let x = &x[..rows * channels];
    let (mean, spread) = saved[..2 * channels].split_at_mut(channels);
    column_sums(rows, channels, x, mean);
    mean.iter_mut().for_each(|mean| *mean /= rows as f32);
    spread.fill(0.0);
    for row in x.chunks_exact(channels) {
        for ((spread, mean), x) in spread.iter_mut().zip(&*mean).zip(row) {
            *spread += (*x - *mean) * (*x - *mean);
        }
    }
    let (running_mean, running_variance) = running[..2 * channels].split_at_mut(channels);
    for (running, mean) in running_mean.iter_mut().zip(&*mean) {
        *running = (1.0 - momentum) * *running + momentum * *mean;
    }
    let degrees = rows.saturating_sub(1).max(1) as f32;
    for (running, spread) in running_variance.iter_mut().zip(&*spread) {
        *running = (1.0 - momentum) * *running + momentum * (*spread / degrees);
    }
    spread.iter_mut().for_each(|spread| *spread = 1.0 / (*spread / rows as f32 + NORMALIZATION_EPSILON).sqrt());
    apply(channels, x, mean, spread, scale_shift, y);
}

/// `y = gamma * ((x - mean) * inverse) + beta`.
fn apply(channels: usize, x: &[f32], mean: &[f32], inverse: &[f32], scale_shift: &[f32], y: &mut [f32]) {
    let (gamma, beta) = scale_shift[..2 * channels].split_at(channels);
    for (y, x) in y.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
        let statistics = mean.iter().zip(inverse).zip(gamma.iter().zip(beta));
        for ((y, x), ((mean, inverse), (gamma, beta))) in y.iter_mut().zip(x).zip(statistics) {
            *y = *gamma * ((*x - *mean) * *inverse) + *beta;
        }
    }
}

/// Inference: the running statistics. `inverse` is scratch for `1 / sqrt(variance + epsilon)`.
pub fn normalize_frozen(
    (rows, channels): (usize, usize),
    x: &[f32],
    scale_shift: &[f32],
    running: &[f32],
    inverse: &mut [f32],
    y: &mut [f32],
) {
    if channels == 0 {
        return;
    }
    let (mean, variance) = running[..2 * channels].split_at(channels);
    for (inverse, variance) in inverse.iter_mut().zip(variance) {
        *inverse = 1.0 / (*variance + NORMALIZATION_EPSILON).sqrt();
    }
    apply(channels, &x[..rows * channels], mean, inverse, scale_shift, y);
}

/// The gradients of [`normalize`], with `h = (x - mean) * inverse`: `d_gamma = sum of dy h`, `d_beta = sum of dy`,
/// `dx = gamma * inverse * (dy - d_beta / rows - h * (d_gamma / rows))`.
pub fn normalize_gradient(
    (rows, channels): (usize, usize),
    x: &[f32],
    scale_shift: &[f32],
    saved: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    d_scale_shift: &mut [f32],
) {
    if channels == 0 {
        return;
    }
    let (x, dy) = (&x[..rows * channels], &dy[..rows * channels]);
    let gamma = &scale_shift[..channels];
    let (mean, inverse) = saved[..2 * channels].split_at(channels);
    let (d_gamma, d_beta) = d_scale_shift[..2 * channels].split_at_mut(channels);
    column_sums(rows, channels, dy, d_beta);
    d_gamma.fill(0.0);
    for (x, dy) in x.chunks_exact(channels).zip(dy.chunks_exact(channels)) {
        let statistics = mean.iter().zip(inverse);
        for (((d_gamma, x), dy), (mean, inverse)) in d_gamma.iter_mut().zip(x).zip(dy).zip(statistics) {
            *d_gamma += *dy * ((*x - *mean) * *inverse);
        }
    }
    let count = rows as f32;
    let rows = dx.chunks_exact_mut(channels).zip(x.chunks_exact(channels)).zip(dy.chunks_exact(channels));
    for ((dx, x), dy) in rows {
        let statistics = mean.iter().zip(inverse).zip(gamma).zip(d_gamma.iter().zip(&*d_beta));
        for (((dx, x), dy), (((mean, inverse), gamma), (d_gamma, d_beta))) in
            dx.iter_mut().zip(x).zip(dy).zip(statistics)
        {
            let h = (*x - *mean) * *inverse;
            *dx = (*gamma * *inverse) * (*dy - *d_beta / count - h * (*d_gamma / count));
        }
    }
}
