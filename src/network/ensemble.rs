//! Several networks as one: the mean of what they predict.
//!
//! `p(c | x) = 1/M sum_m softmax(z_m(x))_c`: the arithmetic mean of the members' probabilities, of the two means that Hinton,
//! Vinyals and Dean name ("Distilling the Knowledge in a Neural Network", 2015, the geometric one being the other). What stands
//! for the ensemble's logits is `log p`, whose softmax is `p`, so that soft targets and losses come out as they do of one network.

use super::executable::Executable;
use super::trained::TrainedModel;
use crate::backend::cpu::{arg_max, grown};
use std::hint::black_box;

/// The most networks of an ensemble.
pub const MAX_MEMBERS: usize = 64;
/// The most parameters that they have in all.
pub const MAX_ENSEMBLE_PARAMETERS: usize = 20_000_000;

/// Why what looks into a network does not take an ensemble.
pub const SEVERAL_NETWORKS: &str =
    "an ensemble has several networks, and this looks into one; choose one of its members";

/// Networks that are averaged, all of one input shape and as many classes.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// The networks: at least one, and none an ensemble itself.
    pub members: Vec<TrainedModel>,
    /// Makes them ready to run. It comes with the ensemble, since a part of the program that makes none is loaded without it.
    pub(super) compile: fn(&[TrainedModel]) -> Box<dyn Averaged>,
}

impl Ensemble {
    /// An ensemble of these.
    pub fn new(members: Vec<TrainedModel>) -> Self {
        // Seen through, the call would become a direct one, and the code part of whatever runs a network.
        Self { members, compile: black_box(|members| Box::new(Mean::new(members))) }
    }
}

impl PartialEq for Ensemble {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

/// An ensemble made ready to run.
pub(super) trait Averaged: std::fmt::Debug {
    /// As [`Executable::logits`].
    fn logits(&mut self, batch: usize, x: &[f32]) -> &[f32];
    /// As [`Executable::kernels`].
    fn kernels(&self) -> Vec<&'static str>;
}

/// Its members one after another, in their order.
#[derive(Debug)]
struct Mean {
    members: Vec<Executable>,
    classes: usize,
    sums: Vec<f64>,
    logits: Vec<f32>,
}

impl Mean {
    fn new(members: &[TrainedModel]) -> Self {
        let classes = members.first().map_or(0, TrainedModel::classes);
        let members = members.iter().map(Executable::new).collect();
        Self { members, classes, sums: Vec::new(), logits: Vec::new() }
    }
}

impl Averaged for Mean {
    fn logits(&mut self, batch: usize, x: &[f32]) -> &[f32] {
        let values = batch * self.classes;
        self.sums.clear();
        self.sums.resize(values, 0.0);
        for member in &mut self.members {
            let rows = member.logits(batch, x).chunks_exact(self.classes);
            rows.zip(self.sums.chunks_exact_mut(self.classes)).for_each(|(row, sums)| add_probabilities(row, sums));
        }
        let logits = grown(&mut self.logits, values);
        let count = self.members.len() as f64;
        for (logit, sum) in logits.iter_mut().zip(&self.sums) {
            // What is less than an f64 can hold counts as the least it can, so that a logarithm is a number.
            *logit = libm::log((sum / count).max(f64::MIN_POSITIVE)) as f32;
        }
        logits
    }

    fn kernels(&self) -> Vec<&'static str> {
        self.members.iter().flat_map(Executable::kernels).collect()
    }
}

