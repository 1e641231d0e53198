//! Systems with a symmetric positive definite matrix.

/// `A = U^T U`, `U` having zeros below its diagonal. All loops run along rows.
pub(super) struct Cholesky(Vec<Vec<f64>>);

/// `sum_k x_k x_k^T` of rows `x_k` of this width; the part below the diagonal is left zero.
pub(super) fn gram(rows: &[Vec<f64>], width: usize) -> Vec<Vec<f64>> {
    let mut sum = vec![vec![0.0; width]; width];
    add_gram(rows, &mut sum);
    sum
}

/// Adds the rows' [`gram`] to the part on and above the diagonal of `sum`.
pub(super) fn add_gram(rows: &[Vec<f64>], sum: &mut [Vec<f64>]) {
    // A few at a time for each row of the sum, so that it is fetched less often; the order of the sum stays.
    for rows in rows.chunks(16) {
        for (i, sum) in sum.iter_mut().enumerate() {
            for row in rows.iter().filter(|row| row[i] != 0.0) {
                subtract(-row[i], &row[i..], &mut sum[i..]);
            }
        }
    }
}

impl Cholesky {
    /// Of `A + alpha I`, of which the part on and above the diagonal is read.
    pub fn new(mut a: Vec<Vec<f64>>, alpha: f64) -> Result<Self, String> {
        a.iter_mut().enumerate().for_each(|(i, row)| row[i] += alpha);
        for k in 0..a.len() {
            let (above, below) = a.split_at_mut(k + 1);
            let pivot = &mut above[k];
            if pivot[k].is_nan() || pivot[k] <= 0.0 || pivot[k].is_infinite() {
                return Err("the loss has no finite curvature here; train the network at a lower learning rate".into());
            }
            let root = pivot[k].sqrt();
            pivot[k..].iter_mut().for_each(|v| *v /= root);
            for (i, row) in (k + 1..).zip(below) {
                subtract(pivot[i], &pivot[i..], &mut row[i..]);
            }
        }
        Ok(Self(a))
    }

    /// Replaces `b` by the solution `y` of `U^T y = b`, for all of its columns.
    pub fn forward(&self, b: &mut [Vec<f64>]) {
        for (j, pivot) in self.0.iter().enumerate() {
            let (above, below) = b.split_at_mut(j + 1);
            let row = &mut above[j];
            row.iter_mut().for_each(|v| *v /= pivot[j]);
            // Of an identity matrix's rows, all behind the diagonal is still zero.
            let end = row.iter().rposition(|v| *v != 0.0).map_or(0, |last| last + 1);
            for (i, later) in (j + 1..).zip(below) {
                subtract(pivot[i], &row[..end], later);
            }
        }
    }

    /// The upper triangular `V` with `(A + alpha I)^-1 = V^T V`: the Cholesky factor of the inverse.
    ///
    /// With the order of rows and columns turned round, `R A R = U^T U`, so that `A = (R U^T R)(R U R)`, an upper triangle times a
    /// lower one, and the inverse of the first is `V = R (U^T)^-1 R`.
    pub fn factor_of_inverse(mut a: Vec<Vec<f64>>, alpha: f64) -> Result<Vec<Vec<f64>>, String> {
        let n = a.len();
        let turned = (0..n).map(|i| (0..n).map(|j| a[n - 1 - i.max(j)][n - 1 - i.min(j)]).collect());
        a = turned.collect();
        let mut inverse: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        Self::new(a, alpha)?.forward(&mut inverse);
        inverse.reverse();
        inverse.iter_mut().for_each(|row| row.reverse());
        Ok(inverse)
    }

    /// The solution `x` of `U^T U x = b`.
    pub fn solve(&self, b: Vec<f64>) -> Vec<f64> {
        let mut columns: Vec<Vec<f64>> = b.into_iter().map(|v| vec![v]).collect();
        self.forward(&mut columns);
        let mut x: Vec<f64> = columns.concat();
        for (j, row) in self.0.iter().enumerate().rev() {
            let known: f64 = row[j + 1..].iter().zip(&x[j + 1..]).map(|(u, x)| u * x).sum();
            x[j] = (x[j] - known) / row[j];
        }
        x
    }
}

/// `y -= a x`.
fn subtract(a: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y -= a * x);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves() {
        let rows = [vec![1.0, 2.0, -1.0], vec![0.5, 0.0, 3.0], vec![-2.0, 1.0, 1.0]];
        let gram = gram(&rows, 3);
        let x = Cholesky::new(gram.clone(), 0.5).unwrap().solve(vec![1.0, -2.0, 3.0]);
        for (i, wanted) in [1.0, -2.0, 3.0].into_iter().enumerate() {
            let product: f64 = (0..3).map(|j| gram[i.min(j)][i.max(j)] * x[j]).sum::<f64>() + 0.5 * x[i];
            assert!((product - wanted).abs() < 1e-12);
        }
        assert!(Cholesky::new(vec![vec![f64::NAN]], 1.0).is_err());
    }

    #[test]
    fn the_factor_of_the_inverse_is_upper_and_squares_to_it() {
        let rows = [vec![1.0, 2.0, -1.0], vec![0.5, 0.0, 3.0], vec![-2.0, 1.0, 1.0]];
        let gram = gram(&rows, 3);
        let factor = Cholesky::factor_of_inverse(gram.clone(), 0.5).unwrap();
        for i in 0..3 {
            let mut unit = vec![0.0; 3];
            unit[i] = 1.0;
            let wanted = Cholesky::new(gram.clone(), 0.5).unwrap().solve(unit);
            for j in 0..3 {
                let product: f64 = factor.iter().map(|row| row[i] * row[j]).sum();
                assert!((product - wanted[j]).abs() < 1e-12);
                assert!(j >= i || factor[i][j] == 0.0);
            }
            assert!(factor[i][i] > 0.0);
        }
    }
}
