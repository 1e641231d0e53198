//! Convolution and its two gradients, image by image through the matrix product.
//!
//! With `P` the patches of an image (`out_pixels x patch`) and `W` the weights (`patch x filters`): `Y = P W`,
//! `dW = sum over images of P^T dY`, `dP = dY W^T`, and `dX` is `dP` added up where the patches came from.
//! One image's patches fit a second-level cache, so they are made, used and forgotten.

use super::matmul::{Left, Panels, Strips, multiply_packed};
use super::patches::{gather_patches, scatter_patches};
use crate::backend::Conv;

/// What the convolutions keep between calls so as not to allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The packed right-hand side.
    pub panels: Panels,
    /// The packed left-hand side.
    pub strips: Strips,
    /// One image's patches.
    pub patches: Vec<f32>,
}

/// The first `len` values of a scratch buffer that only grows.
pub fn grown<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
    &mut buffer[..len]
}

/// `y = x (*) w` for `batch` images.
pub fn convolve(op: Conv, batch: usize, x: &[f32], w: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
    let Scratch { panels, strips, patches } = scratch;
    panels.pack(op.patch(), op.filters, w, false);
    convolve_packed(op, batch, x, panels, strips, patches, y);
}

/// [`convolve`] with the weights packed already.
pub fn convolve_packed(
    op: Conv,
    batch: usize,
    x: &[f32],
    w: &Panels,
    strips: &mut Strips,
    patches: &mut Vec<f32>,
    y: &mut [f32],
) {
    let patches = grown(patches, op.out_pixels() * op.patch());
    for image in 0..batch {
        gather_patches(op, &x[image * op.inputs()..][..op.inputs()], 0.0, patches);
        let y = &mut y[image * op.outputs()..][..op.outputs()];
        multiply_packed(op.out_pixels(), Left { values: patches, transposed: false }, w, false, strips, y);
    }
}

/// `dw = sum over images of P^T dy`, images and their pixels in order.
pub fn weight_gradient(op: Conv, batch: usize, x: &[f32], dy: &[f32], scratch: &mut Scratch, dw: &mut [f32]) {
    let Scratch { panels, strips, patches } = scratch;
    let patches = grown(patches, op.out_pixels() * op.patch());
    let dw = &mut dw[..op.patch() * op.filters];
    dw.fill(0.0);
    for image in 0..batch {
        gather_patches(op, &x[image * op.inputs()..][..op.inputs()], 0.0, patches);
        panels.pack(op.out_pixels(), op.filters, &dy[image * op.outputs()..][..op.outputs()], false);
        multiply_packed(op.patch(), Left { values: patches, transposed: true }, panels, true, strips, dw);
    }
}

/// `dx`: the rows of `dy w^T` added up, output pixel by output pixel, where the patches came from.
pub fn input_gradient(op: Conv, batch: usize, w: &[f32], dy: &[f32], scratch: &mut Scratch, dx: &mut [f32]) {
    let Scratch { panels, strips, patches } = scratch;
    panels.pack(op.filters, op.patch(), w, true);
    let patches = grown(patches, op.out_pixels() * op.patch());
    for image in 0..batch {
        let dy = Left { values: &dy[image * op.outputs()..][..op.outputs()], transposed: false };
        multiply_packed(op.out_pixels(), dy, panels, false, strips, patches);
        let dx = &mut dx[image * op.inputs()..][..op.inputs()];
        dx.fill(0.0);
        scatter_patches(op, patches, dx);
    }
}
