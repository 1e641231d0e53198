//! The flow of the solution procedure: how features change from one layer to the next is to be as in the teacher.
//!
//! `M = mean over flows, samples and entries of SCALE (G_S - G_T)^2`, where the flow between two layers that follow one another among
//! those compared is `G = A^T B / pixels`, from the features `A` and `B`, channels of the one by channels of the other. A network with
//! one such layer has one flow, from that layer to itself. It taps each pair of images of features, behind the nonlinearity; within a
//! network the larger of two images is averaged down, while student and teacher may differ in size.
//!
//! Where student and teacher differ in channels, a matrix `W` for each layer is trained beside the student, and its flow is
//! `W_A^T G W_B`: what it would be if each pixel went through the matrices.
//!
//! Paper: Yim, Joo, Bae, Kim, "A Gift from Knowledge Distillation: Fast Optimization, Network Minimization and Transfer Learning", 2017.
//! There both networks have the same channels, larger images are max-pooled, flows are added up and their entries, too, and the flows
//! are learned first and the labels after them.

use super::super::Method;
use super::matrix::{product, product_left, product_right};
use super::resize::Resize;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;
use crate::network::Shape;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "flow-of-solution",
        title: "Flow of the solution procedure (FSP)",
        help: "Not what a layer says but how one layer's features go with the next layer's is what the student is to take over.",
        paper: "Yim et al. 2017, A Gift from Knowledge Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Each, side: Side::After, images: true }),
};

/// Entries are means of products of two features, which are small where most features are 0; the paper adds all entries up.
const SCALE: f64 = 10.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let channels =
        sizes.student.iter().zip(sizes.teacher).map(|(student, teacher)| (student.channels, teacher.channels));
    let projections = channels.map(|(from, to)| (from != to).then(|| learned.add_matrix(from, to, key))).collect();
    let last = sizes.student.len() - 1;
    let ends = (0..last.max(1)).map(|at| (at, (at + 1).min(last)));
    let pairs = ends.map(|(a, b)| {
        (Pair::new(a, b, sizes.student[a], sizes.student[b]), Pair::new(a, b, sizes.teacher[a], sizes.teacher[b]))
    });
    Box::new(Flow { projections, pairs: pairs.collect() })
}

struct Flow {
    /// Of each layer: the matrix from the student's channels to the teacher's, where they differ.
    projections: Vec<Option<usize>>,
    /// The student's and the teacher's.
    pairs: Vec<(Pair, Pair)>,
}

/// Two layers of one network.
struct Pair {
    /// Which of those compared.
    ends: (usize, usize),
    channels: (usize, usize),
    /// The first layer and the second, and the other way round.
    resize: (Resize, Resize),
}

impl Pair {
    fn new(a: usize, b: usize, shape_a: Shape, shape_b: Shape) -> Self {
        let resize = (Resize::new(shape_a, shape_b), Resize::new(shape_b, shape_a));
        Self { ends: (a, b), channels: (shape_a.channels, shape_b.channels), resize }
    }

    fn pixels(&self) -> usize {
        self.resize.0.size.0 * self.resize.0.size.1
    }

    /// Both layers' values at one size, and each sample's flow.
    fn flows(&self, rows: usize, layers: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (a, b) = self.resize.0.both(rows, &layers[self.ends.0], &layers[self.ends.1]);
        let (m, n) = self.channels;
        let pixels = self.pixels();
        let mut flows = vec![0.0; rows * m * n];
        for (flow, (a, b)) in
            flows.chunks_exact_mut(m * n).zip(a.chunks_exact(pixels * m).zip(b.chunks_exact(pixels * n)))
        {
            product_left(pixels, m, n, a, b, flow);
            flow.iter_mut().for_each(|value| *value /= pixels as f64);
        }
        (a, b, flows)
    }
}

