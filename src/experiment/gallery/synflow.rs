//! Pruning before any training: accuracy against compression, and what becomes of single layers.

use super::build::{from, prune, recipe, untrained};
use super::chart::{Axis, Chart, Line, Quantity, Spot, compression, line};
use super::{Exhibit, Setup, Size};
use crate::compression::prune::{Prune, Schedule};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe};
use crate::experiment::report::Report;
use crate::network::{Architecture, ArchitectureName, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "synflow",
    title: "SynFlow and layer collapse",
    paper: "Tanaka, Kunin, Yamins, Ganguli 2020, Pruning neural networks without any data by iteratively conserving synaptic flow",
    about: "A fresh network is pruned before it is trained: at random, by magnitude, by SNIP and GraSP, which look at 100 samples, and by SynFlow, which looks at none. Then it is trained.",
    notice: "Beyond some compression a method removes a whole layer (crossed out): nothing passes it any more, and accuracy falls to chance. SynFlow holds out longest. The second chart says why: its scores add up to the same in every layer, so no layer runs dry before the others.",
    reported: &[
        "SynFlow keeps training far past the compression at which random, magnitude, SNIP and GraSP collapse a layer.",
        "The scores into a hidden unit sum to the scores out of it (conservation).",
        "SNIP (Lee et al. 2019): LeNet-300-100 error 1.7 % whole, 1.6 % at 95 % sparsity, 2.4 % at 98 %; as written down from the literature.",
    ],
    shortened: "6,000 samples, 3 epochs (1,000 and 2 for the VGG-like network), one trial, three compressions; in full 55,000 samples, 20 epochs, three trials, seven compressions. The paper's networks are larger and its data are CIFAR and Tiny ImageNet.",
    setups: &[
        Setup {
            name: "lenet-300-100",
            title: "LeNet-300-100, MNIST",
            recipe: |size| synflow(size, LENET, DatasetName::Mnist),
        },
        Setup {
            name: "lenet-300-100-fashion",
            title: "LeNet-300-100, Fashion-MNIST",
            recipe: |size| synflow(size, LENET, DatasetName::FashionMnist),
        },
        Setup { name: "vgg", title: "VGG-like, MNIST", recipe: |size| synflow(size, VGG, DatasetName::Mnist) },
        Setup {
            name: "vgg-fashion",
            title: "VGG-like, Fashion-MNIST",
            recipe: |size| synflow(size, VGG, DatasetName::FashionMnist),
        },
    ],
    charts,
};

const LENET: ArchitectureName = ArchitectureName::LeNet300100;
const VGG: ArchitectureName = ArchitectureName::VggSmall;

/// The methods at initialization: names on the page and in recipes, and the goes that each is meant to have.
pub(super) const METHODS: [(&str, &str, usize); 5] = [
    ("random", "random", 1),
    ("magnitude", "magnitude", 1),
    ("SNIP", "snip", 1),
    ("GraSP", "grasp", 1),
    ("SynFlow", "synflow", 100),
];

fn synflow(size: Size, architecture: ArchitectureName, dataset: DatasetName) -> Recipe {
    let large = architecture != LENET;
    let (samples, epochs, trials, exponents) = match (size, large) {
        (Size::Quick, false) => (Some(6_000), 3, 1, &[1.0, 2.0, 3.0][..]),
        (Size::Quick, true) => (Some(1_000), 2, 1, &[1.0, 2.0, 3.0][..]),
        (Size::Full, _) => (None, 20, 3, &[0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5][..]),
    };
    let training = Training { epochs, ..Training::default() };
    let mut variants = vec![untrained("untrained", &training)];
    for (title, method, iterations) in METHODS {
        for &exponent in exponents {
            let compression = libm::pow(10.0, exponent);
            let sparsity = (1e6 * (1.0 - 1.0 / compression)).round() / 1e6;
            let (method, schedule) = (method.into(), Schedule::OneShot);
            let step = Prune { method, sparsity, schedule, iterations, samples: 100, ..Prune::default() };
            variants.push(from(
                format!("{title} at {}x", compression.round()),
                "untrained",
                vec![prune(&training, step)],
            ));
        }
    }
    let data = Data { dataset, samples, ..Data::default() };
    let network = Architecture { architecture, ..Architecture::default() };
    let title = "SynFlow and layer collapse";
    recipe(title, data, network, training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let lines = METHODS.iter().map(|(title, ..)| {
        line(report, title, *title == "random", None, &compression, &|result| Some(result.accuracy))
    });
    // GraSP's scores have either sign, and so no shares.
    let shared = METHODS.iter().filter(|(title, ..)| !["random", "GraSP"].contains(title));
    let layers = shared.map(|(title, ..)| layer_sums(report, title));
    vec![
        Chart {
            title: "Test accuracy against compression".into(),
            x: Axis { title: "compression ratio", quantity: Quantity::Factor, log: true },
            y: Axis { title: "test accuracy", quantity: Quantity::Share, log: false },
            lines: lines.collect(),
        },
        Chart {
            title: "Each layer's share of all scores, before anything is removed".into(),
            x: Axis { title: "layer", quantity: Quantity::Count, log: false },
            y: Axis { title: "share of the scores", quantity: Quantity::Share, log: true },
            lines: layers.filter(|line| !line.spots.is_empty() && line.spots.iter().all(|spot| spot.y > 0.0)).collect(),
        },
    ]
}

/// How a method's first scores are spread over the layers.
fn layer_sums(report: &Report, title: &str) -> Line {
    let first = report.variants.iter().find(|v| v.name.rsplit_once(" at ").is_some_and(|(of, _)| of == title));
    let sums = first.and_then(|v| v.trials.first()).map(|t| t.layer_scores.as_slice()).unwrap_or_default();
    let all: f64 = sums.iter().sum();
    let spot = |(layer, sum): (usize, &f64)| Spot::exact((layer + 1) as f64, sum / all);
    Line { name: title.into(), dashed: false, spots: sums.iter().enumerate().map(spot).collect() }
}
