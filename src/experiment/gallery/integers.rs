//! From floats to integers: accuracy, bytes and time at 8 bits and below, after training and with training.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, line, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::quantize::{Clip, Quantize, Rounding};
use crate::data::DatasetName;
use crate::experiment::recipe::{Data, Recipe, Step};
use crate::experiment::report::{Report, VariantResult};
use crate::network::{Architecture, ArchitectureName, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "integers",
    title: "From floats to integers",
    paper: "Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference; Nagel et al. 2020, Up or Down? Adaptive Rounding; Esser et al. 2020, Learned Step Size Quantization",
    about: "One trained network is turned into integers of fewer and fewer bits: rounded to the nearest after training, rounded with care (AdaRound and corrected biases), and trained on with everything rounded (quantization-aware, with learned scales). Every variant runs in integers, and bytes are those of its file.",
    notice: "8 bits are free: the file is a quarter, the network faster, the answers the same. At 4 bits careful rounding is enough; at 2 bits and below only training helps. Fewer bits than 8 make the file smaller, but hardly the network faster: processors multiply bytes.",
    reported: &[
        "MobileNet-v1 on a phone: top-1 70.9 % in floats, 65.7 % after training, 70.0 % quantization-aware; 124, 112 and 64 ms; 16.9 to 4.3 MB.",
        "ResNet-v2-101: 77.0 % in floats, 76.8 % after training; 178.3 to 44.9 MB. As written down from the literature.",
        "Integers of 8 bits come within about a point of floats on MobileNet (Jacob et al.).",
    ],
    shortened: "6,000 samples, 3 epochs, one trial (1,000 samples for the VGG-like and the residual network); in full all samples, 10 epochs (3 for those two), three trials.",
    setups: &[
        Setup { name: "lenet-300-100", title: "LeNet-300-100, MNIST", recipe: |size| table(size, LENET, MNIST) },
        Setup { name: "lenet-5", title: "LeNet-5, MNIST", recipe: |size| table(size, LENET_5, MNIST) },
        Setup { name: "vgg", title: "VGG-like, MNIST", recipe: |size| table(size, VGG, MNIST) },
        Setup { name: "resnet", title: "Residual network, MNIST", recipe: |size| table(size, RESNET, MNIST) },
        Setup {
            name: "lenet-300-100-fashion",
            title: "LeNet-300-100, Fashion-MNIST",
            recipe: |size| table(size, LENET, FASHION),
        },
        Setup {
            name: "lenet-5-fashion",
            title: "LeNet-5, Fashion-MNIST",
            recipe: |size| table(size, LENET_5, FASHION),
        },
        Setup { name: "vgg-fashion", title: "VGG-like, Fashion-MNIST", recipe: |size| table(size, VGG, FASHION) },
        Setup {
            name: "resnet-fashion",
            title: "Residual network, Fashion-MNIST",
            recipe: |size| table(size, RESNET, FASHION),
        },
    ],
    charts,
};

const LENET: ArchitectureName = ArchitectureName::LeNet300100;
const LENET_5: ArchitectureName = ArchitectureName::LeNet5;
const VGG: ArchitectureName = ArchitectureName::VggSmall;
const RESNET: ArchitectureName = ArchitectureName::ResNetSmall;
const MNIST: DatasetName = DatasetName::Mnist;
const FASHION: DatasetName = DatasetName::FashionMnist;

/// The ways into integers: how variants are called, and at which bits.
const WAYS: [(&str, &[usize]); 3] =
    [("rounded", &[8, 6, 4, 3, 2]), ("rounded with care", &[4, 3, 2]), ("trained", &[8, 4, 3, 2, 1])];

fn table(size: Size, architecture: ArchitectureName, dataset: DatasetName) -> Recipe {
    let large = matches!(architecture, VGG | RESNET);
    let (samples, epochs, trials) = match (size, large) {
        (Size::Quick, false) => (Some(6_000), 3, 1),
        (Size::Quick, true) => (Some(1_000), 2, 1),
        (Size::Full, false) => (None, 10, 3),
        (Size::Full, true) => (None, 3, 3),
    };
    // Two thirds of the network's own training, and one epoch at least.
    let aware = (2 * epochs / 3).max(1);
    let step = |way: &str, bits: usize| {
        let narrow_range = bits > 2;
        let plain = Quantize { bits, narrow_range, ..Quantize::default() };
        Step::Quantize(match way {
            "rounded" => plain,
            "rounded with care" => {
                Quantize { clip: Clip::Mse, rounding: Rounding::AdaRound, correct_bias: true, ..plain }
            }
            _ => Quantize { method: "aware".into(), clip: Clip::Mse, epochs: aware, ..plain },
        })
    };
    let mut variants = vec![fresh("float")];
    for (way, all) in WAYS {
        let names = all.iter().map(|&bits| (bits, format!("{way} at {bits} bits").replace("at 1 bits", "at 1 bit")));
        variants.extend(names.map(|(bits, name)| from(name, "float", vec![step(way, bits)])));
    }
    let network = Architecture { architecture, ..Architecture::default() };
    let training = Training { epochs, ..Training::default() };
    recipe("From floats to integers", Data { dataset, samples, ..Data::default() }, network, training, trials, variants)
}

/// The bits in a variant's name.
fn bits(result: &VariantResult) -> f64 {
    let number = result.name.rsplit_once(" at ").and_then(|(_, bits)| bits.split(' ').next()?.parse().ok());
    number.unwrap_or(32.0)
}

fn charts(report: &Report) -> Vec<Chart> {
    type Read = fn(&VariantResult) -> Option<f64>;
    let accuracy: Read = |result| Some(result.accuracy);
    let bytes: Read = |result| Some(result.bytes as f64);
    let alone: Read = |result| Some(result.latency.as_ref()?.batch1.median_us);
    let together: Read = |result| Some(result.latency.as_ref()?.batch64.median_us);
    // Floats have no bits to choose: a level to hold the others against.
    let level = |read: Read| {
        let float = report.variants.iter().find(|v| v.name == "float").and_then(|v| spot(v, &bits, &read));
        let ends = float.into_iter().flat_map(|at| [1.0, 8.0].map(|x| Spot { x, ..at }));
        Line { name: "float".into(), dashed: true, spots: ends.collect() }
    };
    let by_bits = |title: &str, y: Axis, read: Read| Chart {
        title: title.into(),
        x: Axis { title: "bits of a weight", quantity: Quantity::Count, log: false },
        y,
        lines: WAYS.iter().map(|(way, _)| line(report, way, false, None, &bits, &read)).chain([level(read)]).collect(),
    };
    let time = Axis { title: "microseconds", quantity: Quantity::Number, log: false };
    vec![
        by_bits(
            "Test accuracy against bits",
            Axis { title: "test accuracy", quantity: Quantity::Share, log: false },
            accuracy,
        ),
        by_bits("Bytes of the file against bits", Axis { title: "bytes", quantity: Quantity::Bytes, log: true }, bytes),
        by_bits("Time of one sample alone, on this device", time, alone),
        by_bits("Time of 64 samples together, on this device", time, together),
    ]
}
