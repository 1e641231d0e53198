//! What an experiment came to.

use super::event::Event;
use super::plan::Plan;
use super::recipe::{BackendName, Recipe};
use serde::{Deserialize, Serialize};

/// Quartiles of the time of one call, in microseconds, on the device that ran it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Default)]
pub struct Quartiles {
    /// A quarter of the windows were faster.
    pub q1_us: f64,
    /// The median window.
    pub median_us: f64,
    /// A quarter of the windows were slower.
    pub q3_us: f64,
    /// Windows timed; each holds as many calls as the timer's resolution asks for.
    pub windows: usize,
    /// Calls in each window.
    pub calls: usize,
}

/// Latency of the compiled model on this device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Default)]
pub struct Latency {
    /// One sample a call.
    pub batch1: Quartiles,
    /// 64 samples a call.
    pub batch64: Quartiles,
}

/// One weight matrix of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerReport {
    /// Its place and kind, such as `1 dense 784 x 300`.
    pub name: String,
    /// Weights.
    pub parameters: usize,
    /// Weights that are not zero.
    pub nonzero: usize,
    /// The kernel that runs it: `dense f32`, `sparse f32`, `dense int8`, `sparse int8`.
    pub kernel: String,
    /// Bytes of its weights in the file.
    pub bytes: usize,
    /// How they are written there: `dense`, `bitmask`, `gaps`, `shared + Huffman`.
    #[serde(default)]
    pub encoding: String,
    /// Of the bytes, those of the values that weights share.
    #[serde(default)]
    pub codebook_bytes: usize,
    /// Those that say where weights are not zero.
    #[serde(default)]
    pub position_bytes: usize,
    /// Those of the weights themselves, or of which shared value each has.
    #[serde(default)]
    pub value_bytes: usize,
    /// The centre of the first and last bin of `histogram`.
    pub range: (f32, f32),
    /// How many of the non-zero weights fall into each of equally wide bins.
    pub histogram: Vec<u32>,
}

/// Where a training stood at the end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Epochs of the stage so far.
    pub epoch: f32,
    /// Mean loss on the validation set.
    pub loss: f32,
    /// Accuracy on the validation set.
    pub accuracy: f32,
}

/// One variant in one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantResult {
    /// The variant's name.
    pub name: String,
    /// The trial's seed.
    pub seed: u64,
    /// Share of the test set classified rightly, by the model read back from its file.
    pub accuracy: f64,
    /// Mean cross-entropy on the test set.
    pub loss: f64,
    /// Rows: true class; columns: predicted class.
    pub confusion: Vec<Vec<u32>>,
    /// Trained parameters, removed ones included.
    pub parameters: usize,
    /// Parameters that are not zero.
    pub nonzero: usize,
    /// Multiply-accumulates that one sample needs, those with removed weights left out.
    pub macs: u64,
    /// Length of the encoded file, which was decoded again and gave the same predictions.
    pub bytes: usize,
    /// Measured on this device; none where it was not: each variant is timed in one trial.
    #[serde(default)]
    pub latency: Option<Latency>,
    /// Weight matrices, one by one.
    pub layers: Vec<LayerReport>,
    /// No chain of weights leads from the input to an output any more: the network answers the same to everything, and no training
    /// brings it back (*layer collapse*; Tanaka et al. 2020).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The training of the variant's last step, epoch by epoch; empty where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
    /// How much the loss on the training samples should have risen by the variant's last step, where its method predicts that and
    /// nothing was trained since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted_rise: Option<f64>,
    /// How much it did rise on the samples that the prediction was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_rise: Option<f64>,
    /// What the scores of each weight matrix summed to when the variant's last step, a pruning, began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layer_scores: Vec<f64>,
    /// What was added to the biases of the classes that the variant's last step, a distillation, left out of its transfer set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bias_offset: Option<f64>,
    /// Hash over the encoded file and the predictions, 32 hex digits; empty if stopped early, or if the GPU had a part in it.
    pub digest: String,
    /// What trained: the GPU, if it had a part in it.
    #[serde(default)]
    pub backend: BackendName,
    /// The run was stopped before this variant was finished: it holds what was reached.
    #[serde(default)]
    pub stopped: bool,
}

impl VariantResult {
    /// The layers of which no weight is left. Nothing passes them any more; a skip connection may lead past them.
    pub fn empty_layers(&self) -> impl Iterator<Item = &LayerReport> {
        self.layers.iter().filter(|layer| layer.nonzero == 0)
    }
}

