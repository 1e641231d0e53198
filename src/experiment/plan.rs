//! The plan: a recipe checked, its sweeps spread out, its defaults filled in, shared prefixes found.

mod checks;
mod ensemble;

use super::recipe::{Number, Recipe, RecipeError, Step, Variant};
use crate::compression::{distill::Distill, prune::Prune, quantize::Quantize, share::Share};
use crate::data::{DatasetInfo, Split};
use crate::decimal;
use crate::network::{Architecture, Layer, Shape, Training};
pub use checks::bring_checks;
use checks::{Checks, checks};

/// The most variants, trials and stages that a recipe may ask for.
pub const MAX_VARIANTS: usize = 64;
/// See [`MAX_VARIANTS`].
pub const MAX_SEEDS: usize = 20;
/// See [`MAX_VARIANTS`].
pub const MAX_STEPS: usize = 12;
/// The longest name and title.
pub const MAX_NAME: usize = 80;

/// What a stage does.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // a plan has some dozens of them
pub enum Action {
    /// Draws a fresh network and trains it.
    Fresh {
        /// The network.
        network: Architecture,
        /// Its training.
        training: Training,
    },
    /// Takes a network that was trained elsewhere.
    Import {
        /// The network.
        network: Architecture,
        /// Of its model file.
        digest: String,
    },
    /// Averages what these stages' networks predict.
    Ensemble(Vec<usize>),
    /// Trains on.
    Train(Training),
    /// Prunes; fine-tunes with the variant's training, epochs and rate replaced.
    Prune(Prune, Training),
    /// Quantizes; trains quantization-aware with the variant's training, epochs and rate replaced, where the method does.
    Quantize(Quantize, Training),
    /// Lets weights share values; trains those with the variant's training, epochs and rate replaced.
    Share(Share, Training),
    /// Distills from the teacher's stage.
    Distill {
        /// The settings.
        distill: Distill,
        /// How the student is trained.
        training: Training,
        /// The stage whose result teaches.
        teacher: usize,
    },
}

/// One computation, shared by all variants whose steps begin with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The stage it goes on from.
    pub parent: Option<usize>,
    /// Stages before it on its path.
    pub depth: usize,
    /// Which draw of its network it works on ([`Variant::member`]), and which streams of chance.
    pub member: usize,
    /// What it does.
    pub action: Action,
    /// The network it works on.
    pub network: Architecture,
    /// Its name for progress displays: `train LeNet-300-100`, `prune to 90 %`.
    pub label: String,
}

/// The stages that must have ended before one begins.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Needs {
    /// What it goes on from.
    pub parent: Option<usize>,
    /// What teaches, where that is not the parent.
    pub teacher: Option<usize>,
    /// What it averages.
    pub members: Vec<usize>,
}

impl Needs {
    /// All of them, in this order.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        self.parent.into_iter().chain(self.teacher).chain(self.members.iter().copied())
    }
}

/// A variant and the stage that completes it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedVariant {
    /// Its name.
    pub name: String,
    /// Index into [`Plan::stages`].
    pub stage: usize,
}

/// A recipe made ready to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// As it was written.
    pub recipe: Recipe,
    /// In an order in which each comes after its parent, its teacher and its members.
    pub stages: Vec<Stage>,
    /// Sweeps spread out, in the recipe's order.
    pub variants: Vec<PlannedVariant>,
}

impl Plan {
    /// Checks a recipe whole, where the checks are at hand ([`bring_checks`]), and lays it out. The error names the field, the value
    /// and what is allowed.
    pub fn new(recipe: &Recipe) -> Result<Self, RecipeError> {
        let (info, checks) = (recipe.data.info(), checks());
        if let Some(checks) = checks {
            (checks.recipe)(recipe, info)?;
        }
        let mut plan = Plan { recipe: recipe.clone(), stages: Vec::new(), variants: Vec::new() };
        for (index, variant) in recipe.variants.iter().enumerate() {
            let at_place = |e| RecipeError(format!("variants[{index}].{e}"));
            if let Some(checks) = checks {
                (checks.group)(&recipe.variants[..index], variant).map_err(at_place)?;
            }
            for variant in spread(variant).map_err(at_place)? {
                plan.add_variant(&variant, checks).map_err(at_place)?;
            }
        }
        if plan.variants.len() > MAX_VARIANTS {
            return Err(RecipeError(format!(
                "variants come to {} with their sweeps and members; at most {MAX_VARIANTS} are allowed",
                plan.variants.len()
            )));
        }
        Ok(plan)
    }

