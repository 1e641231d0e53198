//! How long a run takes beside another one, and what it would be on fewer samples.

use super::plan::{Plan, multiply_accumulates};
use super::recipe::Recipe;
use crate::data::Split;
use crate::network::Layer;

/// The fewest training samples that a recipe is cut down to: with fewer, what it shows would be chance.
const FEWEST: usize = 500;
/// Samples are cut down to a multiple of this.
const ROUND: usize = 100;

impl Plan {
    /// The work, as [`Plan::cost`] counts it, that passes before the last of so many workers is done: the longest path of stages
    /// that wait for one another, or a worker's share of all where that is more.
    pub fn span(&self, workers: usize) -> f64 {
        let mut ends = Vec::with_capacity(self.stages.len());
        for stage in 0..self.stages.len() {
            // Stages come after those that they need.
            let before = self.inputs(stage).all().map(|input| ends[input]).fold(0.0, f64::max);
            ends.push(before + self.cost(stage));
        }
        let longest = ends.iter().copied().fold(0.0, f64::max);
        let all: f64 =
            (0..self.stages.len()).map(|stage| self.cost(stage)).sum::<f64>() * self.recipe.seeds.len() as f64;
        longest.max(all / workers.max(1) as f64)
    }

    /// Whether all of its networks are dense layers and what lies between them: those run at another speed than convolutions
    /// and attention, which share their weights.
    pub fn is_dense(&self) -> bool {
        let shares = |layer: &Layer| matches!(layer, Layer::Convolution(_) | Layer::Sequence(_));
        (0..self.stages.len()).all(|stage| !self.layers(stage).iter().any(shares))
    }
}

impl Recipe {
    /// Itself on fewer training samples, so that training takes about this share of its time; none if too few were left.
    pub fn on_fewer_samples(&self, share: f64) -> Option<Self> {
        let all = self.data.samples.unwrap_or(self.data.info().len(Split::Train));
        let samples = (all as f64 * share) as usize / ROUND * ROUND;
        let mut fewer = self.clone();
        fewer.data.samples = Some(samples);
        (samples >= FEWEST && samples < all).then_some(fewer)
    }
}

/// The work of training on one sample, as [`Plan::cost`] counts it.
pub fn training_work(layers: &[Layer]) -> f64 {
    3.0 * multiply_accumulates(layers)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    fn plan(seeds: &str, steps: &str) -> Plan {
        let json = format!(
            r#"{{"version":1,"data":{{"samples":10000}},"network":{{"architecture":"mlp","widths":[32]}},"seeds":{seeds},
            "variants":[{{"name":"dense"}},{{"name":"a","from":"dense","steps":[{steps}]}},{{"name":"b","from":"dense","steps":[{steps}]}}]}}"#
        );
        Plan::new(&Recipe::from_json(&json).unwrap()).unwrap()
    }

    #[test]
    fn more_workers_help_as_far_as_stages_do_not_wait() {
        let one = plan("[1]", r#"{"prune":{"sparsity":0.5}}"#);
        // Both variants prune alike: one stage of training, one of pruning after it.
        assert_eq!(one.stages.len(), 2);
        assert_eq!(one.span(1), one.cost(0) + one.cost(1));
        assert_eq!(one.span(8), one.span(1));
        let many = plan("[1,2,3,4]", r#"{"prune":{"sparsity":0.5}}"#);
        assert_eq!(many.span(1), 4.0 * one.span(1));
        assert_eq!(many.span(2), 2.0 * one.span(1));
        assert_eq!(many.span(8), one.span(1));
    }

    #[test]
    fn dense_networks_are_told_from_those_that_share_weights() {
        assert!(plan("[1]", "").is_dense());
        let student = r#"{"distill":{"student":{"architecture":"lenet-5"}}}"#;
        assert!(!plan("[1]", student).is_dense());
    }

    #[test]
    fn fewer_samples_take_their_share_and_are_never_too_few() {
        let recipe = plan("[1]", "").recipe;
        let half = recipe.on_fewer_samples(0.5).unwrap();
        assert_eq!(half.data.samples, Some(5_000));
        let (whole, part) = (Plan::new(&recipe).unwrap().span(1), Plan::new(&half).unwrap().span(1));
        assert!(part < 0.7 * whole && part > 0.4 * whole, "{part} of {whole}");
        assert_eq!(recipe.on_fewer_samples(0.01), None);
        assert_eq!(recipe.on_fewer_samples(1.5), None);
    }
}
