//! The class never seen: a student that is shown no 3 learns from its teacher's doubts what a 3 is.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, errors, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::{Distill, Transfer};
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "never-seen",
    title: "The class never seen",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network, section 3",
    about: "Students learn from soft targets alone, of a transfer set without a single 3, or of 7 and 8 alone. For the class that they never saw, the bias of its output is too low; afterwards it is raised by what gives most right answers on the validation set.",
    notice: "From the student's point of view the 3 is a mythical digit that it has never met, yet with the bias put right it knows nearly all of them (in the quick settings, some seven of eight): the teacher's answers on other digits say how much each of them looks like a 3.",
    reported: &[
        "No 3 in the transfer set: 206 test errors, 133 of them on the 1,010 threes.",
        "With the bias of class 3 raised by 3.5 (found on the test set): 109 errors, 14 of them on threes.",
        "7 and 8 alone: 47.3 % of the test set wrong; with the biases of both lowered by 7.6, 13.2 %.",
    ],
    shortened: "6,000 digits, 8 epochs, 400 and 200 units, one trial; in full 55,000 digits, 20 epochs, 1,200 and 800 units, three trials.",
    setups: &[Setup { name: "mnist", title: "MNIST", recipe: never_seen }],
    charts,
};

/// The students: how each is called, the classes it does not see, and whether its biases are put right.
const STUDENTS: [(&str, &[usize], bool); 5] = [
    ("all digits", &[], false),
    ("no 3", &[3], false),
    ("no 3, bias put right", &[3], true),
    ("7 and 8 alone", &[0, 1, 2, 3, 4, 5, 6, 9], false),
    ("7 and 8 alone, biases put right", &[0, 1, 2, 3, 4, 5, 6, 9], true),
];

fn never_seen(size: Size) -> Recipe {
    let (samples, epochs, units, small, trials) = match size {
        Size::Quick => (Some(6_000), 8, 400, 200, 1),
        Size::Full => (None, 20, 1_200, 800, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let taught = Training { jitter: 2, max_norm: 3.0, ..training.clone() };
    let teacher = Architecture { dropout: 0.3, ..Architecture::mlp(&[units, units]) };
    let student = Architecture::mlp(&[small, small]);
    let mut variants = vec![Variant { network: Some(teacher), training: Some(taught), ..fresh("teacher") }];
    for (name, without, correct_bias) in STUDENTS {
        let transfer = Transfer { without: without.to_vec(), correct_bias, ..Transfer::default() };
        let step = Distill {
            student: Some(student.clone()),
            temperature: 8.0,
            alpha: 1.0,
            transfer,
            training: Some(training.clone()),
            ..Distill::default()
        };
        variants.push(from(name, "teacher", vec![Step::Distill(step)]));
    }
    let data = Data { samples, ..Data::default() };
    recipe("The class never seen", data, Architecture::mlp(&[small, small]), training, trials, variants)
}

/// What the paper has: the student, and its errors among all digits and among the threes.
const PAPER: [(&str, &str, [f64; 2]); 2] = [
    ("no 3", "the paper's, no 3", [206.0, 133.0]),
    ("no 3, bias put right", "the paper's, bias put right", [109.0, 14.0]),
];

fn charts(report: &Report) -> Vec<Chart> {
    let chart = |title: &str, axis: &'static str, which: usize, read: &dyn Fn(&VariantResult) -> Option<f64>| {
        let rows = |v: &crate::experiment::report::VariantReport| {
            let own = spot(v, &|_| 0.0, read).map(|spot| Line::figure(&v.name, v.name == "teacher", spot));
            let paper = PAPER.iter().find(|(of, ..)| *of == v.name);
            let paper = paper.map(|(_, name, figures)| Line::figure(*name, true, Spot::exact(0.0, figures[which])));
            own.into_iter().chain(paper)
        };
        Chart {
            title: title.into(),
            x: Axis::NAMES,
            y: Axis { title: axis, quantity: Quantity::Number, log: true },
            lines: report.variants.iter().flat_map(rows).collect(),
        }
    };
    let threes = |result: &VariantResult| {
        let row = result.confusion.get(3)?;
        Some(f64::from(row.iter().sum::<u32>() - row.get(3)?))
    };
    vec![
        chart("Test errors", "test errors of 10,000", 0, &errors),
        chart("Errors on threes", "errors on the 1,010 threes", 1, &threes),
    ]
}
