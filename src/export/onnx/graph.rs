//! A graph of ONNX operators as it grows, and the file it becomes.
//!
//! Field numbers are those of `onnx.proto`; <https://onnx.ai/onnx/repo-docs/IR.html> says what they mean.

use super::message::Message;
use std::collections::BTreeSet;

/// A version of the operators, and that of the file's form which goes with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    operators: usize,
    form: usize,
}

/// What ONNX Runtime has read since 1.12 (2022).
const VERSION: Version = Version { operators: 17, form: 8 };
/// The first in which the axes of a reduction are an input.
pub(super) const WITH_AXES: Version = Version { operators: 18, form: 8 };
/// The first in which groups of weights have scales of their own.
pub(super) const WITH_GROUPS: Version = Version { operators: 21, form: 10 };

/// A number that tensors are made of.
pub(super) trait Element: Copy {
    /// `TensorProto.DataType`.
    const TYPE: usize;
    /// Appends it, lowest byte first.
    fn write(self, bytes: &mut Vec<u8>);
}

macro_rules! elements {
    ($($number:ty: $code:literal),*) => { $(impl Element for $number {
        const TYPE: usize = $code;
        fn write(self, bytes: &mut Vec<u8>) { bytes.extend(self.to_le_bytes()); }
    })* };
}
elements!(f32: 1, u8: 2, i8: 3, i32: 6, i64: 7);

/// A setting of a node.
pub(super) enum Attribute<'a> {
    Int(usize),
    Ints(&'a [usize]),
    Float(f32),
}

struct Node {
    operator: &'static str,
    inputs: Vec<String>,
    output: String,
    attributes: Vec<Message>,
}

/// Nodes and constants. A node is named as the tensor that it makes, and every name begins with the layer it belongs to.
pub(super) struct Graph {
    nodes: Vec<Node>,
    constants: Vec<Message>,
    names: BTreeSet<String>,
    layer: String,
    layers: usize,
    version: Version,
}

impl Graph {
    /// Nothing but the input, which has this name.
    pub fn new(input: &str) -> Self {
        let names = [input, super::OUTPUT].map(String::from).into();
        Self { nodes: Vec::new(), constants: Vec::new(), names, layer: input.into(), layers: 0, version: VERSION }
    }

    /// What follows belongs to the next weight matrix, which has this kind: `convolution_1`, `dense_3`.
    pub fn begin(&mut self, kind: &str) {
        self.layers += 1;
        self.layer = format!("{kind}_{}", self.layers);
    }

    /// Something in the graph needs at least this version.
    pub fn needs(&mut self, version: Version) {
        self.version = self.version.max(version);
    }

    /// A name for something of this layer; the layer's own if there is nothing to add.
    fn name(&mut self, of: &str) -> String {
        let plain = if of.is_empty() { self.layer.clone() } else { format!("{}_{of}", self.layer) };
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        // One of them is free: names are finitely many.
        let name = std::iter::once(plain.clone()).chain(numbered).find(|name| !self.names.contains(name));
        let name = name.unwrap_or(plain);
        self.names.insert(name.clone());
        name
    }

    /// A constant of these dimensions; a scalar if there are none.
    pub fn constant<T: Element>(&mut self, of: &str, dims: &[usize], values: &[T]) -> String {
        let name = self.name(of);
        let mut bytes = Vec::with_capacity(size_of_val(values));
        values.iter().for_each(|value| value.write(&mut bytes));
        let tensor = Message::default().each(dims, |tensor, dim| tensor.int(1, *dim)).int(2, T::TYPE);
        self.constants.push(tensor.bytes(8, &name).bytes(9, bytes));
        name
    }

    /// An operator on tensors of these names; the name of what it makes.
    pub fn node(
        &mut self,
        operator: &'static str,
        of: &str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
    ) -> String {
        let output = self.name(of);
        let attribute = |(name, value): &(&str, Attribute)| {
            let named = Message::default().bytes(1, name);
            match value {
                Attribute::Float(value) => named.float(2, *value).int(20, 1),
                Attribute::Int(value) => named.int(3, *value).int(20, 2),
                Attribute::Ints(values) => named.each(*values, |named, value| named.int(8, *value)).int(20, 7),
            }
        };
        self.nodes.push(Node {
            operator,
            inputs: inputs.iter().map(ToString::to_string).collect(),
            output: output.clone(),
            attributes: attributes.iter().map(attribute).collect(),
        });
        output
    }

    /// The file. `input` and `output` are a tensor's name and its dimensions behind the batch.
    pub fn finish(mut self, input: (&str, &[usize]), output: (&str, &[usize])) -> Vec<u8> {
        let (last, dims) = output;
        match self.nodes.last_mut().filter(|node| node.output == last) {
            Some(node) => node.output = super::OUTPUT.into(),
            None => self.nodes.push(Node {
                operator: "Identity",
                inputs: vec![last.into()],
                output: super::OUTPUT.into(),
                attributes: Vec::new(),
            }),
        }
        let node = |node: &Node| {
            Message::default()
                .each(&node.inputs, |message, input| message.bytes(1, input))
                .bytes(2, &node.output)
                .bytes(3, &node.output)
                .bytes(4, node.operator)
                .each(&node.attributes, |message, attribute| message.message(5, attribute))
        };
        let graph = Message::default()
            .each(&self.nodes, |graph, one| graph.message(1, &node(one)))
            .bytes(2, "network")
            .each(&self.constants, |graph, constant| graph.message(5, constant))
            .message(11, &value(input))
            .message(12, &value((super::OUTPUT, dims)));
        Message::default()
            .int(1, self.version.form)
            .bytes(2, "Featherweight")
            .bytes(3, env!("CARGO_PKG_VERSION"))
            .message(7, &graph)
            .message(8, &Message::default().bytes(1, "").int(2, self.version.operators))
            .finish()
    }
}

/// A tensor of floats with a batch of any size: a `ValueInfoProto`.
fn value((name, dims): (&str, &[usize])) -> Message {
    let batch = Message::default().bytes(2, "N");
    let shape = Message::default()
        .message(1, &batch)
        .each(dims, |shape, dim| shape.message(1, &Message::default().int(1, *dim)));
    let tensor = Message::default().int(1, f32::TYPE).message(2, &shape);
    Message::default().bytes(1, name).message(2, &Message::default().message(1, &tensor))
}
