//! The file is read by a reader of its own, which knows protocol buffers and nothing of the writer, and judged by what ONNX asks
//! of a graph. Whether a runtime computes the same is asked in `tests/browser/onnx.test.mjs`.

use super::onnx;
use crate::backend::{Conv, Pool, PoolKind};
use crate::data::Key;
use crate::export::drawn::{IMAGES, drawn, integers};
use crate::export::{decode, encode};
use crate::network::{
    ActivationName, Architecture, ArchitectureName, Coded, Codes, Ensemble, IntegerLayer, Layer, Model, PoolingName,
    Role, Shape, TrainedModel,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A message's fields by their numbers; numbers as eight bytes.
struct Fields(Vec<(u64, Vec<u8>)>);

impl Fields {
    fn read(mut bytes: &[u8]) -> Self {
        fn varint(bytes: &mut &[u8]) -> u64 {
            let mut value = 0;
            for shift in (0..64).step_by(7) {
                let (first, rest) = bytes.split_first().unwrap();
                *bytes = rest;
                value |= u64::from(first & 127) << shift;
                if first & 128 == 0 {
                    break;
                }
            }
            value
        }
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let length = match key & 7 {
                0 => {
                    fields.push((key >> 3, varint(&mut bytes).to_le_bytes().to_vec()));
                    continue;
                }
                2 => varint(&mut bytes) as usize,
                5 => 4,
                other => panic!("wire type {other}"),
            };
            fields.push((key >> 3, bytes[..length].to_vec()));
            bytes = &bytes[length..];
        }
        Self(fields)
    }

    fn all(&self, field: u64) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |(of, _)| *of == field).map(|(_, bytes)| bytes.as_slice())
    }

    fn one(&self, field: u64) -> &[u8] {
        self.all(field).next().unwrap()
    }

    fn text(&self, field: u64) -> String {
        String::from_utf8(self.one(field).to_vec()).unwrap()
    }

    fn numbers(&self, field: u64) -> Vec<u64> {
        self.all(field).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap())).collect()
    }

    fn messages(&self, field: u64) -> impl Iterator<Item = Fields> {
        self.all(field).map(Fields::read)
    }
}

struct Node {
    operator: String,
    inputs: Vec<String>,
    attributes: BTreeMap<String, Fields>,
}

struct Tensor {
    kind: u64,
    dims: Vec<u64>,
    bytes: Vec<u8>,
}

impl Tensor {
    fn floats(&self) -> Vec<f32> {
        assert_eq!(self.kind, 1);
        self.bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
    }
}

/// A file, read.
struct Graph {
    opset: u64,
    /// By the names of what they make, in order.
    nodes: Vec<(String, Node)>,
    constants: BTreeMap<String, Tensor>,
    /// Of the input and the output: its name and its dimensions.
    ends: [(String, Vec<String>); 2],
}

