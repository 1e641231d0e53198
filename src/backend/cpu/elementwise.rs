//! Operations that treat each value, or each row of a matrix, for itself. The loops are plain so that LLVM vectorizes
//! them; none of them adds up across lanes.

use crate::backend::Activation;

/// `y[r][c] += bias[c]`.
pub fn add_bias(rows: usize, cols: usize, bias: &[f32], y: &mut [f32]) {
    if cols == 0 {
        return;
    }
    let bias = &bias[..cols];
    for row in y[..rows * cols].chunks_exact_mut(cols) {
        row.iter_mut().zip(bias).for_each(|(y, bias)| *y += *bias);
    }
}

/// `y[r][c] = f(y[r][c] + bias[c])`, without `f` if there is none.
pub fn add_bias_and_activate(rows: usize, cols: usize, bias: &[f32], f: Option<Activation>, y: &mut [f32]) {
    let Some(f) = f else { return add_bias(rows, cols, bias, y) };
    if cols == 0 {
        return;
    }
    let bias = &bias[..cols];
    for row in y[..rows * cols].chunks_exact_mut(cols) {
        let pairs = row.iter_mut().zip(bias);
        match f {
            Activation::Relu => pairs.for_each(|(y, bias)| *y = relu(*y + *bias)),
            Activation::Tanh => pairs.for_each(|(y, bias)| *y = libm::tanhf(*y + *bias)),
        }
    }
}

/// `sums[c] = sum over r of x[r][c]`, rows in order.
pub fn column_sums(rows: usize, cols: usize, x: &[f32], sums: &mut [f32]) {
    let sums = &mut sums[..cols];
    sums.fill(0.0);
    if cols == 0 {
        return;
    }
    for row in x[..rows * cols].chunks_exact(cols) {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += *x);
    }
}

#[inline(always)]
fn relu(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.0 }
}

/// `y = f(x)`.
pub fn activate(f: Activation, x: &[f32], y: &mut [f32]) {
    let pairs = y.iter_mut().zip(x);
    match f {
        Activation::Relu => pairs.for_each(|(y, x)| *y = relu(*x)),
        Activation::Tanh => pairs.for_each(|(y, x)| *y = libm::tanhf(*x)),
    }
}

/// `dx = dy * f'(x)`, the slope told from `y = f(x)`.
pub fn activate_gradient(f: Activation, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    let triples = dx.iter_mut().zip(y).zip(dy);
    match f {
        // Both are read before the choice, so that it becomes a selection of lanes and not a branch.
        Activation::Relu => triples.for_each(|((dx, &y), &dy)| *dx = if y > 0.0 { dy } else { 0.0 }),
        Activation::Tanh => triples.for_each(|((dx, y), dy)| *dx = *dy * (1.0 - *y * *y)),
    }
}

/// `y = a * b`.
pub fn multiply(a: &[f32], b: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(a).zip(b).for_each(|((y, a), b)| *y = *a * *b);
}

/// `y += b`.
pub fn add_assign(b: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(b).for_each(|(y, b)| *y += *b);
}

/// `y *= b`.
pub fn multiply_assign(b: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(b).for_each(|(y, b)| *y *= *b);
}
