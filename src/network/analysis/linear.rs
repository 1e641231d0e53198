//! Layers with weights, as what they are: linear maps of their input, and of their weights.
//!
//! All inner loops are of the form `y += a x` over neighbouring values, which vectorizes and keeps the order of every sum.

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
                    let x = &x[strip.input..][..strip.len];
                    combine(x, &self.weights[strip.patch * conv.filters..], conv.filters, y);
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
                    combine(dy, &self.transposed[strip.patch..], conv.patch(), dx);
                }
            }),
        }
    }

    /// `dw += x dy^T`, summed over samples and, for a convolution, over pixels: `dw_ij += x_i dy_j`, or
    /// `dw_qf += sum_p x_(p+q) dy_pf`.
    pub fn outer(&self, rows: usize, x: &[f64], dy: &[f64], dw: &mut [f64]) {
        let mut column = Vec::new();
        match self.map {
            Map::Dense { inputs, outputs } => {
                for (i, dw) in dw.chunks_exact_mut(outputs).enumerate() {
                    column.clear();
                    column.extend((0..rows).map(|row| x[row * inputs + i]));
                    combine(&column, dy, outputs, dw);
                }
            }
            Map::Convolution(conv) => {
                let Conv { height, width, channels, kernel, padding, filters } = conv;
                // For a place in the patch, the stretch of a row of output pixels for which it lies inside the image.
                for (line, dy) in dy.chunks_exact(conv.out_width() * filters).take(rows * conv.out_height()).enumerate()
                {
                    let (image, y) = (line / conv.out_height(), line % conv.out_height());
                    for (q, dw) in dw.chunks_exact_mut(filters).enumerate() {
                        let (row, place, channel) = (y + q / channels / kernel, q / channels % kernel, q % channels);
                        if !(padding..height + padding).contains(&row) {
                            continue;
                        }
                        let first = padding.saturating_sub(place);
                        let end = conv.out_width().min((width + padding).saturating_sub(place));
                        let start = image * conv.inputs() + (row - padding) * width * channels + channel;
                        column.clear();
                        column.extend((first..end).map(|at| x[start + (at + place - padding) * channels]));
                        combine(&column, &dy[first.min(end) * filters..], filters, dw);
                    }
                }
            }
        }
    }
}

/// `y += sum_i a_i x_i` over the values of `y`, in this order, where the rows `x_i` lie `stride` apart. Four rows at a time, so
/// that `y` is fetched less often; four that are to be multiplied by zero are left out.
fn combine(a: &[f64], x: &[f64], stride: usize, y: &mut [f64]) {
    let mut fours = a.chunks_exact(4);
    let mut at = 0;
    for four in &mut fours {
        if four.iter().any(|a| *a != 0.0) {
            let [x0, x1, x2, x3] = [0, 1, 2, 3].map(|i| &x[at + i * stride..][..y.len()]);
            for ((((y, x0), x1), x2), x3) in y.iter_mut().zip(x0).zip(x1).zip(x2).zip(x3) {
                *y = *y + four[0] * x0 + four[1] * x1 + four[2] * x2 + four[3] * x3;
            }
        }
        at += 4 * stride;
    }
    for a in fours.remainder() {
        if *a != 0.0 {
            y.iter_mut().zip(&x[at..]).for_each(|(y, x)| *y += a * x);
        }
        at += stride;
    }
}

/// `y += x W` for `rows` rows of `x`; a few rows of `W` are used for all of them while they are at hand.
fn products(rows: usize, inputs: usize, outputs: usize, x: &[f64], w: &[f64], y: &mut [f64]) {
    for (first, w) in (0..inputs).step_by(4).zip(w.chunks(4 * outputs)) {
        let count = (inputs - first).min(4);
        for row in 0..rows {
            let x = &x[row * inputs + first..][..count];
            combine(x, w, outputs, &mut y[row * outputs..][..outputs]);
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
