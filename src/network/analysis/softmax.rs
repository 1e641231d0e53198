//! The cross-entropy of logits with labels, and its derivatives by the logits.

/// `softmax(z / T)` of each row of logits.
pub(super) fn softmax(classes: usize, temperature: f64, logits: &[f64]) -> Vec<f64> {
    let mut p: Vec<f64> = logits.iter().map(|z| z / temperature).collect();
    for row in p.chunks_exact_mut(classes) {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.iter_mut().for_each(|z| *z = libm::exp(*z - largest));
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|e| *e /= sum);
    }
    p
}

/// `-log softmax(z)_label`, summed over the rows.
pub(super) fn cross_entropy(classes: usize, logits: &[f64], labels: &[u8]) -> f64 {
    let of_row = |(row, &label): (&[f64], &u8)| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|z| libm::exp(z - largest)).sum();
        libm::log(sum) + largest - row[usize::from(label)]
    };
    logits.chunks_exact(classes).zip(labels).map(of_row).sum()
}

/// The gradient of `weight * -log p_label` by the logits, where `p = softmax(z / T)`: `weight (p - y) / T`, `y` being 1 for the
/// label and 0 elsewhere.
pub(super) fn gradient(classes: usize, temperature: f64, weight: f64, p: &[f64], labels: &[u8]) -> Vec<f64> {
    let mut d = p.to_vec();
    for (row, &label) in d.chunks_exact_mut(classes).zip(labels) {
        row[usize::from(label)] -= 1.0;
        row.iter_mut().for_each(|d| *d *= weight / temperature);
    }
    d
}

/// The Hessian of `weight * -log p_label` by the logits, times `r`: `weight (diag(p) - p p^T) r / T^2`, whatever the label.
pub(super) fn hessian_times(classes: usize, temperature: f64, weight: f64, p: &[f64], r: &[f64]) -> Vec<f64> {
    let mut product = Vec::with_capacity(p.len());
    for (p, r) in p.chunks_exact(classes).zip(r.chunks_exact(classes)) {
        let mean: f64 = p.iter().zip(r).map(|(p, r)| p * r).sum();
        product.extend(p.iter().zip(r).map(|(p, r)| weight / (temperature * temperature) * p * (r - mean)));
    }
    product
}
