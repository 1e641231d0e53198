//! Pruning at initialization under ablations: does it matter which weights of a layer go, and which values stay?

use super::build::{fresh, from, prune, recipe, untrained};
use super::chart::{Axis, Chart, Quantity, compression, line};
use super::{Exhibit, Setup, Size, synflow};
use crate::compression::prune::{Ablation, Prune, Rewind, Schedule};
use crate::experiment::recipe::{Data, Recipe};
use crate::experiment::report::Report;
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "missing-the-mark",
    title: "Missing the mark",
    paper: "Frankle, Dziugaite, Roy, Carbin 2021, Pruning Neural Networks at Initialization: Why Are We Missing the Mark?",
    about: "The methods of pruning at initialization once more, each also with its masks shuffled within layers, with the weights drawn anew, and with its scores inverted; beside magnitude pruning after training.",
    notice: "At moderate compression, shuffling or drawing anew hardly hurts the methods at initialization: what they find is how many weights each layer needs, not which. Where little is left it does begin to matter on this network, whose first layer sees many pixels that are always black. Inverting ruins them. Magnitude after training stands above them all, and both ablations take that away.",
    reported: &[
        "SNIP, GraSP and SynFlow keep their accuracy when masks are shuffled within layers or weights are drawn anew; magnitude after training does not.",
        "Inverted scores are far worse.",
        "All of them stay below magnitude pruning after training.",
    ],
    shortened: "6,000 digits, 3 epochs, one trial, two compressions; in full 55,000 digits, 20 epochs, three trials, three compressions.",
    setups: &[Setup { name: "lenet-300-100", title: "LeNet-300-100, MNIST", recipe: ablations }],
    charts,
};

/// What each is tried with: its name, what becomes of the scores' choice, and where the weights go back to.
const ABLATIONS: [(&str, Ablation, Rewind); 4] = [
    ("", Ablation::None, Rewind::None),
    (", shuffled", Ablation::Shuffled, Rewind::None),
    (", drawn anew", Ablation::None, Rewind::Random),
    (", inverted", Ablation::Inverted, Rewind::None),
];

const AFTER: &str = "magnitude after training";

/// The methods at initialization, but for chance: what it chooses is the same shuffled and inverted.
fn methods() -> impl Iterator<Item = (&'static str, &'static str, usize)> + Clone {
    synflow::METHODS.into_iter().filter(|(title, ..)| *title != "random")
}

fn ablations(size: Size) -> Recipe {
    let (samples, epochs, trials, compressions) = match size {
        Size::Quick => (Some(6_000), 3, 1, &[10, 50][..]),
        Size::Full => (None, 20, 3, &[5, 20, 100][..]),
    };
    let training = Training { epochs, ..Training::default() };
    let mut variants = vec![fresh("trained"), untrained("untrained", &training)];
    for &compression in compressions {
        let sparsity = 1.0 - 1.0 / f64::from(compression);
        let once = Prune { sparsity, schedule: Schedule::OneShot, ..Prune::default() };
        for (title, method, iterations) in methods() {
            for (suffix, ablation, rewind) in ABLATIONS {
                let step = Prune { method: method.into(), iterations, ablation, rewind, ..once.clone() };
                variants.push(from(
                    format!("{title}{suffix} at {compression}x"),
                    "untrained",
                    vec![prune(&training, step)],
                ));
            }
        }
        for (suffix, ablation, rewind) in ABLATIONS {
            // After training, the weights that stay are trained on from where they are.
            let step = Prune { ablation, rewind, ..once.clone() };
            variants.push(from(format!("{AFTER}{suffix} at {compression}x"), "trained", vec![prune(&training, step)]));
        }
    }
    let data = Data { samples, ..Data::default() };
    recipe("Missing the mark", data, Architecture::default(), training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let methods = methods().map(|(title, ..)| title).chain([AFTER]);
    let of = |title: &str| {
        let lines = ABLATIONS.iter().map(|(suffix, ..)| {
            line(report, &format!("{title}{suffix}"), !suffix.is_empty(), None, &compression, &|result| {
                Some(result.accuracy)
            })
        });
        Chart {
            title: title.into(),
            x: Axis { title: "compression ratio", quantity: Quantity::Factor, log: true },
            y: Axis { title: "test accuracy", quantity: Quantity::Share, log: false },
            lines: lines.filter(|line| !line.spots.is_empty()).collect(),
        }
    };
    let mut all = vec![Chart { title: "All methods as they are".into(), ..of("") }];
    all[0].lines = methods
        .clone()
        .map(|title| line(report, title, false, None, &compression, &|result| Some(result.accuracy)))
        .collect();
    all.extend(methods.map(of));
    all
}
