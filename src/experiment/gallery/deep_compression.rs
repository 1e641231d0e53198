//! Deep Compression: pruned, weights shared, Huffman coded; bytes of the file, stage by stage.

use super::build::{fresh, from, recipe};
use super::chart::{Axis, Chart, Line, Quantity, Spot, left, spot};
use super::{Exhibit, Setup, Size};
use crate::compression::prune::Prune;
use crate::compression::share::Share;
use crate::experiment::recipe::{Data, Recipe, Step};
use crate::experiment::report::{LayerReport, Report, VariantReport, VariantResult};
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
    shortened: "10,000 digits (2,000 for LeNet-5), 3 epochs, one trial; in full 55,000 digits, 15 epochs (5 for LeNet-5), more rounds of pruning, five trials.",
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
    let large = architecture == ArchitectureName::LeNet5;
    let (samples, epochs, trials) = match (size, large) {
        (Size::Quick, false) => (Some(10_000), 3, 1),
        (Size::Quick, true) => (Some(2_000), 3, 1),
        (Size::Full, false) => (None, 15, 5),
        (Size::Full, true) => (None, 5, 5),
    };
    let (sparsity, rounds, pruning, sharing) = match (size, large) {
        (Size::Quick, _) => (0.93, 4, 2, 1),
        (Size::Full, false) => (0.94, 8, 4, 3),
        (Size::Full, true) => (0.95, 4, 2, 1),
    };
    let prune = Step::Prune(Prune { sparsity, rounds, epochs: pruning, ..Prune::default() });
    let share = Step::Share(Share { bits: 5, convolution_bits: 8, epochs: sharing, ..Share::default() });
    let variants = vec![
        fresh("dense"),
        from("pruned", "dense", vec![prune]),
        from("pruned, shared, coded", "pruned", vec![share]),
    ];
    let data = Data { samples, ..Data::default() };
    let network = Architecture { architecture, ..Architecture::default() };
    let training = Training { epochs, weight_decay: 0.0001, ..Training::default() };
    recipe("Deep Compression", data, network, training, trials, variants)
}

/// What the paper has: bytes and error before, the same after, and the share of each layer's weights that is left.
type Paper = ([(f64, f64); 2], &'static [f64]);
const LENET_300_100: Paper = ([(1_070e3, 0.0164), (27e3, 0.0158)], &[0.08, 0.09, 0.26]);
const LENET_5: Paper = ([(1_720e3, 0.0080), (44e3, 0.0074)], &[0.66, 0.12, 0.08, 0.19]);

fn charts(report: &Report) -> Vec<Chart> {
    let (sizes, shares) = match report.recipe.network.architecture {
        ArchitectureName::LeNet5 => LENET_5,
        _ => LENET_300_100,
    };
    let of_paper = |spots: Vec<Spot>| Line { name: "the paper's".into(), dashed: true, spots };
    let counted = |shares: &[f64]| -> Vec<Spot> {
        shares.iter().enumerate().map(|(layer, share)| Spot::exact((layer + 1) as f64, *share)).collect()
    };
    let lines = report.variants.iter().filter_map(|variant| {
        let spot = spot(variant, &|result| result.bytes as f64, &|result| Some(1.0 - result.accuracy))?;
        Some(Line::figure(&variant.name, false, spot))
    });
    // Of the first trial, what a file's parts take, layer by layer.
    type Part = (&'static str, fn(&LayerReport) -> usize);
    let parts: [Part; 4] = [
        ("the layer's weights in all", |layer| layer.bytes),
        ("values that are shared (codebook)", |layer| layer.codebook_bytes),
        ("where weights stand (gaps)", |layer| layer.position_bytes),
        ("which value each has (indices)", |layer| layer.value_bytes),
    ];
    let coded = report.variants.last().and_then(|v| v.trials.first()).map(|t| t.layers.as_slice()).unwrap_or_default();
    let kept: Vec<f64> = coded.iter().map(|layer| layer.nonzero as f64 / layer.parameters.max(1) as f64).collect();
    let of_parts = parts.iter().map(|(name, read)| {
        let spots = coded.iter().enumerate();
        let spots = spots.map(|(layer, report)| Spot::exact((layer + 1) as f64, read(report) as f64));
        Line { name: (*name).into(), dashed: false, spots: spots.collect() }
    });
    let factor = |variant: &VariantReport| {
        let whole = report.variants.first()?;
        let of = |result: &VariantResult| {
            let dense = whole.trials.iter().find(|t| t.seed == result.seed)?;
            Some(dense.bytes as f64 / result.bytes as f64)
        };
        Some(Line::figure(&variant.name, false, spot(variant, &left, &of)?))
    };
    vec![
        Chart {
            title: "Test error against bytes".into(),
            x: Axis { title: "bytes of the file", quantity: Quantity::Bytes, log: true },
            y: Axis { title: "test error", quantity: Quantity::Share, log: false },
            lines: lines
                .chain([of_paper(sizes.iter().rev().map(|(bytes, error)| Spot::exact(*bytes, *error)).collect())])
                .collect(),
        },
        Chart {
            title: "How many times smaller the file is".into(),
            x: Axis { title: "weights left", quantity: Quantity::Share, log: true },
            y: Axis { title: "times smaller", quantity: Quantity::Factor, log: true },
            lines: report.variants.iter().filter_map(factor).collect(),
        },
        Chart {
            title: "Weights left, layer by layer".into(),
            x: Axis { title: "layer", quantity: Quantity::Count, log: false },
            y: Axis { title: "weights left", quantity: Quantity::Share, log: false },
            lines: vec![Line { name: "here".into(), dashed: false, spots: counted(&kept) }, of_paper(counted(shares))],
        },
        Chart {
            title: "Bytes of the smallest file, layer by layer".into(),
            x: Axis { title: "layer", quantity: Quantity::Count, log: false },
            y: Axis { title: "bytes", quantity: Quantity::Bytes, log: false },
            lines: of_parts.collect(),
        },
    ]
}
