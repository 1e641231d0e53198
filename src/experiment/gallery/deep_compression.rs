//! Deep Compression: pruned, weights shared, Huffman coded; bytes of the file, stage by stage.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::prune::Prune;
use crate::experiment::recipe::{Data, Recipe, Step};
use crate::experiment::report::Report;
use crate::network::{Architecture, ArchitectureName, Training};

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "deep-compression",
    title: "Deep Compression",
    paper: "Han, Mao, Dally 2016, Deep Compression: Compressing Deep Neural Networks with Pruning, Trained Quantization and Huffman Coding",
    about: "A network is pruned in rounds, the weights that are left are made to share a few values, and what is then to be stored is Huffman coded. Bytes are those of a file that was read back and run.",
    notice: "Pruning alone brings a factor of about ten, sharing and coding another four, and accuracy stays within a tenth of a point.",
    reported: &[
        "LeNet-300-100: 1,070 KB to 27 KB (40x), error 1.64 % to 1.58 %; 8, 9 and 26 % of the layers' weights are left.",
        "LeNet-5: 1,720 KB to 44 KB (39x), error 0.80 % to 0.74 %; 66, 12, 8 and 19 % are left.",
    ],
    shortened: "10,000 digits, 3 epochs, one trial; in full 55,000 digits, 20 epochs, five trials.",
    setups: &[
        Setup {
            name: "lenet-300-100",
            title: "LeNet-300-100",
            recipe: |size| deep(size, ArchitectureName::LeNet300100),
        },
        Setup { name: "lenet-5", title: "LeNet-5", recipe: |size| deep(size, ArchitectureName::LeNet5) },
    ],
    charts,
};

fn deep(size: Size, architecture: ArchitectureName) -> Recipe {
    let (samples, epochs, trials) = match (size, architecture) {
        (Size::Quick, ArchitectureName::LeNet5) => (Some(2_000), 3, 1),
        (Size::Quick, _) => (Some(10_000), 3, 1),
        (Size::Full, _) => (None, 20, 5),
    };
    let prune = Step::Prune(Prune { sparsity: 0.93, rounds: 5, epochs: epochs.min(4), ..Prune::default() });
    let variants = vec![fresh("dense"), from("pruned", "dense", vec![prune])];
    let data = Data { samples, ..Data::default() };
    let network = Architecture { architecture, ..Architecture::default() };
    recipe("Deep Compression", data, network, Training { epochs, ..Training::default() }, trials, variants)
}

fn charts(report: &Report) -> Vec<Chart> {
    let lines = report.variants.iter().filter_map(|variant| {
        let spot = spot(variant, &|result| result.bytes as f64, &|result| Some(1.0 - result.accuracy))?;
        Some(Line { name: variant.name.clone(), dashed: false, spots: vec![spot] })
    });
    vec![Chart {
        title: "Test error against bytes".into(),
        x: Axis { title: "bytes of the file", quantity: Quantity::Bytes, log: true },
        y: Axis { title: "test error", quantity: Quantity::Share, log: false },
        lines: lines.collect(),
    }]
}
