//! Optimal Brain Damage: the loss against the parameters left, and how well it was predicted.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, line};
use super::{Exhibit, Setup, Size};
use crate::compression::prune::{Prune, Schedule};
use crate::experiment::recipe::{Data, Recipe, Step};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{ActivationName, Architecture, ArchitectureName, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "optimal-brain-damage",
    title: "Optimal Brain Damage",
    paper: "LeCun, Denker, Solla 1990, Optimal Brain Damage",
    about: "A digit network is trained. Its weights are deleted in the order of their saliency, estimated from second derivatives, or of their size; without retraining, and with retraining after each deletion.",
    notice: "Without retraining the saliencies' order keeps the loss low for longer than the sizes' does. Deleting the least salient weights costs next to nothing, as foretold; then the loss outgrows the sum of the saliencies, which looks at each weight alone and does not see that a silent unit may wake. Retraining makes up for nearly all of it, down to a tenth of the parameters.",
    reported: &[
        "The loss stays below that of magnitude at every count of parameters.",
        "Up to 800 of 2,578 parameters can be deleted without retraining before the loss moves, and so far the prediction follows it.",
        "Half of the parameters can go at no loss when the network is retrained.",
    ],
    shortened: "10,000 digits, 4 epochs (2,000 and 2 for LeNet-5), one trial; in full 55,000 digits, 20 epochs, five trials. The paper's network has 2,578 parameters, and its loss is a squared error.",
    setups: &[
        Setup { name: "mlp", title: "MLP of 30 units", recipe: |size| obd(size, Architecture::mlp(&[30])) },
        Setup {
            name: "lenet-5",
            title: "LeNet-5",
            recipe: |size| {
                let tanh = ActivationName::Tanh; // as in 1990
                obd(
                    size,
                    Architecture {
                        architecture: ArchitectureName::LeNet5,
                        activation: tanh,
                        ..Architecture::default()
                    },
                )
            },
        },
    ],
    charts,
};

const SPARSITIES: [f64; 7] = [0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95];
/// Deletions that the saliencies foretell well, and no one retrains after.
const SMALL: [f64; 3] = [0.02, 0.05, 0.1];
const METHODS: [(&str, &str); 2] = [("OBD", "obd"), ("magnitude", "magnitude")];

fn obd(size: Size, network: Architecture) -> Recipe {
    let small = network.architecture == ArchitectureName::Mlp;
    let (samples, epochs, trials, sparsities, judged) = match (size, small) {
        (Size::Quick, true) => (Some(10_000), 4, 1, &SPARSITIES[..], 500),
        (Size::Quick, false) => (Some(2_000), 2, 1, &[0.5, 0.8, 0.95][..], 100),
        (Size::Full, _) => (None, 20, 5, &SPARSITIES[..], 500),
    };
    let mut variants = vec![fresh("trained")];
    for (title, method) in METHODS {
        let step = |sparsity: f64, epochs: usize| {
            let (schedule, samples, learning_rate) = (Schedule::OneShot, judged, 0.0005);
            let method = method.into();
            Step::Prune(Prune { method, sparsity, schedule, samples, epochs, learning_rate, ..Prune::default() })
        };
        let small = SMALL.iter().filter(|_| method == "obd");
        variants
            .extend(small.map(|&sparsity| from(format!("{title} at {sparsity}"), "trained", vec![step(sparsity, 0)])));
        let mut retrained = "trained".to_string();
        for &sparsity in sparsities {
            variants.push(from(format!("{title} at {sparsity}"), "trained", vec![step(sparsity, 0)]));
            let name = format!("{title}, retrained at {sparsity}");
            variants.push(from(&name, &retrained, vec![step(sparsity, epochs.min(5))]));
            retrained = name;
        }
    }
    let data = Data { samples, ..Data::default() };
    let training = Training { epochs, ..Training::default() };
    recipe("Optimal Brain Damage", data, network, training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let parameters = |result: &VariantResult| result.nonzero as f64;
    let x = Axis { title: "parameters left", quantity: Quantity::Count, log: false };
    let loss = Axis { title: "test loss", quantity: Quantity::Number, log: true };
    let lines = METHODS.iter().flat_map(|(title, _)| {
        let of =
            |name: &str, dashed| line(report, name, dashed, Some("trained"), &parameters, &|result| Some(result.loss));
        [of(title, true), of(&format!("{title}, retrained"), false)]
    });
    let mut charts = vec![Chart { title: "Loss against parameters".into(), x, y: loss, lines: lines.collect() }];
    // On a logarithmic axis there is no room for what does not rise.
    let rise = |name: &str, dashed: bool, read: &dyn Fn(&VariantResult) -> Option<f64>| Line {
        name: name.into(),
        ..line(report, "OBD", dashed, None, &parameters, &|result| read(result).filter(|rise| *rise > 0.0))
    };
    charts.push(Chart {
        title: "Rise of the loss without retraining: foretold and measured".into(),
        x,
        y: Axis { title: "rise of the loss", quantity: Quantity::Number, log: true },
        lines: vec![
            rise("measured on the same samples", false, &|result| result.measured_rise),
            rise("sum of the saliencies", true, &|result| result.predicted_rise),
        ],
    });
    charts
}
