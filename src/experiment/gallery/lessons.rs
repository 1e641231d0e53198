//! The course's experiments: small enough to run while a chapter is read.
//!
//! Variants that form a line of a chart are called `line at value`, as the exhibits' are.

use super::build::{fresh, from, prune, recipe, untrained};
use crate::compression::distill::{Distill, Transfer, TransferSource};
use crate::compression::prune::{Prune, Schedule};
use crate::compression::quantize::{Clip, Quantize};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::network::{Architecture, ArchitectureName, Training};

/// An experiment of the course.
pub struct Lesson {
    /// What chapters call it.
    pub name: &'static str,
    /// The experiment.
    pub recipe: fn() -> Recipe,
}

impl Lesson {
    /// The lesson of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        LESSONS.iter().find(|lesson| lesson.name == name)
    }
}

/// All of them, in the order of the chapters.
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "ladder", recipe: ladder },
    Lesson { name: "side-by-side", recipe: side_by_side },
    Lesson { name: "how-far", recipe: how_far },
    Lesson { name: "at-initialization", recipe: at_initialization },
    Lesson { name: "few-bits", recipe: few_bits },
    Lesson { name: "without-labels", recipe: without_labels },
    Lesson { name: "transformer", recipe: transformer },
    Lesson { name: "orders", recipe: orders },
];

/// Points on two spirals: networks that learn them train within a second.
fn spirals() -> Data {
    Data { dataset: DatasetName::Spirals, ..Data::default() }
}

/// The first so many digits.
fn digits(samples: usize) -> Data {
    Data { samples: Some(samples), ..Data::default() }
}

fn toy_training(epochs: usize) -> Training {
    Training { epochs, learning_rate: 0.01, batch: 32, ..Training::default() }
}

fn ladder() -> Recipe {
    let rung = |units: usize| Variant {
        network: Some(Architecture::mlp(&[units, units])),
        ..fresh(&format!("{units} units"))
    };
    let variants = [4, 8, 16, 32, 64].map(rung).to_vec();
    recipe("A ladder of widths", spirals(), Architecture::mlp(&[16, 16]), toy_training(60), 1, variants)
}

fn side_by_side() -> Recipe {
    let int8 = || Step::Quantize(Quantize::default());
    let pruned = Step::Prune(Prune { sparsity: 0.9, rounds: 2, ..Prune::default() });
    let small = Distill { student: Some(Architecture::mlp(&[30])), ..Distill::default() };
    let variants = vec![
        fresh("dense"),
        from("pruned 90 %", "dense", vec![pruned]),
        from("int8", "dense", vec![int8()]),
        from("pruned and int8", "pruned 90 %", vec![int8()]),
        from("a small student", "dense", vec![Step::Distill(small)]),
    ];
    let training = Training { epochs: 3, ..Training::default() };
    recipe("One network, five ways", digits(4_000), Architecture::default(), training, 1, variants)
}

fn how_far() -> Recipe {
    let mut variants = vec![fresh("dense")];
    for (line, epochs) in [("as it is", 0), ("retrained", 2)] {
        for sparsity in [0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99] {
            let schedule = Schedule::OneShot;
            let step = Prune { sparsity, schedule, epochs, learning_rate: 0.003, ..Prune::default() };
            variants.push(from(format!("{line} at {sparsity}"), "dense", vec![Step::Prune(step)]));
        }
    }
    let training = Training { epochs: 10, ..Training::default() };
    recipe("How far can it be pruned?", digits(4_000), Architecture::mlp(&[50]), training, 1, variants)
}

fn at_initialization() -> Recipe {
    let training = toy_training(30);
    let mut variants = vec![fresh("dense"), untrained("untrained", &training)];
    let ways =
        [("random", "random", 1), ("magnitude", "magnitude", 1), ("SNIP", "snip", 1), ("SynFlow", "synflow", 100)];
    let sparsities = [0.8, 0.9, 0.95];
    let step = |method: &str, iterations, sparsity| {
        let step =
            Prune { method: method.into(), iterations, sparsity, schedule: Schedule::OneShot, ..Prune::default() };
        prune(&training, step)
    };
    for (line, method, iterations) in ways {
        for sparsity in sparsities {
            let steps = vec![step(method, iterations, sparsity)];
            variants.push(from(format!("{line} at {sparsity}"), "untrained", steps));
        }
    }
    for sparsity in sparsities {
        variants.push(from(format!("after training at {sparsity}"), "dense", vec![step("magnitude", 1, sparsity)]));
    }
    recipe("Pruned before training", spirals(), Architecture::mlp(&[32, 32]), training.clone(), 3, variants)
}

