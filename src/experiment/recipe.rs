//! The recipe: an experiment as plain data, exactly as it was written.
//!
//! Defaults belong to the recipe's version and never change, since links leave out what is at its default.

use crate::compression::{distill::Distill, prune::Prune, quantize::Quantize, share::Share};
use crate::data::{DataError, Dataset, DatasetInfo, DatasetName, Own};
use crate::network::{Architecture, Training};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version that this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// An experiment: one network trained on data, and variants of it made by compression steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The version of the format.
    pub version: u32,
    /// What the author calls it.
    #[serde(default)]
    pub title: String,
    /// What is learned.
    #[serde(default)]
    pub data: Data,
    /// The network that every variant starts from unless it says otherwise.
    #[serde(default)]
    pub network: Architecture,
    /// How that network is trained.
    #[serde(default)]
    pub training: Training,
    /// What trains.
    #[serde(default)]
    pub backend: BackendName,
    /// One trial for each seed; results are means over them.
    #[serde(default = "one_seed")]
    pub seeds: Vec<u64>,
    /// The variants to compare.
    pub variants: Vec<Variant>,
}

/// What trains a recipe's networks. Testing, timing and quantization are the processor's in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BackendName {
    /// The processor: the same bits everywhere.
    #[default]
    Cpu,
    /// The GPU where there is one: faster for large networks and batches, and its bits are those of one device.
    Gpu,
}

named!(BackendName { Cpu => "cpu", Gpu => "gpu" });

fn one_seed() -> Vec<u64> {
    vec![1]
}

/// The data of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Which data set.
    pub dataset: DatasetName,
    /// How many training samples to use, from the first; all, if absent.
    pub samples: Option<usize>,
    /// For the two-dimensional toys: the standard deviation of the noise on each coordinate.
    pub noise: Option<f64>,
    /// For the dataset `own`: which data these are. The samples are not part of the recipe: whoever runs it supplies their file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Box<Own>>,
}

impl Data {
    /// Own data, all of them.
    pub fn of(own: Own) -> Self {
        Self { dataset: DatasetName::Own, own: Some(Box::new(own)), ..Self::default() }
    }

    /// What is known of the data set before any of it is loaded.
    pub fn info(&self) -> &'static DatasetInfo {
        self.described().map_or_else(|| self.dataset.info(), Own::info)
    }

    /// The description of own data, where these are some.
    pub fn described(&self) -> Option<&Own> {
        self.own.as_deref().filter(|_| self.dataset == DatasetName::Own)
    }

    /// Whether [`Data::open`] would succeed, and what is said of own data is within its limits.
    ///
    /// # Errors
    /// See [`Data::open`].
    pub fn check(&self) -> Result<(), DataError> {
        match (self.dataset, &self.own) {
            (DatasetName::Own, None) => return Err(DataError::Undescribed),
            (DatasetName::Own, Some(own)) => own.check()?,
            (_, Some(_)) => return Err(DataError::NotOwn),
            (_, None) => {}
        }
        Dataset::check(self.info(), self.samples, self.noise.map(|noise| noise as f32)).map(|_| ())
    }

    /// The data set with nothing loaded yet; fails if a setting is out of range.
    pub fn open(&self) -> Result<Dataset, DataError> {
        match self.described() {
            Some(own) => Dataset::open_own(own, self.samples),
            None => Dataset::open(self.dataset, self.samples, self.noise.map(|noise| noise as f32)),
        }
    }
}

/// One network to compare: where it starts and what is done to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Variant {
    /// Its name in tables and charts, and for `from` and `teacher` of others.
    pub name: String,
    /// The variant whose result it goes on from; a freshly trained network, if absent.
    pub from: Option<String>,
    /// Another network than the recipe's; not together with `from`.
    pub network: Option<Architecture>,
    /// Another training than the recipe's; not together with `from`.
    pub training: Option<Training>,
    /// Which draw of its network: 0 is the one that all variants of one architecture have in common, and others start from other
    /// weights and see the samples in another order. Not together with `from`.
    pub member: usize,
    /// Repeats the variant with so many draws, as `name 1`, `name 2` and so on, from `member` upwards; 0 does not.
    pub members: usize,
    /// The variants whose predictions it averages, instead of a network of its own; the name of one with `members` stands for all
    /// of them.
    pub ensemble: Vec<String>,
    /// The digest of an imported model's file, whose network it starts from, instead of one that is trained here; `network` says
    /// which it is. The file is not part of the recipe: whoever runs it supplies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Repeats the variant with other values of one setting.
    pub sweep: Option<Sweep>,
}

/// More members than any plan has; a recipe that nobody has checked yet may ask for more.
const MOST_NAMES: usize = 100;

impl Variant {
    /// What a plan calls it, or its members; of more than a plan can have, the first.
    pub fn names(&self) -> Vec<String> {
        match self.members.min(MOST_NAMES) {
            0 => vec![self.name.clone()],
            members => (1..=members).map(|member| format!("{} {member}", self.name)).collect(),
        }
    }
}

