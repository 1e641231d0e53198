//! Small products in `f64`, each sum in index order.

/// `a b` for `a` of `m x k` and `b` of `k x n`.
pub(super) fn product(m: usize, k: usize, n: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut c = vec![0.0; m * n];
    for (a, c) in a.chunks_exact(k).zip(c.chunks_exact_mut(n)) {
        for (&a, b) in a.iter().zip(b.chunks_exact(n)) {
            add_scaled(a, b, c);
        }
    }
    c
}

/// The gradient of [`product`]'s right side: `d_b += a^T d_c`.
pub(super) fn product_left(m: usize, k: usize, n: usize, a: &[f64], d_c: &[f64], d_b: &mut [f64]) {
    debug_assert_eq!((a.len(), d_c.len()), (m * k, m * n));
    for (a, d_c) in a.chunks_exact(k).zip(d_c.chunks_exact(n)) {
        for (&a, d_b) in a.iter().zip(d_b.chunks_exact_mut(n)) {
            add_scaled(a, d_c, d_b);
        }
    }
}

/// The gradient of [`product`]'s left side: `d_c b^T`. Rows of `b^T` are added rather than those of `b` multiplied, since those sums lie
/// side by side in vectors.
pub(super) fn product_right(m: usize, k: usize, n: usize, d_c: &[f64], b: &[f64]) -> Vec<f64> {
    debug_assert_eq!((d_c.len(), b.len()), (m * n, k * n));
    product(m, n, k, d_c, &transposed(n, b))
}

/// The columns of a matrix of `columns` columns, one after another.
pub(super) fn transposed(columns: usize, x: &[f64]) -> Vec<f64> {
    (0..columns).flat_map(|column| x.iter().skip(column).step_by(columns).copied()).collect()
}

/// The sum of `a[i] b[i]`.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `y += factor x`.
pub(super) fn add_scaled(factor: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
}

/// Adds `bias` to each row of `columns` values.
pub(super) fn add_bias(columns: usize, bias: &[f64], y: &mut [f64]) {
    y.chunks_exact_mut(columns).for_each(|row| add_scaled(1.0, bias, row));
}

/// `sums += ` the sum of the rows of `columns` values.
pub(super) fn column_sums(columns: usize, x: &[f64], sums: &mut [f64]) {
    x.chunks_exact(columns).for_each(|row| add_scaled(1.0, row, sums));
}