impl Flow {
    /// The loss of one sample's flow of the student beside the teacher's, times `share`, and its gradient; the projections learn.
    fn compare(
        &self,
        pair: &(Pair, Pair),
        flow: &[f64],
        teacher: &[f64],
        share: f64,
        learned: &mut Learned,
    ) -> (f64, Vec<f64>) {
        let ((m, n), (to_m, to_n)) = (pair.0.channels, pair.1.channels);
        let (first, second) = (self.projections[pair.0.ends.0], self.projections[pair.0.ends.1]);
        let half = match second {
            Some(w) => product(m, n, to_n, flow, learned.value(w)),
            None => flow.to_vec(),
        };
        let mut d = match first {
            Some(w) => {
                let mut projected = vec![0.0; to_m * to_n];
                product_left(m, to_m, to_n, learned.value(w), &half, &mut projected);
                projected
            }
            None => half.clone(),
        };
        let mut loss = 0.0;
        for (d, teacher) in d.iter_mut().zip(teacher) {
            let apart = *d - teacher;
            loss += share * apart * apart;
            *d = 2.0 * share * apart;
        }
        if let Some(w) = first {
            let (weights, d_weights) = learned.value_and_gradient(w);
            let by_first = product_right(m, to_m, to_n, &half, &d);
            d_weights.iter_mut().zip(by_first).for_each(|(d, by)| *d += by);
            d = product(m, to_m, to_n, weights, &d);
        }
        if let Some(w) = second {
            let (weights, d_weights) = learned.value_and_gradient(w);
            product_left(m, n, to_n, flow, &d, d_weights);
            d = product_right(m, n, to_n, &d, weights);
        }
        (loss, d)
    }
}

impl LayerLoss for Flow {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let mut loss = 0.0;
        for pair in &self.pairs {
            let (student, teacher) = pair;
            let ((m, n), pixels) = (student.channels, student.pixels());
            let (a, b, flows) = student.flows(seen.rows, seen.student);
            let (_, _, wanted) = teacher.flows(seen.rows, seen.teacher);
            let share = SCALE / (wanted.len() * self.pairs.len()) as f64;
            let (mut d_a, mut d_b) = (Vec::with_capacity(a.len()), Vec::with_capacity(b.len()));
            for (row, flow) in flows.chunks_exact(m * n).enumerate() {
                let wanted = &wanted[row * wanted.len() / seen.rows..(row + 1) * wanted.len() / seen.rows];
                let (part, mut d) = self.compare(pair, flow, wanted, share, learned);
                loss += part;
                d.iter_mut().for_each(|d| *d /= pixels as f64);
                let of_row =
                    |layer: &[f64], channels| layer[row * pixels * channels..(row + 1) * pixels * channels].to_vec();
                d_a.extend(product_right(pixels, m, n, &of_row(&b, n), &d));
                d_b.extend(product(pixels, m, n, &of_row(&a, m), &d));
            }
            student.resize.0.student_gradient(seen.rows, &d_a, &mut gradients[student.ends.0]);
            student.resize.1.student_gradient(seen.rows, &d_b, &mut gradients[student.ends.1]);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, ROWS, Scene, VECTORS};
    use super::*;

    const ALIKE: Pairs = Pairs { student: IMAGES.teacher, teacher: IMAGES.teacher };

    fn loss(pairs: Pairs, scene: &Scene) -> f64 {
        let mut learned = Learned::default();
        scene.apply(&mut *new(&testing::sizes(pairs), &mut learned, &Key::new(1)), &mut learned).0
    }

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
        testing::check_gradients(new, ALIKE);
    }

    /// One layer alone flows to itself.
    #[test]
    fn one_layer_is_enough() {
        const ONE: Pairs = Pairs { student: IMAGES.student.split_at(1).0, teacher: IMAGES.teacher.split_at(1).0 };
        testing::check_gradients(new, ONE);
    }

    /// A flow is a mean over pixels: it knows neither where they are nor what both layers turn round together, but which channels go
    /// with which.
    #[test]
    fn flows_forget_places_and_keep_channels() {
        const SIZE: Shape = IMAGES.student[0];
        const WIDER: Shape = Shape { channels: 3, ..SIZE };
        const PAIRS: Pairs = Pairs { student: &[SIZE, WIDER], teacher: &[SIZE, WIDER] };
        let mut scene = Scene::new(PAIRS, 3);
        scene.student.clone_from(&scene.teacher);
        assert_eq!(loss(PAIRS, &scene), 0.0);
        for (values, shape) in scene.student.iter_mut().zip(PAIRS.student) {
            let sample = shape.len();
            assert_eq!(values.len(), ROWS * sample);
            values.chunks_mut(sample).for_each(|sample| sample.rotate_left(5 * shape.channels));
            values.iter_mut().for_each(|value| *value = -*value);
        }
        assert!(loss(PAIRS, &scene) < 1e-20);
        scene.student[0].chunks_mut(SIZE.channels).for_each(|pixel| pixel.rotate_left(1));
        assert!(loss(PAIRS, &scene) > 1e-2);
    }
}
