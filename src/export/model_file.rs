//! The model file: a float or an integer network in as few bytes as its weights allow.
//!
//! `"FWM1"`, a byte for the kind (0 float, 1 integer), the input's height, width and channels, the classes, then the layers one
//! after another, each a tag and its contents. Sizes are LEB128, floats and biases four bytes, lowest first; weight arrays
//! choose their encoding ([`super::weights`]).
//!
//! Bit 2 of the kind says that there are layers of transformers ([`super::sequences`]), which have one tag between them.
//!
//! Kinds 2 (integer) and 3 (float) are those of networks whose weights are packed ([`super::packed`]): each grid says where it
//! ends, and each weight array of kind 3 begins with a byte that says whether it is packed, and the bits of activations. Kind 8 is
//! several networks ([`super::ensemble`]).

use super::ensemble;
use super::packed;
use super::sequences;
use super::weights::{self, Written};
use super::wire::{FileError, Reader, Writer};
use crate::backend::cpu::bring_sequence_kernels;
use crate::backend::cpu::inference::bring_coded_kernels;
use crate::backend::{Activation, Conv, Pool, PoolKind, Sequence};
use crate::network::{
    Coded, Codes, Ensemble, Grid, IntegerAdd, IntegerLayer, IntegerLinear, IntegerModel, Layer, Model, Role, Shape,
    TrainedModel,
};
use std::hint::black_box;
use std::sync::OnceLock;

const MAGIC: &[u8; 4] = b"FWM1";
const MAX_LAYERS: usize = 64;
const MAX_SIZE: usize = 1 << 14;
const MAX_VALUES: usize = 1 << 23;

const DENSE: u8 = 0;
const CONVOLUTION: u8 = 1;
const POOL: u8 = 2;
const ACTIVATION: u8 = 3;
const BATCH_NORMALIZATION: u8 = 4;
const DROPOUT: u8 = 5;
const FLATTEN: u8 = 6;
const TABLE: u8 = 7;
const ADD: u8 = 8;
const SEQUENCE: u8 = 9;

/// The kinds of model.
const FLOAT: u8 = 0;
const INTEGER: u8 = 1;
/// In a kind: its weights are packed.
const PACKED: u8 = 2;
/// In a kind: there are layers of transformers.
const SEQUENCES: u8 = 4;
/// Several networks.
const ENSEMBLE: u8 = 8;

/// How weights are packed, layers of transformers written, and several networks put together: code that few files need, so that a
/// part of the program that is loaded later may bring it.
#[derive(Debug)]
struct Packing {
    write: fn(&Codes, &mut Writer) -> Written,
    read: fn(usize, usize, &mut Reader) -> Result<Codes, FileError>,
    write_ensemble: fn(&Ensemble, Writer) -> Encoded,
    read_ensemble: fn(&mut Reader) -> Result<Ensemble, FileError>,
    write_sequence: fn(Sequence, &mut Writer),
    read_sequence: fn(&mut Reader) -> Result<Sequence, FileError>,
}

static PACKING: OnceLock<Packing> = OnceLock::new();

/// Makes files of kinds above 1 readable and writable, and what they hold runnable. Natively they always are.
pub fn bring_packing() {
    bring_coded_kernels();
    bring_sequence_kernels();
    // Seen through, the calls would become direct ones, and this code part of whatever makes them.
    PACKING.get_or_init(|| {
        black_box(Packing {
            write: packed::write,
            read: packed::read,
            write_ensemble: ensemble::write,
            read_ensemble: ensemble::read,
            write_sequence: sequences::write,
            read_sequence: sequences::read,
        })
    });
}

fn packing() -> Option<&'static Packing> {
    #[cfg(any(test, not(target_arch = "wasm32")))]
    bring_packing();
    PACKING.get()
}

/// Whether [`decode`] needs [`bring_packing`] for this file.
pub fn needs_packing(file: &[u8]) -> bool {
    file.get(MAGIC.len()).is_some_and(|kind| *kind >= PACKED)
}

/// Whether a file is of several networks.
pub(super) fn is_ensemble(file: &[u8]) -> bool {
    file.get(MAGIC.len()) == Some(&ENSEMBLE)
}