/// Adds the softmax of a row of logits to `sums`.
fn add_probabilities(row: &[f32], sums: &mut [f64]) {
    let most = f64::from(row[arg_max(row)]);
    let power = |z: &f32| libm::exp(f64::from(*z) - most);
    let whole: f64 = row.iter().map(power).sum();
    sums.iter_mut().zip(row).for_each(|(sum, z)| *sum += power(z) / whole);
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, Model, Shape};
    use proptest::prelude::*;

    const CLASSES: usize = 3;
    const SHAPE: Shape = Shape { height: 1, width: 1, channels: 4 };

    fn drawn(widths: &[usize], key: u64) -> Model {
        Model::initialize(&Architecture::mlp(widths), SHAPE, CLASSES, &Key::new(key)).unwrap()
    }

    fn softmax(logits: &[f32]) -> Vec<f64> {
        let powers: Vec<f64> = logits.iter().map(|&z| f64::from(z).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }

    fn samples() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec(-3.0f32..3.0, 5 * SHAPE.len())
    }

    proptest! {
        /// Of different sizes.
        #[test]
        fn the_softmax_of_its_logits_is_the_mean_of_its_members_probabilities(x in samples()) {
            let members = vec![
                TrainedModel::Float(drawn(&[6], 1)),
                TrainedModel::Float(drawn(&[6], 2)),
                TrainedModel::Float(drawn(&[9, 5], 3)),
                TrainedModel::Float(drawn(&[2], 4)),
            ];
            let each: Vec<Vec<f64>> = (members.iter())
                .map(|member| Executable::new(member).logits(5, &x).chunks(CLASSES).flat_map(softmax).collect())
                .collect();
            let ensemble = TrainedModel::Ensemble(Ensemble::new(members));
            let logits = Executable::new(&ensemble).logits(5, &x).to_vec();
            let found: Vec<f64> = logits.chunks(CLASSES).flat_map(softmax).collect();
            for (place, found) in found.iter().enumerate() {
                let wanted = each.iter().map(|member| member[place]).sum::<f64>() / 4.0;
                prop_assert!((found - wanted).abs() < 1e-6, "{} for {}", found, wanted);
                // The logits are the logarithms themselves, as a loss reads them.
                prop_assert!((f64::from(logits[place]) - wanted.ln()).abs() < 1e-5);
            }
        }

        #[test]
        fn an_ensemble_of_one_network_again_and_again_is_that_network(x in samples(), count in 1usize..5) {
            let member = TrainedModel::Float(drawn(&[7], 5));
            let alone = Executable::new(&member).logits(5, &x).to_vec();
            let ensemble = TrainedModel::Ensemble(Ensemble::new(vec![member.clone(); count]));
            let together = Executable::new(&ensemble).logits(5, &x).to_vec();
            for (alone, together) in alone.chunks(CLASSES).zip(together.chunks(CLASSES)) {
                prop_assert_eq!(arg_max(alone), arg_max(together));
                for (alone, together) in softmax(alone).into_iter().zip(softmax(together)) {
                    prop_assert!((alone - together).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn what_is_counted_is_the_sum_over_the_members() {
        let members = [TrainedModel::Float(drawn(&[6], 1)), TrainedModel::Float(drawn(&[9, 5], 3))];
        let ensemble = TrainedModel::Ensemble(Ensemble::new(members.to_vec()));
        let sum = |count: fn(&TrainedModel) -> usize| members.iter().map(count).sum::<usize>();
        assert_eq!(ensemble.parameter_count(), sum(TrainedModel::parameter_count));
        assert_eq!(ensemble.nonzero_count(), sum(TrainedModel::nonzero_count));
        assert_eq!(ensemble.macs(), members.iter().map(TrainedModel::macs).sum::<u64>());
        let names: Vec<String> = ensemble.matrices().into_iter().map(|matrix| matrix.name).collect();
        assert_eq!(names[..3], ["network 1: 1 dense", "network 1: 2 dense", "network 2: 1 dense"]);
        assert_eq!(Executable::new(&ensemble).kernels().len(), names.len());
    }

    /// Where every member is sure of one class, the others' probabilities are nothing, and their logarithms numbers.
    #[test]
    fn a_probability_of_nothing_has_a_logarithm() {
        let mut sums = vec![0.0; 2];
        add_probabilities(&[2000.0, 0.0], &mut sums);
        assert_eq!(sums, [1.0, 0.0]);
        let mut member = drawn(&[1], 1);
        member.parameters.iter_mut().for_each(|p| p.slice_mut().fill(0.0));
        let bias = member.parameters.last_mut().unwrap();
        bias.slice_mut().copy_from_slice(&[3000.0, 0.0, -3000.0]);
        let ensemble = TrainedModel::Ensemble(Ensemble::new(vec![TrainedModel::Float(member); 2]));
        let logits = Executable::new(&ensemble).logits(1, &[0.0; 4]).to_vec();
        assert_eq!(logits[0], 0.0);
        assert!(logits[1].is_finite() && logits[1] < -700.0, "{logits:?}");
    }
}
