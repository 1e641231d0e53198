//! Settings of a step by their name in the recipe, so that forms can be made from the methods' tables.

use super::language::said;
use super::text;
use crate::compression::{About, Setting, distill, prune, quantize, share};
use crate::experiment::Step;
use crate::network::Training;
use serde_json::Value;

/// The methods a step can use.
pub(super) fn methods(step: &Step) -> Vec<About> {
    match step {
        Step::Train(_) => Vec::new(),
        Step::Prune(_) => prune::METHODS.iter().map(|m| m.about).collect(),
        Step::Quantize(_) => quantize::METHODS.to_vec(),
        Step::Share(_) => share::METHODS.to_vec(),
        Step::Distill(_) => distill::METHODS.iter().map(|m| m.about).collect(),
    }
}

/// The numeric settings of a step.
pub(super) fn settings(step: &Step) -> &'static [Setting] {
    match step {
        Step::Train(_) => &[],
        Step::Prune(_) => prune::SETTINGS,
        Step::Quantize(_) => quantize::SETTINGS,
        Step::Share(_) => share::SETTINGS,
        Step::Distill(_) => distill::SETTINGS,
    }
}

/// A fresh step of a kind, as the page adds it.
pub(super) fn new_step(kind: &str) -> Step {
    use crate::network::Architecture;
    match kind {
        "prune" => Step::Prune(prune::Prune::default()),
        "quantize" => Step::Quantize(quantize::Quantize::default()),
        "share" => Step::Share(share::Share::default()),
        "distill" => {
            Step::Distill(distill::Distill { student: Some(Architecture::mlp(&[30])), ..distill::Distill::default() })
        }
        _ => Step::Train(Training { epochs: 1, ..Training::default() }),
    }
}

/// A field's value.
pub(super) fn get(step: &Step, name: &str) -> Value {
    let json = serde_json::to_value(step).unwrap_or_default();
    json.get(step.kind()).and_then(|fields| fields.get(name)).cloned().unwrap_or_default()
}

/// Sets a field; a value of the wrong type changes nothing.
pub(super) fn set(step: &mut Step, name: &str, value: Value) {
    let Ok(mut json) = serde_json::to_value(&*step) else { return };
    let kind = step.kind();
    if let Some(field) = json.get_mut(kind).and_then(|fields| fields.get_mut(name)) {
        *field = value;
        if let Ok(changed) = serde_json::from_value(json) {
            *step = changed;
        }
    }
}

/// Whether a setting has a meaning beside the others of its step.
pub(super) fn applies(step: &Step, name: &str) -> bool {
    match step {
        Step::Prune(step) => applies_to_pruning(step, name),
        Step::Quantize(step) => applies_to_quantization(step, name),
        Step::Distill(step) => match name {
            "temperature" => step.method != "logits",
            "weight" => step.looks().is_some() || step.asks_for_slopes(),
            _ => true,
        },
        _ => true,
    }
}

fn applies_to_quantization(step: &quantize::Quantize, name: &str) -> bool {
    use quantize::{Granularity, Mapping, Scheme};
    let (aware, whole) = (step.is_aware(), step.scheme == Scheme::FullInteger);
    match name {
        "epochs" | "learning_rate" | "delay" | "learned_step" => aware,
        "scheme" | "mapping" | "rounding" | "equalize" | "correct_bias" => !aware,
        "bits" => step.budget == 0 && step.layer_bits.is_empty(),
        "budget" => step.layer_bits.is_empty(),
        "group" => step.granularity == Granularity::PerGroup,
        "narrow_range" => step.mapping == Mapping::Symmetric,
        "activation_bits" => step.scheme != Scheme::WeightOnly,
        "observer" | "activation_mapping" => whole,
        _ => true,
    }
}

/// Settings of a step that a first look does without.
pub(super) fn folded(kind: &str, name: &str) -> bool {
    kind == "quantize" && !["bits", "epochs", "learning_rate"].contains(&name)
}

fn applies_to_pruning(step: &prune::Prune, name: &str) -> bool {
    use prune::{Needs, Rewind, Schedule};
    match name {
        "sparsity" | "scope" => step.budgets.is_empty(),
        "rounds" => step.schedule != Schedule::OneShot,
        "samples" => step.method().is_ok_and(|method| method.needs == Needs::Samples),
        "rewind_step" => step.rewind == Rewind::Step,
        _ => true,
    }
}

/// A number as JSON: whole ones stay whole, since counts do not take 2.0.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { (value as i64).into() } else { value.into() }
}

/// What a step does, in a few words.
pub(super) fn summary(step: &Step) -> String {
    match step {
        Step::Train(training) => text::train_on(training.epochs),
        Step::Prune(prune) if prune.budgets.is_empty() => text::prune(prune.sparsity),
        Step::Prune(_) => text::PRUNE_BY_LAYER.into(),
        Step::Quantize(quantize) => {
            let mixed = quantize.budget > 0 || !quantize.layer_bits.is_empty();
            let bits = if mixed { text::quantize::MIXED.to_string() } else { quantize.bits.to_string() };
            text::quantize::summary(quantize.is_aware(), &bits)
        }
        Step::Share(share) => text::share(share.bits),
        Step::Distill(distill) => text::distill(distill.student.as_ref().map(|s| said(&s.label())).as_deref()),
    }
}
