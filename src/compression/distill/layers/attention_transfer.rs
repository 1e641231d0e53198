//! Attention transfer: the student is to look where its teacher looks.
//!
//! `M = mean over pairs and samples of SCALE |a_S / |a_S| - a_T / |a_T||^2`, where `a` is the sum over channels of squares at each
//! pixel, `a_p = sum over c of f_pc^2`. It taps each pair of images of features, behind the nonlinearity. No channel knows another, so
//! the two may have different ones; where images differ in size, the larger map is averaged down.
//!
//! Paper: Zagoruyko, Komodakis, "Paying More Attention to Attention: Improving the Performance of Convolutional Neural Networks via
//! Attention Transfer", 2017, with its activation-based maps and p = 2. There pairs are added up, and the distance is a length in the
//! formula and the square of one in the authors' code, as here.

use super::super::Method;
use super::attention_maps::AttentionMaps;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "attention-transfer",
        title: "Attention transfer",
        help: "The student is to look where its teacher looks: maps of how strongly each place of an image excites a layer are compared, whatever the channels.",
        paper: "Zagoruyko, Komodakis 2017, Paying More Attention to Attention",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::After, images: true }),
};

/// The authors' factor of 1000 / 2 before the mean over pixels, at 16 x 16 pixels: about 2 for the sum over pixels.
const SCALE: f64 = 2.0;

pub(crate) fn new(sizes: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    let pairs = sizes.student.iter().zip(sizes.teacher);
    Box::new(AttentionTransfer(pairs.map(|(&student, &teacher)| AttentionMaps::new(student, teacher)).collect()))
}

struct AttentionTransfer(Vec<AttentionMaps>);

impl LayerLoss for AttentionTransfer {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let share = SCALE / (seen.rows * self.0.len()) as f64;
        let mut loss = 0.0;
        for (at, maps) in self.0.iter().enumerate() {
            let (distances, mut gradient) = maps.distances(seen.rows, &seen.student[at], &seen.teacher[at]);
            loss += share * distances.iter().sum::<f64>();
            gradient.iter_mut().for_each(|g| *g *= share);
            maps.student_gradient(&seen.student[at], &gradient, &mut gradients[at]);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, Scene};
    use super::*;

    /// Student and teacher of the same shapes.
    const ALIKE: Pairs = Pairs { student: IMAGES.teacher, teacher: IMAGES.teacher };

    fn loss(scene: &Scene) -> f64 {
        let mut learned = Learned::default();
        scene.apply(&mut *new(&testing::sizes(ALIKE), &mut learned, &Key::new(1)), &mut learned).0
    }

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, IMAGES);
    }

    /// Attention has no channels, no signs and no scale.
    #[test]
    fn only_where_it_looks_matters() {
        let mut scene = Scene::new(ALIKE, 3);
        let apart = loss(&scene);
        assert!(apart > 0.1, "{apart}");
        for (values, shape) in scene.student.iter_mut().zip(ALIKE.student) {
            values.chunks_mut(shape.channels).for_each(|pixel| pixel.rotate_left(1));
            values.iter_mut().for_each(|value| *value *= -3.0);
        }
        assert!((loss(&scene) - apart).abs() < 1e-5 * apart);
        scene.student.clone_from(&scene.teacher);
        assert_eq!(loss(&scene), 0.0);
        // Another order of pixels is another attention.
        scene.student[0][..48].rotate_left(6);
        assert!(loss(&scene) > 0.01);
    }
}
