//! A pruning step as a recipe writes it: its settings, their ranges, and how far each of its rounds goes.

use super::{METHODS, Method};
use crate::compression::Setting;
use serde::{Deserialize, Serialize};

/// The numeric settings that all pruning methods share.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "sparsity",
        title: "Sparsity",
        help: "The share of weights set to zero and kept there. Accuracy usually holds to about 0.9 with fine-tuning, then falls.",
        default: 0.9,
        range: 0.0..=0.9999,
        step: 0.01,
    },
    Setting {
        name: "rounds",
        title: "Rounds",
        help: "For schedules in rounds: how many times to prune, with training between. For the gradual one: how often the mask changes while it trains.",
        default: 3.0,
        range: 1.0..=100.0,
        step: 1.0,
    },
    Setting {
        name: "epochs",
        title: "Training epochs",
        help: "Passes over the training set after each pruning, with the mask held. 0 shows what pruning alone does.",
        default: 1.0,
        range: 0.0..=100.0,
        step: 1.0,
    },
    Setting {
        name: "learning_rate",
        title: "Learning rate",
        help: "The learning rate with which each round of training begins.",
        default: 0.001,
        range: 1e-6..=1.0,
        step: 0.0001,
    },
    Setting {
        name: "iterations",
        title: "Iterations",
        help: "Into how many goes each round is cut, scored anew for each and with no training between. SynFlow is meant to have 100.",
        default: 1.0,
        range: 1.0..=200.0,
        step: 1.0,
    },
    Setting {
        name: "samples",
        title: "Samples",
        help: "For methods that look at data: how many training samples, of each class as many. SNIP's authors take 10 a class.",
        default: 100.0,
        range: 10.0..=2000.0,
        step: 10.0,
    },
    Setting {
        name: "rewind_step",
        title: "Rewind to step",
        help: "For late rewinding: the weights that are left go back to where they stood after so many steps of training.",
        default: 500.0,
        range: 1.0..=100_000.0,
        step: 1.0,
    },
];

/// Over which weights the scores compete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scope {
    /// All weight matrices together: sensitive layers keep more.
    #[default]
    Global,
    /// Each weight matrix for itself: every layer loses the same share.
    Layerwise,
}

named!(Scope { Global => "global", Layerwise => "layerwise" });

/// What is removed as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Granularity {
    /// Single weights.
    #[default]
    Weight,
    /// So many of each four neighbouring inputs of an output that the sparsity is met: at 0.5, 2 of 4 (Mishra et al. 2021).
    NOf4,
    /// Blocks of 4 inputs by 4 outputs.
    Block,
    /// Neurons and filters, whole: the layers are smaller afterwards (Li et al. 2017).
    Unit,
}

named!(Granularity { Weight => "weight", NOf4 => "n-of-4", Block => "block", Unit => "unit" });

/// In how many goes the sparsity is reached, and by which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Schedule {
    /// At once.
    OneShot,
    /// In rounds, each removing the same share of what is left, with training between (Han et al. 2015). Shares are counted from
    /// the whole network: where an earlier step has removed weights, the first rounds may have nothing to do.
    #[default]
    Iterative,
    /// As `iterative`, from where the network stands: each round removes the same share of what the round before left.
    Exponential,
    /// In rounds whose sparsities follow a cubic curve, most going first: `s (1 - (1 - r / rounds)^3)`.
    Polynomial,
    /// The cubic curve within one training: the mask changes as often as there are rounds over its first two thirds (Zhu, Gupta
    /// 2018).
    Gradual,
}

named!(Schedule { OneShot => "one-shot", Iterative => "iterative", Exponential => "exponential", Polynomial => "polynomial", Gradual => "gradual" });

/// Where the weights that stay go back to after each round, before it is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rewind {
    /// Nowhere: fine-tuning.
    #[default]
    None,
    /// To the values they were drawn with (Frankle, Carbin 2019).
    Initialization,
    /// To the values they had after `rewind_step` steps (Frankle et al. 2020).
    Step,
    /// To fresh random values: the control experiment.
    Random,
}

named!(Rewind { None => "none", Initialization => "initialization", Step => "step", Random => "random" });

/// Experiments on whether the mask matters: what becomes of the scores' choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ablation {
    /// The choice is followed.
    #[default]
    None,
    /// Each layer's mask is shuffled: as many weights go from it, others (Frankle et al. 2021).
    Shuffled,
    /// The highest scores go first.
    Inverted,
}

named!(Ablation { None => "none", Shuffled => "shuffled", Inverted => "inverted" });