    /// Training samples that one trial passes through the network, all stages together: a measure of its cost.
    pub fn training_samples(&self) -> usize {
        (0..self.stages.len()).map(|stage| self.stages[stage].epochs() * self.epoch(stage)).sum()
    }

    /// Samples of an epoch of a stage.
    pub(super) fn epoch(&self, stage: usize) -> usize {
        let info = self.recipe.data.info();
        let all = self.recipe.data.samples.unwrap_or(info.len(Split::Train));
        match &self.stages[stage].action {
            Action::Distill { distill, .. } => {
                let seen = info.classes().saturating_sub(distill.transfer.without.len()) as f64 / info.classes() as f64;
                (all as f64 * distill.transfer.share * seen).ceil() as usize
            }
            _ => all,
        }
    }

    /// A stage's work in multiply-accumulates: three for each weight and training sample, one for each weight and test
    /// sample. A measure to order stages by, no more.
    pub fn cost(&self, stage: usize) -> f64 {
        let info = self.recipe.data.info();
        let passes = 3 * self.stages[stage].epochs() * self.epoch(stage) + info.len(Split::Test);
        passes as f64 * multiply_accumulates(&self.layers(stage))
    }

    /// The layers of a stage's network.
    pub(super) fn layers(&self, stage: usize) -> Vec<Layer> {
        check_network(&self.stages[stage].network, self.recipe.data.info()).unwrap_or_default()
    }

    /// The stages that must have ended before this one begins.
    pub fn inputs(&self, stage: usize) -> Needs {
        let Stage { parent, action, .. } = &self.stages[stage];
        let (teacher, members) = match action {
            Action::Distill { teacher, .. } => (Some(*teacher), Vec::new()),
            Action::Ensemble(members) => (None, members.clone()),
            _ => (None, Vec::new()),
        };
        Needs { parent: *parent, teacher: teacher.filter(|teacher| Some(*teacher) != *parent), members }
    }

    /// The stages that need what this one leaves behind.
    pub fn users(&self, stage: usize) -> impl Iterator<Item = usize> {
        (stage + 1..self.stages.len()).filter(move |&user| self.inputs(user).all().any(|input| input == stage))
    }

    /// The most stages that can ever be under way at once, all trials together: the paths that end somewhere.
    pub fn width(&self) -> usize {
        let goes_on = |stage: usize| self.stages.iter().any(|s| s.parent == Some(stage));
        self.recipe.seeds.len() * (0..self.stages.len()).filter(|&stage| !goes_on(stage)).count()
    }

    /// Whether the path to `stage` leads through `through`.
    pub fn reaches(&self, stage: usize, through: usize) -> bool {
        let mut at = Some(stage);
        while let Some(index) = at {
            if index == through {
                return true;
            }
            at = self.stages[index].parent;
        }
        false
    }

    /// The first variant whose path leads through a stage.
    pub fn first_through(&self, stage: usize) -> Option<&str> {
        self.variants.iter().find(|v| self.reaches(v.stage, stage)).map(|v| v.name.as_str())
    }

