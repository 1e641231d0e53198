//! What is checked when a recipe is laid out, as a table of functions: a part of a program that only ever sees recipes which were
//! checked before, or none that a visitor has written, goes without.

use super::{Action, MAX_NAME, MAX_SEEDS, MAX_STEPS, MAX_VARIANTS, Plan, check_network, ensemble};
use crate::compression::distill::{Distill, layers::check_layers};
use crate::compression::prune::{Prune, Rewind};
use crate::data::{DatasetInfo, Split};
use crate::experiment::recipe::{Recipe, RecipeError, Step, Variant};
use crate::experiment::sequences;
use crate::network::{Layer, Role, Shape, Training};
use std::hint::black_box;
use std::sync::OnceLock;

/// Nothing to say, or a sentence.
type Verdict = Result<(), String>;

/// Each fails with a sentence that begins with the field, and is told its place by whoever calls.
#[derive(Debug)]
pub(super) struct Checks {
    /// What stands beside the variants.
    pub recipe: fn(&Recipe, &DatasetInfo) -> Result<(), RecipeError>,
    /// A variant before it is spread, beside those before it.
    pub group: fn(&[Variant], &Variant) -> Verdict,
    /// A variant, but for its steps.
    pub variant: fn(&Plan, &Variant) -> Verdict,
    /// A step behind a stage. The sentence goes on behind the step's name.
    pub step: fn(&Plan, &Step, usize) -> Verdict,
    /// The variants and stages of an ensemble.
    pub ensemble: fn(&Plan, &[(String, usize)]) -> Verdict,
}

static CHECKS: OnceLock<Checks> = OnceLock::new();

/// From here on recipes are checked. Natively they always are.
pub fn bring_checks() {
    // Seen through, the calls would become direct ones, and the checks part of whatever makes plans.
    CHECKS.get_or_init(|| {
        black_box(Checks {
            recipe: check_recipe,
            group: ensemble::check_group,
            variant: check_variant,
            step: check_step,
            ensemble: ensemble::check,
        })
    });
}

/// The checks, once they have been brought.
pub(super) fn checks() -> Option<&'static Checks> {
    #[cfg(any(test, not(target_arch = "wasm32")))]
    bring_checks();
    CHECKS.get()
}

fn check_recipe(recipe: &Recipe, info: &DatasetInfo) -> Result<(), RecipeError> {
    let fail = |text: String| Err(RecipeError(text));
    if recipe.title.chars().count() > MAX_NAME {
        return fail(format!("title is longer than {MAX_NAME} characters; shorten it"));
    }
    if recipe.variants.is_empty() {
        return fail("variants is empty; name at least one, such as {\"name\": \"dense\"}".into());
    }
    if recipe.variants.len() > MAX_VARIANTS {
        return fail(format!("variants has {} entries; at most {MAX_VARIANTS} are allowed", recipe.variants.len()));
    }
    if recipe.seeds.is_empty() || recipe.seeds.len() > MAX_SEEDS {
        return fail(format!("seeds has {} entries; between 1 and {MAX_SEEDS} are allowed", recipe.seeds.len()));
    }
    for (i, seed) in recipe.seeds.iter().enumerate() {
        // JSON numbers in a browser are exact up to 2^53.
        if *seed > 1 << 53 {
            return fail(format!("seeds[{i}] {seed} is not allowed; seeds go up to 9007199254740992"));
        }
        if recipe.seeds[..i].contains(seed) {
            return fail(format!("seeds[{i}] {seed} stands there twice; each trial needs its own seed"));
        }
    }
    recipe.data.check().map_err(|e| RecipeError(format!("data: {e}")))?;
    check_network(&recipe.network, info).map_err(|e| RecipeError(format!("network.{e}")))?;
    check_training(&recipe.training, info).map_err(|e| RecipeError(format!("training.{e}")))
}

fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("name is missing; every variant needs one".into());
    }
    if name.chars().count() > MAX_NAME {
        return Err(format!("name is longer than {MAX_NAME} characters; shorten it"));
    }
    Ok(())
}

fn check_variant(plan: &Plan, variant: &Variant) -> Result<(), String> {
    let info = plan.recipe.data.info();
    check_name(&variant.name)?;
    if plan.variants.iter().any(|v| v.name == variant.name) {
        return Err(format!("name \"{}\" is used twice; give each variant its own", variant.name));
    }
    if variant.steps.len() > MAX_STEPS {
        return Err(format!("steps has {} entries; at most {MAX_STEPS} are allowed", variant.steps.len()));
    }
    ensemble::check_start(variant)?;
    if variant.from.is_some() && (variant.network.is_some() || variant.training.is_some()) {
        return Err(
            "from cannot stand beside network or training: a variant goes on from another or starts afresh".into()
        );
    }
    if let Some(network) = &variant.network {
        check_network(network, info).map_err(|e| format!("network.{e}"))?;
    }
    if let Some(training) = &variant.training {
        check_training(training, info).map_err(|e| format!("training.{e}"))?;
    }
    Ok(())
}

