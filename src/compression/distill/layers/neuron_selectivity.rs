//! Neuron selectivity transfer: what the student's channels respond to is to be spread as what the teacher's respond to.
//!
//! Each channel of a sample is a map over the pixels, brought to length 1. The maps of student and teacher are two clouds of points,
//! whose squared maximum mean discrepancy with the kernel `k(x, y) = (x . y)^2` is
//! `M = mean over samples of SCALE (mean of k(s_i, s_j) + mean of k(t_i, t_j) - 2 mean of k(s_i, t_j))`, over all channels `i`, `j`. It
//! taps the last image of features, behind the nonlinearity; where images differ in size, the larger is averaged down. It costs
//! `channels^2 x pixels` a sample.
//!
//! Paper: Huang, Wang, "Like What You Like: Knowledge Distill via Neuron Selectivity Transfer", 2017, with the polynomial kernel of
//! degree 2 (its `c` is 0), and one layer, as in its experiments.

use super::super::Method;
use super::matrix::{product, product_left, transposed};
use super::resize::Resize;
use super::units::Units;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "neuron-selectivity",
        title: "Neuron selectivity transfer (NST)",
        help: "Each channel selects places of an image; the student's selections, as a whole, are to be distributed as the teacher's, with no channel tied to another.",
        paper: "Huang, Wang 2017, Like What You Like: Knowledge Distill via Neuron Selectivity Transfer",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: true }),
};

/// The paper's lambda / 2 for this kernel, 50 / 2.
const SCALE: f64 = 25.0;

pub(crate) fn new(sizes: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    let (student, teacher) = (sizes.student[0], sizes.teacher[0]);
    let resize = Resize::new(student, teacher);
    Box::new(NeuronSelectivity { resize, channels: (student.channels, teacher.channels) })
}

struct NeuronSelectivity {
    resize: Resize,
    channels: (usize, usize),
}

impl LayerLoss for NeuronSelectivity {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let (own, others) = self.channels;
        let pixels = self.resize.size.0 * self.resize.size.1;
        let (student, teacher) = self.resize.both(seen.rows, &seen.student[0], &seen.teacher[0]);
        let mut gradient = Vec::with_capacity(student.len());
        let mut loss = 0.0;
        let samples = student.chunks_exact(pixels * own).zip(teacher.chunks_exact(pixels * others));
        for (student, teacher) in samples {
            let units = Units::of(pixels, transposed(own, student));
            let s = transposed(pixels, &units.rows);
            let t = transposed(pixels, &Units::of(pixels, transposed(others, teacher)).rows);
            let products = |m, n, a: &[f64], b: &[f64]| {
                let mut products = vec![0.0; m * n];
                product_left(pixels, m, n, a, b, &mut products);
                products
            };
            let (ss, tt, ts) =
                (products(own, own, &s, &s), products(others, others, &t, &t), products(others, own, &t, &s));
            let mean = |products: &[f64]| products.iter().map(|p| p * p).sum::<f64>() / products.len() as f64;
            loss += mean(&ss) + mean(&tt) - 2.0 * mean(&ts);
            let mut d = product(pixels, own, own, &s, &ss);
            let cross = product(pixels, others, own, &t, &ts);
            let (by_own, by_cross) = (4.0 / (own * own) as f64, 4.0 / (own * others) as f64);
            d.iter_mut().zip(&cross).for_each(|(d, cross)| *d = by_own * *d - by_cross * cross);
            gradient.extend(transposed(pixels, &units.gradient(transposed(own, &d))));
        }
        let share = SCALE / seen.rows as f64;
        gradient.iter_mut().for_each(|g| *g *= share);
        self.resize.student_gradient(seen.rows, &gradient, &mut gradients[0]);
        loss * share
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::dot;
    use super::super::testing::{self, IMAGES, Pairs, ROWS, Scene};
    use super::*;

    fn loss(pairs: Pairs, scene: &Scene) -> f64 {
        let mut learned = Learned::default();
        scene.apply(&mut *new(&testing::sizes(pairs), &mut learned, &Key::new(1)), &mut learned).0
    }

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, IMAGES);
    }

    /// With this kernel the discrepancy is the distance between the mean products of pixels, as the paper says of the Gram matrices of
    /// style: another way to the same number.
    #[test]
    fn it_is_the_distance_between_mean_products_of_pixels() {
        let scene = Scene::new(IMAGES, 5);
        let mut expected = 0.0;
        for row in 0..ROWS {
            let gram = |values: &[f64], channels: usize| {
                let sample = &values[row * 16 * channels..(row + 1) * 16 * channels];
                let mut gram = vec![0.0; 256];
                for channel in 0..channels {
                    let map: Vec<f64> = (0..16).map(|pixel| sample[pixel * channels + channel]).collect();
                    for (at, gram) in gram.iter_mut().enumerate() {
                        *gram += map[at / 16] * map[at % 16] / dot(&map, &map) / channels as f64;
                    }
                }
                gram
            };
            let (s, t) = (gram(&scene.student[0], 2), gram(&scene.teacher[0], 3));
            expected += s.iter().zip(&t).map(|(s, t)| (s - t) * (s - t)).sum::<f64>();
        }
        let got = loss(IMAGES, &scene);
        assert!((got - SCALE * expected / ROWS as f64).abs() < 1e-5 * got, "{got}, {expected}");
    }

    /// Two clouds that are one have no discrepancy, in whatever order and at whatever scale their points come.
    #[test]
    fn channels_have_neither_order_nor_scale() {
        let pairs = Pairs { student: IMAGES.teacher, teacher: IMAGES.teacher };
        let mut scene = Scene::new(pairs, 3);
        assert!(loss(pairs, &scene) > 0.1);
        for pixel in scene.teacher[0].chunks_mut(3) {
            pixel.rotate_left(1);
            pixel[0] *= 5.0;
        }
        let apart = loss(pairs, &scene);
        scene.student.clone_from(&scene.teacher);
        scene.student[0].chunks_mut(3).for_each(|pixel| pixel.rotate_left(1));
        assert!(apart > 0.1 && loss(pairs, &scene).abs() < 1e-9);
    }
}