/// One thing done to a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::large_enum_variant)] // a recipe has some dozens of them
pub enum Step {
    /// Trains on, masks held.
    Train(Training),
    /// Removes weights.
    Prune(Prune),
    /// Turns weights and activations into integers.
    Quantize(Quantize),
    /// Lets weights share values.
    Share(Share),
    /// Learns from a teacher.
    Distill(Distill),
}

impl Step {
    /// The field's name in a recipe.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Train(_) => "train",
            Step::Prune(_) => "prune",
            Step::Quantize(_) => "quantize",
            Step::Share(_) => "share",
            Step::Distill(_) => "distill",
        }
    }
}

/// A numeric setting of a step.
pub(super) enum Number<'a> {
    Whole(&'a mut usize),
    Real(&'a mut f64),
}

impl Step {
    /// The numeric setting of this name. By hand and not through the settings' JSON, whose reader the page's first view would have to
    /// carry for it; a test holds the two against each other.
    pub(super) fn number(&mut self, name: &str) -> Option<Number<'_>> {
        use Number::{Real, Whole};
        Some(match (self, name) {
            (Step::Train(step), "epochs") => Whole(&mut step.epochs),
            (Step::Train(step), "batch") => Whole(&mut step.batch),
            (Step::Train(step), "learning_rate") => Real(&mut step.learning_rate),
            (Step::Train(step), "momentum") => Real(&mut step.momentum),
            (Step::Train(step), "weight_decay") => Real(&mut step.weight_decay),
            (Step::Train(step), "early_stopping") => Whole(&mut step.early_stopping),
            (Step::Train(step), "jitter") => Whole(&mut step.jitter),
            (Step::Train(step), "max_norm") => Real(&mut step.max_norm),
            (Step::Train(step), "label_smoothing") => Real(&mut step.label_smoothing),
            (Step::Train(step), "mixup") => Real(&mut step.mixup),
            (Step::Prune(step), "sparsity") => Real(&mut step.sparsity),
            (Step::Prune(step), "rounds") => Whole(&mut step.rounds),
            (Step::Prune(step), "iterations") => Whole(&mut step.iterations),
            (Step::Prune(step), "samples") => Whole(&mut step.samples),
            (Step::Prune(step), "rewind_step") => Whole(&mut step.rewind_step),
            (Step::Prune(step), "epochs") => Whole(&mut step.epochs),
            (Step::Prune(step), "learning_rate") => Real(&mut step.learning_rate),
            (Step::Share(step), "bits") => Whole(&mut step.bits),
            (Step::Share(step), "convolution_bits") => Whole(&mut step.convolution_bits),
            (Step::Share(step), "epochs") => Whole(&mut step.epochs),
            (Step::Share(step), "learning_rate") => Real(&mut step.learning_rate),
            (Step::Quantize(step), "bits") => Whole(&mut step.bits),
            (Step::Quantize(step), "activation_bits") => Whole(&mut step.activation_bits),
            (Step::Quantize(step), "group") => Whole(&mut step.group),
            (Step::Quantize(step), "budget") => Whole(&mut step.budget),
            (Step::Quantize(step), "epochs") => Whole(&mut step.epochs),
            (Step::Quantize(step), "learning_rate") => Real(&mut step.learning_rate),
            (Step::Quantize(step), "delay") => Whole(&mut step.delay),
            (Step::Quantize(step), "calibration") => Whole(&mut step.calibration),
            (Step::Distill(step), "temperature") => Real(&mut step.temperature),
            (Step::Distill(step), "alpha") => Real(&mut step.alpha),
            (Step::Distill(step), "member") => Whole(&mut step.member),
            (Step::Distill(step), "weight") => Real(&mut step.weight),
            _ => return None,
        })
    }
}

/// One variant for each value of a setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Which step, counted from 0.
    #[serde(default)]
    pub step: usize,
    /// The name of a numeric setting of that step.
    pub setting: String,
    /// Its values.
    pub values: Vec<f64>,
}

/// A recipe that could not be read: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecipeError(pub String);

impl Recipe {
    /// Whether none of its steps and networks is of those that few recipes have: pruning and quantization as the first visit sees
    /// them, and no transformer.
    pub fn is_basic(&self) -> bool {
        let networks = self.variants.iter().filter_map(|variant| variant.network.as_ref());
        let trainings = self.variants.iter().filter_map(|variant| variant.training.as_ref());
        let single = self.variants.iter().all(|variant| variant.ensemble.is_empty() && variant.imported.is_none());
        single
            && self.data.own.is_none()
            && !networks.chain([&self.network]).any(Architecture::is_transformer)
            && trainings.chain([&self.training]).all(Training::is_plain)
            && self.variants.iter().flat_map(|variant| &variant.steps).all(|step| match step {
                Step::Prune(prune) => prune.is_basic(),
                Step::Quantize(quantize) => quantize.is_basic(),
                Step::Share(_) | Step::Distill(_) => false,
                Step::Train(training) => training.is_plain(),
            })
    }