/// A pruning step as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prune {
    /// The name of the method that scores.
    pub method: String,
    /// Fraction of all weights (or units) that is gone afterwards.
    pub sparsity: f64,
    /// Over which weights the scores compete.
    pub scope: Scope,
    /// Sparsities of the weight matrices, one by one, in place of `sparsity` and `scope`; none, if empty.
    pub budgets: Vec<f64>,
    /// Weight matrices that are left whole and not counted, by their place from 1.
    pub exclude: Vec<usize>,
    /// What is removed as one.
    pub granularity: Granularity,
    /// In how many goes.
    pub schedule: Schedule,
    /// Rounds of the schedule.
    pub rounds: usize,
    /// Goes within a round, without training between.
    pub iterations: usize,
    /// Training samples that the method may look at.
    pub samples: usize,
    /// Where the weights that stay go back to.
    pub rewind: Rewind,
    /// For late rewinding: the step.
    pub rewind_step: usize,
    /// What becomes of the scores' choice.
    pub ablation: Ablation,
    /// Epochs of training after each round.
    pub epochs: usize,
    /// Learning rate at the start of each training.
    pub learning_rate: f64,
}

impl Default for Prune {
    fn default() -> Self {
        Self {
            method: "magnitude".into(),
            sparsity: 0.9,
            scope: Scope::Global,
            budgets: Vec::new(),
            exclude: Vec::new(),
            granularity: Granularity::Weight,
            schedule: Schedule::Iterative,
            rounds: 3,
            iterations: 1,
            samples: 100,
            rewind: Rewind::None,
            rewind_step: 500,
            ablation: Ablation::None,
            epochs: 1,
            learning_rate: 0.001,
        }
    }
}

/// The share of training after which a gradual schedule leaves the mask as it is.
const GRADUAL_UNTIL: f64 = 2.0 / 3.0;

impl Prune {
    /// Checks every setting against the tables, and that they go together, for a network of so many weight matrices.
    pub fn check(&self, matrices: usize) -> Result<(), String> {
        let method = self.method()?;
        let values = [
            self.sparsity,
            self.rounds as f64,
            self.epochs as f64,
            self.learning_rate,
            self.iterations as f64,
            self.samples as f64,
            self.rewind_step as f64,
        ];
        for (setting, value) in SETTINGS.iter().zip(values) {
            setting.check(value)?;
        }
        if !self.budgets.is_empty() && self.budgets.len() != matrices {
            return Err(format!(
                "budgets has {} entries; the network has {matrices} weight matrices, and each needs one (0 leaves it whole)",
                self.budgets.len()
            ));
        }
        for budget in &self.budgets {
            SETTINGS[0].check(*budget).map_err(|e| e.replacen("sparsity", "budgets:", 1))?;
        }
        if let Some(place) = self.exclude.iter().find(|&&place| place == 0 || place > matrices) {
            return Err(format!("exclude names matrix {place}; the network has matrices 1 to {matrices}"));
        }
        if (1..=matrices).all(|place| self.exclude.contains(&place)) {
            return Err("exclude names every matrix; leave at least one to be pruned".into());
        }
        let gradual = self.schedule == Schedule::Gradual;
        let weights = self.granularity == Granularity::Weight;
        if method.splices && (!gradual || !weights) {
            return Err(format!(
                "method \"{}\" lets single weights come back while it trains; set schedule to \"gradual\" and granularity to \"weight\"",
                self.method
            ));
        }
        if gradual && self.epochs == 0 {
            return Err(
                "epochs 0 is not allowed with the gradual schedule, which prunes while it trains; give at least 1"
                    .into(),
            );
        }
        if gradual && self.rewind != Rewind::None {
            return Err(
                "rewind cannot stand beside the gradual schedule, which prunes within one training; choose rounds"
                    .into(),
            );
        }
        if gradual && (self.granularity == Granularity::Unit || self.ablation == Ablation::Shuffled) {
            return Err("schedule \"gradual\" prunes weights in place; choose another schedule for units and for shuffled masks".into());
        }
        if gradual && method.adjusts {
            return Err(format!(
                "method \"{}\" changes weights as it prunes; choose a schedule in rounds",
                self.method
            ));
        }
        if self.ablation == Ablation::Shuffled && !weights {
            return Err("ablation \"shuffled\" moves single weights; set granularity to \"weight\"".into());
        }
        if self.granularity == Granularity::NOf4 {
            let quarters = |sparsity: f64| [0.0, 0.25, 0.5, 0.75].contains(&sparsity);
            if self.budgets.is_empty() && !quarters(self.sparsity) {
                return Err(format!(
                    "sparsity {} is not allowed with granularity \"n-of-4\"; it must be 0.25, 0.5 or 0.75",
                    self.sparsity
                ));
            }
            if let Some(budget) = self.budgets.iter().find(|budget| !quarters(**budget)) {
                return Err(format!(
                    "budgets: {budget} is not allowed with granularity \"n-of-4\"; each must be 0, 0.25, 0.5 or 0.75"
                ));
            }
        }
        Ok(())
    }

