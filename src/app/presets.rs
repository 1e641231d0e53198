//! Experiments to start from.

use crate::compression::{distill::Distill, prune::Prune, quantize::Quantize};
use crate::data::DatasetName;
use crate::experiment::{BackendName, Data, Recipe, Step, VERSION, Variant};
use crate::network::{Architecture, Training};

/// An experiment to start from: its name in the list, and its recipe.
pub(super) struct Preset {
    /// What the list shows.
    pub title: &'static str,
    /// The experiment.
    pub recipe: fn() -> Recipe,
}

/// All of them; the first is laid out when the page opens.
pub(super) const PRESETS: &[Preset] = &[
    Preset { title: "Prune and quantize", recipe: tradeoff },
    Preset { title: "How far can it be pruned?", recipe: sparsities },
    Preset { title: "Distill a small network", recipe: distillation },
    Preset { title: "Watch a decision boundary", recipe: boundary },
];

fn recipe(title: &str, epochs: usize, variants: Vec<Variant>) -> Recipe {
    Recipe {
        version: VERSION,
        title: title.into(),
        data: Data::default(),
        network: Architecture::default(),
        training: Training { epochs, ..Training::default() },
        backend: BackendName::Cpu,
        seeds: vec![1],
        variants,
    }
}

fn variant(name: &str, from: Option<&str>, steps: Vec<Step>) -> Variant {
    Variant { name: name.into(), from: from.map(Into::into), steps, ..Variant::default() }
}

fn prune(sparsity: f64, rounds: usize) -> Step {
    Step::Prune(Prune { sparsity, rounds, ..Prune::default() })
}

/// The experiment that the page opens with.
pub(super) fn tradeoff() -> Recipe {
    let int8 = || Step::Quantize(Quantize::default());
    recipe(
        "Prune and quantize",
        3,
        vec![
            variant("dense", None, vec![]),
            variant("pruned 90 %", Some("dense"), vec![prune(0.9, 2)]),
            variant("int8", Some("dense"), vec![int8()]),
            variant("pruned and int8", Some("pruned 90 %"), vec![int8()]),
        ],
    )
}

fn sparsities() -> Recipe {
    let mut variants = vec![variant("dense", None, vec![])];
    for (name, sparsity) in
        [("50 %", 0.5), ("80 %", 0.8), ("90 %", 0.9), ("95 %", 0.95), ("98 %", 0.98), ("99 %", 0.99)]
    {
        variants.push(variant(&format!("pruned {name}"), Some("dense"), vec![prune(sparsity, 1)]));
    }
    recipe("How far can it be pruned?", 3, variants)
}

fn distillation() -> Recipe {
    let small = Architecture::mlp(&[30]);
    let training = Training { epochs: 5, ..Training::default() };
    let student = Variant {
        network: Some(small.clone()),
        training: Some(training.clone()),
        ..variant("student alone", None, vec![])
    };
    let distill = Distill { student: Some(small), training: Some(training), ..Distill::default() };
    recipe(
        "Distill a small network",
        3,
        vec![
            variant("teacher", None, vec![]),
            student,
            variant("student distilled", Some("teacher"), vec![Step::Distill(distill)]),
        ],
    )
}

fn boundary() -> Recipe {
    let mut recipe = recipe(
        "Watch a decision boundary",
        60,
        vec![
            variant("dense", None, vec![]),
            variant("pruned 80 %", Some("dense"), vec![prune(0.8, 3)]),
            variant("int8", Some("dense"), vec![Step::Quantize(Quantize::default())]),
        ],
    );
    for step in &mut recipe.variants[1].steps {
        if let Step::Prune(prune) = step {
            prune.epochs = 20;
            prune.learning_rate = 0.01;
        }
    }
    recipe.data.dataset = DatasetName::Spirals;
    recipe.network = Architecture::mlp(&[32, 32]);
    recipe.training.learning_rate = 0.01;
    recipe.training.batch = 32;
    recipe
}
