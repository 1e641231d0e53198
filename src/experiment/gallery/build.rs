//! What the exhibits' recipes are put together from.

use crate::compression::prune::Prune;
use crate::experiment::recipe::{BackendName, Data, Recipe, Step, VERSION, Variant};
use crate::network::{Architecture, Training};

/// A recipe of these variants, on the first so many samples or on all.
pub(super) fn recipe(
    title: &str,
    data: Data,
    network: Architecture,
    training: Training,
    trials: u64,
    variants: Vec<Variant>,
) -> Recipe {
    Recipe {
        version: VERSION,
        title: title.into(),
        data,
        network,
        training,
        backend: BackendName::Cpu,
        seeds: (1..=trials).collect(),
        variants,
    }
}

/// A variant that goes on from another.
pub(super) fn from(name: impl Into<String>, from: &str, steps: Vec<Step>) -> Variant {
    Variant { name: name.into(), from: Some(from.into()), steps, ..Variant::default() }
}

/// A variant that begins with a fresh network, trained as the recipe says.
pub(super) fn fresh(name: &str) -> Variant {
    Variant { name: name.into(), ..Variant::default() }
}

/// A network as it is drawn, never trained.
pub(super) fn untrained(name: &str, training: &Training) -> Variant {
    Variant { name: name.into(), training: Some(Training { epochs: 0, ..training.clone() }), ..Variant::default() }
}

/// A pruning step after which the network is trained as the recipe says.
pub(super) fn prune(training: &Training, prune: Prune) -> Step {
    Step::Prune(Prune { epochs: training.epochs, learning_rate: training.learning_rate, ..prune })
}
