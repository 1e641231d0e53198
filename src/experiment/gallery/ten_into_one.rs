//! Ten models into one: an ensemble, and a single network that is taught by it.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, errors, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::{Distill, Transfer, TransferSource};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::Report;
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "ten-into-one",
    title: "Ten models into one",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network, section 4",
    about: "Ten networks of one architecture are drawn and trained apart from each other on few labelled samples, and their predictions averaged. A single network of the same architecture then learns from the soft targets of the ten, once on those samples alone, once on all samples of the data set, whose labels it never sees. Beside it stand one that only one of the ten taught on all samples, which tells what the further samples do from what the ensemble does, and one that learned as long from the labels.",
    notice: "The mean of ten is better than each of them, since their mistakes differ. On the samples that the ten were trained on, there is little to learn from them: they are right about nearly all. On samples that are new to them they show what they know, and most of it can be had from one network, at a tenth of the bytes and of the time. The quick settings are too short to tell them all apart.",
    reported: &[
        "Speech: frame accuracy 58.9 % single, 61.1 % ensemble of 10, 60.8 % distilled; word error 10.9, 10.7 and 10.7 %.",
        "So the single distilled network keeps more than 80 % of what the ensemble gains.",
    ],
    shortened: "3,000 labelled samples, 18 epochs of each of the ten and 36 of the others, one trial; in full 10,000 labelled samples, 24 and 72 epochs, three trials.",
    setups: &[
        Setup { name: "mnist", title: "LeNet-300-100, MNIST", recipe: |size| ten(size, DatasetName::Mnist) },
        Setup {
            name: "fashion",
            title: "LeNet-300-100, Fashion-MNIST",
            recipe: |size| ten(size, DatasetName::FashionMnist),
        },
    ],
    charts,
};

const MEMBER: &str = "network";
const ENSEMBLE: &str = "ensemble of ten";
const LONGER: &str = "one, labels alone, as long";
const FEW: &str = "one, taught by the ten on these samples";
const ALL: &str = "one, taught by the ten on all samples";
/// What new samples do without an ensemble.
const BY_ONE: &str = "one, taught by one of the ten on all samples";
/// The rows of the chart behind the ten.
const OTHERS: [&str; 5] = [LONGER, ENSEMBLE, FEW, BY_ONE, ALL];

fn ten(size: Size, dataset: DatasetName) -> Recipe {
    let (samples, epochs, longer, trials) = match size {
        Size::Quick => (3_000, 18, 36, 1),
        Size::Full => (10_000, 24, 72, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let network = Architecture::default();
    let longer = Training { epochs: longer, ..training.clone() };
    // Where nothing is known but what the ten say, that is what the student is to say: all weight on it, as it is.
    let step = |source: TransferSource| {
        Step::Distill(Distill {
            student: Some(network.clone()),
            alpha: 1.0,
            temperature: 1.0,
            transfer: Transfer { source, ..Transfer::default() },
            training: Some(longer.clone()),
            ..Distill::default()
        })
    };
    let variants = vec![
        Variant { name: MEMBER.into(), members: 10, ..Variant::default() },
        Variant { name: ENSEMBLE.into(), ensemble: vec![MEMBER.into()], ..Variant::default() },
        Variant { training: Some(longer.clone()), ..fresh(LONGER) },
        from(FEW, ENSEMBLE, vec![step(TransferSource::Training)]),
        // Not the first of the ten, which started where every student does.
        from(BY_ONE, &format!("{MEMBER} 2"), vec![step(TransferSource::Unlabeled)]),
        from(ALL, ENSEMBLE, vec![step(TransferSource::Unlabeled)]),
    ];
    let data = Data { dataset, samples: Some(samples), ..Data::default() };
    recipe("Ten models into one", data, network, training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let of = |name: &str| report.variants.iter().find(|v| v.name == name);
    let members: Vec<Spot> = report
        .variants
        .iter()
        .filter(|v| !OTHERS.contains(&v.name.as_str()))
        .filter_map(|v| spot(v, &|_| 0.0, &errors))
        .collect();
    // The mean of the ten as one figure, from the least to the greatest trial of them all.
    let single = (!members.is_empty()).then(|| Spot {
        y: members.iter().map(|at| at.y).sum::<f64>() / members.len() as f64,
        low: members.iter().map(|at| at.low).fold(f64::INFINITY, f64::min),
        high: members.iter().map(|at| at.high).fold(f64::NEG_INFINITY, f64::max),
        ..members[0]
    });
    let others = OTHERS.map(|name| Some((name, spot(of(name)?, &|_| 0.0, &errors)?)));
    let rows = [single.map(|spot| ("one of the ten, mean", spot))].into_iter().chain(others).flatten();
    vec![Chart {
        title: "Test errors".into(),
        x: Axis::NAMES,
        y: Axis { title: "test errors of 10,000", quantity: Quantity::Number, log: false },
        lines: rows.map(|(name, spot)| Line::figure(name, false, spot)).collect(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Plan;

    /// Every variant is one of the ten or has a row of its own, and two students differ in nothing but who teaches.
    #[test]
    fn ten_are_one_row_and_the_control_lacks_nothing_but_the_ensemble() {
        for size in [Size::Quick, Size::Full] {
            let plan = Plan::new(&ten(size, DatasetName::Mnist)).unwrap();
            let names: Vec<&str> = plan.variants.iter().map(|variant| variant.name.as_str()).collect();
            assert!(OTHERS.iter().all(|name| names.contains(name)));
            assert_eq!(names.len(), 10 + OTHERS.len());
            let of = |name: &str| plan.recipe.variants.iter().find(|variant| variant.name == name).unwrap();
            assert_eq!(of(BY_ONE).steps, of(ALL).steps);
            assert_eq!((of(BY_ONE).from.as_deref(), of(ALL).from.as_deref()), (Some("network 2"), Some(ENSEMBLE)));
        }
    }
}
