//! The greatest length of a matrix's columns (max-norm; Srivastava et al. 2014, "Dropout").

/// Scales each column of `x` that is longer than `limit` down to that length. `factors` has a place for each column, of which
/// there is at least one.
pub fn limit_columns(limit: f32, factors: &mut [f32], x: &mut [f32]) {
    factors.fill(0.0);
    for row in x.chunks_exact(factors.len()) {
        for (sum, value) in factors.iter_mut().zip(row) {
            *sum += value * value;
        }
    }
    let mut any = false;
    for factor in factors.iter_mut() {
        let length = factor.sqrt();
        any |= length > limit;
        *factor = if length > limit { limit / length } else { 1.0 };
    }
    if any {
        for row in x.chunks_exact_mut(factors.len()) {
            row.iter_mut().zip(&*factors).for_each(|(value, factor)| *value *= factor);
        }
    }
}
