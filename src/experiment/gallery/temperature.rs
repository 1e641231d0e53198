//! Temperature against width: how soft should the targets be for a wide student, and for a narrow one?

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, errors, line, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::Distill;
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "temperature",
    title: "Temperature against width",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network, section 3",
    about: "A large network teaches students of two layers, 300 and 30 units wide, at temperatures from 1 to 20. Each student is also trained on the labels alone.",
    notice: "Above 1 the targets tell which wrong classes are near misses. A wide student takes all of it in, so that the temperature hardly matters; a narrow one has no room for the faintest of it, and the softer the targets, the more of it that costs. In the quick settings on digits, no temperature brings the narrow one below the errors of the labels alone; 1 comes nearest.",
    reported: &[
        "With 300 or more units in each of two hidden layers, all temperatures above 8 gave fairly similar results.",
        "With 30 units a layer, temperatures from 2.5 to 4 worked significantly better than higher or lower ones.",
    ],
    shortened: "4,000 samples, 20 epochs, a teacher of 400 units a layer, one trial; in full all samples, 20 epochs, 1,200 units, three trials.",
    setups: &[
        Setup { name: "mnist", title: "MNIST", recipe: |size| students(size, DatasetName::Mnist) },
        Setup { name: "fashion", title: "Fashion-MNIST", recipe: |size| students(size, DatasetName::FashionMnist) },
    ],
    charts,
};

const WIDTHS: [usize; 2] = [300, 30];
const TEMPERATURES: [f64; 6] = [1.0, 2.5, 4.0, 8.0, 14.0, 20.0];

fn students(size: Size, dataset: DatasetName) -> Recipe {
    let (samples, epochs, teacher, trials) = match size {
        Size::Quick => (Some(4_000), 20, 400, 1),
        Size::Full => (None, 20, 1_200, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let teacher = Architecture { dropout: 0.2, ..Architecture::mlp(&[teacher, teacher]) };
    let mut variants = vec![fresh("teacher")];
    for width in WIDTHS {
        let student = Architecture::mlp(&[width, width]);
        variants.push(Variant { network: Some(student.clone()), ..fresh(&format!("{width} units, labels alone")) });
        for temperature in TEMPERATURES {
            let step = Distill { student: Some(student.clone()), temperature, ..Distill::default() };
            variants.push(from(format!("{width} units at {temperature}"), "teacher", vec![Step::Distill(step)]));
        }
    }
    let data = Data { dataset, samples, ..Data::default() };
    recipe("Temperature against width", data, teacher, training, trials, variants)
}

/// The temperature in a variant's name.
fn temperature(result: &VariantResult) -> f64 {
    result.name.rsplit_once(" at ").and_then(|(_, at)| at.parse().ok()).unwrap_or(1.0)
}

fn charts(report: &Report) -> Vec<Chart> {
    let mut lines = Vec::new();
    for width in WIDTHS {
        lines.push(line(report, &format!("{width} units"), false, None, &temperature, &errors));
        let alone = format!("{width} units, labels alone");
        let found = report.variants.iter().find(|v| v.name == alone).and_then(|v| spot(v, &temperature, &errors));
        let ends = found.into_iter().flat_map(|at| [1.0, 20.0].map(|x| Spot { x, ..at }));
        lines.push(Line { name: alone, dashed: true, spots: ends.collect() });
    }
    vec![Chart {
        title: "Test errors against temperature".into(),
        x: Axis { title: "temperature", quantity: Quantity::Number, log: false },
        y: Axis { title: "test errors of 10,000", quantity: Quantity::Number, log: false },
        lines,
    }]
}
