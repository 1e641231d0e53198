//! Boundary samples: the student learns what the teacher says of samples that were pushed over the border between two of its classes.
//!
//! `M = 4 / n sum over found samples of T^2 KL(softmax(t / T), softmax(z / T))` of a batch of `n`, with the student's logits `z` and the
//! teacher's `t` of a sample that was found so: it starts at a training sample that both classify rightly, as `b`; another class `k` is drawn, each as likely as
//! the teacher holds it; and up to ten steps `x -= 0.3 (L + 0.1) dL / |dL|^2`, `dL` being the slopes of `L = t_b - t_k` by the sample's values,
//! take it down the difference of the two logits. It is found when the teacher answers `k`, and given up when it answers a third class
//! or ten steps were not enough.
//!
//! A quarter of each batch is pushed, as in the paper: the first of every sixteen that both classify rightly. The sum
//! is divided by that quarter, not by how many were found, so that a batch in which few are counts little. What is found is not cut
//! to the range of the data, which a network takes in any case; the paper lets the loss fade in the course of training, here its
//! weight stays.
//!
//! Paper: Heo, Lee, Yun, Choi, "Knowledge Distillation with Adversarial Samples Supporting Decision Boundary", 2019.

use super::super::layers::Mentor;
use super::super::{Distill, Method};
use super::{Few, GradientLoss, answers, narrow};
use crate::compression::About;
use crate::data::Rng;
use crate::network::Probe;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "boundary-samples",
        title: "Boundary samples (BSS)",
        help: "A quarter of the samples are pushed, step by step, over the border between two of the teacher's classes; what it says there shows the student where the border lies.",
        paper: "Heo et al. 2019, Knowledge Distillation with Adversarial Samples Supporting Decision Boundary",
    },
    looks: None,
};

/// One in so many samples is pushed.
const ONE_IN: usize = 4;
const STEPS: usize = 10;
const RATE: f64 = 0.3;
/// How far beyond the border a step aims, in logits.
const BEYOND: f64 = 0.1;

struct Boundary {
    temperature: f64,
    rng: Rng,
}

pub(crate) fn new(distill: &Distill, mentor: &Mentor<'_>) -> Box<dyn GradientLoss> {
    Box::new(Boundary { temperature: distill.temperature, rng: mentor.key.fold("boundary").rng() })
}

/// `softmax(logits / temperature)`.
fn softmax(logits: &[f32], temperature: f64) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut p: Vec<f64> = logits.iter().map(|z| libm::exp(f64::from(*z - largest) / temperature)).collect();
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|p| *p /= sum);
    p
}

/// A class other than `base`, each as likely as these logits hold it.
fn other(logits: &[f32], base: usize, rng: &mut Rng) -> usize {
    let p = softmax(logits, 1.0);
    let others = || (0..p.len()).filter(|class| *class != base);
    let mut left = f64::from(rng.uniform()) * others().map(|class| p[class]).sum::<f64>();
    let drawn = others().find(|class| {
        left -= p[*class];
        left < 0.0
    });
    drawn.or_else(|| others().max_by(|a, b| p[*a].total_cmp(&p[*b]))).unwrap_or(base)
}

/// Pushes samples, one after another in `x`, from the classes `from` to the classes `to`; those that arrive.
fn push(teacher: &mut Probe, x: &mut [f32], from: &[usize], to: &[usize]) -> Vec<usize> {
    let rows = from.len();
    let width = x.len() / rows.max(1);
    let mut under_way = vec![true; rows];
    let mut found = Vec::new();
    for step in 0..=STEPS {
        let logits = teacher.forward(rows, x).to_vec();
        let classes = logits.len() / rows;
        for (row, answer) in answers(classes, &logits).into_iter().enumerate() {
            if under_way[row] && answer != from[row] {
                under_way[row] = false;
                found.extend((answer == to[row]).then_some(row));
            }
        }
        if step == STEPS || !under_way.contains(&true) {
            break;
        }
        let mut mix = vec![0.0; logits.len()];
        for (mix, (from, to)) in mix.chunks_exact_mut(classes).zip(from.iter().zip(to)) {
            (mix[*from], mix[*to]) = (1.0, -1.0);
        }
        let slopes = teacher.slopes(0, &mix);
        for (row, (x, slopes)) in x.chunks_exact_mut(width).zip(slopes.chunks_exact(width)).enumerate() {
            let logit = |class: usize| f64::from(logits[row * classes + class]);
            let square: f64 = slopes.iter().map(|slope| f64::from(*slope) * f64::from(*slope)).sum();
            if under_way[row] && square > 0.0 {
                let along = RATE * (logit(from[row]) - logit(to[row]) + BEYOND) / square;
                x.iter_mut().zip(slopes).for_each(|(x, slope)| *x -= (along * f64::from(*slope)) as f32);
            }
        }
    }
    found.sort_unstable();
    found
}