fn few_bits() -> Recipe {
    let mut variants = vec![fresh("float")];
    for line in ["rounded", "trained"] {
        for bits in [8, 4, 3, 2] {
            let plain = Quantize { bits, narrow_range: bits > 2, ..Quantize::default() };
            let step = match line {
                "rounded" => plain,
                _ => Quantize { method: "aware".into(), clip: Clip::Mse, epochs: 20, learning_rate: 0.003, ..plain },
            };
            variants.push(from(format!("{line} at {bits} bits"), "float", vec![Step::Quantize(step)]));
        }
    }
    recipe("Fewer and fewer bits", spirals(), Architecture::mlp(&[32, 32]), toy_training(60), 1, variants)
}

fn without_labels() -> Recipe {
    let training = Training { epochs: 8, ..Training::default() };
    let student = Architecture::mlp(&[100]);
    let taught = |alpha: f64, epochs: usize, transfer: Transfer| {
        let training = Some(Training { epochs, ..training.clone() });
        vec![Step::Distill(Distill { student: Some(student.clone()), alpha, transfer, training, ..Distill::default() })]
    };
    let few = || Transfer { share: 0.05, ..Transfer::default() };
    let no_threes = || Transfer { without: vec![3], ..Transfer::default() };
    let clothes = Transfer { source: TransferSource::Other, ..Transfer::default() };
    let teacher = Architecture { dropout: 0.2, ..Architecture::mlp(&[300, 300]) };
    let variants = vec![
        Variant { network: Some(teacher), ..fresh("teacher") },
        from("150 digits, labels", "teacher", taught(0.0, 100, few())),
        from("150 digits, taught", "teacher", taught(1.0, 100, few())),
        from("all digits, taught", "teacher", taught(1.0, 8, Transfer::default())),
        from("no 3", "teacher", taught(1.0, 8, no_threes())),
        from("no 3, bias put right", "teacher", taught(1.0, 8, Transfer { correct_bias: true, ..no_threes() })),
        from("clothes only", "teacher", taught(1.0, 8, clothes)),
    ];
    recipe("What a teacher passes on", digits(3_000), student.clone(), training, 1, variants)
}

fn transformer() -> Recipe {
    let of = |channels: usize, depth: usize| Architecture {
        architecture: ArchitectureName::Transformer,
        widths: vec![channels],
        depth,
        ..Architecture::default()
    };
    let small = of(8, 1);
    let distill = Distill { student: Some(small.clone()), ..Distill::default() };
    let variants = vec![
        fresh("teacher"),
        Variant { network: Some(small), ..fresh("student alone") },
        from("student taught", "teacher", vec![Step::Distill(distill)]),
    ];
    let data = Data { dataset: DatasetName::Glosses, samples: Some(3_000), ..Data::default() };
    let training = Training { epochs: 4, learning_rate: 0.002, ..Training::default() };
    recipe("A transformer teaches a smaller one", data, of(32, 1), training, 1, variants)
}

fn orders() -> Recipe {
    let on = Training { epochs: 3, learning_rate: 0.0005, ..Training::default() };
    let taught = Distill { teacher: Some("teacher".into()), training: Some(on.clone()), ..Distill::default() };
    let steps = [
        ("prune", prune(&on, Prune { sparsity: 0.9, rounds: 1, ..Prune::default() })),
        ("distill", Step::Distill(taught)),
        (
            "quantize",
            Step::Quantize(Quantize {
                method: "aware".into(),
                bits: 2,
                narrow_range: false,
                clip: Clip::Mse,
                epochs: on.epochs,
                learning_rate: on.learning_rate,
                ..Quantize::default()
            }),
        ),
    ];
    let mut variants = vec![Variant { network: Some(Architecture::mlp(&[200])), ..fresh("teacher") }, fresh("dense")];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let name = order.map(|step: usize| steps[step].0).join(", ");
        variants.push(from(name, "dense", order.map(|step| steps[step].1.clone()).to_vec()));
    }
    let training = Training { epochs: 6, ..Training::default() };
    recipe("Six orders, in small", digits(3_000), Architecture::mlp(&[50]), training, 1, variants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Link, Plan};

    #[test]
    fn every_lesson_can_be_planned_linked_and_run_while_its_chapter_is_read() {
        for (at, lesson) in LESSONS.iter().enumerate() {
            let recipe = (lesson.recipe)();
            let plan = Plan::new(&recipe).unwrap_or_else(|error| panic!("{}: {error}", lesson.name));
            let text = Link { recipe: recipe.clone(), digest: None }.to_text();
            assert_eq!(Link::from_text(&text).unwrap().recipe, recipe, "{}", lesson.name);
            let trials = recipe.seeds.len() as f64;
            let cost: f64 = (0..plan.stages.len()).map(|stage| plan.cost(stage)).sum::<f64>() * trials;
            // Multiply-accumulates: one core of a laptop does some 10^10 a second.
            assert!(cost < 2e11, "{}: {cost:e}", lesson.name);
            assert_eq!(LESSONS.iter().position(|other| other.name == lesson.name), Some(at), "{}", lesson.name);
        }
    }
}
