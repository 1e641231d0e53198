//! Learning without memorizing: the student attends to what the teacher attends to.
//!
//! `M = mean over samples of |q / |q| - r / |r||^2`, with the student's attention map `q` (Grad-CAM) and the teacher's `r`, both for the
//! class that the teacher holds the likeliest. A map has a value for each pixel `p` of the last layer of images, whose features are `a`:
//! `q_p = max(0, sum over channels k of w_k a_pk)`, `w_k = mean over pixels of dz / da_pk`, with the class's logit `z`. Of maps that differ
//! in size the larger is averaged down.
//!
//! Nothing is held fixed: `w` depends on the layers behind, and its gradient by their weights, a second derivative, is computed exactly
//! ([`crate::network::Probe`]). The paper sums absolute differences, whose slope is undefined where maps agree; squares here have one.
//! There the teacher is the same network before it learned new classes.
//!
//! Papers: Dhar, Singh, Peng, Wu, Chellappa, "Learning without Memorizing", 2019; the maps: Selvaraju, Cogswell, Das, Vedantam, Parikh,
//! Batra, "Grad-CAM", 2017.

use super::super::layers::{Looks, Mentor, Pairing, Resize, Side, compared};
use super::super::{Distill, Method};
use super::{Few, GradientLoss, answers, directions, narrow, one_hot, wide};
use crate::compression::About;
use crate::network::{Probe, Shape};

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "learning-without-memorizing",
        title: "Learning without memorizing (LwM)",
        help: "Where in the image the student finds its answer is to be where the teacher finds it, as maps of Grad-CAM in the last convolution tell.",
        paper: "Dhar et al. 2019, Learning without Memorizing",
    },
    looks: Some(LOOKS),
};

const LOOKS: Looks = Looks { pairing: Pairing::Last, side: Side::After, images: true };

struct Attention {
    student: (usize, Shape),
    teacher: (usize, Shape),
    resize: Resize,
}

pub(crate) fn new(_: &Distill, mentor: &Mentor<'_>) -> Box<dyn GradientLoss> {
    let (student, teacher) = compared(LOOKS, mentor.student, mentor.teacher);
    // The plan has seen to it that both have such a layer.
    let (student, teacher) = (student[0], teacher[0]);
    let map = |shape: Shape| Shape { channels: 1, ..shape };
    Box::new(Attention { student, teacher, resize: Resize::new(map(student.1), map(teacher.1)) })
}

/// The maps of some samples, and what they were made of.
struct Maps {
    /// Features: each sample's pixels of `channels` values.
    features: Vec<f64>,
    /// For each sample a value for each channel.
    weights: Vec<f64>,
    maps: Vec<f64>,
}

impl Maps {
    fn new(probe: &mut Probe, (place, shape): (usize, Shape), mix: &[f32]) -> Self {
        let (channels, len) = (shape.channels, shape.len());
        let pixels = (len / channels) as f64;
        let features = wide(probe.at(place));
        let slopes = probe.slopes(place, mix);
        let mut weights = vec![0.0; slopes.len() / len * channels];
        for (weights, slopes) in weights.chunks_exact_mut(channels).zip(slopes.chunks_exact(len)) {
            for slopes in slopes.chunks_exact(channels) {
                weights.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += f64::from(*slope) / pixels);
            }
        }
        let mut maps = Vec::with_capacity(features.len() / channels);
        for (weights, features) in weights.chunks_exact(channels).zip(features.chunks_exact(len)) {
            let value = |a: &[f64]| a.iter().zip(weights).map(|(a, w)| a * w).sum::<f64>().max(0.0);
            maps.extend(features.chunks_exact(channels).map(value));
        }
        Self { features, weights, maps }
    }

    /// From the gradient of the maps to those of the slopes and of the features.
    fn gradients(&self, shape: Shape, d_maps: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (channels, len) = (shape.channels, shape.len());
        let pixels = len / channels;
        let (mut by_slopes, mut by_features) = (vec![0.0; self.features.len()], vec![0.0; self.features.len()]);
        for (row, weights) in self.weights.chunks_exact(channels).enumerate() {
            let mut by_weights = vec![0.0; channels];
            let maps = self.maps.iter().zip(d_maps).enumerate().skip(row * pixels).take(pixels);
            // Where the sum is not above zero, the map stays zero.
            for (pixel, (_, d_map)) in maps.filter(|(_, (map, _))| **map > 0.0) {
                let at = pixel * channels..(pixel + 1) * channels;
                by_weights.iter_mut().zip(&self.features[at.clone()]).for_each(|(sum, a)| *sum += d_map * a);
                by_features[at].iter_mut().zip(weights).for_each(|(d, weight)| *d = d_map * weight);
            }
            for by_slopes in by_slopes[row * len..(row + 1) * len].chunks_exact_mut(channels) {
                by_slopes.iter_mut().zip(&by_weights).for_each(|(d, by_weight)| *d = by_weight / pixels as f64);
            }
        }
        (by_slopes, by_features)
    }
}

impl GradientLoss for Attention {
    fn apply(&mut self, seen: &Few<'_>, student: &mut Probe, teacher: &mut Probe) -> f64 {
        let classes = teacher.forward(seen.rows, seen.x).len() / seen.rows;
        let mix = one_hot(classes, &answers(classes, teacher.at(teacher.last())));
        let theirs = Maps::new(teacher, self.teacher, &mix);
        student.forward(seen.rows, seen.x);
        let own = Maps::new(student, self.student, &mix);
        let (own_map, their_map) = self.resize.both(seen.rows, &own.maps, &theirs.maps);
        let width = own_map.len() / seen.rows;
        let (loss, by_map) = directions(width, seen.share, &own_map, &their_map);
        let mut d_maps = vec![0.0; own.maps.len()];
        self.resize.student_gradient(seen.rows, &by_map, &mut d_maps);
        let (by_slopes, by_features) = own.gradients(self.student.1, &d_maps);
        student.descend(self.student.0, &narrow(&by_slopes), &narrow(&by_features));
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Pair};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        testing::check_gradients(new, &Pair::images());
    }

    #[test]
    fn equal_networks_have_nothing_to_learn() {
        let pair = Pair::images();
        assert!(pair.loss_of(new, &pair.teacher) < 1e-10);
        assert!(pair.loss_of(new, &pair.student) > 0.01);
    }
}
