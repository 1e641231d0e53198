//! Correlation congruence: how much alike the samples of a batch are, for the student as for the teacher.
//!
//! `M = 25 mean over pairs of (k(s_i, s_j) - k(t_i, t_j))^2`, with features `s` and `t` of the last hidden layers brought to length 1 and
//! the Gaussian kernel `k(x, y) = exp(-g |x - y|^2) = e^(-2 g) sum over p of (2 g)^p / p! (x . y)^p`, cut off behind `p = 2`, `g = 0.4`.
//!
//! Where the numbers of channels differ, the student's features pass through a learned linear map first, and images of features that
//! differ in size are averaged to one. The paper compares the last embedding, too, and cuts the sum off at the same place; its factor
//! depends on the data, this one makes `M` about as large as a loss of predictions at the start.
//!
//! Paper: Peng, Jin, Liu, Zhou, Wu, Liu, Li, Zhang, "Correlation Congruence for Knowledge Distillation", 2019.

use super::super::Method;
use super::embedding::{Alignment, normalized, normalized_gradient};
use super::relations::{products, products_gradient};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "correlation-congruence",
        title: "Correlation congruence",
        help: "Samples that are alike for the teacher are to be as much alike for the student, as a Gaussian kernel of their directions tells.",
        paper: "Peng et al. 2019, Correlation Congruence for Knowledge Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

const SCALE: f64 = 25.0;
const GAMMA: f64 = 0.4;

struct Correlation {
    alignment: Alignment,
}

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    Box::new(Correlation { alignment: Alignment::new(sizes, 0, learned, key) })
}

/// The kernel of two directions whose product is `p`, and its slope by it.
fn kernel(p: f64) -> (f64, f64) {
    let front = libm::exp(-2.0 * GAMMA);
    let q = 2.0 * GAMMA * p;
    (front * (1.0 + q + q * q / 2.0), front * 2.0 * GAMMA * (1.0 + q))
}

impl LayerLoss for Correlation {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows;
        let aligned = self.alignment.both(rows, &seen.student[0], &seen.teacher[0], learned);
        let width = aligned.student.len() / rows.max(1);
        let (own, lengths) = normalized(width, &aligned.student);
        let (theirs, _) = normalized(width, &aligned.teacher);
        let (own_products, their_products) = (products(rows, &own), products(rows, &theirs));
        let factor = SCALE / (rows * rows).max(1) as f64;
        let mut loss = 0.0;
        let each = own_products.iter().zip(&their_products).map(|(own, theirs)| {
            let (value, slope) = kernel(*own);
            let difference = value - kernel(*theirs).0;
            loss += difference * difference;
            factor * 2.0 * difference * slope
        });
        let by_products: Vec<f64> = each.collect();
        let mut by_unit = vec![0.0; own.len()];
        products_gradient(rows, &own, &by_products, &mut by_unit);
        let by_student = normalized_gradient(width, &own, &lengths, &by_unit);
        self.alignment.gradient(rows, &aligned, &by_student, learned, &mut gradients[0]);
        factor * loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, Scene, VECTORS};
    use super::*;

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    /// "Taylor series to the order P": the Gaussian kernel of directions, but for the cube and what follows.
    #[test]
    fn the_kernel_is_the_gaussian_to_second_order() {
        for p in [-1.0, -0.5, 0.0, 0.3, 1.0] {
            let gaussian = libm::exp(-GAMMA * (2.0 - 2.0 * p));
            let q: f64 = 2.0 * GAMMA * p;
            assert!((kernel(p).0 - gaussian).abs() <= q.abs().powi(3) / 6.0 * 1.3 + 1e-15, "{p}");
        }
    }

    /// Samples that stand to one another as the teacher's do, at any length, cost nothing.
    #[test]
    fn lengths_do_not_count() {
        let pairs = Pairs { student: VECTORS.student, teacher: VECTORS.student };
        let mut scene = Scene::new(pairs, 3);
        scene.teacher[0] = scene.student[0].iter().map(|value| 3.0 * value).collect();
        let mut learned = Learned::default();
        let mut method = new(&testing::sizes(pairs), &mut learned, &Key::new(1));
        assert!(scene.apply(&mut *method, &mut learned).0 < 1e-20);
        scene.teacher[0][0] = -scene.teacher[0][0];
        assert!(scene.apply(&mut *method, &mut learned).0 > 1e-4);
        assert_eq!(learned.arrays(), 0, "widths agree, so nothing is learned");
    }
}
