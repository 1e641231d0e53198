//! Weight pruning: a method scores, and what is here masks, by scope and schedule.

mod cholesky;
mod grasp;
mod magnitude;
mod mask;
mod movement;
mod obd;
mod obs;
mod random;
mod score;
mod snip;
mod synflow;
mod taylor;
#[cfg(test)]
mod testing;

pub use mask::prune_to;

use super::{About, Setting};
use crate::data::Key;
use crate::network::{Model, Samples};
use serde::{Deserialize, Serialize};

/// A score for each weight, in the order of [`Model::weights`], each as long as its matrix.
pub type Scores = Vec<Vec<f64>>;

/// A pruning method: it gives every weight of every weight matrix a score, and the lowest scores go first.
pub struct Method {
    /// Name, help and paper.
    pub about: About,
    /// What it looks at beside the weights.
    pub needs: Needs,
    /// The scores. Those of weights that are masked are not looked at. An error is a sentence for the visitor: the network is not
    /// one that the method can judge, and which are.
    pub score: fn(&Model, &Evidence<'_>) -> Result<Scores, String>,
    /// Makes up for what was removed by changing the weights that stay: given the network before and after its weights were set
    /// to zero and masked.
    pub adjust: Option<Adjust>,
}

/// See [`Method::adjust`].
pub type Adjust = fn(&Model, &mut Model, &Evidence<'_>) -> Result<(), String>;

/// What a method looks at beside the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Weights,
    /// The network as it was before it was trained.
    Initial,
    /// Training samples.
    Samples,
}

/// What a method may look at beside the weights.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// For [`Needs::Samples`]: training samples, of each class as many.
    pub samples: &'a Samples,
    /// For [`Needs::Initial`]: the network as it was drawn.
    pub initial: Option<&'a Model>,
    /// Where chance comes from.
    pub key: Key,
}

/// All pruning methods.
pub const METHODS: &[Method] = &[
    magnitude::METHOD,
    random::METHOD,
    obd::METHOD,
    obs::METHOD,
    taylor::METHOD,
    movement::METHOD,
    snip::METHOD,
    grasp::METHOD,
    synflow::METHOD,
];

/// The numeric settings that all pruning methods share.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "sparsity",
        title: "Sparsity",
        help: "The share of weights set to zero and kept there. Accuracy usually holds to about 0.9 with fine-tuning, then falls.",
        default: 0.9,
        range: 0.0..=0.999,
        step: 0.01,
    },
    Setting {
        name: "rounds",
        title: "Rounds",
        help: "For the iterative schedule: how many times to prune, each time the same share of what is left.",
        default: 3.0,
        range: 1.0..=30.0,
        step: 1.0,
    },
    Setting {
        name: "epochs",
        title: "Fine-tuning epochs",
        help: "Passes over the training set after each pruning, with the mask held. 0 shows what pruning alone does.",
        default: 1.0,
        range: 0.0..=50.0,
        step: 1.0,
    },
    Setting {
        name: "learning_rate",
        title: "Fine-tuning learning rate",
        help: "The learning rate with which each round of fine-tuning begins.",
        default: 0.001,
        range: 1e-6..=1.0,
        step: 0.0001,
    },
];

/// Over which weights the scores compete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All weight matrices together: sensitive layers keep more.
    #[default]
    Global,
    /// Each weight matrix for itself: every layer loses the same share.
    Layerwise,
}

/// In how many goes the sparsity is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// At once.
    OneShot,
    /// In rounds, each removing the same share of what is left, with fine-tuning between (Han et al. 2015).
    #[default]
    Iterative,
}

/// A pruning step as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prune {
    /// The name of the method that scores.
    pub method: String,
    /// Fraction of all weights that is zero afterwards.
    pub sparsity: f64,
    /// Over which weights the scores compete.
    pub scope: Scope,
    /// In how many goes.
    pub schedule: Schedule,
    /// Rounds of the iterative schedule.
    pub rounds: usize,
    /// Epochs of fine-tuning after each round.
    pub epochs: usize,
    /// Learning rate at the start of each fine-tuning.
    pub learning_rate: f64,
}

impl Default for Prune {
    fn default() -> Self {
        Self {
            method: "magnitude".into(),
            sparsity: 0.9,
            scope: Scope::Global,
            schedule: Schedule::Iterative,
            rounds: 3,
            epochs: 1,
            learning_rate: 0.001,
        }
    }
}

impl Prune {
    /// Checks every setting against the tables.
    pub fn check(&self) -> Result<(), String> {
        self.method().map(|_| ())?;
        for (setting, value) in
            SETTINGS.iter().zip([self.sparsity, self.rounds as f64, self.epochs as f64, self.learning_rate])
        {
            setting.check(value)?;
        }
        Ok(())
    }

    /// The method that scores.
    pub fn method(&self) -> Result<&'static Method, String> {
        super::find(METHODS, |m| m.about, &self.method)
    }

    /// The sparsity after each round, the last being the one asked for: `1 - (1 - s)^(r / rounds)`.
    pub fn round_sparsities(&self) -> Vec<f64> {
        match self.schedule {
            Schedule::OneShot => vec![self.sparsity],
            Schedule::Iterative => (1..=self.rounds)
                .map(|round| {
                    if round == self.rounds {
                        self.sparsity
                    } else {
                        1.0 - libm::pow(1.0 - self.sparsity, round as f64 / self.rounds as f64)
                    }
                })
                .collect(),
        }
    }
}
