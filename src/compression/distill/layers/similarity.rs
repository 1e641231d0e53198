//! Similarity preservation: samples that excite the teacher alike are to excite the student alike.
//!
//! `M = SCALE |G_S - G_T|^2 / b^2` for a batch of `b` samples, where `G` is the matrix of products between the samples' features,
//! all of a layer's values, each row brought to length 1. It taps the last hidden layer, behind the nonlinearity. Neither size nor
//! channels need agree, and nothing is learned beside the student.
//!
//! Paper: Tung, Mori, "Similarity-Preserving Knowledge Distillation", 2019, with one pair of layers, as in its experiments.

use super::super::Method;
use super::matrix::{product, product_right};
use super::units::Units;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "similarity-preservation",
        title: "Similarity preservation (SP)",
        help: "Samples of a batch that are alike for the teacher's last hidden layer are to be alike for the student's, whatever the layers look like.",
        paper: "Tung, Mori 2019, Similarity-Preserving Knowledge Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

/// The paper's weight.
const SCALE: f64 = 3000.0;

pub(crate) fn new(_: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    Box::new(Similarity)
}

struct Similarity;

/// How alike the samples are: the products between rows of `values`, each row of those brought to length 1.
fn similarities(samples: usize, values: &[f64]) -> Units {
    Units::of(samples, product_right(samples, samples, values.len() / samples, values, values))
}

impl LayerLoss for Similarity {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows;
        let student = similarities(rows, &seen.student[0]);
        let mut apart = similarities(rows, &seen.teacher[0]).rows;
        apart.iter_mut().zip(&student.rows).for_each(|(apart, s)| *apart = s - *apart);
        let share = SCALE / (rows * rows) as f64;
        let loss = share * apart.iter().map(|d| d * d).sum::<f64>();
        let d = student.gradient(apart.iter().map(|d| 2.0 * share * d).collect());
        let both_ways: Vec<f64> = (0..d.len()).map(|at| d[at] + d[at % rows * rows + at / rows]).collect();
        let width = seen.student[0].len() / rows;
        gradients[0]
            .iter_mut()
            .zip(product(rows, rows, width, &both_ways, &seen.student[0]))
            .for_each(|(g, d)| *g += d);
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, Scene, VECTORS};
    use super::*;

    const ALIKE: Pairs = Pairs { student: VECTORS.teacher, teacher: VECTORS.teacher };

    fn loss(scene: &Scene) -> f64 {
        let mut learned = Learned::default();
        scene.apply(&mut *new(&testing::sizes(ALIKE), &mut learned, &Key::new(1)), &mut learned).0
    }

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    /// Products between samples are the same in every basis and, rows being of length 1, at every scale.
    #[test]
    fn features_may_be_rotated_and_scaled() {
        let mut scene = Scene::new(ALIKE, 2);
        let turn = |values: &mut Vec<f64>| {
            let (sin, cos) = (0.6, 0.8);
            for row in values.chunks_mut(7) {
                for at in 0..6 {
                    (row[at], row[at + 1]) = (cos * row[at] - sin * row[at + 1], sin * row[at] + cos * row[at + 1]);
                }
                row.iter_mut().for_each(|value| *value *= 2.5);
            }
        };
        let apart = loss(&scene);
        assert!(apart > 1.0, "{apart}");
        turn(&mut scene.student[0]);
        assert!((loss(&scene) - apart).abs() < 1e-4 * apart);
        scene.student.clone_from(&scene.teacher);
        assert_eq!(loss(&scene), 0.0);
        turn(&mut scene.student[0]);
        assert!(loss(&scene) < 1e-6);
        scene.student[0][0] += 1.0;
        assert!(loss(&scene) > 1.0);
    }
}
