//! Annealed distillation: the student first matches the teacher's logits, small at the start and whole at the end, and then learns
//! from the labels alone.
//!
//! In the first part `L = 1/2 |z - f(T) t|^2` with `f(T) = 1 - (T - 1) / T_max`, where `T` falls from `T_max` to 1 in whole steps of
//! equal length; in the second `L = CE(y, softmax(z))`. `T_max` is the step's `temperature`, and `alpha` the share of the training
//! that the first part has.
//!
//! The paper goes into its second part from the weights that were best on the validation set, and trains both parts as runs of their
//! own; here they are one run under one learning rate schedule, and go over into each other.
//!
//! Paper: Jafari, Rezagholizadeh, Sharma, Ghodsi, "Annealing Knowledge Distillation", 2021, equations 5 to 7.

use super::Method;
use super::logits::Parts;
use crate::compression::About;

pub(super) const METHOD: Method = Method {
    looks: None,
    about: About {
        name: "annealed",
        title: "Annealed logits",
        help: "The student matches the teacher's logits, from a small share of them to the whole, and then learns from the labels alone: the temperature is where that starts, the weight of the soft targets the share of the training before the labels.",
        paper: "Jafari et al. 2021, Annealing Knowledge Distillation",
    },
};

/// See the formula.
pub(super) fn course(temperature: f32, alpha: f32, done: f32) -> Parts {
    if done >= alpha {
        return Parts { scale: 1.0, teacher: 0.0, labels: 1.0 };
    }
    let steps = temperature.max(1.0).round();
    let now = steps - (done / alpha * steps).floor();
    Parts { scale: 1.0 - (now.max(1.0) - 1.0) / steps, teacher: 1.0, labels: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_temperature_falls_step_by_step_to_one() {
        let scales: Vec<f32> = (0..8).map(|i| course(4.0, 0.5, i as f32 / 16.0 + 0.01).scale).collect();
        assert_eq!(scales, [0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0]);
        assert_eq!(course(4.0, 0.5, 0.5), Parts { scale: 1.0, teacher: 0.0, labels: 1.0 });
        assert_eq!(course(0.5, 1.0, 0.3).scale, 1.0);
    }
}
