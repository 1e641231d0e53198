//! Jacobian matching: what changes the teacher's answer is to change the student's likewise.
//!
//! `M = mean over samples of |g / |g| - h / |h||^2`, with the slopes `g` of the student's logit by the sample's values and `h` of the
//! teacher's, both for the class that the teacher holds the likeliest.
//!
//! The gradient of `M` by the student's weights is a second derivative, `v . g` differentiated by the weights for `v = dM / dg`, and
//! is computed exactly ([`crate::network::Probe`]): ReLU and max pooling choose as they do at the sample.
//!
//! Papers: Czarnecki, Osindero, Jaderberg, Swirszcz, Pascanu, "Sobolev Training for Neural Networks", 2017; Srinivas, Fleuret, "Knowledge
//! Transfer with Jacobian Matching", 2018, whose normalized gradient of the largest output this is.

use super::super::layers::Mentor;
use super::super::{Distill, Method};
use super::{Few, GradientLoss, answers, directions, narrow, one_hot, wide};
use crate::compression::About;
use crate::network::Probe;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "jacobian-matching",
        title: "Jacobian matching",
        help: "What would change the teacher's answer, pixel by pixel, is to change the student's likewise. Slower, since it takes second derivatives.",
        paper: "Srinivas, Fleuret 2018, Knowledge Transfer with Jacobian Matching",
    },
    looks: None,
};

struct Jacobian;

pub(crate) fn new(_: &Distill, _: &Mentor<'_>) -> Box<dyn GradientLoss> {
    Box::new(Jacobian)
}

impl GradientLoss for Jacobian {
    fn apply(&mut self, seen: &Few<'_>, student: &mut Probe, teacher: &mut Probe) -> f64 {
        let (width, classes) = (seen.x.len() / seen.rows, teacher.forward(seen.rows, seen.x).len() / seen.rows);
        let mix = one_hot(classes, &answers(classes, teacher.at(teacher.last())));
        let theirs = wide(teacher.slopes(0, &mix));
        student.forward(seen.rows, seen.x);
        let own = wide(student.slopes(0, &mix));
        let (loss, gradient) = directions(width, seen.share, &own, &theirs);
        student.descend(0, &narrow(&gradient), &[]);
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Pair};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        testing::check_gradients(new, &Pair::vectors());
        testing::check_gradients(new, &Pair::images());
    }

    #[test]
    fn equal_networks_have_nothing_to_learn() {
        let pair = Pair::images();
        assert!(pair.loss_of(new, &pair.teacher) < 1e-10);
        assert!(pair.loss_of(new, &pair.student) > 0.1);
    }

    /// A teacher that is twice as sure of everything has the same normalized gradients.
    #[test]
    fn how_sure_a_network_is_does_not_count() {
        let pair = Pair::vectors();
        let mut surer = pair.teacher.clone();
        for parameter in surer.parameters.iter_mut().rev().take(2) {
            parameter.slice_mut().iter_mut().for_each(|value| *value *= 2.0);
        }
        assert!(pair.loss_of(new, &surer) < 1e-10);
    }
}
