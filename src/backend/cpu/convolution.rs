//! Convolution and its two gradients, image by image through the matrix product.
//!
//! With `P` the patches of an image (`out_pixels x patch`) and `W` the weights (`patch x filters`): `Y = P W`,
//! `dW = sum over images of P^T dY`, `dP = dY W^T`, and `dX` is `dP` added up where the patches came from.
//! One image's patches fit a second-level cache, so they are made, used and forgotten.

use super::matmul::{Left, Panels, Strips, Workspace, multiply_packed};
use super::patches::{gather_patches, scatter_patches};
use super::zero_skipping;
use crate::backend::Conv;

/// What the convolutions keep between calls so as not to allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Of the matrix products.
    pub products: Workspace,
    /// One image's patches.
    pub patches: Vec<f32>,
    /// Weights, or their gradient, with rows and columns exchanged.
    pub turned: Vec<f32>,
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
    let Scratch { products: Workspace { panels, strips, .. }, patches, .. } = scratch;
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
        gather_patches(op, op.patch(), &x[image * op.inputs()..][..op.inputs()], 0.0, patches);
        let y = &mut y[image * op.outputs()..][..op.outputs()];
        multiply_packed(op.out_pixels(), Left { values: patches, transposed: false }, w, false, strips, y);
    }
}

/// `dw = sum over images of P^T dy`, images and their pixels in order.
pub fn weight_gradient(op: Conv, batch: usize, x: &[f32], dy: &[f32], scratch: &mut Scratch, dw: &mut [f32]) {
    let Scratch { products: Workspace { panels, strips, nonzeros }, patches, turned } = scratch;
    let patches = grown(patches, op.out_pixels() * op.patch());
    let dw = &mut dw[..op.patch() * op.filters];
    let dy = &dy[..batch * op.outputs()];
    let images = x.chunks_exact(op.inputs()).zip(dy.chunks_exact(op.outputs()));
    if skips_zeros(op, dy) {
        // Max pooling and ReLU leave most of `dy` zero, so it is made the left-hand side: dw^T = sum of dy^T P.
        let turned = grown(turned, dw.len());
        turned.fill(0.0);
        for (x, dy) in images {
            gather_patches(op, op.patch(), x, 0.0, patches);
            nonzeros.collect(op.filters, op.out_pixels(), Left { values: dy, transposed: true });
            zero_skipping::multiply(nonzeros, op.patch(), patches, true, turned);
        }
        transpose(op.filters, op.patch(), turned, dw);
    } else {
        dw.fill(0.0);
        for (x, dy) in images {
            gather_patches(op, op.patch(), x, 0.0, patches);
            panels.pack(op.out_pixels(), op.filters, dy, false);
            multiply_packed(op.patch(), Left { values: patches, transposed: true }, panels, true, strips, dw);
        }
    }
}

/// `dx`: the rows of `dy w^T` added up, output pixel by output pixel, where the patches came from.
pub fn input_gradient(op: Conv, batch: usize, w: &[f32], dy: &[f32], scratch: &mut Scratch, dx: &mut [f32]) {
    let Scratch { products: Workspace { panels, strips, nonzeros }, patches, turned } = scratch;
    let patches = grown(patches, op.out_pixels() * op.patch());
    let dy = &dy[..batch * op.outputs()];
    let sparse = skips_zeros(op, dy);
    let turned = grown(turned, op.filters * op.patch());
    if sparse {
        transpose(op.patch(), op.filters, w, turned);
    } else {
        panels.pack(op.filters, op.patch(), w, true);
    }
    for (dy, dx) in dy.chunks_exact(op.outputs()).zip(dx.chunks_exact_mut(op.inputs())) {
        let dy = Left { values: dy, transposed: false };
        if sparse {
            nonzeros.collect(op.out_pixels(), op.filters, dy);
            zero_skipping::multiply(nonzeros, op.patch(), turned, false, patches);
        } else {
            multiply_packed(op.out_pixels(), dy, panels, false, strips, patches);
        }
        dx.fill(0.0);
        scatter_patches(op, patches, dx);
    }
}

/// Whether the gradients run on the zero-skipping product. Short patches give each non-zero too little to do to pay for
/// listing it.
fn skips_zeros(op: Conv, dy: &[f32]) -> bool {
    op.patch() >= 64 && zero_skipping::pays(dy, op.patch())
}

/// `to` (`cols x rows`) is `from` (`rows x cols`) with rows and columns exchanged.
fn transpose(rows: usize, cols: usize, from: &[f32], to: &mut [f32]) {
    for (col, to) in to.chunks_exact_mut(rows).take(cols).enumerate() {
        to.iter_mut().zip(from[col..].iter().step_by(cols)).for_each(|(to, from)| *to = *from);
    }
}
