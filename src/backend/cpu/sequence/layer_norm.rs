//! Layer normalization (Ba, Kiros, Hinton 2016): `h = (x - mean) / sqrt(variance + epsilon)` over the channels of each token, the
//! variance biased, `y = gamma h + beta`. Sums run over the channels in order.

use crate::backend::NORMALIZATION_EPSILON;

/// Normalizes each row of `channels` values; `saved` receives its mean and `1 / sqrt(variance + epsilon)`.
pub fn normalize(channels: usize, x: &[f32], scale_shift: &[f32], saved: &mut [f32], y: &mut [f32]) {
    let (gamma, beta) = scale_shift[..2 * channels].split_at(channels);
    let count = channels as f32;
    let rows = x.chunks_exact(channels).zip(y.chunks_exact_mut(channels));
    for ((x, y), saved) in rows.zip(saved.chunks_exact_mut(2)) {
        let mean = x.iter().fold(0.0, |sum, x| sum + x) / count;
        let spread = x.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        let inverse = 1.0 / (spread / count + NORMALIZATION_EPSILON).sqrt();
        saved.copy_from_slice(&[mean, inverse]);
        for ((y, x), (gamma, beta)) in y.iter_mut().zip(x).zip(gamma.iter().zip(beta)) {
            *y = *gamma * ((*x - mean) * inverse) + *beta;
        }
    }
}

/// The gradients of [`normalize`], with `g = gamma dy`: `dx = inverse (g - mean of g - h mean of (g h))`, `d_gamma = sum of dy h`,
/// `d_beta = sum of dy`.
pub fn gradient(
    channels: usize,
    x: &[f32],
    scale_shift: &[f32],
    saved: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    d_scale_shift: &mut [f32],
) {
    let gamma = &scale_shift[..channels];
    let (d_gamma, d_beta) = d_scale_shift[..2 * channels].split_at_mut(channels);
    d_gamma.fill(0.0);
    d_beta.fill(0.0);
    let count = channels as f32;
    let rows = x.chunks_exact(channels).zip(dy.chunks_exact(channels)).zip(dx.chunks_exact_mut(channels));
    for (((x, dy), dx), saved) in rows.zip(saved.chunks_exact(2)) {
        let (mean, inverse) = (saved[0], saved[1]);
        let (mut sum, mut along) = (0.0, 0.0);
        for ((x, dy), gamma) in x.iter().zip(dy).zip(gamma) {
            let g = *gamma * *dy;
            sum += g;
            along += g * ((*x - mean) * inverse);
        }
        let (sum, along) = (sum / count, along / count);
        for (((dx, x), dy), gamma) in dx.iter_mut().zip(x).zip(dy).zip(gamma) {
            let h = (*x - mean) * inverse;
            *dx = inverse * (*gamma * *dy - sum - h * along);
        }
        for ((d, x), dy) in d_gamma.iter_mut().zip(x).zip(dy) {
            *d += *dy * ((*x - mean) * inverse);
        }
        d_beta.iter_mut().zip(dy).for_each(|(d, dy)| *d += *dy);
    }
}