impl GradientLoss for Boundary {
    fn apply(&mut self, seen: &Few<'_>, student: &mut Probe, teacher: &mut Probe) -> f64 {
        let width = seen.x.len() / seen.rows;
        let theirs = teacher.forward(seen.rows, seen.x).to_vec();
        let classes = theirs.len() / seen.rows;
        let own = answers(classes, student.forward(seen.rows, seen.x));
        let (mut x, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
        for (row, answer) in answers(classes, &theirs).into_iter().enumerate() {
            let right = answer == seen.labels[row] && own[row] == answer;
            if right && from.len() < seen.rows.div_ceil(ONE_IN) {
                x.extend_from_slice(&seen.x[row * width..][..width]);
                to.push(other(&theirs[row * classes..][..classes], answer, &mut self.rng));
                from.push(answer);
            }
        }
        if from.is_empty() {
            return 0.0;
        }
        let found = push(teacher, &mut x, &from, &to);
        let theirs = teacher.at(teacher.last()).to_vec();
        let own = student.forward(from.len(), &x).to_vec();
        let (t, share) = (self.temperature, seen.share * ONE_IN as f64);
        let (mut loss, mut gradient) = (0.0, vec![0.0; own.len()]);
        for row in found.into_iter().map(|row| row * classes..(row + 1) * classes) {
            let (p, q) = (softmax(&own[row.clone()], t), softmax(&theirs[row.clone()], t));
            for ((gradient, p), q) in gradient[row].iter_mut().zip(p).zip(q) {
                if q > 0.0 {
                    loss += share * t * t * q * (libm::log(q) - libm::log(p.max(f64::MIN_POSITIVE)));
                }
                *gradient = share * t * (p - q);
            }
        }
        student.descend(student.last(), &[], &narrow(&gradient));
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Pair, SAMPLES};
    use super::*;
    use crate::data::Key;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        testing::check_gradients(new, &Pair::vectors());
        testing::check_gradients(new, &Pair::images());
    }

    #[test]
    fn equal_networks_have_nothing_to_learn() {
        let pair = Pair::vectors();
        assert!(pair.loss_of(new, &pair.teacher).abs() < 1e-9);
        assert!(pair.loss_of(new, &pair.student) > 1e-3);
    }

    /// "Supporting decision boundary": what is found is on the other side, and nearer to the border than what it came from.
    #[test]
    fn what_is_found_lies_beyond_the_border_and_near_it() {
        let pair = Pair::vectors();
        let mut teacher = Probe::new(&pair.teacher, SAMPLES);
        let before = teacher.forward(SAMPLES, &pair.x).to_vec();
        let classes = before.len() / SAMPLES;
        let from = answers(classes, &before);
        let mut rng = Key::new(1).rng();
        let to: Vec<usize> =
            from.iter().enumerate().map(|(row, b)| other(&before[row * classes..][..classes], *b, &mut rng)).collect();
        assert!(from.iter().zip(&to).all(|(from, to)| from != to && *to < classes));
        let mut x = pair.x.clone();
        let found = push(&mut teacher, &mut x, &from, &to);
        assert!(found.len() * 2 >= SAMPLES, "{} of {SAMPLES} were found", found.len());
        let after = teacher.forward(SAMPLES, &x).to_vec();
        let answers = answers(classes, &after);
        for row in found {
            let gap = |logits: &[f32]| logits[row * classes + from[row]] - logits[row * classes + to[row]];
            assert_eq!(answers[row], to[row]);
            assert!(gap(&after) < 0.0 && -gap(&after) < gap(&before) + 0.2, "{} from {}", gap(&after), gap(&before));
        }
    }

    #[test]
    fn likely_classes_are_drawn_more_often() {
        let mut rng = Key::new(2).rng();
        let mut counts = [0; 3];
        (0..3000).for_each(|_| counts[other(&[5.0, 1.0, 2.0], 0, &mut rng)] += 1);
        let share = f64::from(counts[2]) / 3000.0;
        assert!(counts[0] == 0 && (share - 1.0 / (1.0 + libm::exp(-1.0))).abs() < 0.03, "{counts:?}");
    }
}
