//! What scores are put together from.

use super::Scores;
use crate::network::Model;

/// `f(weight)` for every weight.
pub(super) fn of_weights(model: &Model, f: impl Fn(f64) -> f64) -> Scores {
    model.weights().map(|p| p.slice().iter().map(|w| f(f64::from(*w))).collect()).collect()
}

/// `f(value, weight)` for every weight and what an analysis says of it.
pub(super) fn with_weights(model: &Model, values: &[Vec<f64>], f: impl Fn(f64, f64) -> f64) -> Scores {
    let of = |(values, weights): (&Vec<f64>, &[f32])| {
        values.iter().zip(weights).map(|(v, w)| f(*v, f64::from(*w))).collect()
    };
    values.iter().zip(model.weights().map(|p| p.slice())).map(of).collect()
}