/// Whether a model has anything that files of kinds 0 and 1 cannot hold.
fn is_packed(model: &TrainedModel) -> bool {
    let plain = |grid: Grid| grid.top == u8::MAX;
    match model {
        TrainedModel::Float(model) => model.parameters.iter().any(|p| p.integers.is_some()),
        TrainedModel::Integer(model) => {
            let all = model.layers.iter().all(|layer| match layer {
                IntegerLayer::Linear(linear) => {
                    let Codes { bits, zero_points, .. } = &linear.codes;
                    *bits == 8 && zero_points.is_empty() && linear.output.is_none_or(plain)
                }
                IntegerLayer::Add(add) => plain(add.output),
                _ => true,
            });
            !(all && plain(model.input))
        }
        TrainedModel::Ensemble(_) => true,
    }
}

/// A file and where its weight matrices lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub file: Vec<u8>,
    /// How each weight array was written, in order.
    pub weights: Vec<Written>,
}

/// Encodes a model.
pub fn encode(model: &TrainedModel) -> Encoded {
    let mut out = Writer::default();
    let mut written = Vec::new();
    out.bytes.extend(MAGIC);
    let packed = packing().filter(|_| is_packed(model));
    let (kind, shape, classes) = match model {
        TrainedModel::Float(m) => (FLOAT, m.shape, m.classes),
        TrainedModel::Integer(m) => (INTEGER, m.shape, m.classes),
        TrainedModel::Ensemble(ensemble) => {
            out.byte(ENSEMBLE);
            // Whatever makes ensembles brings the code that writes them.
            return match packed {
                Some(packing) => (packing.write_ensemble)(ensemble, out),
                None => Encoded { file: out.bytes, weights: written },
            };
        }
    };
    let sequences = match model {
        TrainedModel::Float(m) if m.layers.iter().any(|layer| matches!(layer, Layer::Sequence(_))) => SEQUENCES,
        _ => 0,
    };
    out.byte(sequences | kind ^ if packed.is_some() { PACKED } else { 0 });
    for size in [shape.height, shape.width, shape.channels, classes] {
        out.count(size);
    }
    match model {
        TrainedModel::Float(model) => {
            out.count(model.layers.len());
            for (index, layer) in model.layers.iter().enumerate() {
                write_layer(layer, &mut out);
                for parameter in model.of_layer(index) {
                    if parameter.role == Role::Weight {
                        written.push(match (packed, &parameter.integers) {
                            (None, _) => weights::write(parameter.slice(), &mut out),
                            (Some(_), None) => {
                                out.byte(0);
                                weights::write(parameter.slice(), &mut out)
                            }
                            (Some(packing), Some(coded)) => {
                                out.byte(1);
                                out.byte(coded.activations.unwrap_or(0));
                                (packing.write)(&coded.codes, &mut out)
                            }
                        });
                    } else {
                        parameter.slice().iter().for_each(|&v| out.float(v));
                    }
                }
            }
        }
        TrainedModel::Integer(model) => {
            let write_grid = |grid: Grid, out: &mut Writer| {
                out.float(grid.scale);
                out.byte(grid.zero_point);
                if packed.is_some() {
                    out.byte(grid.top);
                }
            };
            write_grid(model.input, &mut out);
            out.count(model.layers.len());
            for layer in &model.layers {
                match layer {
                    IntegerLayer::Linear(linear) => {
                        write_layer(&linear.layer, &mut out);
                        write_grid(linear.input, &mut out);
                        out.byte(u8::from(linear.output.is_some()) | u8::from(linear.relu) << 1);
                        if let Some(grid) = linear.output {
                            write_grid(grid, &mut out);
                        }
                        if let Some(packing) = packed {
                            linear.bias.iter().for_each(|&v| out.integer(v));
                            written.push((packing.write)(&linear.codes, &mut out));
                            continue;
                        }
                        out.count(linear.codes.scales.len());
                        linear.codes.scales.iter().for_each(|&v| out.float(v));
                        linear.bias.iter().for_each(|&v| out.integer(v));
                        written.push(weights::write(&linear.codes.weights, &mut out));
                    }
                    IntegerLayer::Pool(pool) => write_layer(&Layer::Pool(*pool), &mut out),
                    IntegerLayer::Table(table) => {
                        out.byte(TABLE);
                        out.bytes.extend(table);
                    }
                    IntegerLayer::Add(add) => {
                        write_layer(&Layer::Add { from: add.from }, &mut out);
                        [add.input, add.skipped, add.output].into_iter().for_each(|grid| write_grid(grid, &mut out));
                        out.byte(u8::from(add.relu));
                    }
                }
            }
        }
        TrainedModel::Ensemble(_) => {} // was written above
    }
    Encoded { file: out.bytes, weights: written }
}

