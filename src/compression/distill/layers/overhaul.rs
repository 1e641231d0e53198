//! Feature distillation overhauled: the student, through a learned connector, is to say what the teacher says in front of its
//! nonlinearity, except where both mean nothing.
//!
//! `M = mean over pairs, samples and values of SCALE d`, where `d = 0` if `r <= t <= 0` and `(r - t)^2` otherwise. Here `t = max(m, x)` is
//! the teacher's value `x` in front of the nonlinearity behind its margin ReLU, whose margin `m` is the mean of the channel's negative
//! values, and `r = s W + b` what the connector makes of the student's at each pixel. The margins are means over all batches so far, this
//! one included, so that they settle as the teacher, which stands still, is seen more often. It taps each pair of hidden layers, in front
//! of the nonlinearity; where images of features differ in size, the larger is averaged down first.
//!
//! Paper: Heo, Kim, Yun, Park, Kwak, Choi, "A Comprehensive Overhaul of Feature Distillation", 2019 (ICCV). There margins come from batch
//! normalization's parameters, the connector ends in a batch normalization, the layers are the last of each stage, each counts twice as
//! much as the one before it, and values are added up.

use super::super::Method;
use super::connector::Connector;
use super::resize::Resize;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "overhaul",
        title: "Overhaul of feature distillation (OFD)",
        help: "The student takes over what the teacher's neurons sum up before they fire; how far below nothing a silent one is does not count.",
        paper: "Heo et al. 2019, A Comprehensive Overhaul of Feature Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::Before, images: false }),
};

/// The mean over values takes the place of the paper's factors; ten times as much costs a student on MNIST accuracy.
const SCALE: f64 = 1.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let pairs = sizes.student.iter().zip(sizes.teacher).map(|(&student, &teacher)| Pair {
        resize: Resize::new(student, teacher),
        connector: Connector::new(student.channels, teacher.channels, learned, key),
        negatives: vec![(0.0, 0.0); teacher.channels],
    });
    Box::new(Overhaul(pairs.collect()))
}

struct Overhaul(Vec<Pair>);

struct Pair {
    resize: Resize,
    connector: Connector,
    /// Of each of the teacher's channels: the sum of the negative values so far, and how many there were.
    negatives: Vec<(f64, f64)>,
}

impl Pair {
    /// The teacher's values behind its margin ReLU.
    fn margin_relu(&mut self, mut teacher: Vec<f64>) -> Vec<f64> {
        let channels = self.negatives.len();
        for pixel in teacher.chunks_exact(channels) {
            for ((sum, count), value) in self.negatives.iter_mut().zip(pixel).filter(|(_, value)| **value < 0.0) {
                *sum += value;
                *count += 1.0;
            }
        }
        let margins: Vec<f64> = self.negatives.iter().map(|(sum, count)| sum / count.max(1.0)).collect();
        for pixel in teacher.chunks_exact_mut(channels) {
            pixel.iter_mut().zip(&margins).for_each(|(value, margin)| *value = value.max(*margin));
        }
        teacher
    }
}

impl LayerLoss for Overhaul {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let pairs = self.0.len();
        let mut loss = 0.0;
        for (at, pair) in self.0.iter_mut().enumerate() {
            let (student, teacher) = pair.resize.both(seen.rows, &seen.student[at], &seen.teacher[at]);
            let teacher = pair.margin_relu(teacher);
            let share = SCALE / (teacher.len() * pairs) as f64;
            let mut d = pair.connector.forward(&student, learned);
            for (d, &teacher) in d.iter_mut().zip(&teacher) {
                let apart = if *d <= teacher && teacher <= 0.0 { 0.0 } else { *d - teacher };
                loss += share * apart * apart;
                *d = 2.0 * share * apart;
            }
            let d_student = pair.connector.backward(&student, &d, learned);
            pair.resize.student_gradient(seen.rows, &d_student, &mut gradients[at]);
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

    fn pair(learned: &mut Learned) -> Pair {
        let shape = VECTORS.teacher[1];
        let connector = Connector::new(3, 3, learned, &Key::new(1));
        connector.become_identity(learned);
        Pair { resize: Resize::new(shape, shape), connector, negatives: vec![(0.0, 0.0); 3] }
    }

    /// The margins are the means of all negative values so far; a channel without any has the plain ReLU.
    #[test]
    fn margins_are_means_of_negatives() {
        let mut pair = pair(&mut Learned::default());
        assert_eq!(pair.margin_relu(vec![-4.0, 1.0, 2.0, -2.0, 3.0, -1.0]), [-3.0, 1.0, 2.0, -2.0, 3.0, -1.0]);
        assert_eq!(pair.margin_relu(vec![-9.0, 0.0, -3.0]), [-5.0, 0.0, -2.0]);
    }

    /// A silent neuron may be as silent as it likes; one that is too loud, or not loud enough where the teacher speaks, may not.
    #[test]
    fn below_a_silent_teacher_nothing_counts() {
        const ALIKE: Pairs = Pairs { student: VECTORS.teacher.split_at(1).1, teacher: VECTORS.teacher.split_at(1).1 };
        let loss = |scene: &Scene| {
            let mut learned = Learned::default();
            let mut method = Overhaul(vec![pair(&mut learned)]);
            scene.apply(&mut method, &mut learned).0
        };
        let mut scene = Scene::new(ALIKE, 3);
        let Scene { student, teacher, .. } = &mut scene;
        for (s, t) in student[0].iter_mut().zip(&teacher[0]) {
            *s = if *t > 0.0 { *t } else { -1e3 };
        }
        assert_eq!(loss(&scene), 0.0);
        let count = scene.teacher[0].len() as f64;
        let speaks = scene.teacher[0].iter().position(|t| *t > 0.0).unwrap();
        for moved in [-0.5, 0.5] {
            scene.student[0][speaks] = scene.teacher[0][speaks] + moved;
            assert!((loss(&scene) - SCALE * 0.25 / count).abs() < 1e-12);
        }
        scene.student[0][speaks] = scene.teacher[0][speaks];
        let silent = scene.teacher[0].iter().position(|t| *t <= 0.0).unwrap();
        scene.student[0][silent] = 1.0;
        assert!(loss(&scene) >= SCALE / count, "it speaks where the teacher is silent");
    }
}