    /// The method that scores.
    pub fn method(&self) -> Result<&'static Method, String> {
        crate::compression::find(METHODS, |m| m.about, &self.method)
    }

    /// Single weights by magnitude, in rounds, with fine-tuning.
    pub fn is_basic(&self) -> bool {
        self.method == "magnitude"
            && self.granularity == Granularity::Weight
            && self.schedule != Schedule::Gradual
            && self.rewind == Rewind::None
            && self.ablation == Ablation::None
    }

    /// How many times the network is trained.
    pub fn trainings(&self) -> usize {
        match self.schedule {
            Schedule::OneShot | Schedule::Gradual => 1,
            Schedule::Iterative | Schedule::Exponential | Schedule::Polynomial => self.rounds,
        }
    }

    /// How many times the mask changes, iterations within a round not counted.
    pub fn changes(&self) -> usize {
        if self.schedule == Schedule::OneShot { 1 } else { self.rounds }
    }

    /// The sparsity after `go` of the goes into which the way from `before` to `target` is cut: `goes = changes * iterations`.
    pub fn sparsity_after(&self, go: usize, before: f64, target: f64) -> f64 {
        let goes = self.changes() * self.iterations;
        if go == goes || target <= before {
            return target.max(before);
        }
        let exponential = |before: f64, target: f64, part: f64| {
            1.0 - (1.0 - before) * libm::pow((1.0 - target) / (1.0 - before), part)
        };
        match self.schedule {
            Schedule::Iterative => exponential(0.0, target, go as f64 / goes as f64).max(before),
            Schedule::OneShot | Schedule::Exponential => exponential(before, target, go as f64 / goes as f64),
            Schedule::Polynomial | Schedule::Gradual => {
                let cubic = |round: usize| {
                    let left = 1.0 - round as f64 / self.changes() as f64;
                    target + (before - target) * left * left * left
                };
                let (round, within) = (go / self.iterations, go % self.iterations);
                match within {
                    0 => cubic(round),
                    _ => exponential(cubic(round), cubic(round + 1), within as f64 / self.iterations as f64),
                }
            }
        }
    }

    /// For the gradual schedule: which change of the mask, from 1, is due after `step` of `steps`.
    pub fn change_after(&self, step: usize, steps: usize) -> Option<usize> {
        let due = |change: usize| {
            (steps as f64 * GRADUAL_UNTIL * change as f64 / self.rounds as f64).floor().max(1.0) as usize
        };
        // Where there are fewer steps than changes, several fall on one step, and the last of them counts.
        (1..=self.rounds).rev().find(|&change| due(change) == step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_remove_the_same_share_of_what_is_left() {
        let prune = Prune { rounds: 3, ..Prune::default() };
        for (round, wanted) in [(1, 0.5), (2, 0.75), (3, 0.875)] {
            assert!((prune.sparsity_after(round, 0.0, 0.875) - wanted).abs() < 1e-12);
        }
        // From a network that has lost half: 0.75, then 0.875; or, counted from the whole, what is left to do in each round.
        let prune = Prune { rounds: 2, schedule: Schedule::Exponential, ..Prune::default() };
        assert!((prune.sparsity_after(1, 0.5, 0.875) - 0.75).abs() < 1e-12);
        let prune = Prune { rounds: 3, ..Prune::default() };
        assert!((prune.sparsity_after(1, 0.6, 0.875) - 0.6).abs() < 1e-12);
        assert!((prune.sparsity_after(2, 0.6, 0.875) - 0.75).abs() < 1e-12);
        // What is gone does not come back.
        assert_eq!(prune.sparsity_after(1, 0.9, 0.5), 0.9);
    }

    #[test]
    fn the_cubic_schedule_is_zhu_and_guptas() {
        let prune = Prune { rounds: 4, schedule: Schedule::Polynomial, ..Prune::default() };
        for (round, left) in [(1, 0.75f64), (2, 0.5), (3, 0.25), (4, 0.0)] {
            let wanted = 0.8 + (0.2 - 0.8) * left.powi(3);
            assert!((prune.sparsity_after(round, 0.2, 0.8) - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn iterations_cut_each_round_into_steps_that_only_rise() {
        for schedule in [Schedule::OneShot, Schedule::Iterative, Schedule::Exponential, Schedule::Polynomial] {
            let prune = Prune { rounds: 3, iterations: 5, schedule, ..Prune::default() };
            let goes = prune.changes() * 5;
            let all: Vec<f64> = (1..=goes).map(|go| prune.sparsity_after(go, 0.0, 0.99)).collect();
            assert!(all.windows(2).all(|w| w[0] < w[1]) && all[0] > 0.0, "{schedule:?} {all:?}");
            assert_eq!(all[goes - 1], 0.99);
        }
        // SynFlow's: compression grows as compression^(k / n).
        let synflow = Prune { schedule: Schedule::OneShot, iterations: 100, ..Prune::default() };
        assert!((1.0 / (1.0 - synflow.sparsity_after(50, 0.0, 0.99)) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_gradual_schedule_changes_the_mask_as_often_as_it_says_and_then_leaves_it() {
        let prune = Prune { rounds: 10, schedule: Schedule::Gradual, ..Prune::default() };
        let due: Vec<usize> = (1..=300).filter(|&step| prune.change_after(step, 300).is_some()).collect();
        assert_eq!(due, [20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
        assert_eq!(prune.change_after(1, 1), Some(10), "one step must reach the sparsity, too");
    }
}