/// Decodes a file. Memory stays within a small multiple of the limits above whatever the bytes say.
pub fn decode(file: &[u8]) -> Result<TrainedModel, FileError> {
    let mut from = Reader::new(file);
    if from.bytes(4)? != MAGIC {
        return Err(FileError("it does not begin with FWM1".into()));
    }
    let kind = from.byte()?;
    if let (ENSEMBLE, Some(packing)) = (kind, packing()) {
        let ensemble = (packing.read_ensemble)(&mut from)?;
        from.finished()?;
        return Ok(TrainedModel::Ensemble(ensemble));
    }
    let shape = Shape { height: from.count(MAX_SIZE)?, width: from.count(MAX_SIZE)?, channels: from.count(MAX_SIZE)? };
    let classes = from.count(256)?;
    if kind >= PACKED && packing().is_none() {
        return Err(FileError("the code that unpacks it has not loaded".into()));
    }
    let packed = packing().filter(|_| kind & PACKED != 0);
    let model = match kind & !(PACKED | SEQUENCES) {
        FLOAT => TrainedModel::Float(decode_float(&mut from, shape, classes, packed)?),
        INTEGER => TrainedModel::Integer(decode_integer(&mut from, shape, classes, packed)?),
        _ => return Err(FileError(format!("model kind {kind} is not known"))),
    };
    from.finished()?;
    Ok(model)
}

fn decode_float(from: &mut Reader, shape: Shape, classes: usize, packed: Option<&Packing>) -> Result<Model, FileError> {
    let count = from.count(MAX_LAYERS)?;
    let mut chain = Chain::new(shape, classes)?;
    let mut layers = Vec::new();
    let mut values: Vec<(Vec<f32>, Option<Coded>)> = Vec::new();
    for _ in 0..count {
        let tag = from.byte()?;
        let layer = read_layer(tag, from)?;
        chain.follow(&layer)?;
        for (role, dims) in layer.parameters() {
            let len = dims.iter().product();
            values.push(match (role, packed) {
                (Role::Weight, Some(packing)) if from.byte()? == 1 => {
                    let activations = Some(from.byte()?).filter(|bits| *bits > 0);
                    let (rows, columns) = matrix(&layer);
                    let codes = (packing.read)(rows, columns, from)?;
                    (codes.real(columns), Some(Coded { codes, activations }))
                }
                (Role::Weight, _) => (weights::read(len, from)?, None),
                _ => ((0..len).map(|_| from.float()).collect::<Result<_, _>>()?, None),
            });
        }
        layers.push(layer);
    }
    chain.finish()?;
    let mut model = Model::zeroed(layers, shape, classes);
    for (parameter, (values, integers)) in model.parameters.iter_mut().zip(values) {
        parameter.slice_mut().copy_from_slice(&values);
        parameter.integers = integers;
    }
    Ok(model)
}

