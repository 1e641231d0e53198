//! Softmax and cross-entropy with a temperature (Hinton, Vinyals, Dean 2015), row by row, classes in order.

/// Writes `exp((logit - max) / temperature)` for each class and returns the sum.
fn exponentials(temperature: f32, logits: &[f32], p: &mut [f32]) -> f32 {
    let max = largest(logits);
    let mut sum = 0.0;
    for (p, logit) in p.iter_mut().zip(logits) {
        *p = libm::expf((*logit - max) / temperature);
        sum += *p;
    }
    sum
}

/// The largest value of a row.
fn largest(row: &[f32]) -> f32 {
    row.iter().fold(f32::NEG_INFINITY, |max, value| if *value > max { *value } else { max })
}

/// The index of the largest value, the first if tied.
pub fn arg_max(row: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = index;
        }
    }
    best
}

/// `p = softmax(logits / temperature)`.
pub fn softmax(rows: usize, classes: usize, temperature: f32, logits: &[f32], p: &mut [f32]) {
    if classes == 0 {
        return;
    }
    let (logits, p) = (&logits[..rows * classes], &mut p[..rows * classes]);
    for (logits, p) in logits.chunks_exact(classes).zip(p.chunks_exact_mut(classes)) {
        let sum = exponentials(temperature, logits, p);
        p.iter_mut().for_each(|p| *p /= sum);
    }
}

/// Adds the loss and the hits to `totals` and the gradient to `d_logits`; see
/// [`Backend::cross_entropy`](crate::backend::Backend::cross_entropy). A row's loss is
/// `sum over c of targets[c] * (ln(sum of exp) - (logit[c] - max) / temperature)`. `p` is scratch for one row.
pub fn cross_entropy(
    (rows, classes): (usize, usize),
    (temperature, weight): (f32, f32),
    logits: &[f32],
    targets: &[f32],
    p: &mut [f32],
    totals: &mut [f32],
    d_logits: &mut [f32],
) {
    if classes == 0 {
        return;
    }
    let p = &mut p[..classes];
    let loss_scale = weight * (temperature * temperature);
    let gradient_scale = weight * temperature / rows as f32;
    let (logits, targets) = (&logits[..rows * classes], &targets[..rows * classes]);
    let of_row = logits.chunks_exact(classes).zip(targets.chunks_exact(classes));
    for ((logits, targets), d_logits) in of_row.zip(d_logits[..rows * classes].chunks_exact_mut(classes)) {
        let sum = exponentials(temperature, logits, p);
        let (max, log_sum) = (largest(logits), libm::logf(sum));
        let mut loss = 0.0;
        for (target, logit) in targets.iter().zip(logits) {
            loss += *target * (log_sum - (*logit - max) / temperature);
        }
        totals[0] += loss_scale * loss;
        totals[1] += if arg_max(logits) == arg_max(targets) { 1.0 } else { 0.0 };
        for ((d, p), target) in d_logits.iter_mut().zip(&*p).zip(targets) {
            *d += gradient_scale * (*p / sum - *target);
        }
    }
}
