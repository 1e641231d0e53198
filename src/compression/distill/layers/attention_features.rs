//! Show, attend and distill: every layer of the teacher looks for those of the student's that are most like it.
//!
//! `M = mean over samples and the teacher's layers t of SCALE sum over the student's layers s of w_ts |a_s / |a_s| - a_t / |a_t||^2`,
//! with the maps `a` of [`super::attention_transfer`]. The weights are an attention, `w_ts = softmax over s of (q_t . k_s + p_t . p_s) /
//! sqrt(WIDTH)`: queries `q_t` and keys `k_s` are learned linear maps of the mean over pixels of each layer's features, and each layer
//! has a learned vector `p` for its position. All of it is learned from `M` beside the student. It taps all images of features of both
//! networks, which may have different numbers of them, behind the nonlinearity; where images differ in size, the larger map is averaged
//! down.
//!
//! Paper: Ji, Heo, Park, "Show, Attend and Distill: Knowledge Distillation via Attention-based Feature Matching", 2021. Its bilinear
//! weights between queries and keys are part of the queries here, which keep no nonlinearity; smaller maps of the student are not
//! enlarged, but the teacher's averaged down.

use super::super::Method;
use super::attention_maps::AttentionMaps;
use super::connector::Connector;
use super::matrix::{add_scaled, dot};
use super::pixels::{means, means_gradient};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;
use crate::network::Shape;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "attention-features",
        title: "Show, attend and distill (AFD)",
        help: "No layers are paired by hand: each of the teacher's finds out which of the student's it should teach to look where it looks.",
        paper: "Ji, Heo, Park 2021, Show, Attend and Distill: Knowledge Distillation via Attention-based Feature Matching",
    },
    looks: Some(Looks { pairing: Pairing::All, side: Side::After, images: true }),
};

/// Values of a query, a key and a position.
const WIDTH: usize = 32;

/// As in [`super::attention_transfer`].
const SCALE: f64 = 2.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let mut layers = |shapes: &[Shape]| -> Vec<Layer> {
        let layer = |&shape: &Shape| Layer {
            shape,
            connector: Connector::new(shape.channels, WIDTH, learned, key),
            position: learned.add_matrix(1, WIDTH, key),
        };
        shapes.iter().map(layer).collect()
    };
    let (student, teacher) = (layers(sizes.student), layers(sizes.teacher));
    let maps =
        sizes.teacher.iter().map(|&t| sizes.student.iter().map(|&s| AttentionMaps::new(s, t)).collect()).collect();
    Box::new(AttentionFeatures { student, teacher, maps })
}

struct AttentionFeatures {
    student: Vec<Layer>,
    teacher: Vec<Layer>,
    /// Of each of the teacher's layers, for each of the student's.
    maps: Vec<Vec<AttentionMaps>>,
}

struct Layer {
    shape: Shape,
    /// From its means to its query or key.
    connector: Connector,
    position: usize,
}

/// The query or key of one layer, with what it is made of and its gradient.
struct Said {
    means: Vec<f64>,
    values: Vec<f64>,
    position: Vec<f64>,
    gradient: Vec<f64>,
    position_gradient: Vec<f64>,
}

impl Layer {
    fn say(&self, features: &[f64], learned: &Learned) -> Said {
        let means = means(self.shape, features);
        let values = self.connector.forward(&means, learned);
        let position = learned.value(self.position).to_vec();
        Said { gradient: vec![0.0; values.len()], position_gradient: vec![0.0; WIDTH], means, values, position }
    }

    /// Adds the gradients of what it has learned.
    fn learn(&self, said: &Said, learned: &mut Learned) {
        self.connector.learn(&said.means, &said.gradient, learned);
        add_scaled(1.0, &said.position_gradient, learned.value_and_gradient(self.position).1);
    }
}

/// The values of one sample.
fn of(row: usize) -> std::ops::Range<usize> {
    row * WIDTH..(row + 1) * WIDTH
}

