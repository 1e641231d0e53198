//! Order matters: pruning, distillation and quantization, in all six orders.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::distill::Distill;
use crate::compression::prune::Prune;
use crate::compression::quantize::{Clip, Quantize};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step, Variant};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{Architecture, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "order",
    title: "Order matters",
    paper: "Polino, Pascanu, Alistarh 2018, Model Compression via Distillation and Quantization; Kim et al. 2021, PQK: Model Compression via Pruning, Quantization, and Knowledge Distillation",
    about: "One network is pruned to a tenth of its weights, distilled from a larger teacher, and quantized to 2 bits with training, in all six orders. Each step trains for as long, later steps keep what earlier ones did (zeros stay zero, integers stay integers), and where two orders begin alike they share what was computed.",
    notice: "All six end with the same sparsity, the same bits and nearly the same bytes; what differs is the accuracy. Whatever quantizes before it prunes is ruined: at 2 bits most weights that are left are equally large, and their size no longer says which of them matter. Prune first; where the teacher comes in matters less.",
    reported: &[
        "Quantized students of a float teacher come close to it in accuracy, with a fraction of its size (Polino et al.).",
        "Pruning first, then quantizing with distillation, is the order that PQK proposes.",
    ],
    shortened: "6,000 samples, 3 epochs a step, one trial; in full all samples, 10 epochs a step, three trials.",
    setups: &[
        Setup { name: "mnist", title: "LeNet-300-100, MNIST", recipe: |size| orders(size, DatasetName::Mnist) },
        Setup {
            name: "fashion",
            title: "LeNet-300-100, Fashion-MNIST",
            recipe: |size| orders(size, DatasetName::FashionMnist),
        },
    ],
    charts,
};

/// The steps by the letters of variants' names.
const STEPS: [&str; 3] = ["P", "D", "Q"];
/// The orders.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// The name of a variant after so many steps of an order: `P`, `P D`, `P D Q`.
fn name(order: [usize; 3], steps: usize) -> String {
    order[..steps].iter().map(|&step| STEPS[step]).collect::<Vec<_>>().join(" ")
}

fn orders(size: Size, dataset: DatasetName) -> Recipe {
    let (samples, epochs, trials) = match size {
        Size::Quick => (Some(6_000), 3, 1),
        Size::Full => (None, 10, 3),
    };
    let training = Training { epochs, ..Training::default() };
    let rate = training.learning_rate / 2.0;
    let on = Training { learning_rate: rate, ..training.clone() };
    let steps = [
        Step::Prune(Prune { sparsity: 0.9, rounds: 1, epochs, learning_rate: rate, ..Prune::default() }),
        Step::Distill(Distill { teacher: Some("teacher".into()), training: Some(on), ..Distill::default() }),
        Step::Quantize(Quantize {
            method: "aware".into(),
            bits: 2,
            narrow_range: false,
            clip: Clip::Mse,
            epochs,
            learning_rate: rate,
            ..Quantize::default()
        }),
    ];
    let teacher = Architecture { dropout: 0.2, ..Architecture::mlp(&[800, 800]) };
    let mut variants = vec![Variant { network: Some(teacher), ..fresh("teacher") }, fresh("dense")];
    for count in 1..=3 {
        for order in ORDERS {
            let name = name(order, count);
            if variants.iter().all(|variant| variant.name != name) {
                let steps = order[..count].iter().map(|&step| steps[step].clone()).collect();
                variants.push(from(name, "dense", steps));
            }
        }
    }
    let data = Data { dataset, samples, ..Data::default() };
    recipe("Order matters", data, Architecture::default(), training, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let of = |name: &str, x: f64, read: &dyn Fn(&VariantResult) -> Option<f64>| {
        report.variants.iter().find(|v| v.name == name).and_then(|v| spot(v, &|_| x, read))
    };
    let spell = |order: [usize; 3]| {
        let words = ["prune", "distill", "quantize"];
        order.map(|step| words[step]).join(", ")
    };
    let accuracy = |result: &VariantResult| Some(result.accuracy);
    let bytes = |result: &VariantResult| Some(result.bytes as f64);
    let chart = |title: &str, y: Axis, read: &dyn Fn(&VariantResult) -> Option<f64>| {
        let line = |order: [usize; 3]| {
            let first = of("dense", 0.0, read);
            let steps = (1..=3).filter_map(|count| of(&name(order, count), count as f64, read));
            Line { name: spell(order), dashed: false, spots: first.into_iter().chain(steps).collect() }
        };
        Chart {
            title: title.into(),
            x: Axis { title: "steps done", quantity: Quantity::Count, log: false },
            y,
            lines: ORDERS.into_iter().map(line).collect(),
        }
    };
    let share = Axis { title: "test accuracy", quantity: Quantity::Share, log: false };
    let mut ends: Vec<(String, Spot)> =
        ORDERS.into_iter().filter_map(|order| Some((spell(order), of(&name(order, 3), 0.0, &accuracy)?))).collect();
    ends.sort_by(|a, b| b.1.y.total_cmp(&a.1.y));
    let controls =
        ["teacher", "dense"].into_iter().filter_map(|name| Some((name.to_string(), of(name, 0.0, &accuracy)?)));
    let lines = controls
        .map(|(name, spot)| Line::figure(name, true, spot))
        .chain(ends.into_iter().map(|(name, spot)| Line::figure(name, false, spot)))
        .collect();
    vec![
        Chart { title: "Where each order ends".into(), x: Axis::NAMES, y: share, lines },
        chart("Test accuracy step by step", share, &accuracy),
        chart("Bytes step by step", Axis { title: "bytes", quantity: Quantity::Bytes, log: true }, &bytes),
    ]
}
