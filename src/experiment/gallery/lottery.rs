//! The lottery ticket hypothesis: how tickets learn, how early they stop, and what happens to them without their initialization.

use super::build::{fresh, from, prune, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, left, line};
use super::{Exhibit, Setup, Size};
use crate::compression::prune::{Prune, Rewind, Schedule};
use crate::experiment::recipe::{Data, Recipe};
use crate::experiment::report::{CurvePoint, Report, VariantReport, VariantResult};
use crate::network::{Architecture, ArchitectureName, Initialization, OptimizerName, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "lottery-ticket",
    title: "The lottery ticket hypothesis",
    paper: "Frankle, Carbin 2019, The Lottery Ticket Hypothesis; Frankle, Dziugaite, Roy, Carbin 2020, Linear Mode Connectivity and the Lottery Ticket Hypothesis",
    about: "A network is trained, its smallest weights are pruned, a fifth a round, and those that stay go back to the values they were drawn with, to be trained anew. Controls: the same mask with fresh random weights, and the same number of weights pruned at once. Of the residual network a round prunes more, and the weights go back to their first values or to those of a little later.",
    notice: "Tickets of 51 and 21 % learn no slower than the whole network and end at least as high. The same masks with fresh weights fall behind as they get smaller: it is not the mask alone. On the residual network going back to the very beginning tends to do worse than going back to a step a little later; the quick settings are too short to tell at every size.",
    reported: &[
        "P_m = 51.3 and 21.1 % learn faster than the whole network and end higher.",
        "3.6 % is back at the level of the whole network.",
        "With fresh random weights the same masks learn slower and end lower at every P_m.",
        "Residual networks: no winning tickets by rewinding to the start at usual learning rates; they appear when rewinding to a step shortly after.",
    ],
    shortened: "6,000 digits, 5 epochs (1,000 and 2 for the residual network), one trial, three sizes; in full 55,000 digits, 54 epochs (50,000 steps of 60), five trials, five sizes; for the residual network 20 epochs, three trials, three sizes. Curves are of the 5,000 validation digits, end points of the test set; the paper's are all of the test set.",
    setups: &[
        Setup { name: "lenet-300-100", title: "LeNet-300-100", recipe: lenet },
        Setup { name: "resnet", title: "Residual network", recipe: residual },
    ],
    charts,
};

/// Rounds of pruning a fifth, and the share that they leave of the hidden layers.
const ROUNDS: [usize; 5] = [3, 7, 12, 15, 18];

/// What so many rounds remove of each matrix: a fifth a round, of the last layer a tenth.
fn budgets(rounds: usize) -> Vec<f64> {
    // Seven digits keep links short, and are less than a weight of any matrix.
    let after = |kept: f64| (1e7 * (1.0 - libm::pow(kept, rounds as f64))).round() / 1e7;
    vec![after(0.8), after(0.8), after(0.9)]
}

fn lenet(size: Size) -> Recipe {
    let (samples, epochs, trials, levels) = match size {
        Size::Quick => (Some(6_000), 5, 1, &[ROUNDS[0], ROUNDS[1], ROUNDS[3]][..]),
        Size::Full => (None, 54, 5, &ROUNDS[..]),
    };
    let training = Training {
        epochs,
        batch: 60,
        learning_rate: 0.0012,
        schedule: crate::network::Schedule::Constant,
        ..Training::default()
    };
    let mut variants = vec![fresh("100 %")];
    let (mut before, mut done) = ("100 %".to_string(), 0);
    for &rounds in levels {
        let budgets = budgets(rounds);
        // 784 x 300, 300 x 100 and 100 x 10 weights.
        let weights = [235_200.0, 30_000.0, 1_000.0];
        let left: f64 = weights.iter().zip(&budgets).map(|(weights, budget)| weights * (1.0 - budget)).sum();
        let level = format!("{:.1} %", 100.0 * left / weights.iter().sum::<f64>());
        let of = |step: Prune| vec![prune(&training, Prune { budgets: budgets.clone(), ..step })];
        let once = Prune { schedule: Schedule::OneShot, ..Prune::default() };
        let ticket = format!("ticket at {level}");
        let iterative = Prune {
            rounds: rounds - done,
            schedule: Schedule::Exponential,
            rewind: Rewind::Initialization,
            ..Prune::default()
        };
        variants.push(from(&ticket, &before, of(iterative)));
        variants.push(from(
            format!("fresh random weights at {level}"),
            &ticket,
            of(Prune { rewind: Rewind::Random, ..once.clone() }),
        ));
        variants.push(from(
            format!("pruned at once at {level}"),
            "100 %",
            of(Prune { rewind: Rewind::Initialization, ..once }),
        ));
        (before, done) = (ticket, rounds);
    }
    let network = Architecture { initialization: Initialization::GlorotNormal, ..Architecture::default() };
    let data = Data { samples, ..Data::default() };
    recipe("The lottery ticket hypothesis", data, network, training, trials, variants)
}