impl Graph {
    /// Reads a file and checks what ONNX asks of every graph: names are used once and are identifiers, each is made before it is
    /// used, a tensor has as many values as its dimensions say.
    fn of(model: &TrainedModel) -> Self {
        let file = Fields::read(&onnx(model));
        assert_eq!(file.text(2), "Featherweight");
        let (form, opset) = (file.numbers(1)[0], file.messages(8).next().unwrap().numbers(2)[0]);
        assert!([(8, 17), (8, 18), (10, 21)].contains(&(form, opset)), "form {form}, operators {opset}");
        let graph = file.messages(7).next().unwrap();
        let end = |field| {
            let value = graph.messages(field).next().unwrap();
            let tensor = Fields::read(Fields::read(value.one(2)).one(1));
            assert_eq!(tensor.numbers(1), [1], "a tensor of floats");
            let shape = Fields::read(tensor.one(2));
            let dims = shape.messages(1).map(|dim| match dim.numbers(1)[..] {
                [] => dim.text(2),
                [size] => size.to_string(),
                _ => panic!("two sizes"),
            });
            (value.text(1), dims.collect::<Vec<_>>())
        };
        let ends = [end(11), end(12)];
        let mut names = BTreeSet::from([ends[0].0.clone()]);
        let mut constants = BTreeMap::new();
        for tensor in graph.messages(5) {
            let (name, kind) = (tensor.text(8), tensor.numbers(2)[0]);
            let (dims, bytes) = (tensor.numbers(1), tensor.one(9).to_vec());
            let size = BTreeMap::from([(1, 4), (2, 1), (3, 1), (6, 4), (7, 8)])[&kind];
            assert_eq!(bytes.len() as u64, size * dims.iter().product::<u64>(), "{name}");
            assert!(names.insert(name.clone()), "{name} twice");
            constants.insert(name, Tensor { kind, dims, bytes });
        }
        let mut nodes = Vec::new();
        for node in graph.messages(1) {
            let name = node.text(2);
            let inputs: Vec<String> = node.all(1).map(|name| String::from_utf8(name.to_vec()).unwrap()).collect();
            for input in &inputs {
                assert!(names.contains(input), "{name} uses {input}, which is not there");
            }
            assert!(names.insert(name.clone()), "{name} twice");
            let attributes = node.messages(5).map(|attribute| (attribute.text(1), attribute)).collect();
            nodes.push((name, Node { operator: node.text(4), inputs, attributes }));
        }
        assert!(names.contains("logits") && ends[1].0 == "logits");
        let identifier = |name: &String| {
            !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        assert!(names.iter().all(identifier), "{names:?}");
        Self { opset, nodes, constants, ends }
    }

    fn operators(&self) -> Vec<&str> {
        self.nodes.iter().map(|(_, node)| node.operator.as_str()).collect()
    }

    fn node(&self, name: &str) -> &Node {
        &self.nodes.iter().find(|(of, _)| of == name).unwrap().1
    }

    fn count(&self, operator: &str) -> usize {
        self.operators().into_iter().filter(|of| *of == operator).count()
    }
}

#[test]
fn every_architecture_becomes_a_graph_that_holds_together() {
    for architecture in IMAGES {
        for (activation, pooling) in
            [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
        {
            let model = drawn(architecture, activation, pooling);
            let quantized = integers(&model);
            for model in [TrainedModel::Float(model), TrainedModel::Integer(quantized)] {
                let graph = Graph::of(&model);
                assert_eq!(graph.ends[0], ("samples".into(), ["N", "28", "28", "1"].map(String::from).to_vec()));
                assert_eq!(graph.ends[1].1, ["N", "10"]);
                let matrices = model.matrices().len();
                assert_eq!(graph.count("Gemm") + graph.count("Conv"), matrices);
            }
        }
    }
}

#[test]
fn transformers_become_graphs_that_hold_together() {
    let spec = Architecture { architecture: ArchitectureName::Transformer, patch: 5, ..Architecture::default() };
    for (shape, ends, first) in [
        (Shape { height: 28, width: 28, channels: 1 }, ["N", "28", "28", "1"], "Slice"),
        (Shape { height: 1, width: 48, channels: 1 }, ["N", "1", "48", "1"], "Cast"),
    ] {
        let model = TrainedModel::Float(Model::initialize(&spec, shape, 10, &Key::new(3)).unwrap());
        let graph = Graph::of(&model);
        assert_eq!(
            (graph.ends[0].1.clone(), graph.ends[1].1.clone()),
            (ends.map(String::from).to_vec(), ["N", "10"].map(String::from).to_vec())
        );
        assert_eq!(graph.count("Gemm") + graph.count("Conv"), model.matrices().len());
        let of_blocks =
            ["LayerNormalization", "Softmax", "MatMul", "Sigmoid", "ReduceMean"].map(|name| graph.count(name));
        assert_eq!(of_blocks, [5, 2, 4, 2, 1]);
        assert_eq!((graph.count(first), graph.opset), (1, 18), "the axes of the mean are an input");
    }
}

#[test]
fn a_float_network_has_an_operator_a_layer() {
    let graph =
        Graph::of(&TrainedModel::Float(drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max)));
    let block = ["Conv", "BatchNormalization", "Relu", "MaxPool"];
    let wanted =
        [&["Reshape"], &block[..], &block, &["Transpose", "Flatten", "Gemm", "BatchNormalization", "Relu", "Gemm"]];
    assert_eq!(graph.operators(), wanted.concat());
    let second = graph.node("convolution_2");
    assert_eq!(second.inputs, ["convolution_1_max_pool", "convolution_2_weight", "convolution_2_bias"]);
    assert_eq!(second.attributes["kernel_shape"].numbers(8), [5, 5]);
    assert_eq!(graph.constants["convolution_2_weight"].dims, [50, 20, 5, 5]);
    assert_eq!(graph.constants["dense_3_weight"].dims, [800, 500]);
    assert_eq!(graph.constants["dense_3_variance"].floats(), vec![1.0; 500]);
}

/// Every weight of a convolution stands where its filter, channel, row and column say.
#[test]
fn convolutions_are_turned_channels_first() {
    let conv = Conv { height: 4, width: 5, channels: 2, kernel: 3, padding: 1, filters: 3 };
    let mut model = Model::zeroed(
        vec![Layer::Convolution(conv), Layer::Dense { inputs: 60, outputs: 2 }],
        Shape { height: 4, width: 5, channels: 2 },
        2,
    );
    model.parameters[0].slice_mut().iter_mut().enumerate().for_each(|(i, w)| *w = i as f32);
    let graph = Graph::of(&TrainedModel::Float(model));
    assert_eq!(graph.operators(), ["Transpose", "Conv", "Transpose", "Flatten", "Gemm"]);
    assert_eq!(graph.node("convolution_1").attributes["pads"].numbers(8), [1; 4]);
    assert_eq!(graph.node("convolution_1_channels_first").attributes["perm"].numbers(8), [0, 3, 1, 2]);
    assert_eq!(graph.node("dense_2_channels_last").attributes["perm"].numbers(8), [0, 2, 3, 1]);
    let mut turned = graph.constants["convolution_1_weight"].floats().into_iter();
    for filter in 0..3 {
        for channel in 0..2 {
            for place in 0..9 {
                assert_eq!(turned.next(), Some(((place * 2 + channel) * 3 + filter) as f32));
            }
        }
    }
}

#[test]
fn integers_keep_their_values_and_grids() {
    let model = integers(&drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max));
    let graph = Graph::of(&TrainedModel::Integer(model.clone()));
    let IntegerLayer::Linear(last) = model.layers.last().unwrap() else { panic!("a dense layer is last") };
    let weights = &graph.constants["dense_4_weight_quantized"];
    assert_eq!((weights.kind, &weights.dims[..]), (3, &[500, 10][..]));
    assert!(weights.bytes.iter().zip(&last.codes.weights).all(|(byte, weight)| *byte as i8 == *weight));
    assert_eq!(graph.constants["dense_4_weight_scale"].floats(), last.codes.scales);
    assert_eq!(graph.node("dense_4_weight").attributes["axis"].numbers(3), [1]);
    assert_eq!(graph.node("convolution_1_weight").attributes["axis"].numbers(3), [0]);
    let units: Vec<f32> = last.codes.scales.iter().map(|scale| scale * last.input.scale).collect();
    assert_eq!(graph.constants["dense_4_bias_scale"].floats(), units);
    assert_eq!(graph.constants["dense_4_bias_quantized"].kind, 6);
    assert_eq!(graph.constants["dense_4_input_zero_point"].bytes, [last.input.zero_point]);
    // The ReLU that the engine fuses is written out, since a grid may reach below zero.
    assert_eq!(graph.count("Relu"), 3);
    assert_eq!(graph.count("QuantizeLinear"), 6);
}