fn decode_integer(
    from: &mut Reader,
    shape: Shape,
    classes: usize,
    packed: Option<&Packing>,
) -> Result<IntegerModel, FileError> {
    let read_grid = |from: &mut Reader| read_grid(from, packed.is_some());
    let input = read_grid(from)?;
    let count = from.count(MAX_LAYERS)?;
    let mut chain = Chain::new(shape, classes)?;
    let mut layers = Vec::new();
    for _ in 0..count {
        let tag = from.byte()?;
        if tag == TABLE {
            layers.push(IntegerLayer::Table(from.bytes(256)?.to_vec()));
            chain.pass();
            continue;
        }
        let layer = read_layer(tag, from)?;
        chain.follow(&layer)?;
        match layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                let input = read_grid(from)?;
                let flags = from.byte()?;
                let output = if flags & 1 == 1 { Some(read_grid(from)?) } else { None };
                let (rows, outputs) = matrix(&layer);
                let relu = flags & 2 == 2;
                if let Some(packing) = packed {
                    let bias = (0..outputs).map(|_| from.integer()).collect::<Result<_, _>>()?;
                    let codes = (packing.read)(rows, outputs, from)?;
                    if codes.group < rows && codes.scales.len() > 1 {
                        return Err(FileError("a layer of integers has more than one scale for an output".into()));
                    }
                    layers.push(IntegerLayer::Linear(IntegerLinear { layer, codes, bias, input, output, relu }));
                    continue;
                }
                let scales = from.count(outputs)?;
                if scales != 1 && scales != outputs {
                    return Err(FileError(format!("{scales} scales stand for {outputs} outputs")));
                }
                let scales = (0..scales).map(|_| from.float()).collect::<Result<_, _>>()?;
                let bias = (0..outputs).map(|_| from.integer()).collect::<Result<_, _>>()?;
                let weights = weights::read(rows * outputs, from)?;
                let codes = Codes { bits: 8, weights, group: rows, scales, zero_points: Vec::new() };
                layers.push(IntegerLayer::Linear(IntegerLinear { layer, codes, bias, input, output, relu }));
            }
            Layer::Pool(pool) => layers.push(IntegerLayer::Pool(pool)),
            Layer::Add { from: start } => {
                let (input, skipped, output) = (read_grid(from)?, read_grid(from)?, read_grid(from)?);
                let relu = from.byte()? == 1;
                layers.push(IntegerLayer::Add(IntegerAdd { from: start, input, skipped, output, relu }));
            }
            _ => return Err(FileError(format!("a {} layer stands in an integer network", layer.name()))),
        }
    }
    chain.finish()?;
    // Accumulators become logits in the last layer and nowhere else.
    let ends = |layer: &IntegerLayer| matches!(layer, IntegerLayer::Linear(IntegerLinear { output: None, .. }));
    if layers.iter().position(ends) != layers.len().checked_sub(1) {
        return Err(FileError("the last layer of an integer network, and no other, gives logits".into()));
    }
    Ok(IntegerModel { shape, classes, input, layers })
}

/// Follows the sizes from layer to layer, so that nothing that runs meets a shape that does not fit.
struct Chain {
    width: usize,
    classes: usize,
    /// Values before each layer so far.
    before: Vec<usize>,
    /// Values that are kept for skip connections, in all.
    kept: usize,
}

impl Chain {
    fn new(shape: Shape, classes: usize) -> Result<Self, FileError> {
        let width = shape.height.saturating_mul(shape.width).saturating_mul(shape.channels);
        if width == 0 || width > MAX_VALUES || classes == 0 {
            return Err(FileError(format!("a sample of {width} values and {classes} classes cannot be")));
        }
        Ok(Self { width, classes, before: Vec::new(), kept: 0 })
    }

    /// A layer that leaves the sizes as they are.
    fn pass(&mut self) {
        self.before.push(self.width);
    }