fn residual(size: Size) -> Recipe {
    let (samples, epochs, trials, rewind_step) = match size {
        Size::Quick => (Some(1_000), 2, 1, 10),
        Size::Full => (None, 20, 3, 500),
    };
    let training =
        Training { epochs, optimizer: OptimizerName::Sgd, learning_rate: 0.1, batch: 60, ..Training::default() };
    let mut variants = vec![fresh("100 %")];
    const LEVELS: [(f64, &str); 3] = [(0.6, "40 %"), (0.84, "16 %"), (0.936, "6.4 %")];
    const LATER: &str = "rewound to a later step";
    for (title, rewind) in [("rewound to the start", Rewind::Initialization), (LATER, Rewind::Step)] {
        let mut before = "100 %".to_string();
        for (sparsity, level) in LEVELS {
            let name = format!("{title} at {level}");
            let schedule = Schedule::Exponential;
            let step = Prune { sparsity, rounds: 2, schedule, rewind, rewind_step, ..Prune::default() };
            variants.push(from(&name, &before, vec![prune(&training, step)]));
            before = name;
        }
    }
    // The masks of those that were rewound to a later step, with other weights.
    for (sparsity, level) in LEVELS {
        let step = Prune { sparsity, schedule: Schedule::OneShot, rewind: Rewind::Random, ..Prune::default() };
        let name = format!("fresh random weights at {level}");
        variants.push(from(name, &format!("{LATER} at {level}"), vec![prune(&training, step)]));
    }
    let network = Architecture { architecture: ArchitectureName::ResNetSmall, ..Architecture::default() };
    let data = Data { samples, ..Data::default() };
    recipe("Lottery tickets of a residual network", data, network, training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let epochs = report.recipe.training.epochs;
    let share = Axis { title: "weights left", quantity: Quantity::Share, log: true };
    let accuracy = Axis { title: "accuracy", quantity: Quantity::Share, log: false };
    let controls = ["pruned at once", "fresh random weights"];
    let names: Vec<&str> =
        ["ticket", "rewound to the start", "rewound to a later step"].into_iter().chain(controls).collect();
    let against_size = |read: &dyn Fn(&VariantResult) -> Option<f64>| -> Vec<Line> {
        names
            .iter()
            .map(|name| line(report, name, controls.contains(name), Some("100 %"), &left, read))
            .filter(|line| line.spots.len() > 1)
            .collect()
    };
    let through_training = report.variants.iter().filter(|v| {
        let fresh_of_fifth = v.name.starts_with("fresh random weights at 21");
        v.name == "100 %" || v.name.starts_with("ticket") || v.name.starts_with("rewound") || fresh_of_fifth
    });
    vec![
        Chart {
            title: "Accuracy through training (validation)".into(),
            x: Axis { title: "epoch", quantity: Quantity::Count, log: false },
            y: accuracy,
            lines: through_training.map(|v| curve(v, epochs)).filter(|line| !line.spots.is_empty()).collect(),
        },
        Chart {
            title: "Test accuracy at the end".into(),
            x: share,
            y: accuracy,
            lines: against_size(&|result| Some(result.accuracy)),
        },
        Chart {
            title: "Epoch of the lowest validation loss (early stopping)".into(),
            x: share,
            y: Axis { title: "epoch", quantity: Quantity::Number, log: false },
            lines: against_size(&|result| best(result, epochs).map(|(epoch, _)| epoch)),
        },
        Chart {
            title: "Validation accuracy at that epoch".into(),
            x: share,
            y: accuracy,
            lines: against_size(&|result| best(result, epochs).map(|(_, point)| f64::from(point.accuracy))),
        },
    ]
}

/// A variant's last training: a step of several rounds holds those of the rounds before, too.
fn last_training(result: &VariantResult, epochs: usize) -> &[CurvePoint] {
    &result.curve[result.curve.len().saturating_sub(epochs)..]
}

fn curve(variant: &VariantReport, epochs: usize) -> Line {
    let at = |epoch: usize| {
        let values =
            || variant.trials.iter().filter_map(|t| last_training(t, epochs).get(epoch)).map(|p| f64::from(p.accuracy));
        let count = values().count();
        (count > 0).then(|| Spot {
            x: (epoch + 1) as f64,
            y: values().sum::<f64>() / count as f64,
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
            collapsed: false,
        })
    };
    let dashed = variant.name.starts_with("fresh");
    Line { name: variant.name.clone(), dashed, spots: (0..epochs).filter_map(at).collect() }
}

/// The epoch, from 1, at which the validation loss of the last training was lowest.
fn best(result: &VariantResult, epochs: usize) -> Option<(f64, CurvePoint)> {
    let points = last_training(result, epochs).iter().enumerate();
    points.min_by(|a, b| a.1.loss.total_cmp(&b.1.loss)).map(|(epoch, point)| ((epoch + 1) as f64, *point))
}