/// A mean in the middle between two integers is rounded as the engine rounds it, where there can be one.
#[test]
fn means_of_an_even_count_are_moved_upwards() {
    for (size, moved) in [(2, 1), (3, 0)] {
        let pool = Pool { kind: PoolKind::Average, height: 6, width: 6, channels: 1, size };
        let inputs = pool.outputs();
        let shape = Shape { height: 6, width: 6, channels: 1 };
        let float = Model::zeroed(vec![Layer::Pool(pool), Layer::Dense { inputs, outputs: 2 }], shape, 2);
        let graph = Graph::of(&TrainedModel::Integer(integers(&float)));
        assert_eq!((graph.count("AveragePool"), graph.count("Add")), (1, moved));
        if moved == 1 {
            // Half of a quarter of a step.
            assert_eq!(graph.constants["samples_upwards"].floats(), [3.0 / 255.0 / 8.0]);
        }
    }
}

#[test]
fn tables_are_tanh_where_they_are_its_and_else_tables() {
    let mut model = integers(&drawn(ArchitectureName::LeNet300100, ActivationName::Tanh, PoolingName::Max));
    assert_eq!(Graph::of(&TrainedModel::Integer(model.clone())).count("Tanh"), 2);
    let table = model.layers.iter_mut().find_map(|layer| match layer {
        IntegerLayer::Table(table) => Some(table),
        _ => None,
    });
    table.unwrap()[9] ^= 1;
    let graph = Graph::of(&TrainedModel::Integer(model));
    assert_eq!((graph.count("Tanh"), graph.count("Gather"), graph.count("Cast")), (1, 1, 1));
    assert_eq!(graph.constants["dense_1_table"].bytes.len(), 256);
}