    fn follow(&mut self, layer: &Layer) -> Result<(), FileError> {
        if let Layer::Add { from } = *layer {
            match self.before.get(from) {
                Some(width) if *width == self.width => self.kept += width,
                Some(width) => {
                    return Err(FileError(format!("a skip connection adds {width} values to {}", self.width)));
                }
                None => {
                    return Err(FileError(format!("a skip connection starts at layer {from}, which is not before it")));
                }
            }
            if self.kept > MAX_VALUES {
                return Err(FileError(format!("skip connections keep more than {MAX_VALUES} values")));
            }
        }
        self.pass();
        let wanted = match layer {
            Layer::Dense { inputs, .. } => *inputs,
            Layer::Convolution(conv) => conv.inputs(),
            Layer::Pool(pool) => pool.inputs(),
            Layer::BatchNormalization { rows, channels } => rows * channels,
            Layer::Sequence(op) => op.inputs(),
            _ => self.width,
        };
        if wanted != self.width {
            return Err(FileError(format!("a {} layer takes {wanted} values and gets {}", layer.name(), self.width)));
        }
        self.width = layer.outputs(self.width);
        let values = layer.parameter_count();
        if self.width > MAX_VALUES || values > MAX_VALUES {
            return Err(FileError(format!("a {} layer is larger than {MAX_VALUES} values", layer.name())));
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), FileError> {
        if self.before.is_empty() {
            return Err(FileError("a network without layers cannot be".into()));
        }
        if self.width == self.classes {
            return Ok(());
        }
        Err(FileError(format!("the last layer gives {} values for {} classes", self.width, self.classes)))
    }
}

fn matrix(layer: &Layer) -> (usize, usize) {
    match *layer {
        Layer::Dense { inputs, outputs } => (inputs, outputs),
        Layer::Convolution(conv) => (conv.patch(), conv.filters),
        _ => (0, 0),
    }
}

fn read_grid(from: &mut Reader, ends: bool) -> Result<Grid, FileError> {
    let (scale, zero_point) = (from.float()?, from.byte()?);
    let grid = Grid { scale, zero_point, top: if ends { from.byte()? } else { u8::MAX } };
    if grid.scale.is_finite() && grid.scale > 0.0 {
        return Ok(grid);
    }
    Err(FileError(format!("a scale of {} cannot be", grid.scale)))
}

fn write_layer(layer: &Layer, out: &mut Writer) {
    let mut tagged = |tag: u8, sizes: &[usize]| {
        out.byte(tag);
        sizes.iter().for_each(|&size| out.count(size));
    };
    match *layer {
        Layer::Dense { inputs, outputs } => tagged(DENSE, &[inputs, outputs]),
        Layer::Convolution(c) => {
            tagged(CONVOLUTION, &[c.height, c.width, c.channels, c.kernel, c.padding, c.filters]);
        }
        Layer::Pool(p) => tagged(POOL, &[usize::from(p.kind == PoolKind::Max), p.height, p.width, p.channels, p.size]),
        Layer::Activation(f) => tagged(ACTIVATION, &[usize::from(f == Activation::Relu)]),
        Layer::BatchNormalization { rows, channels } => tagged(BATCH_NORMALIZATION, &[rows, channels]),
        Layer::Dropout { rate } => {
            tagged(DROPOUT, &[]);
            out.float(rate);
        }
        Layer::Flatten => tagged(FLATTEN, &[]),
        Layer::Add { from } => tagged(ADD, &[from]),
        Layer::Sequence(op) => {
            out.byte(SEQUENCE);
            if let Some(packing) = packing() {
                (packing.write_sequence)(op, out);
            }
        }
        // There in training only, and taken off before a model is stored.
        Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => {}
    }
}

fn read_layer(tag: u8, from: &mut Reader) -> Result<Layer, FileError> {
    let mut size = || from.count(MAX_SIZE);
    Ok(match tag {
        DENSE => {
            // A dense layer's inputs may be a whole image.
            Layer::Dense { inputs: from.count(MAX_VALUES)?, outputs: from.count(MAX_SIZE)? }
        }
        CONVOLUTION => {
            let (height, width, channels) = (size()?, size()?, size()?);
            let conv = Conv { height, width, channels, kernel: size()?, padding: size()?, filters: size()? };
            let fits = |side: usize| conv.kernel <= side + 2 * conv.padding;
            if conv.kernel == 0 || !fits(height) || !fits(width) || conv.padding > conv.kernel {
                return Err(FileError(format!("a kernel of {} does not fit {height} x {width}", conv.kernel)));
            }
            Layer::Convolution(conv)
        }
        POOL => {
            let kind = if size()? == 1 { PoolKind::Max } else { PoolKind::Average };
            let pool = Pool { kind, height: size()?, width: size()?, channels: size()?, size: size()? };
            if pool.size == 0 {
                return Err(FileError("a pooling window of size 0 cannot be".into()));
            }
            Layer::Pool(pool)
        }
        ACTIVATION => Layer::Activation(if size()? == 1 { Activation::Relu } else { Activation::Tanh }),
        BATCH_NORMALIZATION => Layer::BatchNormalization { rows: size()?, channels: size()? },
        DROPOUT => Layer::Dropout { rate: from.float()? },
        FLATTEN => Layer::Flatten,
        ADD => Layer::Add { from: size()? },
        SEQUENCE => match packing() {
            Some(packing) => Layer::Sequence((packing.read_sequence)(from)?),
            None => return Err(FileError("the code that reads its layers has not loaded".into())),
        },
        other => return Err(FileError(format!("layer kind {other} is not known"))),
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::compression::prune::{Scope, magnitudes, prune_to};
    use crate::compression::quantize::{Quantize, RangeObserver, quantize};
    use crate::compression::share::{Share, share_weights};
    use crate::data::Key;
    use crate::network::{ActivationName, Architecture, ArchitectureName, Executable, fold_batch_norm};
    use proptest::prelude::*;

    const IMAGE_NETWORKS: [ArchitectureName; 4] = [
        ArchitectureName::LeNet300100,
        ArchitectureName::LeNet5,
        ArchitectureName::VggSmall,
        ArchitectureName::ResNetSmall,
    ];

    fn float_model(architecture: ArchitectureName) -> Model {
        let spec = Architecture {
            architecture,
            activation: ActivationName::Tanh,
            batch_normalization: true,
            dropout: 0.25,
            ..Architecture::default()
        };
        let shape = Shape { height: 28, width: 28, channels: 1 };
        Model::initialize(&spec, shape, 10, &Key::new(1)).unwrap()
    }

    #[test]
    fn float_models_come_back_bit_for_bit() {
        for architecture in IMAGE_NETWORKS {
            let model = TrainedModel::Float(float_model(architecture));
            let encoded = encode(&model);
            assert_eq!(decode(&encoded.file).unwrap(), model);
        }
    }

    #[test]
    fn integer_models_come_back_bit_for_bit() {
        for architecture in IMAGE_NETWORKS {
            let model = TrainedModel::Integer(integer_model(&float_model(architecture)));
            assert_eq!(decode(&encode(&model).file).unwrap(), model);
        }
    }

    /// A convolution that keeps its shape and a skip connection from `from` around it, then the classes.
    fn skipping(from: usize) -> Model {
        let shape = Shape { height: 4, width: 4, channels: 2 };
        let conv = Conv { height: 4, width: 4, channels: 2, kernel: 3, padding: 1, filters: 2 };
        let layers = vec![
            Layer::Convolution(conv),
            Layer::Activation(Activation::Tanh),
            Layer::Convolution(conv),
            Layer::Add { from },
            Layer::Pool(Pool { kind: PoolKind::Max, height: 4, width: 4, channels: 2, size: 2 }),
            Layer::Dense { inputs: 8, outputs: 3 },
        ];
        Model::zeroed(layers, shape, 3)
    }

    /// Without running it: ranges are made up.
    fn integer_model(model: &Model) -> IntegerModel {
        let folded = fold_batch_norm(model);
        let ranges = vec![RangeObserver { low: -1.0, high: 2.0 }; folded.layers.len() + 1];
        quantize(&folded, &ranges, &Quantize::default())
    }

    #[test]
    fn skip_connections_that_lead_nowhere_are_refused_with_a_sentence() {
        for (from, integer, complaint) in [
            (3, false, "starts at layer 3, which is not before it"),
            (60, false, "starts at layer 60, which is not before it"),
            (3, true, "starts at layer 3, which is not before it"),
        ] {
            let mut model = skipping(2);
            model.layers[3] = Layer::Add { from };
            let model = match integer {
                false => TrainedModel::Float(model),
                true => {
                    let mut model = integer_model(&skipping(2));
                    if let IntegerLayer::Add(add) = &mut model.layers[3] {
                        add.from = from;
                    }
                    TrainedModel::Integer(model)
                }
            };
            let error = decode(&encode(&model).file).unwrap_err().to_string();
            assert!(error.contains(complaint), "{error}");
        }
        let mut model = skipping(2);
        model.layers.insert(5, Layer::Add { from: 2 });
        let error = decode(&encode(&TrainedModel::Float(model)).file).unwrap_err().to_string();
        assert!(error.contains("a skip connection adds 32 values to 8"), "{error}");
    }

    #[test]
    fn integer_networks_give_logits_at_their_end_and_nowhere_else() {
        for (layer, output) in [(0, None), (5, Some(Grid { scale: 1.0, zero_point: 0, top: 255 }))] {
            let mut model = integer_model(&skipping(0));
            if let IntegerLayer::Linear(linear) = &mut model.layers[layer] {
                linear.output = output;
            }
            let error = decode(&encode(&TrainedModel::Integer(model)).file).unwrap_err().to_string();
            assert!(error.contains("gives logits"), "{error}");
        }
    }

    #[test]
    fn a_file_of_ninety_percent_zeros_is_below_a_quarter() {
        let dense = float_model(ArchitectureName::LeNet300100);
        let mut pruned = dense.clone();
        prune_to(&mut pruned, &magnitudes(&dense), 0.9, Scope::Global);
        let bytes = |model| encode(&TrainedModel::Float(model)).file.len() as f64;
        let ratio = bytes(pruned) / bytes(dense);
        assert!(ratio < 0.15, "{ratio}");
    }

    /// Pruned to 8 % and sharing 32 values a matrix, even drawn weights take a thirtieth.
    #[test]
    fn a_file_of_shared_weights_is_a_fraction_of_the_pruned_one() {
        let dense = float_model(ArchitectureName::LeNet300100);
        let mut pruned = dense.clone();
        prune_to(&mut pruned, &magnitudes(&dense), 0.92, Scope::Layerwise);
        let mut shared = pruned.clone();
        share_weights(&mut shared, &Share::default(), &Key::new(1));
        let [dense, pruned, shared] = [dense, pruned, shared].map(TrainedModel::Float);
        let files = [&dense, &pruned, &shared].map(encode);
        let [dense_bytes, pruned_bytes, shared_bytes] = files.each_ref().map(|encoded| encoded.file.len());
        assert!(3 * shared_bytes < pruned_bytes, "{shared_bytes} of {pruned_bytes}");
        assert!(30 * shared_bytes < dense_bytes, "{shared_bytes} of {dense_bytes}");
        let names = files.each_ref().map(|encoded| encoded.weights[0].encoding);
        assert_eq!(names, ["dense", "gaps", "shared + Huffman"]);
        let TrainedModel::Float(back) = decode(&files[2].file).unwrap() else { panic!("a float network was written") };
        let TrainedModel::Float(shared) = shared else { panic!("a float network was made") };
        for (a, b) in back.parameters.iter().zip(&shared.parameters) {
            assert!(a.slice().iter().zip(b.slice()).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        for end in (0..files[2].file.len()).step_by(997) {
            assert!(decode(&files[2].file[..end]).is_err());
        }
    }

    #[test]
    fn every_truncation_is_refused_with_a_sentence() {
        let shape = Shape { height: 1, width: 1, channels: 2 };
        let model = Model::initialize(&Architecture::mlp(&[3]), shape, 2, &Key::new(1)).unwrap();
        let file = encode(&TrainedModel::Float(model)).file;
        for end in 0..file.len() {
            let error = decode(&file[..end]).unwrap_err().to_string();
            assert!(error.contains("cannot be read"), "{error}");
        }
    }

    #[test]
    fn a_network_without_layers_is_refused_with_a_sentence() {
        let shape = Shape { height: 1, width: 1, channels: 3 };
        let input = Grid { scale: 1.0, zero_point: 0, top: 255 };
        let integers = IntegerModel { shape, classes: 3, input, layers: Vec::new() };
        for model in [TrainedModel::Float(Model::zeroed(Vec::new(), shape, 3)), TrainedModel::Integer(integers)] {
            let error = decode(&encode(&model).file).unwrap_err().to_string();
            assert!(error.contains("without layers"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0usize..200, value in any::<u8>()) {
            let shape = Shape { height: 1, width: 1, channels: 4 };
            let model = Model::initialize(&Architecture::mlp(&[5]), shape, 3, &Key::new(1)).unwrap();
            let mut file = encode(&TrainedModel::Float(model)).file;
            let at = at % file.len();
            file[at] = value;
            let _ = decode(&file);
        }

        /// What is read from a damaged file of a network with skip connections also runs.
        #[test]
        fn damaged_skip_connections_never_panic(at in 0usize..2000, value in any::<u8>(), start in 0usize..4, integer in any::<bool>()) {
            let float = skipping([0, 1, 2, 2][start]);
            let model = if integer { TrainedModel::Integer(integer_model(&float)) } else { TrainedModel::Float(float) };
            let mut file = encode(&model).file;
            let at = at % file.len();
            file[at] = value;
            if let Ok(model) = decode(&file) {
                let values = model.shape().len();
                if values < 1 << 16 {
                    Executable::new(&model).logits(2, &vec![0.5; 2 * values]);
                }
            }
        }
    }
}
