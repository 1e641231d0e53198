//! All methods of the distillation step on one student, with equal budgets.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, errors, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::{Distill, METHODS};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::Report;
use crate::network::{Architecture, ArchitectureName, Training};

// The notice's 100 errors: two standard deviations of the difference between two counts of some 1,700 in 10,000 that chance alone
// makes, of sqrt(2 * 10,000 * 0.17 * 0.83) each.
pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "distillation-methods",
    title: "Ways to teach",
    paper: "Tian, Krishnan, Isola 2020, Contrastive Representation Distillation (table 1); the papers of each method",
    about: "One trained teacher, one student, and every method of the distillation step: the same data, the same epochs, the same first weights. Methods that look into layers or at gradients have the same soft targets beside them; the two that match logits have none, and two more have no teacher. The student alone stands there, too. Label smoothing, born-again networks and teacher assistants are no methods of that step, and left out.",
    notice: "Look at the bars before the order: they reach from the worst trial to the best, and where two overlap, three trials do not tell which method is better. In the quick settings there is one trial, and no bar: differences of under 100 errors tell nothing there, and hardly a method is clearly better than the student alone.",
    reported: &[
        "CIFAR-100, WRN-40-2 into WRN-16-2: student alone 73.26 %, soft targets 74.92, FitNet 73.58, attention transfer 74.08, similarity 73.83, correlation 73.56, VID 74.11, RKD 73.35, PKT 74.54, activation boundary 72.50, factor transfer 73.25, FSP 72.91, NST 73.68, contrastive 75.48 (Tian et al., as reported there; five trials).",
        "So, used alone, each of them but the contrastive one falls behind plain soft targets there.",
    ],
    shortened: "1,000 samples, 10 epochs, one trial; in full all samples, 5 epochs, three trials. Half of the weight is on the teacher (annealed logits: half of the epochs); mutual learning has a temperature and a weight of 1, as in its paper. All other settings are defaults, tuned for none.",
    setups: &[
        Setup { name: "mnist", title: "LeNet-5, MNIST", recipe: |size| methods(size, DatasetName::Mnist) },
        Setup {
            name: "fashion",
            title: "LeNet-5, Fashion-MNIST",
            recipe: |size| methods(size, DatasetName::FashionMnist),
        },
    ],
    charts,
};

const ALONE: &str = "student alone";

fn methods(size: Size, dataset: DatasetName) -> Recipe {
    let (samples, epochs, trials) = match size {
        Size::Quick => (Some(1_000), 10, 1),
        Size::Full => (None, 5, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let teacher = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
    let student = Architecture { widths: vec![6, 12, 60], ..teacher.clone() };
    let mut variants = vec![fresh("teacher"), Variant { network: Some(student.clone()), ..fresh(ALONE) }];
    for method in METHODS {
        let name = method.about.name;
        let step = Distill { method: name.into(), student: Some(student.clone()), alpha: 0.5, ..Distill::default() };
        // As in its paper.
        let step = if step.is_mutual() { Distill { temperature: 1.0, alpha: 1.0, ..step } } else { step };
        variants.push(from(name, "teacher", vec![Step::Distill(step)]));
    }
    recipe("Ways to teach", Data { dataset, samples, ..Data::default() }, teacher, training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let title = |name: &str| {
        let method = METHODS.iter().find(|method| method.about.name == name);
        method.map_or_else(|| name.to_string(), |method| method.about.title.into())
    };
    let rows = report.variants.iter().filter_map(|v| Some((v.name.as_str(), spot(v, &|_| 0.0, &errors)?)));
    let (mut rows, controls): (Vec<_>, Vec<_>) = rows.partition(|(name, _)| !["teacher", ALONE].contains(name));
    rows.sort_by(|a, b| a.1.y.total_cmp(&b.1.y));
    let line = |(name, spot): (&str, Spot), dashed| Line::figure(title(name), dashed, spot);
    let controls = controls.into_iter().map(|row| line(row, true));
    vec![Chart {
        title: "Test errors by method, the least on top".into(),
        x: Axis::NAMES,
        y: Axis { title: "test errors of 10,000", quantity: Quantity::Number, log: false },
        lines: controls.chain(rows.into_iter().map(|row| line(row, false))).collect(),
    }]
}