    /// Reads a recipe's JSON. Unknown fields, wrong types and newer versions are errors that name their place.
    pub fn from_json(text: &str) -> Result<Self, RecipeError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| RecipeError(format!("the recipe is not valid JSON ({e}); check it with a JSON editor")))?;
        Self::from_value(value)
    }

    /// As [`Recipe::from_json`], of JSON that has been parsed.
    pub(super) fn from_value(value: Value) -> Result<Self, RecipeError> {
        match value.get("version").map(|v| (v, v.as_u64())) {
            None => {
                return Err(RecipeError(format!("version is missing; add \"version\": {VERSION} to the recipe")));
            }
            Some((_, Some(1))) => {}
            Some((_, Some(newer))) if newer > u64::from(VERSION) => {
                return Err(RecipeError(format!(
                    "version {newer} is newer than this program, which reads up to {VERSION}; open it with a newer Featherweight"
                )));
            }
            Some((other, _)) => {
                return Err(RecipeError(format!("version {other} is not known; this program reads version {VERSION}")));
            }
        }
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!("{path}: ") };
            RecipeError(format!("{place}{}", error.inner()))
        })
    }

    /// The recipe as JSON without what is at its default: the text that links carry.
    pub fn to_compact_json(&self) -> String {
        self.compact_value().to_string()
    }

    /// As [`Recipe::to_compact_json`], indented for reading.
    pub fn to_pretty_json(&self) -> String {
        // Serializing a Value cannot fail: its keys are strings.
        serde_json::to_string_pretty(&self.compact_value()).unwrap_or_default()
    }

    pub(super) fn compact_value(&self) -> Value {
        let mut value = to_value(self);
        let bare = Recipe {
            version: 0, // never equal, so the version always stays
            title: String::new(),
            data: Data::default(),
            network: Architecture::default(),
            training: Training::default(),
            backend: BackendName::default(),
            seeds: one_seed(),
            variants: Vec::new(),
        };
        strip(&mut value, &to_value(&bare));
        let variants = value.get_mut("variants").and_then(Value::as_array_mut);
        for variant in variants.into_iter().flatten() {
            strip(variant, &to_value(&Variant::default()));
            strip_field(variant, "network", &to_value(&Architecture::default()));
            strip_field(variant, "training", &to_value(&Training::default()));
            for step in variant.get_mut("steps").and_then(Value::as_array_mut).into_iter().flatten() {
                strip_field(step, "train", &to_value(&Training::default()));
                strip_field(step, "prune", &to_value(&Prune::default()));
                strip_field(step, "quantize", &to_value(&Quantize::default()));
                strip_field(step, "share", &to_value(&Share::default()));
                strip_field(step, "distill", &to_value(&Distill::default()));
                if let Some(distill) = step.get_mut("distill") {
                    strip_field(distill, "student", &to_value(&Architecture::default()));
                    strip_field(distill, "peer", &to_value(&Architecture::default()));
                    strip_field(distill, "training", &to_value(&Training::default()));
                }
            }
        }
        keep_architecture_names(&mut value);
        value
    }
}

/// Recipe types serialize to JSON without exception: no map has other keys than strings.
fn to_value<T: Serialize>(item: &T) -> Value {
    serde_json::to_value(item).unwrap_or_default()
}

/// Removes from an object what equals the default, object by object.
fn strip(value: &mut Value, default: &Value) {
    let (Value::Object(fields), Value::Object(defaults)) = (value, default) else { return };
    fields.retain(|name, field| defaults.get(name) != Some(field));
    for (name, field) in fields.iter_mut() {
        if let Some(default) = defaults.get(name) {
            strip(field, default);
        }
    }
}

fn strip_field(value: &mut Value, name: &str, default: &Value) {
    if let Some(field) = value.get_mut(name) {
        strip(field, default);
    }
}

/// A network's `architecture` is required, so it goes back in where its default was left out.
fn keep_architecture_names(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if let ("network" | "student" | "peer", Value::Object(network)) = (name.as_str(), &mut *field) {
                    network
                        .entry("architecture")
                        .or_insert_with(|| to_value(&crate::network::ArchitectureName::default()));
                }
                keep_architecture_names(field);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(keep_architecture_names),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression::share::Share;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_number_of_a_steps_json_can_be_swept_and_nothing_else() {
        let steps = [
            Step::Train(Training::default()),
            Step::Prune(Prune::default()),
            Step::Share(Share::default()),
            Step::Quantize(Quantize::default()),
            Step::Distill(Distill::default()),
        ];
        for step in steps {
            let json = to_value(&step);
            for (name, value) in json[step.kind()].as_object().unwrap() {
                let mut changed = step.clone();
                match (changed.number(name), value.as_f64()) {
                    (None, None) => continue,
                    (Some(Number::Whole(field)), Some(value)) => {
                        assert_eq!(*field as f64, value);
                        *field += 1;
                    }
                    (Some(Number::Real(field)), Some(value)) => {
                        assert_eq!(*field, value);
                        *field += 1.0;
                    }
                    _ => panic!("{} of {}", name, step.kind()),
                }
                assert_eq!(to_value(&changed)[step.kind()][name].as_f64(), value.as_f64().map(|v| v + 1.0));
            }
        }
    }
}