    fn add_variant(&mut self, variant: &Variant, checks: Option<&Checks>) -> Result<(), String> {
        if let Some(checks) = checks {
            (checks.variant)(self, variant)?;
        }
        let mut stage = match &variant.from {
            _ if !variant.ensemble.is_empty() => self.ensemble(&variant.ensemble, checks)?,
            Some(from) => self.find(from).map_err(|e| format!("from {e}"))?,
            None if variant.imported.is_some() => {
                let network = variant.network.clone().unwrap_or_else(|| self.recipe.network.clone());
                let digest = variant.imported.clone().unwrap_or_default();
                self.intern(None, 0, Action::Import { network, digest })
            }
            None => {
                let network = variant.network.clone().unwrap_or_else(|| self.recipe.network.clone());
                let training = variant.training.clone().unwrap_or_else(|| self.recipe.training.clone());
                self.intern(None, variant.member, Action::Fresh { network, training })
            }
        };
        for (index, step) in variant.steps.iter().enumerate() {
            let at_place = |e| format!("steps[{index}].{}{e}", step.kind());
            if let Some(checks) = checks {
                (checks.step)(self, step, stage).map_err(at_place)?;
            }
            let action = self.action(step, stage).map_err(at_place)?;
            let further = if let Step::Distill(distill) = step { distill.member } else { 0 };
            stage = self.intern(Some(stage), self.stages[stage].member + further, action);
        }
        self.variants.push(PlannedVariant { name: variant.name.clone(), stage });
        Ok(())
    }

    fn action(&self, step: &Step, parent: usize) -> Result<Action, String> {
        let own = |epochs: usize, learning_rate: f64| Training { epochs, learning_rate, ..self.root_training(parent) };
        Ok(match step {
            Step::Train(training) => Action::Train(training.clone()),
            Step::Prune(prune) => Action::Prune(prune.clone(), own(prune.epochs, prune.learning_rate)),
            Step::Quantize(quantize) => {
                let epochs = if quantize.is_aware() { quantize.epochs } else { 0 };
                Action::Quantize(quantize.clone(), own(epochs, quantize.learning_rate))
            }
            Step::Share(share) => Action::Share(share.clone(), own(share.epochs, share.learning_rate)),
            Step::Distill(distill) => Action::Distill {
                teacher: self.teacher(distill, parent)?,
                training: distill.training.clone().unwrap_or_else(|| self.root_training(parent)),
                distill: distill.clone(),
            },
        })
    }

    /// The stage whose result teaches in a step behind `parent`.
    fn teacher(&self, distill: &Distill, parent: usize) -> Result<usize, String> {
        match &distill.teacher {
            Some(name) => self.find(name).map_err(|e| format!(".teacher {e}")),
            None => Ok(parent),
        }
    }

    /// The stage on the path to this one at which its network was drawn.
    pub fn origin(&self, stage: usize) -> usize {
        let mut at = stage;
        loop {
            let Stage { parent, action, .. } = &self.stages[at];
            match (action, parent) {
                (Action::Distill { distill: Distill { student: Some(_), .. }, .. }, _) | (_, None) => return at,
                (_, Some(parent)) => at = *parent,
            }
        }
    }

    /// The stage of an earlier variant, by name.
    fn find(&self, name: &str) -> Result<usize, String> {
        self.variants.iter().find(|v| v.name == name).map(|v| v.stage).ok_or_else(|| {
            let known: Vec<&str> = self.variants.iter().map(|v| v.name.as_str()).collect();
            let known = if known.is_empty() { "none yet".into() } else { known.join(", ") };
            format!("\"{name}\" is not a variant listed before this one (those are: {known})")
        })
    }

    /// The training with which the path to `stage` began.
    fn root_training(&self, stage: usize) -> Training {
        let mut at = stage;
        while let Some(parent) = self.stages[at].parent {
            at = parent;
        }
        match &self.stages[at].action {
            Action::Fresh { training, .. } => training.clone(),
            _ => self.recipe.training.clone(),
        }
    }

    /// The stage that does this after `parent` with this draw: the one there is, or a new one.
    fn intern(&mut self, parent: Option<usize>, member: usize, action: Action) -> usize {
        let same = |s: &Stage| s.parent == parent && s.member == member && s.action == action;
        if let Some(known) = self.stages.iter().position(same) {
            return known;
        }
        let before = parent.map(|p| &self.stages[p]);
        let network = match (&action, before) {
            (Action::Fresh { network, .. } | Action::Import { network, .. }, _) => network.clone(),
            (Action::Ensemble(members), _) => self.stages[members[0]].network.clone(),
            (Action::Distill { distill: Distill { student: Some(student), .. }, .. }, _) => student.clone(),
            (_, Some(before)) => before.network.clone(),
            (_, None) => self.recipe.network.clone(),
        };
        let depth = before.map_or(0, |b| b.depth + 1);
        let label = label(&action, &network);
        self.stages.push(Stage { parent, depth, member, action, network, label });
        self.stages.len() - 1
    }
}