fn check_training(training: &Training, info: &DatasetInfo) -> Result<(), String> {
    if training.jitter > 0 && info.is_points() {
        return Err(format!(
            "jitter {} moves images, and {} has points in the plane; set it to 0",
            training.jitter,
            info.name.as_str()
        ));
    }
    for (field, value) in [("jitter", training.jitter as f64), ("mixup", training.mixup)] {
        if value != 0.0 && info.is_text() {
            return Err(format!(
                "{field} {value} changes pixels, and {} has texts, whose words are numbers without an order; set it to 0",
                info.name.as_str()
            ));
        }
    }
    training.check()
}

/// How many weight matrices the network of a stage has.
fn matrices(plan: &Plan, stage: usize, info: &DatasetInfo) -> Result<usize, String> {
    let layers = check_network(&plan.stages[stage].network, info)?;
    let matrices = |layer: &Layer| layer.parameters().iter().filter(|(role, _)| *role == Role::Weight).count();
    Ok(layers.iter().map(matrices).sum())
}

fn check_step(plan: &Plan, step: &Step, parent: usize) -> Result<(), String> {
    plan.check_behind(parent, step).map_err(|e| format!(" {e}"))?;
    check_settings(plan, step, parent).map_err(|e| format!(".{e}"))
}

fn check_settings(plan: &Plan, step: &Step, parent: usize) -> Result<(), String> {
    let info = plan.recipe.data.info();
    if plan.stages[parent].network.is_transformer() {
        sequences::check(step)?;
    }
    match step {
        Step::Train(training) => check_training(training, info),
        Step::Prune(prune) => {
            prune.check(matrices(plan, parent, info)?)?;
            check_rewind(plan, prune, parent, info)
        }
        Step::Quantize(quantize) => quantize.check(matrices(plan, parent, info)?),
        Step::Share(share) => share.check(),
        Step::Distill(distill) => check_distill(plan, distill, parent, info),
    }
}

fn check_distill(plan: &Plan, distill: &Distill, parent: usize, info: &DatasetInfo) -> Result<(), String> {
    distill.check()?;
    distill.transfer.check_for(info).map_err(|e| format!("transfer.{e}"))?;
    if let Some(training) = &distill.training {
        check_training(training, info).map_err(|e| format!("training.{e}"))?;
    }
    for (place, network) in [("student", &distill.student), ("peer", &distill.peer)] {
        if let Some(network) = network {
            check_network(network, info).map_err(|e| format!("{place}.{e}"))?;
        }
    }
    let Ok(teacher) = plan.teacher(distill, parent) else { return Ok(()) }; // told where it is looked up
    plan.check_teacher(distill, teacher)?;
    let student = distill.student.as_ref().unwrap_or(&plan.stages[parent].network);
    let teacher = &plan.stages[teacher].network;
    if distill.asks_for_slopes() && (student.is_transformer() || teacher.is_transformer()) {
        return Err(format!(
            "method {} follows gradients to the input, which attention has none of here; choose soft-targets or a method that compares layers, such as hints",
            distill.method
        ));
    }
    let Some(looks) = distill.looks() else { return Ok(()) };
    let [student, teacher] = [student, teacher].map(|network| check_network(network, info));
    let [height, width, channels] = info.shape;
    check_layers(looks, Shape { height, width, channels }, &student?, &teacher?)
        .map_err(|e| format!("method {} {e}", distill.method))
}

/// What an imported network was drawn with is not known, and late rewinding goes back to a step that the network's training went through.
fn check_rewind(plan: &Plan, prune: &Prune, parent: usize, info: &DatasetInfo) -> Result<(), String> {
    let imported = matches!(plan.stages[plan.origin(parent)].action, Action::Import { .. });
    if imported && matches!(prune.rewind, Rewind::Initialization | Rewind::Step) {
        return Err(
            "rewind goes back to before the training, and this network was trained elsewhere; choose none".into()
        );
    }
    if prune.rewind != Rewind::Step {
        return Ok(());
    }
    let Action::Fresh { training, .. } = &plan.stages[plan.origin(parent)].action else {
        return Err("rewind \"step\" goes back into a training with labels, and this network was distilled; choose initialization".into());
    };
    let samples = plan.recipe.data.samples.unwrap_or(info.len(Split::Train));
    let steps = samples.div_ceil(training.batch) * training.epochs;
    if prune.rewind_step > steps {
        return Err(format!(
            "rewind_step {} is not allowed; the network's training has {steps} steps",
            prune.rewind_step
        ));
    }
    Ok(())
}
