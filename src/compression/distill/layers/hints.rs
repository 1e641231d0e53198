//! Hints: the student's layer half way, through a learned projection, is to be the teacher's.
//!
//! `M = mean over samples and values of (s W + b - t)^2 / 2`, with the student's features `s` and the teacher's `t` at each pixel and a
//! projection `W`, `b` from the student's channels to the teacher's, trained beside the student. Where the images of features differ in
//! size, the larger is averaged down.
//!
//! Paper: Romero, Ballas, Kahou, Chassang, Gatta, Bengio, "FitNets: Hints for Thin Deep Nets", 2015. There the hint is learned first
//! and the labels after it; here both count at once, as in later comparisons of methods. There
//! squares are added up, and the projection is a convolution whose kernel makes up for the difference in size; here their mean is
//! taken, and each pixel is projected by itself.

use super::super::Method;
use super::matrix::{add_bias, column_sums, product, product_left, product_right};
use super::resize::Resize;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "hints",
        title: "Hints (FitNet)",
        help: "The student's layer half way is to say what the teacher's says, as far as a learned projection can make it: a hint on how to get to the answer.",
        paper: "Romero et al. 2015, FitNets: Hints for Thin Deep Nets",
    },
    looks: Some(Looks { pairing: Pairing::Middle, side: Side::After, images: false }),
};

struct Hints {
    resize: Resize,
    /// Channels of the student and of the teacher.
    channels: (usize, usize),
    weights: usize,
    bias: usize,
}

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let channels = (sizes.student[0].channels, sizes.teacher[0].channels);
    Box::new(Hints {
        resize: Resize::new(sizes.student[0], sizes.teacher[0]),
        channels,
        weights: learned.add_matrix(channels.0, channels.1, key),
        bias: learned.add(vec![0.0; channels.1]),
    })
}

impl LayerLoss for Hints {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let (from, to) = self.channels;
        let (student, teacher) = self.resize.both(seen.rows, &seen.student[0], &seen.teacher[0]);
        let pixels = student.len() / from;
        let mut projected = product(pixels, from, to, &student, learned.value(self.weights));
        add_bias(to, learned.value(self.bias), &mut projected);
        // Differences, then their gradients.
        let mut loss = 0.0;
        let count = projected.len() as f64;
        for (projected, teacher) in projected.iter_mut().zip(&teacher) {
            let difference = *projected - teacher;
            loss += difference * difference / 2.0;
            *projected = difference / count;
        }
        column_sums(to, &projected, learned.value_and_gradient(self.bias).1);
        let (weights, d_weights) = learned.value_and_gradient(self.weights);
        product_left(pixels, from, to, &student, &projected, d_weights);
        let d_student = product_right(pixels, from, to, &projected, weights);
        self.resize.student_gradient(seen.rows, &d_student, &mut gradients[0]);
        loss / count
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, VECTORS};
    use super::*;

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    /// The projection alone finds a teacher that is a linear map of the student: the loss goes to nothing.
    #[test]
    fn what_is_a_projection_away_is_no_error() {
        let loss = testing::learn_alone(new, VECTORS, |student, teacher| {
            for (s, t) in
                student.chunks(VECTORS.student[0].channels).zip(teacher.chunks_mut(VECTORS.teacher[0].channels))
            {
                t.iter_mut().enumerate().for_each(|(i, t)| *t = s[0] - 2.0 * s[1] + 0.3 * i as f64);
            }
        });
        assert!(loss < 1e-3, "{loss}");
    }
}
