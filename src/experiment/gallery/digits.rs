//! Hinton's digits: what a large, strongly regularized network knows, taught to a small one without any regularization.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, errors, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::Distill;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::Report;
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "hintons-digits",
    title: "Hinton's digits",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network, section 3",
    about: "A teacher of two layers of 1,200 units learns from images moved by up to two pixels, with dropout and a limit on the length of weights. A student of 800 units a layer, without any of that, learns the labels alone, or the teacher's soft targets at a temperature of 20.",
    notice: "The student never sees a moved image, yet learns from the teacher's answers what those taught it: soft targets carry how the teacher generalizes. The quick settings are too short to tell the two students apart.",
    reported: &[
        "Teacher: 67 test errors of 10,000.",
        "Student of 800 units a layer, labels alone: 146.",
        "The same student with soft targets at a temperature of 20: 74.",
    ],
    shortened: "6,000 digits, 8 epochs of the teacher and 8 of the students, 400 and 200 units, one trial; in full 55,000 digits, 50 and 30 epochs, 1,200 and 800 units, three trials.",
    setups: &[Setup { name: "mnist", title: "MNIST", recipe: digits }],
    charts,
};

const VARIANTS: [&str; 3] = ["teacher", "student alone", "student, soft targets at 20"];

fn digits(size: Size) -> Recipe {
    let (samples, long, epochs, units, small, trials) = match size {
        Size::Quick => (Some(6_000), 8, 8, 400, 200, 1),
        Size::Full => (None, 50, 30, 1_200, 800, 3),
    };
    let training = Training { epochs, batch: 100, ..Training::default() };
    let taught = Training { epochs: long, jitter: 2, max_norm: 3.0, ..training.clone() };
    let teacher = Architecture { dropout: 0.25, ..Architecture::mlp(&[units, units]) };
    let student = Architecture::mlp(&[small, small]);
    let step = Distill {
        student: Some(student.clone()),
        temperature: 20.0,
        training: Some(training.clone()),
        ..Distill::default()
    };
    let variants = vec![
        Variant { network: Some(teacher), training: Some(taught), ..fresh(VARIANTS[0]) },
        Variant { network: Some(student), ..fresh(VARIANTS[1]) },
        from(VARIANTS[2], VARIANTS[0], vec![Step::Distill(step)]),
    ];
    let data = Data { samples, ..Data::default() };
    recipe("Hinton's digits", data, Architecture::mlp(&[small, small]), training, trials, variants)
}

/// What the paper has for each.
const PAPER: [(&str, f64); 3] =
    [("the paper's teacher", 67.0), ("the paper's student alone", 146.0), ("the paper's student, taught", 74.0)];

fn charts(report: &Report) -> Vec<Chart> {
    let rows = |(name, (theirs, figure)): (&str, (&str, f64))| {
        let found = report.variants.iter().find(|v| v.name == name).and_then(|v| spot(v, &|_| 0.0, &errors));
        found.map(|found| [Line::figure(name, false, found), Line::figure(theirs, true, Spot::exact(0.0, figure))])
    };
    vec![Chart {
        title: "Test errors".into(),
        x: Axis::NAMES,
        y: Axis { title: "test errors of 10,000", quantity: Quantity::Number, log: false },
        lines: VARIANTS.into_iter().zip(PAPER).filter_map(rows).flatten().collect(),
    }]
}