#[test]
fn grids_of_fewer_bits_end_where_they_end() {
    let mut model = integers(&drawn(ArchitectureName::LeNet300100, ActivationName::Relu, PoolingName::Max));
    model.layers.iter_mut().for_each(|layer| {
        if let IntegerLayer::Linear(linear) = layer {
            linear.output.iter_mut().for_each(|grid| grid.top = 15);
        }
    });
    let graph = Graph::of(&TrainedModel::Integer(model));
    assert_eq!(graph.count("Clip"), 2);
    assert_eq!((graph.constants["dense_2_top"].kind, &graph.constants["dense_2_top"].bytes[..]), (2, &[15][..]));
}

/// A float network whose first matrix is stored as integers in groups of so many rows.
fn stored(layer: Layer, shape: Shape, group: usize, activations: Option<u8>) -> TrainedModel {
    let outputs = shape.len();
    let mut model = Model::zeroed(vec![layer, Layer::Dense { inputs: outputs, outputs: 2 }], shape, 2);
    let weights = &mut model.parameters[0];
    let (rows, columns) = weights.matrix_dims();
    let groups = rows.div_ceil(group);
    let codes = Codes {
        bits: 4,
        weights: (0..rows * columns).map(|i| (i % 15) as i8 - 7).collect(),
        group,
        scales: (1..=groups * columns).map(|i| i as f32).collect(),
        zero_points: Vec::new(),
    };
    let real = codes.real(columns);
    weights.slice_mut().copy_from_slice(&real);
    weights.integers = Some(Coded { codes, activations });
    TrainedModel::Float(model)
}

#[test]
fn groups_have_scales_of_their_own() {
    let shape = Shape { height: 1, width: 1, channels: 8 };
    let graph = Graph::of(&stored(Layer::Dense { inputs: 8, outputs: 8 }, shape, 3, None));
    assert_eq!(graph.opset, 21);
    assert_eq!(graph.constants["dense_1_weight_quantized"].dims, [8, 8]);
    assert_eq!(graph.constants["dense_1_weight_scale"].dims, [3, 8]);
    assert_eq!(graph.node("dense_1_weight").attributes["block_size"].numbers(3), [3]);
    let shape = Shape { height: 4, width: 4, channels: 2 };
    let conv = Conv { height: 4, width: 4, channels: 2, kernel: 3, padding: 1, filters: 2 };
    let graph = Graph::of(&stored(Layer::Convolution(conv), shape, 6, None));
    assert_eq!(graph.node("convolution_1").inputs[1], "convolution_1_weight_turned");
    assert_eq!(graph.node("convolution_1_weight_turned").attributes["perm"].numbers(8), [3, 2, 0, 1]);
}

#[test]
fn dynamic_range_puts_each_sample_on_its_own_grid() {
    let shape = Shape { height: 1, width: 1, channels: 8 };
    let graph = Graph::of(&stored(Layer::Dense { inputs: 8, outputs: 8 }, shape, 8, Some(4)));
    assert_eq!((graph.opset, graph.count("Round"), graph.count("DequantizeLinear")), (18, 1, 1));
    assert_eq!(graph.constants["dense_1_most_positive"].floats(), [15.0]);
    assert_eq!(graph.constants["dense_1_most_signed"].floats(), [7.0]);
    assert_eq!(graph.node("dense_1").inputs[0], "dense_1_on_grid");
}

