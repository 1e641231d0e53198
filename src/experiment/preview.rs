//! What a link will run and cost, before it runs.

use super::plan::Plan;
use crate::data::{DatasetName, SHARD_SAMPLES};

/// Bytes of a sample in the shards of the data sets that are fetched, on average.
const SAMPLE_BYTES: &[(DatasetName, f64)] =
    &[(DatasetName::Mnist, 161.1), (DatasetName::FashionMnist, 436.5), (DatasetName::Glosses, 22.8)];

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preview {
    /// Bytes of data that are fetched, where they are not at hand yet; 0 for toys, which are drawn on the spot.
    pub data_bytes: f64,
    /// Networks that are compared.
    pub variants: usize,
    /// Things that are done, trial by trial.
    pub stages: usize,
    /// Trials, one a seed.
    pub trials: usize,
    /// Training samples that pass through networks, all trials together.
    pub samples: usize,
    /// Multiply-accumulates, as [`Plan::cost`] counts them: what runs on one device can be compared by.
    pub work: f64,
}

impl Preview {
    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        let trials = plan.recipe.seeds.len();
        let info = plan.recipe.data.info();
        let bytes = SAMPLE_BYTES.iter().find(|(name, _)| *name == info.name).map_or(0.0, |(_, bytes)| *bytes);
        let train = plan.recipe.data.samples.unwrap_or(info.train);
        let fetched = train.div_ceil(SHARD_SAMPLES).saturating_mul(SHARD_SAMPLES).min(info.max_train);
        Self {
            data_bytes: bytes * (fetched + info.validation + info.test) as f64,
            variants: plan.variants.len(),
            stages: plan.stages.len(),
            trials,
            samples: plan.training_samples().saturating_mul(trials),
            work: (0..plan.stages.len()).map(|stage| plan.cost(stage)).sum::<f64>() * trials as f64,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::DATASETS;
    use crate::experiment::Recipe;

    fn preview(data: &str) -> Preview {
        let json = format!(r#"{{"version":1,"data":{data},"seeds":[1,2],"variants":[{{"name":"dense"}}]}}"#);
        Preview::of(&Plan::new(&Recipe::from_json(&json).unwrap()).unwrap())
    }

    #[test]
    fn what_is_said_to_be_fetched_is_what_lies_there() {
        for info in DATASETS.iter().filter(|info| info.noise.is_none()) {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/data").join(info.name.to_string());
            let shards = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let shards = shards.filter(|path| path.extension().is_some_and(|ending| ending == "shard"));
            let there: u64 = shards.map(|path| path.metadata().unwrap().len()).sum();
            let transformer = if info.is_text() { r#","network":{"architecture":"transformer"}"# } else { "" };
            let json = format!(
                r#"{{"version":1,"data":{{"dataset":"{}"}}{transformer},"variants":[{{"name":"dense"}}]}}"#,
                info.name
            );
            let told = Preview::of(&Plan::new(&Recipe::from_json(&json).unwrap()).unwrap()).data_bytes;
            assert!((told / there as f64 - 1.0).abs() < 0.02, "{}: {told} told, {there} there", info.name);
        }
    }

    #[test]
    fn fewer_samples_and_toys_cost_less() {
        let (all, few) = (preview(r#"{"dataset":"mnist"}"#), preview(r#"{"dataset":"mnist","samples":100}"#));
        assert!(few.data_bytes < all.data_bytes / 3.0 && few.work < all.work / 10.0);
        assert_eq!((all.trials, all.stages, all.samples), (2, 1, 2 * 5 * 55_000));
        assert_eq!(preview(r#"{"dataset":"moons"}"#).data_bytes, 0.0);
    }
}
