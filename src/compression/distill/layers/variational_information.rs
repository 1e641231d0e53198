//! Variational information distillation: the student's layers are to hold as much as they can about the teacher's.
//!
//! `M = mean over pairs, samples and values of log(v) / 2 + (t - s W - b)^2 / (2 v)`, which is `-log q(t | s)` but for a constant: a
//! Gaussian around what a learned projection makes of the student's features at each pixel, with a learned variance
//! `v = log(1 + exp(a)) + EPSILON` for each of the teacher's channels. The smaller it can be made, the greater is a lower bound on the
//! information that the student's layer has about the teacher's. A channel that the student cannot say gets a great variance, and
//! counts little. It taps each pair of hidden layers, behind the nonlinearity; where images of features differ in size, the larger is
//! averaged down.
//!
//! Paper: Ahn, Hu, Damianou, Lawrence, Dai, "Variational Information Distillation for Knowledge Transfer", 2019. There the mean is three
//! convolutions, and variances start at 5; here it is linear, and they start at 1, since few steps are taken.

use super::super::Method;
use super::connector::Connector;
use super::resize::Resize;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "variational-information",
        title: "Variational information (VID)",
        help: "The student is to know as much as it can about what its teacher's layers say; what it cannot say is found out on the way and counts less.",
        paper: "Ahn et al. 2019, Variational Information Distillation for Knowledge Transfer",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::After, images: false }),
};

/// The least variance; the authors'.
const EPSILON: f64 = 1e-5;

/// The variance to start with.
const START: f64 = 1.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let start = libm::log(libm::expm1(START - EPSILON));
    let pairs = sizes.student.iter().zip(sizes.teacher).map(|(&student, &teacher)| Pair {
        resize: Resize::new(student, teacher),
        mean: Connector::new(student.channels, teacher.channels, learned, key),
        variances: learned.add(vec![start; teacher.channels]),
    });
    Box::new(VariationalInformation(pairs.collect()))
}

struct VariationalInformation(Vec<Pair>);

struct Pair {
    resize: Resize,
    mean: Connector,
    variances: usize,
}

/// `log(1 + exp(a)) + EPSILON`, and its derivative.
fn variance(a: f64) -> (f64, f64) {
    let small = libm::exp(-a.abs());
    (a.max(0.0) + libm::log1p(small) + EPSILON, if a < 0.0 { small } else { 1.0 } / (1.0 + small))
}

impl LayerLoss for VariationalInformation {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let mut loss = 0.0;
        for (at, Pair { resize, mean, variances }) in self.0.iter().enumerate() {
            let (student, teacher) = resize.both(seen.rows, &seen.student[at], &seen.teacher[at]);
            let share = 1.0 / (teacher.len() * self.0.len()) as f64;
            let mut d = mean.forward(&student, learned);
            let (values, d_values) = learned.value_and_gradient(*variances);
            for (channel, (a, d_a)) in values.iter().zip(d_values).enumerate() {
                let (variance, slope) = variance(*a);
                let half_log = libm::log(variance) / 2.0;
                let mut by_variance = 0.0;
                let places = d.iter_mut().zip(&teacher).skip(channel).step_by(mean.to);
                for (d, teacher) in places {
                    let apart = *d - teacher;
                    let square = apart * apart / variance;
                    loss += share * (half_log + square / 2.0);
                    by_variance += share * (1.0 - square) / (2.0 * variance);
                    *d = share * apart / variance;
                }
                *d_a += by_variance * slope;
            }
            let d_student = mean.backward(&student, &d, learned);
            resize.student_gradient(seen.rows, &d_student, &mut gradients[at]);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, ROWS, Scene, VECTORS};
    use super::*;

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    /// At the optimum each channel's variance is the mean squared error of its projection: great for what the student knows nothing
    /// of, small for what it has.
    #[test]
    fn variances_are_the_errors_that_are_left() {
        const PAIRS: Pairs = Pairs { student: IMAGES.student.split_at(1).0, teacher: IMAGES.teacher.split_at(1).0 };
        let mut scene = Scene::new(PAIRS, 1);
        let Scene { student, teacher, .. } = &mut scene;
        for (s, t) in student[0].chunks(2).zip(teacher[0].chunks_mut(3)) {
            t[0] = s[0] - s[1] + 0.2 * t[0];
            t[1] *= 2.0;
        }
        let mut learned = Learned::default();
        let mut method = new(&testing::sizes(PAIRS), &mut learned, &Key::new(2));
        for _ in 0..6000 {
            scene.apply(&mut *method, &mut learned);
            learned.step(0.005, 1.0);
        }
        let (weights, bias) = (learned.value(0), learned.value(1));
        let mut errors = [0.0; 3];
        for (s, t) in scene.student[0].chunks(2).zip(scene.teacher[0].chunks(3)) {
            for (channel, error) in errors.iter_mut().enumerate() {
                let apart = s[0] * weights[channel] + s[1] * weights[3 + channel] + bias[channel] - t[channel];
                *error += apart * apart / (ROWS * 16) as f64;
            }
        }
        let found: Vec<f64> = learned.value(2).iter().map(|&a| variance(a).0).collect();
        for (found, error) in found.iter().zip(errors) {
            assert!((found - error).abs() < 1e-3 * error, "{found:?} {errors:?}");
        }
        assert!(found[0] < 0.06 && found[1] > 2.0, "{found:?}");
    }

    /// The softplus is finite where its exponential is not.
    #[test]
    fn variances_are_finite() {
        assert_eq!(variance(1e4), (1e4 + EPSILON, 1.0));
        assert_eq!(variance(-1e4), (EPSILON, 0.0));
        assert!((variance(0.0).0 - std::f64::consts::LN_2 - EPSILON).abs() < 1e-15);
    }
}