/// How much one sample of a layer of the teacher's attends to each of the student's.
fn attention(row: usize, query: &Said, keys: &[Said]) -> Vec<f64> {
    let logit = |key: &Said| {
        (dot(&query.values[of(row)], &key.values[of(row)]) + dot(&query.position, &key.position))
            / (WIDTH as f64).sqrt()
    };
    let mut weights: Vec<f64> = keys.iter().map(logit).collect();
    let greatest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    weights.iter_mut().for_each(|weight| *weight = libm::exp(*weight - greatest));
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

/// Adds to the gradients of a query and a key that of their logit in one sample.
fn logit_gradient(row: usize, d_logit: f64, query: &mut Said, key: &mut Said) {
    let d = d_logit / (WIDTH as f64).sqrt();
    add_scaled(d, &key.values[of(row)], &mut query.gradient[of(row)]);
    add_scaled(d, &query.values[of(row)], &mut key.gradient[of(row)]);
    add_scaled(d, &key.position, &mut query.position_gradient);
    add_scaled(d, &query.position, &mut key.position_gradient);
}

impl LayerLoss for AttentionFeatures {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows;
        let share = SCALE / (rows * self.teacher.len()) as f64;
        let mut keys: Vec<Said> =
            self.student.iter().zip(seen.student).map(|(layer, features)| layer.say(features, learned)).collect();
        let mut loss = 0.0;
        for ((layer, maps), features) in self.teacher.iter().zip(&self.maps).zip(seen.teacher) {
            let mut query = layer.say(features, learned);
            let (distances, mut d_maps): (Vec<_>, Vec<_>) =
                maps.iter().zip(seen.student).map(|(maps, student)| maps.distances(rows, student, features)).unzip();
            for row in 0..rows {
                let weights = attention(row, &query, &keys);
                let expected: f64 =
                    weights.iter().zip(&distances).map(|(weight, distance)| weight * distance[row]).sum();
                loss += share * expected;
                for (at, weight) in weights.into_iter().enumerate() {
                    let pixels = d_maps[at].len() / rows;
                    d_maps[at][row * pixels..(row + 1) * pixels].iter_mut().for_each(|d| *d *= share * weight);
                    logit_gradient(row, share * weight * (distances[at][row] - expected), &mut query, &mut keys[at]);
                }
            }
            layer.learn(&query, learned);
            for (at, d_maps) in d_maps.iter().enumerate() {
                maps[at].student_gradient(&seen.student[at], d_maps, &mut gradients[at]);
            }
        }
        for ((layer, key), gradient) in self.student.iter().zip(&keys).zip(gradients) {
            let d_means = layer.connector.backward(&key.means, &key.gradient, learned);
            add_scaled(1.0, &key.position_gradient, learned.value_and_gradient(layer.position).1);
            means_gradient(layer.shape, &d_means, gradient);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, Scene};
    use super::*;

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, IMAGES);
        const THREE: Pairs = Pairs {
            student: &[IMAGES.student[0], IMAGES.student[1], IMAGES.teacher[1]],
            teacher: IMAGES.teacher.split_at(1).0,
        };
        testing::check_gradients(new, THREE);
    }

    /// Attentions are shares: they add up to 1, for any layers and however large the logits.
    #[test]
    fn attention_is_shared_out() {
        let scene = Scene::new(IMAGES, 2);
        let mut learned = Learned::default();
        let layer = |at: usize, shapes: &[Shape], learned: &mut Learned| Layer {
            shape: shapes[at],
            connector: Connector::new(shapes[at].channels, WIDTH, learned, &Key::new(3)),
            position: learned.add_matrix(1, WIDTH, &Key::new(3)),
        };
        let layers: Vec<Layer> = (0..2).map(|at| layer(at, IMAGES.student, &mut learned)).collect();
        let asks = layer(0, IMAGES.teacher, &mut learned);
        let mut keys: Vec<Said> =
            layers.iter().zip(&scene.student).map(|(layer, values)| layer.say(values, &learned)).collect();
        let query = asks.say(&scene.teacher[0], &learned);
        for factor in [1.0, 1e6] {
            keys[0].values.iter_mut().for_each(|value| *value *= factor);
            for row in 0..testing::ROWS {
                let weights = attention(row, &query, &keys);
                assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)), "{weights:?}");
                assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{weights:?}");
            }
        }
    }

    /// A teacher's layer that one of the student's layers looks just like finds it: attention alone brings the loss to nothing.
    #[test]
    fn the_layer_that_is_alike_is_found() {
        const PAIRS: Pairs =
            Pairs { student: &[IMAGES.teacher[0], IMAGES.teacher[0]], teacher: IMAGES.teacher.split_at(1).0 };
        let apart = testing::learn_alone(new, PAIRS, |_, _| {});
        let alike = testing::learn_alone(new, PAIRS, |student, teacher| teacher.copy_from_slice(student));
        assert!(alike < 0.01 && apart > 0.1, "{alike} {apart}");
    }
}
