//! Relational angles: the angles between samples of a batch, for the student as for the teacher.
//!
//! `M = 50 mean over triples of huber(a_ijk - b_ijk)`, with `a_ijk` the cosine of the angle at `j` between `s_i` and `s_k`, those of the
//! teacher's features `b_ijk`, and the triples of three different samples. An image of features is a vector here.
//!
//! `(s_i - s_j) . (s_k - s_j) = p_ik - p_ij - p_jk + p_jj` for the products `p_ij = s_i . s_j`, so that a batch of `n` samples of `d`
//! values takes `n^2 d` multiplications and `n^3 / 2` angles, not `n^3 d`. Of batches with more than 128 samples, the first 128 are
//! compared. The factor is the paper's.
//!
//! Paper: Park, Kim, Lu, Cho, "Relational Knowledge Distillation", 2019 (RKD-A). There all of a batch
//! is compared, however large.

use super::super::Method;
use super::relations::{huber, products, products_gradient, squared_distances, squared_distances_gradient};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "relational-angle",
        title: "Relational angles (RKD-A)",
        help: "The angles in which samples stand to one another are to be the teacher's; of a batch, at most the first 128 samples are compared.",
        paper: "Park et al. 2019, Relational Knowledge Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

const SCALE: f64 = 50.0;
const MOST: usize = 128;

struct Angles;

pub(crate) fn new(_: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    Box::new(Angles)
}

/// Products of all pairs, and the inverse of each distance; zero where two samples are in one place, which makes no angle.
struct Table {
    rows: usize,
    products: Vec<f64>,
    inverse: Vec<f64>,
}

impl Table {
    fn new(rows: usize, x: &[f64]) -> Self {
        let products = products(rows, x);
        let mut inverse = squared_distances(rows, &products);
        inverse.iter_mut().for_each(|square| *square = if *square > 0.0 { 1.0 / square.sqrt() } else { 0.0 });
        Self { rows, products, inverse }
    }

    /// The cosine of the angle at `j` between `i` and `k`.
    fn cosine(&self, i: usize, j: usize, k: usize) -> f64 {
        let at = |i: usize, j: usize| self.products[i * self.rows + j];
        let along = at(i, k) - at(i, j) - at(k, j) + at(j, j);
        along * self.inverse[j * self.rows + i] * self.inverse[j * self.rows + k]
    }
}

impl LayerLoss for Angles {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows.min(MOST);
        let part = |values: &[f64]| values.len() / seen.rows.max(1) * rows;
        let student = &seen.student[0][..part(&seen.student[0])];
        let own = Table::new(rows, student);
        let theirs = Table::new(rows, &seen.teacher[0][..part(&seen.teacher[0])]);
        let triples = rows * rows.saturating_sub(1) * rows.saturating_sub(2) / 2;
        let factor = SCALE / triples.max(1) as f64;
        let (mut by_products, mut by_squares) = (vec![0.0; rows * rows], vec![0.0; rows * rows]);
        let mut loss = 0.0;
        for j in 0..rows {
            let inverse = &own.inverse[j * rows..][..rows];
            for i in (0..rows).filter(|i| *i != j) {
                let (mut ends, mut square) = (0.0, 0.0);
                for k in (i + 1..rows).filter(|k| *k != j) {
                    let cosine = own.cosine(i, j, k);
                    let (value, slope) = huber(cosine - theirs.cosine(i, j, k));
                    loss += value;
                    let along = factor * slope * inverse[i] * inverse[k];
                    by_products[i * rows + k] += along;
                    by_products[k * rows + j] -= along;
                    ends += along;
                    // The slope of 1 / d by d^2 is -1 / 2 d^3.
                    let shorter = factor * slope * cosine / 2.0;
                    by_squares[j * rows + k] -= shorter * inverse[k] * inverse[k];
                    square += shorter;
                }
                by_products[i * rows + j] -= ends;
                by_products[j * rows + j] += ends;
                by_squares[j * rows + i] -= square * inverse[i] * inverse[i];
            }
        }
        let through = squared_distances_gradient(rows, &by_squares);
        by_products.iter_mut().zip(through).for_each(|(sum, more)| *sum += more);
        products_gradient(rows, student, &by_products, &mut gradients[0]);
        factor * loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::relations::moved::moved;
    use super::super::testing::{self, IMAGES, ROWS, Scene, VECTORS};
    use super::*;

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    #[test]
    fn an_embedding_may_be_turned_moved_and_stretched() {
        let mut scene = Scene::new(VECTORS, 1);
        let mut loss = |stretch: f64, bend: f64| {
            scene.teacher[0] =
                moved(VECTORS.student[0].channels, VECTORS.teacher[0].channels, stretch, &scene.student[0]);
            scene.teacher[0][0] += bend;
            scene.apply(&mut Angles, &mut Learned::default())
        };
        for stretch in [1.0, 0.1, 30.0] {
            let (loss, gradients) = loss(stretch, 0.0);
            assert!(loss < 1e-12 && gradients[0].iter().all(|g| g.abs() < 1e-6), "{loss} at {stretch}");
        }
        assert!(loss(1.0, 1.0).0 > 1e-3);
    }

    /// The cosines from products are those of the vectors themselves.
    #[test]
    fn cosines_are_those_of_the_differences() {
        let (scene, width) = (Scene::new(VECTORS, 2), VECTORS.student[0].channels);
        let table = Table::new(ROWS, &scene.student[0]);
        let x = |row: usize| &scene.student[0][row * width..][..width];
        for (i, j, k) in [(0, 1, 2), (4, 2, 5), (3, 0, 1)] {
            let to = |i: usize| x(i).iter().zip(x(j)).map(|(a, b)| a - b).collect::<Vec<f64>>();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let (a, b) = (to(i), to(k));
            let cosine = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
            assert!((table.cosine(i, j, k) - cosine).abs() < 1e-12);
        }
    }
}