/// Skip connections from images and from rows, pooling before any weights, images of other sides than the input's.
#[test]
fn what_no_architecture_has_becomes_a_graph_all_the_same() {
    let shape = Shape { height: 4, width: 6, channels: 2 };
    let conv = Conv { height: 4, width: 6, channels: 2, kernel: 3, padding: 1, filters: 2 };
    let layers = vec![
        Layer::Activation(crate::backend::Activation::Tanh),
        Layer::Add { from: 0 },
        Layer::Convolution(conv),
        Layer::BatchNormalization { rows: 12, channels: 4 },
        Layer::Add { from: 0 },
        Layer::Flatten,
        Layer::BatchNormalization { rows: 1, channels: 48 },
    ];
    let graph = Graph::of(&TrainedModel::Float(Model::zeroed(layers, shape, 48)));
    assert_eq!(graph.ends[1].1, ["N", "48"]);
    let nothing = Model::zeroed(vec![Layer::Dropout { rate: 0.5 }], Shape { height: 1, width: 1, channels: 3 }, 3);
    assert_eq!(Graph::of(&TrainedModel::Float(nothing)).operators(), ["Identity"]);
}

proptest! {
    /// What is read from a damaged file can be written as a graph.
    #[test]
    fn damaged_models_never_panic(at in 0usize..3000, value in any::<u8>(), integer in any::<bool>()) {
        let conv = Conv { height: 4, width: 4, channels: 2, kernel: 3, padding: 1, filters: 2 };
        let layers = vec![
            Layer::Convolution(conv),
            Layer::Activation(crate::backend::Activation::Tanh),
            Layer::Convolution(conv),
            Layer::Add { from: 2 },
            Layer::Pool(Pool { kind: PoolKind::Average, height: 4, width: 4, channels: 2, size: 2 }),
            Layer::Dense { inputs: 8, outputs: 3 },
        ];
        let float = Model::zeroed(layers, Shape { height: 4, width: 4, channels: 2 }, 3);
        let model = if integer { TrainedModel::Integer(integers(&float)) } else { TrainedModel::Float(float) };
        let mut file = encode(&model).file;
        let at = at % file.len();
        file[at] = value;
        if let Ok(model) = decode(&file) {
            Graph::of(&model);
        }
    }
}

#[test]
fn biases_are_those_of_the_layer() {
    let mut model = drawn(ArchitectureName::LeNet300100, ActivationName::Relu, PoolingName::Max);
    let biases = model.parameters.iter_mut().filter(|p| p.role == Role::Bias);
    biases.enumerate().for_each(|(i, p)| p.slice_mut().fill(i as f32));
    let graph = Graph::of(&TrainedModel::Float(model));
    for (name, value) in [("dense_1_bias", 0.0), ("dense_2_bias", 1.0), ("dense_3_bias", 2.0)] {
        assert!(graph.constants[name].floats().iter().all(|bias| *bias == value));
    }
}

/// All networks read the samples; their probabilities are averaged once.
#[test]
fn an_ensemble_is_its_networks_and_a_mean() {
    let model = drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max);
    let members = vec![
        TrainedModel::Integer(integers(&model)),
        TrainedModel::Float(drawn(ArchitectureName::LeNet300100, ActivationName::Tanh, PoolingName::Max)),
        TrainedModel::Float(model),
    ];
    let graph = Graph::of(&TrainedModel::Ensemble(Ensemble::new(members)));
    assert_eq!(["Softmax", "Mean", "Log"].map(|operator| graph.count(operator)), [3, 1, 1]);
    let (_, mean) = graph.nodes.iter().find(|(_, node)| node.operator == "Mean").unwrap();
    assert!(mean.inputs.iter().all(|input| graph.node(input).operator == "Softmax") && mean.inputs.len() == 3);
    assert_eq!(graph.operators().last(), Some(&"Log"));
    assert_eq!(graph.ends[1].1, ["N", "10"]);
}
