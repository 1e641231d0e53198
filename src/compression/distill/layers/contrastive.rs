//! Contrastive representation distillation: of all samples, the student's embedding is to tell which one the teacher's belongs to.
//!
//! Both last hidden layers pass through learned linear maps to 32 values and are brought to length 1: `z` and `y`. A bank holds what
//! embedding each training sample last had, for student and teacher: `Z` and `Y`. With a sample `i` of the batch and 256 others `j`,
//! drawn anew for each,
//!
//! `M = mean over i of l(z_i, Y) + l(y_i, Z)`, `l(a, B) = -log h(a . B_i) - sum over j of log(1 - h(a . B_j))`,
//! `h(u) = e^(u / 0.07) / (e^(u / 0.07) + C)`, `C = 256 E[e^(u / 0.07)]`,
//!
//! which is noise contrastive estimation with as many negatives: `h` is how likely a product `u` is the right pair's. After it, the
//! banks' entries of the batch move half way to the batch's embeddings and are brought to length 1 again.
//!
//! The paper embeds in 128 values and draws 16,384 negatives; here both are fewer, so that the banks of 55,000 samples take 14 MB and a
//! step milliseconds. It draws negatives of other classes, here they are any other samples; and it takes the mean `E` from the first
//! batch, when the bank is random, where here it is what it is for random directions, `e^(1 / (2 * 32 * 0.07^2))`.
//!
//! Paper: Tian, Krishnan, Isola, "Contrastive Representation Distillation", 2020. The bank and `E`: Wu, Xiong, Yu, Lin, "Unsupervised
//! Feature Learning via Non-Parametric Instance Discrimination", 2018.

use super::super::Method;
use super::embedding::{Embedding, normalized, normalized_gradient};
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::{Key, Rng};

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "contrastive",
        title: "Contrastive (CRD)",
        help: "Of the teacher's embedding of this sample and those of 256 others, the student's is to be near the right one and far from the rest.",
        paper: "Tian, Krishnan, Isola 2020, Contrastive Representation Distillation",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

/// Values of an embedding.
const WIDTH: usize = 32;
const NEGATIVES: usize = 256;
const TEMPERATURE: f64 = 0.07;
/// Of a bank's entry, what it keeps of itself.
const MOMENTUM: f64 = 0.5;

/// One network's half: its embedding, and what it last made of each training sample.
struct Half {
    embedding: Embedding,
    bank: Vec<f32>,
}

struct Contrastive {
    student: Half,
    teacher: Half,
    samples: usize,
    key: Key,
    steps: u64,
}

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    Box::new(Contrastive::new(sizes, learned, key))
}

impl Contrastive {
    fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Self {
        let mut half = |inputs: usize, name: &str| {
            let mut rng = key.fold(name).rng();
            // Variance 1 / width: lengths near 1, in directions that favour none.
            let limit = (3.0 / WIDTH as f32).sqrt();
            Half {
                embedding: Embedding::new(inputs, WIDTH, learned, key),
                bank: (0..sizes.samples * WIDTH).map(|_| (2.0 * rng.uniform() - 1.0) * limit).collect(),
            }
        };
        let (student, teacher) = (half(sizes.student[0].len(), "student"), half(sizes.teacher[0].len(), "teacher"));
        Self { student, teacher, samples: sizes.samples, key: key.fold("negatives"), steps: 0 }
    }
}

impl Half {
    fn entry(&self, sample: usize) -> &[f32] {
        &self.bank[sample * WIDTH..][..WIDTH]
    }

    /// Moves a sample's entry towards its embedding.
    fn remember(&mut self, sample: usize, unit: &[f64]) {
        let entry = &mut self.bank[sample * WIDTH..][..WIDTH];
        let moved = entry.iter().zip(unit).map(|(old, new)| MOMENTUM * f64::from(*old) + (1.0 - MOMENTUM) * new);
        let (moved, _) = normalized(WIDTH, &moved.collect::<Vec<f64>>());
        entry.iter_mut().zip(moved).for_each(|(entry, moved)| *entry = moved as f32);
    }
}

/// Samples other than this one.
fn others(samples: usize, not: usize, rng: &mut Rng) -> Vec<usize> {
    let count = if samples > 1 { NEGATIVES } else { 0 };
    let draw = |_| {
        let drawn = rng.below(samples as u32 - 1) as usize;
        drawn + usize::from(drawn >= not)
    };
    (0..count).map(draw).collect()
}

/// `l` of one embedding against a bank, and its gradient by the embedding, which is added times `factor`.
fn against(bank: &Half, unit: &[f64], right: usize, others: &[usize], factor: f64, gradient: &mut [f64]) -> f64 {
    let constant = NEGATIVES as f64 * libm::exp(1.0 / (2.0 * WIDTH as f64 * TEMPERATURE * TEMPERATURE));
    let mut loss = 0.0;
    for (at, &sample) in std::iter::once(&right).chain(others).enumerate() {
        let entry = bank.entry(sample);
        let product: f64 = unit.iter().zip(entry).map(|(unit, entry)| unit * f64::from(*entry)).sum();
        let score = libm::exp(product / TEMPERATURE);
        let likely = score / (score + constant);
        let slope = if at == 0 {
            loss -= libm::log(likely);
            likely - 1.0
        } else {
            loss -= libm::log(constant / (score + constant));
            likely
        };
        let along = factor * slope / TEMPERATURE;
        gradient.iter_mut().zip(entry).for_each(|(gradient, entry)| *gradient += along * f64::from(*entry));
    }
    loss
}

