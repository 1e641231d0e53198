//! Layers with weights, as what they are: linear maps of their input, and of their weights.
//!
//! All loops are of the form `y += a x` over neighbouring values, which vectorizes and keeps the order of every sum; where `a`
//! is zero (images, what ReLU leaves, pruned weights) there is nothing to add.

use crate::backend::Conv;

/// How a weight is shared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Map {
    /// `y = x W`.
    Dense { inputs: usize, outputs: usize },
    /// The same weights at every pixel.
    Convolution(Conv),
}

/// A linear map and its weights.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    map: Map,
    /// Rows of what is summed over, columns of outputs, as [`crate::network::Parameter::matrix_dims`] has them.
    weights: Vec<f64>,
    /// The same by columns.
    transposed: Vec<f64>,
}

impl Linear {
    pub fn new(map: Map, weights: Vec<f64>) -> Self {
        let (rows, columns) = match map {
            Map::Dense { inputs, outputs } => (inputs, outputs),
            Map::Convolution(conv) => (conv.patch(), conv.filters),
        };
        let mut transposed = vec![0.0; weights.len()];
        for row in 0..rows {
            for column in 0..columns {
                transposed[column * rows + row] = weights[row * columns + column];
            }
        }
        Self { map, weights, transposed }
    }

    pub fn map(&self) -> Map {
        self.map
    }

    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// `y += W x`: for a dense layer `y_j += sum_i x_i w_ij`, for a convolution `y_pf += sum_q x_(p+q) w_qf`, where `p` runs
    /// over output pixels and `q` over the values of a patch.
    pub fn forward(&self, rows: usize, x: &[f64], y: &mut [f64]) {
        match self.map {
            Map::Dense { inputs, outputs } => products(rows, inputs, outputs, x, &self.weights, y),
            Map::Convolution(conv) => for_each_pixel(conv, rows, |at, strips| {
                let y = &mut y[at * conv.filters..][..conv.filters];
                for strip in strips {
                    for i in 0..strip.len {
                        axpy(x[strip.input + i], &self.weights[(strip.patch + i) * conv.filters..], y);
                    }
                }
            }),
        }
    }

    /// `dx += W^T dy`: `dx_i += sum_j dy_j w_ij`, or `dx_(p+q) += sum_f dy_pf w_qf`.
    pub fn backward(&self, rows: usize, dy: &[f64], dx: &mut [f64]) {
        match self.map {
            Map::Dense { inputs, outputs } => products(rows, outputs, inputs, dy, &self.transposed, dx),
            Map::Convolution(conv) => for_each_pixel(conv, rows, |at, strips| {
                let dy = &dy[at * conv.filters..][..conv.filters];
                for strip in strips {
                    let dx = &mut dx[strip.input..][..strip.len];
                    for (filter, &dy) in dy.iter().enumerate() {
                        axpy(dy, &self.transposed[filter * conv.patch() + strip.patch..], dx);
                    }
                }
            }),
        }
    }

    /// `dw += x dy^T`, summed over samples and, for a convolution, over pixels: `dw_ij += x_i dy_j`, or
    /// `dw_qf += sum_p x_(p+q) dy_pf`.
    pub fn outer(&self, rows: usize, x: &[f64], dy: &[f64], dw: &mut [f64]) {
        match self.map {
            Map::Dense { inputs, outputs } => {
                for (i, dw) in dw.chunks_exact_mut(outputs).enumerate() {
                    for row in 0..rows {
                        axpy(x[row * inputs + i], &dy[row * outputs..], dw);
                    }
                }
            }
            Map::Convolution(conv) => for_each_pixel(conv, rows, |at, strips| {
                let dy = &dy[at * conv.filters..][..conv.filters];
                if dy.iter().all(|dy| *dy == 0.0) {
                    return;
                }
                for strip in strips {
                    for i in 0..strip.len {
                        let dw = &mut dw[(strip.patch + i) * conv.filters..][..conv.filters];
                        axpy(x[strip.input + i], dy, dw);
                    }
                }
            }),
        }
    }
}

/// `y += a x` over the values of `y`.
pub(super) fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    if a != 0.0 {
        y.iter_mut().zip(x).for_each(|(y, x)| *y += a * x);
    }
}

/// `y += x W` for `rows` rows of `x`; a row of `W` is used for all of them while it is at hand.
fn products(rows: usize, inputs: usize, outputs: usize, x: &[f64], w: &[f64], y: &mut [f64]) {
    for (i, w) in w.chunks_exact(outputs).enumerate() {
        for row in 0..rows {
            axpy(x[row * inputs + i], w, &mut y[row * outputs..][..outputs]);
        }
    }
}

/// Neighbouring values of a patch that are neighbours in the image, too: what a row of the kernel covers.
struct Strip {
    /// Of the first value, among all images.
    input: usize,
    /// Of the first value, in the patch.
    patch: usize,
    len: usize,
}

/// Visits the output pixels of some images in order, each with the part of its patch that lies inside the image.
fn for_each_pixel(conv: Conv, rows: usize, mut visit: impl FnMut(usize, &[Strip])) {
    let Conv { height, width, channels, kernel, padding, .. } = conv;
    let mut strips = Vec::with_capacity(kernel);
    let mut at = 0;
    for image in 0..rows {
        for y in 0..conv.out_height() {
            for x in 0..conv.out_width() {
                strips.clear();
                let (first, end) = (padding.saturating_sub(x), kernel.min((width + padding).saturating_sub(x)));
                let inside = (0..kernel).filter(|row| (padding..height + padding).contains(&(y + row)));
                strips.extend(inside.filter(|_| first < end).map(|row| Strip {
                    input: image * conv.inputs() + ((y + row - padding) * width + x + first - padding) * channels,
                    patch: (row * kernel + first) * channels,
                    len: (end - first) * channels,
                }));
                visit(at, &strips);
                at += 1;
            }
        }
    }
}