/// One variant over all trials. The figures are means over trials; counts and confusion are of the first trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantReport {
    /// The variant's name.
    pub name: String,
    /// Mean test accuracy.
    pub accuracy: f64,
    /// The worst trial's.
    pub accuracy_min: f64,
    /// The best trial's.
    pub accuracy_max: f64,
    /// Mean test loss.
    pub loss: f64,
    /// Trained parameters.
    pub parameters: usize,
    /// Parameters that are not zero, first trial.
    pub nonzero: usize,
    /// Multiply-accumulates of a sample, first trial.
    pub macs: u64,
    /// Mean length of the encoded file, rounded.
    pub bytes: usize,
    /// Of the trial that was timed, if one was.
    #[serde(default)]
    pub latency: Option<Latency>,
    /// Hash over the trials' digests, 32 hex digits; empty if any of them has none.
    pub digest: String,
    /// What trained: the GPU, if it had a part in any trial.
    #[serde(default)]
    pub backend: BackendName,
    /// Any trial was stopped early.
    #[serde(default)]
    pub stopped: bool,
    /// Trial by trial.
    pub trials: Vec<VariantResult>,
}

/// The results of a run, gathered from its events in whatever order they come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results(Vec<VariantResult>);

impl Results {
    /// Takes what an event brings: a result replaces an earlier one of the same variant and seed, a latency goes to its
    /// variant. Says whether it brought anything.
    pub fn take(&mut self, plan: &Plan, event: &Event) -> bool {
        match event {
            Event::Variant { result, .. } => {
                self.0.retain(|r| r.name != result.name || r.seed != result.seed);
                self.0.push(result.clone());
                true
            }
            Event::Latency { trial, variant, latency } => {
                let seed = plan.recipe.seeds.get(*trial).copied();
                let timed = self.0.iter_mut().find(|r| r.name == *variant && Some(r.seed) == seed);
                timed.map(|result| result.latency = Some(*latency)).is_some()
            }
            _ => false,
        }
    }

    /// The report of what was gathered so far.
    pub fn report(&self, plan: &Plan) -> Report {
        Report::assemble(plan, self.0.clone())
    }
}

/// An experiment's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of the recipe's and report's format.
    pub version: u32,
    /// The version of the program that made it; empty in those from before it was told.
    #[serde(default)]
    pub engine: String,
    /// What was run.
    pub recipe: Recipe,
    /// What trained: `cpu`, or `gpu` if it had a part in any variant.
    pub backend: BackendName,
    /// Hash over the variants' digests, 32 hex digits; empty if any of them has none.
    pub digest: String,
    /// In the plan's order; those never reached are left out.
    pub variants: Vec<VariantReport>,
}

impl Report {
    /// Puts the trials' results together, whatever the order in which they came.
    pub fn assemble(plan: &Plan, results: Vec<VariantResult>) -> Self {
        let mut variants = Vec::new();
        for planned in &plan.variants {
            let mut trials: Vec<VariantResult> = results.iter().filter(|r| r.name == planned.name).cloned().collect();
            trials.sort_by_key(|r| plan.recipe.seeds.iter().position(|&s| s == r.seed));
            let Some(first) = trials.first() else { continue };
            let count = trials.len() as f64;
            let accuracies = || trials.iter().map(|t| t.accuracy);
            let stopped = trials.len() < plan.recipe.seeds.len() || trials.iter().any(|t| t.stopped);
            variants.push(VariantReport {
                name: planned.name.clone(),
                accuracy: accuracies().sum::<f64>() / count,
                accuracy_min: accuracies().fold(f64::INFINITY, f64::min),
                accuracy_max: accuracies().fold(f64::NEG_INFINITY, f64::max),
                loss: trials.iter().map(|t| t.loss).sum::<f64>() / count,
                parameters: first.parameters,
                nonzero: first.nonzero,
                macs: first.macs,
                bytes: (trials.iter().map(|t| t.bytes as f64).sum::<f64>() / count).round() as usize,
                latency: trials.iter().find_map(|t| t.latency),
                digest: if stopped { String::new() } else { digest_of_all(trials.iter().map(|t| t.digest.as_str())) },
                backend: trained_by(trials.iter().map(|t| t.backend)),
                stopped,
                trials,
            });
        }
        let complete = variants.len() == plan.variants.len() && variants.iter().all(|v| !v.stopped);
        let digest = if complete { digest_of_all(variants.iter().map(|v| v.digest.as_str())) } else { String::new() };
        let backend = trained_by(variants.iter().map(|v| v.backend));
        Self {
            version: super::recipe::VERSION,
            engine: env!("CARGO_PKG_VERSION").into(),
            recipe: plan.recipe.clone(),
            backend,
            digest,
            variants,
        }
    }
}

/// The GPU, if it had a part in any.
fn trained_by(mut backends: impl Iterator<Item = BackendName>) -> BackendName {
    if backends.any(|backend| backend == BackendName::Gpu) { BackendName::Gpu } else { BackendName::Cpu }
}

/// The digest of digests; none, if one of them is missing.
fn digest_of_all<'a>(parts: impl Iterator<Item = &'a str> + Clone) -> String {
    if parts.clone().any(str::is_empty) { String::new() } else { digest_of(parts) }
}

/// 32 hex digits of the BLAKE3 hash over `parts`, each closed by a zero byte.
pub(crate) fn digest_of<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_string()
}
