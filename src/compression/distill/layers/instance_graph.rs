//! Instance relationship graphs: what the last layer makes of each sample, how samples relate in each layer, and how that changes
//! from one layer to the next.
//!
//! `M = V / 10 + 5 E + 5 T` over pairs of hidden layers from input to output. `r_l` is the table of squared distances between the batch's
//! samples in layer `l`, divided by their mean; a difference is one of the student's and the teacher's.
//! - Vertices: `V` is the mean squared difference of the last layer's features (the student's through a learned linear map where
//!   channels differ, images averaged to one size).
//! - Edges: `E` is the mean squared difference of `r_l`, over pairs of samples and layers.
//! - Transformation: `T` is the mean squared difference of `r_(l+1) - r_l`, over pairs of samples and of neighbouring layers.
//!
//! In the paper the vertices are logits, which soft targets compare already, and a vertex's own change between two layers counts, too,
//! which needs layers of one size; here it is the change of all relations. The paper's distances are not divided by their mean.
//!
//! Paper: Liu, Cao, Li, Yuan, Hu, Li, Duan, "Knowledge Distillation via Instance Relationship Graph", 2019.

use super::super::Method;
use super::embedding::Alignment;
use super::relations::{
    divide_by_mean, divide_by_mean_gradient, products, products_gradient, squared_distances, squared_distances_gradient,
};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "instance-relationship-graph",
        title: "Instance relationship graph (IRG)",
        help: "The student takes over how samples relate in each of the teacher's layers, how that changes from layer to layer, and what the last layer says.",
        paper: "Liu et al. 2019, Knowledge Distillation via Instance Relationship Graph",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::After, images: false }),
};

const VERTICES: f64 = 0.1;
const EDGES: f64 = 5.0;
const TRANSFORMATION: f64 = 5.0;

struct Graph {
    /// Of the last pair of layers.
    alignment: Alignment,
}

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    Box::new(Graph { alignment: Alignment::new(sizes, sizes.student.len() - 1, learned, key) })
}

/// Squared distances over their mean, and the mean.
fn relations(rows: usize, x: &[f64]) -> (Vec<f64>, f64) {
    let mut table = squared_distances(rows, &products(rows, x));
    let mean = divide_by_mean(rows, &mut table);
    (table, mean)
}

impl LayerLoss for Graph {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let (rows, layers) = (seen.rows, seen.student.len());
        let own: Vec<(Vec<f64>, f64)> = seen.student.iter().map(|x| relations(rows, x)).collect();
        let differences: Vec<Vec<f64>> = seen
            .teacher
            .iter()
            .zip(&own)
            .map(|(x, (own, _))| own.iter().zip(relations(rows, x).0).map(|(own, theirs)| own - theirs).collect())
            .collect();
        let pairs = (rows * rows.saturating_sub(1)).max(1) as f64;
        let edges = EDGES / (pairs * layers as f64);
        let transformation = TRANSFORMATION / (pairs * (layers - 1).max(1) as f64);

        let mut loss = 0.0;
        let mut by_relations: Vec<Vec<f64>> = vec![vec![0.0; rows * rows]; layers];
        for (layer, difference) in differences.iter().enumerate() {
            for (at, value) in difference.iter().enumerate() {
                loss += edges * value * value;
                by_relations[layer][at] += 2.0 * edges * value;
                if let Some(next) = differences.get(layer + 1) {
                    let change = next[at] - value;
                    loss += transformation * change * change;
                    by_relations[layer + 1][at] += 2.0 * transformation * change;
                    by_relations[layer][at] -= 2.0 * transformation * change;
                }
            }
        }
        for (layer, gradient) in by_relations.iter_mut().enumerate() {
            let (relations, mean) = &own[layer];
            divide_by_mean_gradient(rows, relations, *mean, gradient);
            let by_products = squared_distances_gradient(rows, gradient);
            products_gradient(rows, &seen.student[layer], &by_products, &mut gradients[layer]);
        }

        let last = layers - 1;
        let aligned = self.alignment.both(rows, &seen.student[last], &seen.teacher[last], learned);
        let vertices = VERTICES / aligned.student.len().max(1) as f64;
        let each = aligned.student.iter().zip(&aligned.teacher).map(|(own, theirs)| {
            loss += vertices * (own - theirs) * (own - theirs);
            2.0 * vertices * (own - theirs)
        });
        let by_features: Vec<f64> = each.collect();
        self.alignment.gradient(rows, &aligned, &by_features, learned, &mut gradients[last]);
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

    /// Equal networks have equal graphs. One that stretches its last layer keeps every relation, and only its vertices differ.
    #[test]
    fn a_stretched_layer_keeps_its_relations() {
        let pairs = Pairs { student: IMAGES.student, teacher: IMAGES.student };
        let mut scene = Scene::new(pairs, 1);
        let mut learned = Learned::default();
        let mut method = new(&testing::sizes(pairs), &mut learned, &Key::new(1));
        scene.teacher = scene.student.clone();
        assert!(scene.apply(&mut *method, &mut learned).0 < 1e-20);
        scene.teacher[1].iter_mut().for_each(|value| *value *= 2.0);
        let wanted = VERTICES * scene.student[1].iter().map(|v| v * v).sum::<f64>() / scene.student[1].len() as f64;
        assert!((scene.apply(&mut *method, &mut learned).0 - wanted).abs() < 1e-9);
        scene.teacher[0][0] += 1.0;
        assert!(scene.apply(&mut *method, &mut learned).0 > wanted + 1e-4, "the first layer's relations count");
    }
}
