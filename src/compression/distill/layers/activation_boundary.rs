//! Activation boundaries: each neuron of the student, through a learned connector, is to be on when the teacher's is on.
//!
//! `M = mean over pairs, samples and values of SCALE h^2`, with `h = max(0, MARGIN - r)` where the teacher's value in front of the
//! nonlinearity is above 0 and `h = max(0, MARGIN + r)` where it is not, and `r = s W + b` what the connector makes of the student's at
//! each pixel. Of the teacher's values signs alone count; of the student's, how far they are from being on the right side by the margin.
//! It taps each pair of hidden layers, in front of the nonlinearity; where images of features differ in size, the larger is averaged
//! down.
//!
//! Paper: Heo, Lee, Yun, Choi, "Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons", 2019 (AAAI).
//! There the boundaries are learned first and the labels after them, the connector ends in a batch normalization, and values are added
//! up.

use super::super::Method;
use super::connector::Connector;
use super::resize::Resize;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "activation-boundary",
        title: "Activation boundaries (AB)",
        help: "Which neurons are on and which are off is what the student learns from its teacher, and not how strongly.",
        paper: "Heo et al. 2019, Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::Before, images: false }),
};

/// How far on the right side is far enough; the paper's.
const MARGIN: f64 = 1.0;

/// The mean over values takes the place of the paper's factors; ten times as much costs a student on MNIST accuracy.
const SCALE: f64 = 1.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let pairs = sizes.student.iter().zip(sizes.teacher).map(|(&student, &teacher)| {
        (Resize::new(student, teacher), Connector::new(student.channels, teacher.channels, learned, key))
    });
    Box::new(ActivationBoundary(pairs.collect()))
}

struct ActivationBoundary(Vec<(Resize, Connector)>);

impl LayerLoss for ActivationBoundary {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let mut loss = 0.0;
        for (at, (resize, connector)) in self.0.iter().enumerate() {
            let (student, teacher) = resize.both(seen.rows, &seen.student[at], &seen.teacher[at]);
            let share = SCALE / (teacher.len() * self.0.len()) as f64;
            let mut d = connector.forward(&student, learned);
            for (d, teacher) in d.iter_mut().zip(&teacher) {
                let side = if *teacher > 0.0 { 1.0 } else { -1.0 };
                let short = (MARGIN - side * *d).max(0.0);
                loss += share * short * short;
                *d = -2.0 * share * side * short;
            }
            let d_student = connector.backward(&student, &d, learned);
            resize.student_gradient(seen.rows, &d_student, &mut gradients[at]);
        }
        loss
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

    /// Through a connector that changes nothing: beyond the margin no magnitude counts, of the teacher none at all, and a neuron on the
    /// wrong side costs the square of how far it has to go.
    #[test]
    fn magnitudes_beyond_the_margin_do_not_count() {
        const ALIKE: Pairs = Pairs { student: VECTORS.teacher, teacher: VECTORS.teacher };
        let loss = |scene: &Scene| {
            let mut learned = Learned::default();
            let connectors: Vec<Connector> = ALIKE
                .student
                .iter()
                .map(|s| Connector::new(s.channels, s.channels, &mut learned, &Key::new(1)))
                .collect();
            connectors.iter().for_each(|connector| connector.become_identity(&mut learned));
            let resize = |at: usize| Resize::new(ALIKE.student[at], ALIKE.teacher[at]);
            let pairs = connectors.into_iter().enumerate().map(|(at, connector)| (resize(at), connector));
            scene.apply(&mut ActivationBoundary(pairs.collect()), &mut learned)
        };
        let mut scene = Scene::new(ALIKE, 3);
        let before = loss(&scene).0;
        scene.teacher.iter_mut().flatten().for_each(|t| *t *= 7.0);
        assert_eq!(loss(&scene).0, before);
        for (s, t) in scene.student.iter_mut().flatten().zip(scene.teacher.iter().flatten()) {
            *s = (MARGIN + t.abs()).copysign(*t);
        }
        let (nothing, gradients) = loss(&scene);
        assert!(nothing == 0.0 && gradients.iter().flatten().all(|g| *g == 0.0));
        scene.student[0][0] = -2.0f64.copysign(scene.teacher[0][0]);
        let expected = SCALE * 9.0 / (2 * scene.teacher[0].len()) as f64;
        assert!((loss(&scene).0 - expected).abs() < 1e-12);
    }
}
