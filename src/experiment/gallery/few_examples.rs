//! Fewer examples: what a teacher's answers are worth where there is little to learn from.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, line, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::{Distill, Transfer};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "few-examples",
    title: "Fewer examples",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network, section 6",
    about: "A teacher has seen all samples. Students are shown 1, 3, 10, 30 or 100 % of them, of each class as many, with the labels alone or with the teacher's soft targets, and train for as many steps as they would with all, but for no more than 200 epochs: with 1 %, and in full with 3 %, those are fewer steps.",
    notice: "The fewer examples, the more a soft target is worth: each says of one image what would take many labels to tell. With all of them at hand little is left to gain.",
    reported: &[
        "Speech, 3 % of the training set: with hard targets 44.5 % frame accuracy on the test set (overfitting, stopped early); with soft targets 57.0 %.",
        "With all of it: 58.9 %.",
    ],
    shortened: "6,000 samples, 6 epochs of all of them, one trial; in full all samples, 10 epochs, three trials.",
    setups: &[
        Setup { name: "mnist", title: "MNIST", recipe: |size| few(size, DatasetName::Mnist) },
        Setup { name: "fashion", title: "Fashion-MNIST", recipe: |size| few(size, DatasetName::FashionMnist) },
    ],
    charts,
};

const SHARES: [f64; 5] = [0.01, 0.03, 0.1, 0.3, 1.0];
/// The students: how they are called, and the weight of the soft targets.
const WAYS: [(&str, f64); 2] = [("labels alone", 0.0), ("soft targets", 1.0)];
/// The most epochs of one training.
const MOST: usize = 200;

fn few(size: Size, dataset: DatasetName) -> Recipe {
    let (samples, epochs, trials) = match size {
        Size::Quick => (Some(6_000), 6, 1),
        Size::Full => (None, 10, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let student = Architecture::default();
    let teacher = Architecture { dropout: 0.2, ..Architecture::mlp(&[400, 400]) };
    let mut variants = vec![Variant { network: Some(teacher), ..fresh("teacher") }];
    for (way, alpha) in WAYS {
        for share in SHARES {
            let longer = ((epochs as f64 / share) as usize).min(MOST);
            let step = Distill {
                student: Some(student.clone()),
                alpha,
                temperature: 4.0,
                transfer: Transfer { share, ..Transfer::default() },
                training: Some(Training { epochs: longer, ..training.clone() }),
                ..Distill::default()
            };
            variants.push(from(format!("{way} at {share}"), "teacher", vec![Step::Distill(step)]));
        }
    }
    let data = Data { dataset, samples, ..Data::default() };
    recipe("Fewer examples", data, student, training, trials, variants)
}

/// The share in a variant's name.
fn share(result: &VariantResult) -> f64 {
    result.name.rsplit_once(" at ").and_then(|(_, at)| at.parse().ok()).unwrap_or(1.0)
}

fn charts(report: &Report) -> Vec<Chart> {
    let accuracy = |result: &VariantResult| Some(result.accuracy);
    let teacher = report.variants.iter().find(|v| v.name == "teacher").and_then(|v| spot(v, &share, &accuracy));
    let ends = teacher.into_iter().flat_map(|at| [SHARES[0], 1.0].map(|x| Spot { x, ..at }));
    let level = Line { name: "teacher, all samples".into(), dashed: true, spots: ends.collect() };
    let lines = WAYS.iter().map(|(way, _)| line(report, way, false, None, &share, &accuracy));
    vec![Chart {
        title: "Test accuracy against the share of the samples".into(),
        x: Axis { title: "share of the training samples", quantity: Quantity::Share, log: true },
        y: Axis { title: "test accuracy", quantity: Quantity::Share, log: false },
        lines: lines.chain([level]).collect(),
    }]
}
