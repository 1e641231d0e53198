//! Probabilistic knowledge transfer: samples are to be as probable neighbours for the student as they are for its teacher.
//!
//! `M = mean over samples i of SCALE sum over j of t_ij log(t_ij / s_ij)`, the Kullback-Leibler divergence between the chances that `i`
//! picks `j` among the other samples of its batch, `p_ij = k_ij / sum over j' of k_ij'`, with the kernel of cosines
//! `k_ij = (1 + cos(x_i, x_j)) / 2`. It taps the last hidden layer, behind the nonlinearity; of images of features the mean over the
//! pixels is taken, so that neither size nor channels need agree. Nothing is learned beside the student.
//!
//! Paper: Passalis, Tefas, "Learning Deep Representations with Probabilistic Knowledge Transfer", 2018. There features are
//! vectors; the mean over pixels is added here.

use super::super::Method;
use super::matrix::{product, product_right};
use super::pixels::{means, means_gradient};
use super::units::Units;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;
use crate::network::Shape;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "probabilistic-transfer",
        title: "Probabilistic transfer (PKT)",
        help: "Samples that the teacher finds alike are to be alike for the student: the chances that one sample picks another as its neighbour are matched.",
        paper: "Passalis, Tefas 2018, Learning Deep Representations with Probabilistic Knowledge Transfer",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

/// Kernels lie between 1/2 and 1 for features that are not negative, so the divergences are small. Comparisons of methods multiply
/// the mean over pairs by 30,000, which at batches of 64 and 128 is about 470 and 230 for a sum over `j`.
const SCALE: f64 = 300.0;

/// Keeps a chance of opposite samples from being 0.
const EPSILON: f64 = 1e-7;

pub(crate) fn new(sizes: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    Box::new(ProbabilisticTransfer { student: sizes.student[0], teacher: sizes.teacher[0] })
}

struct ProbabilisticTransfer {
    student: Shape,
    teacher: Shape,
}

/// The kernel between all samples, 0 of each with itself, and the sum of each row.
fn kernel(samples: usize, units: &Units) -> (Vec<f64>, Vec<f64>) {
    let width = units.rows.len() / samples;
    let mut kernel = product_right(samples, samples, width, &units.rows, &units.rows);
    for (at, value) in kernel.iter_mut().enumerate() {
        *value = if at / samples == at % samples { 0.0 } else { (1.0 + *value) / 2.0 + EPSILON };
    }
    let sums = kernel.chunks_exact(samples).map(|row| row.iter().sum()).collect();
    (kernel, sums)
}

impl LayerLoss for ProbabilisticTransfer {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows;
        let units = |shape: Shape, values| Units::of(shape.channels, means(shape, values));
        let student = units(self.student, &seen.student[0]);
        let (s, s_sums) = kernel(rows, &student);
        let (t, t_sums) = kernel(rows, &units(self.teacher, &seen.teacher[0]));
        let share = SCALE / rows as f64;
        let mut loss = 0.0;
        // The gradient of the cosines: of c_ij and c_ji, which are one.
        let mut d_cosines = vec![0.0; rows * rows];
        for i in 0..rows {
            for j in (0..rows).filter(|&j| j != i) {
                let (at, mirrored) = (i * rows + j, j * rows + i);
                let (s_chance, t_chance) = (s[at] / s_sums[i], t[at] / t_sums[i]);
                loss += share * t_chance * libm::log(t_chance / s_chance);
                let d = share / 2.0 * (1.0 / s_sums[i] - t_chance / s[at]);
                d_cosines[at] += d;
                d_cosines[mirrored] += d;
            }
        }
        let d_units = product(rows, rows, self.student.channels, &d_cosines, &student.rows);
        means_gradient(self.student, &student.gradient(d_units), &mut gradients[0]);
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

    /// Cosines know no lengths, sample by sample, and no order of channels; the divergence is nothing for the teacher's geometry alone.
    #[test]
    fn only_directions_matter() {
        let mut scene = Scene::new(ALIKE, 4);
        let apart = loss(&scene);
        assert!(apart > 0.1, "{apart}");
        for (row, values) in scene.student[0].chunks_mut(7).enumerate() {
            values.iter_mut().for_each(|value| *value *= 1.0 + row as f64);
            values.rotate_left(2);
        }
        assert!((loss(&scene) - apart).abs() < 1e-5 * apart);
        scene.student.clone_from(&scene.teacher);
        scene.student[0].chunks_mut(7).for_each(|values| values.rotate_left(2));
        assert!(loss(&scene).abs() < 1e-9);
        scene.student[0].iter_mut().for_each(|value| *value += 1.0);
        assert!(loss(&scene) > 0.1, "directions from another origin are others");
    }
}
