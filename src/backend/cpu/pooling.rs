//! Pooling over square windows and its gradient, rows and columns of each window in order.

use crate::backend::{Pool, PoolKind};

/// Calls `visit(output, input)` for each window row by row, with the offset of the output pixel and that of each input
/// pixel of its window; both name the first of the pixel's channels. `first` marks the window's first pixel.
#[inline(always)]
fn for_each_pixel(op: Pool, mut visit: impl FnMut(usize, usize, bool)) {
    let (out_height, out_width) = (op.height / op.size, op.width / op.size);
    for out_y in 0..out_height {
        for out_x in 0..out_width {
            let output = (out_y * out_width + out_x) * op.channels;
            for y in out_y * op.size..(out_y + 1) * op.size {
                for x in out_x * op.size..(out_x + 1) * op.size {
                    let first = y == out_y * op.size && x == out_x * op.size;
                    visit(output, (y * op.width + x) * op.channels, first);
                }
            }
        }
    }
}

/// Pools `batch` images.
pub fn pool(op: Pool, batch: usize, x: &[f32], y: &mut [f32]) {
    let (inputs, outputs, channels) = (op.inputs(), op.outputs(), op.channels);
    for image in 0..batch {
        let x = &x[image * inputs..][..inputs];
        let y = &mut y[image * outputs..][..outputs];
        match op.kind {
            PoolKind::Max => for_each_pixel(op, |output, input, first| {
                let pairs = y[output..output + channels].iter_mut().zip(&x[input..input + channels]);
                for (y, x) in pairs {
                    *y = if first || *x > *y { *x } else { *y };
                }
            }),
            PoolKind::Average => {
                y.fill(0.0);
                for_each_pixel(op, |output, input, _| {
                    let pairs = y[output..output + channels].iter_mut().zip(&x[input..input + channels]);
                    pairs.for_each(|(y, x)| *y += *x);
                });
                let count = (op.size * op.size) as f32;
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }
}

/// The gradient of the input: to the first largest value of a window, or shared equally by its values. `left` is
/// scratch for one pixel's channels.
pub fn pool_gradient(op: Pool, batch: usize, x: &[f32], y: &[f32], dy: &[f32], left: &mut [f32], dx: &mut [f32]) {
    let (inputs, outputs, channels) = (op.inputs(), op.outputs(), op.channels);
    let count = (op.size * op.size) as f32;
    let left = &mut left[..channels];
    for image in 0..batch {
        let x = &x[image * inputs..][..inputs];
        let y = &y[image * outputs..][..outputs];
        let dy = &dy[image * outputs..][..outputs];
        let dx = &mut dx[image * inputs..][..inputs];
        dx.fill(0.0);
        for_each_pixel(op, |output, input, first| {
            let dy = &dy[output..output + channels];
            let dx = &mut dx[input..input + channels];
            match op.kind {
                PoolKind::Max => {
                    if first {
                        left.copy_from_slice(dy);
                    }
                    let pairs = x[input..input + channels].iter().zip(&y[output..output + channels]);
                    for ((dx, left), (x, y)) in dx.iter_mut().zip(&mut *left).zip(pairs) {
                        (*dx, *left) = if *x == *y { (*left, 0.0) } else { (0.0, *left) };
                    }
                }
                PoolKind::Average => dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx = *dy / count),
            }
        });
    }
}
