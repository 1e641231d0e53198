//! What the tests of the methods share: made-up layers, and gradients held against finite differences.

use super::{LayerLoss, Learned, New, Seen, Sizes};
use crate::data::{Key, Rng};
use crate::network::Shape;

/// Shapes of student and teacher.
#[derive(Clone, Copy)]
pub(super) struct Pairs {
    pub student: &'static [Shape],
    pub teacher: &'static [Shape],
}

const fn image(side: usize, channels: usize) -> Shape {
    Shape { height: side, width: side, channels }
}

/// Layers of vectors, of other widths.
pub(super) const VECTORS: Pairs = Pairs { student: &[image(1, 5), image(1, 4)], teacher: &[image(1, 7), image(1, 3)] };

/// Images of features: of one size and other channels, and of other sizes.
pub(super) const IMAGES: Pairs = Pairs { student: &[image(4, 2), image(2, 3)], teacher: &[image(4, 3), image(3, 4)] };

/// Samples of a made-up batch.
pub(super) const ROWS: usize = 6;
const CLASSES: usize = 3;

/// A made-up batch.
pub(super) struct Scene {
    pub student: Vec<Vec<f64>>,
    pub teacher: Vec<Vec<f64>>,
    labels: Vec<u8>,
    indices: Vec<u32>,
}

fn drawn(shapes: &[Shape], rng: &mut Rng) -> Vec<Vec<f64>> {
    shapes.iter().map(|shape| (0..ROWS * shape.len()).map(|_| f64::from(rng.normal())).collect()).collect()
}

impl Scene {
    pub fn new(pairs: Pairs, seed: u64) -> Self {
        let mut rng = Key::new(seed).rng();
        Self {
            student: drawn(pairs.student, &mut rng),
            teacher: drawn(pairs.teacher, &mut rng),
            labels: (0..ROWS).map(|row| (row % CLASSES) as u8).collect(),
            indices: (0..ROWS as u32).map(|row| 3 * row).collect(),
        }
    }

    pub fn apply(&self, method: &mut dyn LayerLoss, learned: &mut Learned) -> (f64, Vec<Vec<f64>>) {
        let mut gradients: Vec<Vec<f64>> = self.student.iter().map(|values| vec![0.0; values.len()]).collect();
        let seen = Seen {
            rows: ROWS,
            indices: &self.indices,
            labels: &self.labels,
            student: &self.student,
            teacher: &self.teacher,
        };
        (method.apply(&seen, learned, &mut gradients), gradients)
    }
}

pub(super) fn sizes(pairs: Pairs) -> Sizes<'static> {
    Sizes { student: pairs.student, teacher: pairs.teacher, classes: CLASSES, samples: 3 * ROWS }
}

/// Holds every gradient of a method, of the student's values and of what the method learns, against central differences. The method
/// is made anew for each, so that what it remembers of batches is as it was.
pub(super) fn check_gradients(new: New, pairs: Pairs) {
    const STEP: f64 = 1e-5;
    for seed in 1..4 {
        let mut scene = Scene::new(pairs, seed);
        let key = Key::new(seed).fold("method");
        let fresh = || {
            let mut learned = Learned::default();
            (new(&sizes(pairs), &mut learned, &key), learned)
        };
        let (mut method, mut learned) = fresh();
        let (loss, gradients) = scene.apply(&mut *method, &mut learned);
        assert!(loss.is_finite() && loss.abs() > 1e-9, "a loss of {loss} tests nothing");
        assert!(gradients.iter().flatten().any(|g| g.abs() > 1e-9), "no gradient at all");
        let close = |measured: f64, told: f64, what: &str| {
            assert!(
                (measured - told).abs() < 1e-6 + 1e-5 * told.abs().max(measured.abs()),
                "{what}: {measured} for {told}"
            );
        };
        for (tap, gradient) in gradients.iter().enumerate() {
            for (i, told) in gradient.iter().enumerate() {
                let mut moved = |by: f64| {
                    let before = scene.student[tap][i];
                    scene.student[tap][i] = before + by;
                    let (mut method, mut learned) = fresh();
                    let loss = scene.apply(&mut *method, &mut learned).0;
                    scene.student[tap][i] = before;
                    loss
                };
                close((moved(STEP) - moved(-STEP)) / (2.0 * STEP), *told, &format!("value {i} of layer {tap}"));
            }
        }
        for array in 0..learned.arrays() {
            let told = learned.value_and_gradient(array).1.to_vec();
            for (i, told) in told.into_iter().enumerate() {
                let moved = |by: f64| {
                    let (mut method, mut learned) = fresh();
                    learned.move_by(array, i, by);
                    scene.apply(&mut *method, &mut learned).0
                };
                close(
                    (moved(STEP) - moved(-STEP)) / (2.0 * STEP),
                    told,
                    &format!("learned value {i} of array {array}"),
                );
            }
        }
    }
}

/// The loss after what the method learns has been trained for long on one batch, the student held still; `teach` makes the teacher's
/// first layer from the student's.
pub(super) fn learn_alone(new: New, pairs: Pairs, teach: impl Fn(&[f64], &mut [f64])) -> f64 {
    let mut scene = Scene::new(pairs, 1);
    let Scene { student, teacher, .. } = &mut scene;
    teach(&student[0], &mut teacher[0]);
    let mut learned = Learned::default();
    let mut method = new(&sizes(pairs), &mut learned, &Key::new(2));
    for _ in 0..3000 {
        scene.apply(&mut *method, &mut learned);
        learned.step(0.01, 1.0);
    }
    scene.apply(&mut *method, &mut learned).0
}
