//! Relational distance: how far the samples of a batch lie from one another, for the student as for the teacher.
//!
//! `M = 25 mean over pairs of huber(d_ij / mean d - t_ij / mean t)`, with the distances `d_ij = |s_i - s_j|` of the student's last hidden
//! layer, those of the teacher's `t_ij`, and their means over the pairs of the batch. An image of features is a vector here.
//!
//! Nothing is learned beside the student, and widths need not agree: what is compared does not change when an embedding is turned,
//! moved or stretched. The factor is the paper's.
//!
//! Paper: Park, Kim, Lu, Cho, "Relational Knowledge Distillation", 2019 (RKD-D).

use super::super::Method;
use super::relations::{
    divide_by_mean, divide_by_mean_gradient, huber, products, products_gradient, squared_distances,
    squared_distances_gradient,
};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "relational-distance",
        title: "Relational distances (RKD-D)",
        help: "Samples that lie far apart for the teacher are to lie far apart for the student, and near ones near, whatever their features are.",
        paper: "Park et al. 2019, Relational Knowledge Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

const SCALE: f64 = 25.0;

struct Distances;

pub(crate) fn new(_: &Sizes<'_>, _: &mut Learned, _: &Key) -> Box<dyn LayerLoss> {
    Box::new(Distances)
}

fn distances(rows: usize, x: &[f64]) -> Vec<f64> {
    let mut table = squared_distances(rows, &products(rows, x));
    table.iter_mut().for_each(|entry| *entry = entry.sqrt());
    table
}

impl LayerLoss for Distances {
    fn apply(&mut self, seen: &Seen<'_>, _: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let rows = seen.rows;
        let student = &seen.student[0];
        let (own, mut theirs) = (distances(rows, student), distances(rows, &seen.teacher[0]));
        let mut ratios = own.clone();
        let mean = divide_by_mean(rows, &mut ratios);
        divide_by_mean(rows, &mut theirs);
        let factor = SCALE / (rows * rows.saturating_sub(1)).max(1) as f64;
        let mut loss = 0.0;
        let each = ratios.iter().zip(&theirs).map(|(ratio, theirs)| {
            let (value, slope) = huber(ratio - theirs);
            loss += value;
            factor * slope
        });
        let mut gradient: Vec<f64> = each.collect();
        divide_by_mean_gradient(rows, &ratios, mean, &mut gradient);
        // From distances to their squares; two samples in one place have no direction from one to the other.
        for (gradient, own) in gradient.iter_mut().zip(&own) {
            *gradient = if *own > 0.0 { *gradient / (2.0 * own) } else { 0.0 };
        }
        products_gradient(rows, student, &squared_distances_gradient(rows, &gradient), &mut gradients[0]);
        factor * loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::relations::moved::moved;
    use super::super::testing::{self, IMAGES, Scene, VECTORS};
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
            scene.apply(&mut Distances, &mut Learned::default())
        };
        for stretch in [1.0, 0.1, 30.0] {
            let (loss, gradients) = loss(stretch, 0.0);
            assert!(loss < 1e-12 && gradients[0].iter().all(|g| g.abs() < 1e-6), "{loss} at {stretch}");
        }
        assert!(loss(1.0, 1.0).0 > 1e-3);
    }
}