impl Stage {
    /// Epochs of training it asks for.
    pub fn epochs(&self) -> usize {
        match &self.action {
            Action::Fresh { training, .. }
            | Action::Train(training)
            | Action::Share(_, training)
            | Action::Quantize(_, training)
            | Action::Distill { training, .. } => training.epochs,
            Action::Prune(prune, training) => training.epochs * prune.trainings(),
            Action::Ensemble(_) | Action::Import { .. } => 0,
        }
    }
}

fn label(action: &Action, network: &Architecture) -> String {
    match action {
        Action::Fresh { .. } => format!("train {}", network.label()),
        Action::Import { .. } => format!("import {}", network.label()),
        Action::Ensemble(members) => format!("average {} networks", members.len()),
        Action::Train(_) => format!("train {} on", network.label()),
        Action::Prune(prune, _) => {
            let by = match prune.method.as_str() {
                "magnitude" => String::new(),
                other => format!(" by {other}"),
            };
            match prune.budgets.is_empty() {
                true => format!("prune{by} to {} %", decimal::percent(prune.sparsity)),
                false => format!("prune{by}, layer by layer"),
            }
        }
        Action::Quantize(quantize, _) => {
            let how = if quantize.is_aware() { ", training on" } else { "" };
            format!("quantize to int{}{how}", quantize.bits)
        }
        Action::Share(share, _) => {
            format!("share weights, {} {}", share.bits, if share.bits == 1 { "bit" } else { "bits" })
        }
        Action::Distill { distill, .. } if distill.is_mutual() => format!("train {} beside a peer", network.label()),
        Action::Distill { .. } => format!("distill into {}", network.label()),
    }
}

/// Of one sample, all weights counted.
pub(super) fn multiply_accumulates(layers: &[Layer]) -> f64 {
    layers.iter().map(|layer| (layer.parameter_count() * layer.uses_per_weight()) as f64).sum()
}

fn check_network(network: &Architecture, info: &DatasetInfo) -> Result<Vec<Layer>, String> {
    let [height, width, channels] = info.shape;
    network.layers(Shape { height, width, channels }, info.classes())
}

/// A variant's members as one variant for each, its sweep as one for each value.
fn spread(variant: &Variant) -> Result<Vec<Variant>, String> {
    let Some(sweep) = &variant.sweep else { return Ok(ensemble::members(variant)) };
    if sweep.values.is_empty() || sweep.values.len() > MAX_VARIANTS {
        return Err(format!(
            "sweep.values has {} entries; between 1 and {MAX_VARIANTS} are allowed",
            sweep.values.len()
        ));
    }
    let step = variant.steps.get(sweep.step).ok_or_else(|| {
        format!("sweep.step {} is not there; the variant has {} steps", sweep.step, variant.steps.len())
    })?;
    let set = |value: f64| -> Result<Step, String> {
        let mut step = step.clone();
        let kind = step.kind();
        match step.number(&sweep.setting) {
            None => Err(format!("sweep.setting \"{}\" is not a numeric setting of {kind}", sweep.setting)),
            Some(Number::Real(field)) => {
                *field = value;
                Ok(step)
            }
            Some(Number::Whole(field)) if value.fract() == 0.0 && (0.0..1e9).contains(&value) => {
                *field = value as usize;
                Ok(step)
            }
            Some(Number::Whole(_)) => {
                let value = decimal::shortest(value);
                Err(format!("sweep.values {value} is not allowed; {} is counted in whole numbers", sweep.setting))
            }
        }
    };
    sweep
        .values
        .iter()
        .map(|&value| {
            let mut one = variant.clone();
            one.sweep = None;
            one.name = format!("{} {} {}", variant.name, sweep.setting, decimal::shortest(value));
            one.steps[sweep.step] = set(value)?;
            Ok(one)
        })
        .collect()
}
