//! Weight pruning: a method scores, and what is here masks, by scope and schedule.

mod mask;
mod score;
mod settings;
#[cfg(test)]
mod testing;
pub mod units;

pub use magnitude::magnitudes;
pub use mask::{Contest, contests, prune_once, prune_to, prune_weights, take_units};
pub use settings::{Ablation, Granularity, Prune, Rewind, SETTINGS, Schedule, Scope};

use super::About;
use crate::data::Key;
use crate::network::{Model, Samples};

/// A score for each weight, in the order of [`Model::weights`], each as long as its matrix. Where units are judged a method may give
/// one for each unit instead, as many as the matrix has columns.
pub type Scores = Vec<Vec<f64>>;

/// A pruning method, as recipes and forms know it. What it does is its [`Scorer`], which is kept apart so that what only reads
/// recipes does not carry the arithmetic.
pub struct Method {
    /// Name, help and paper.
    pub about: About,
    /// What it looks at beside the weights.
    pub needs: Needs,
    /// The scores say by how much the loss rises without the weight.
    pub predicts: bool,
    /// It changes the weights that stay, too: it has a [`Scorer::adjust`].
    pub adjusts: bool,
    /// Removed weights go on being trained, and may come back: the method works while the network trains.
    pub splices: bool,
}

/// What a pruning method does: it gives every weight of every weight matrix a score, and the lowest scores go first.
#[derive(Clone, Copy)]
pub struct Scorer {
    /// The scores. Those of weights that are masked are not looked at. An error is a sentence for the visitor: the network is not
    /// one that the method can judge, and which are.
    pub score: fn(&Model, &Evidence<'_>) -> Result<Scores, String>,
    /// Makes up for what was removed by changing the weights that stay: given the network before and after its weights were set
    /// to zero and masked.
    pub adjust: Option<Adjust>,
}

/// See [`Scorer::adjust`].
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
    /// Whether units are judged, and not weights.
    pub units: bool,
}

/// The file of each method has its `METHOD` and its `SCORER`.
macro_rules! methods {
    ($($name:ident),*) => {
        $(mod $name;)*

        /// All pruning methods.
        pub const METHODS: &[Method] = &[$($name::METHOD),*];

        /// What they do, in the same order.
        const SCORERS: &[Scorer] = &[$($name::SCORER),*];
    };
}

methods!(magnitude, magnitude_l2, random, obd, obs, taylor, movement, snip, grasp, synflow, surgery);

/// What magnitude pruning does, without the code of all others.
pub const MAGNITUDE: Scorer = magnitude::SCORER;

/// What the method of a step does.
pub fn scorer(step: &Prune) -> Result<Scorer, String> {
    step.method()?;
    let found = METHODS.iter().zip(SCORERS).find(|(method, _)| method.about.name == step.method);
    found.map(|(_, scorer)| *scorer).ok_or_else(|| format!("method \"{}\" is not known", step.method))
}