impl LayerLoss for Contrastive {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let Self { student, teacher, .. } = self;
        let own = student.embedding.forward(&seen.student[0], learned);
        let theirs = teacher.embedding.forward(&seen.teacher[0], learned);
        let ((own, own_lengths), (theirs, their_lengths)) = (normalized(WIDTH, &own), normalized(WIDTH, &theirs));
        let (mut d_own, mut d_theirs) = (vec![0.0; own.len()], vec![0.0; theirs.len()]);
        let mut rng = self.key.fold_index(self.steps).rng();
        self.steps += 1;
        let factor = 1.0 / seen.rows.max(1) as f64;
        let mut loss = 0.0;
        for (row, &index) in seen.indices.iter().enumerate() {
            let (index, row) = (index as usize, row * WIDTH..(row + 1) * WIDTH);
            let others = others(self.samples, index, &mut rng);
            loss += against(teacher, &own[row.clone()], index, &others, factor, &mut d_own[row.clone()]);
            loss += against(student, &theirs[row.clone()], index, &others, factor, &mut d_theirs[row]);
        }
        let d_own = normalized_gradient(WIDTH, &own, &own_lengths, &d_own);
        student.embedding.learn(&seen.student[0], &d_own, learned);
        let d_student = student.embedding.pull(&d_own, learned);
        gradients[0].iter_mut().zip(d_student).for_each(|(gradient, more)| *gradient += more);
        let d_theirs = normalized_gradient(WIDTH, &theirs, &their_lengths, &d_theirs);
        teacher.embedding.learn(&seen.teacher[0], &d_theirs, learned);
        for ((index, own), theirs) in seen.indices.iter().zip(own.chunks(WIDTH)).zip(theirs.chunks(WIDTH)) {
            student.remember(*index as usize, own);
            teacher.remember(*index as usize, theirs);
        }
        loss * factor
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, ROWS, Scene, VECTORS};
    use super::*;

    fn made(learned: &mut Learned) -> Contrastive {
        Contrastive::new(&testing::sizes(VECTORS), learned, &Key::new(5))
    }

    #[test]
    fn the_gradients_are_those_of_the_loss() {
        testing::check_gradients(new, VECTORS);
        testing::check_gradients(new, IMAGES);
    }

    /// The right pair near and the others far costs the least; the other way round it costs the most.
    #[test]
    fn the_right_pair_is_to_be_nearer_than_the_others() {
        let mut method = made(&mut Learned::default());
        let direction = |at: usize| (0..WIDTH).map(|i| if i == at { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
        for sample in 0..method.samples {
            method.teacher.bank[sample * WIDTH..][..WIDTH].copy_from_slice(&direction(usize::from(sample != 4)));
        }
        let others = others(method.samples, 4, &mut Key::new(1).rng());
        assert!(others.len() == NEGATIVES && others.iter().all(|other| *other != 4 && *other < method.samples));
        let loss = |share: f64| {
            let mut unit = vec![0.0; WIDTH];
            (unit[0], unit[1]) = (share, (1.0 - share * share).sqrt());
            against(&method.teacher, &unit, 4, &others, 1.0, &mut [0.0; WIDTH])
        };
        let losses = [0.0, 0.3, 0.6, 0.9, 1.0].map(loss);
        assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
        assert!(losses[4] < 1.0, "{losses:?}");
    }

    #[test]
    fn a_bank_moves_half_way() {
        let mut learned = Learned::default();
        let (mut method, scene) = (made(&mut learned), Scene::new(VECTORS, 1));
        let before = method.student.bank.clone();
        let own = method.student.embedding.forward(&scene.student[0], &learned);
        let (unit, _) = normalized(WIDTH, &own);
        scene.apply(&mut method, &mut learned);
        for row in 0..ROWS {
            let sample = 3 * row;
            let half = |i: usize| f64::from(before[sample * WIDTH + i]) / 2.0 + unit[row * WIDTH + i] / 2.0;
            let length = (0..WIDTH).map(|i| half(i) * half(i)).sum::<f64>().sqrt();
            for (i, entry) in method.student.entry(sample).iter().enumerate() {
                assert!((f64::from(*entry) - half(i) / length).abs() < 1e-6);
            }
            // What was not in the batch is as it was.
            assert_eq!(method.student.entry(sample + 1), &before[(sample + 1) * WIDTH..][..WIDTH]);
        }
    }

    /// Trained alone, the embeddings come to tell the pairs apart.
    #[test]
    fn embeddings_learn_to_tell_pairs_apart() {
        let mut learned = Learned::default();
        let (mut method, scene) = (made(&mut learned), Scene::new(VECTORS, 1));
        let first = scene.apply(&mut method, &mut learned).0;
        for _ in 0..300 {
            learned.step(0.01, 1.0);
            scene.apply(&mut method, &mut learned);
        }
        assert!(scene.apply(&mut method, &mut learned).0 < 0.5 * first);
    }
}
