//! The nodes and constants of an ONNX graph.
//!
//! Field numbers are those of `onnx.proto`.

use super::wire::Message;
use std::collections::HashMap;

/// The most nodes and constants: a network of the engine has some hundred.
const MOST: usize = 5000;
/// The most values of a constant, as of a network of the engine.
const MOST_VALUES: usize = 1 << 23;

/// Numbers by their dimensions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Constant {
    pub dims: Vec<usize>,
    pub values: Vec<f32>,
}

/// An operator.
#[derive(Debug)]
pub(super) struct Node<'f> {
    pub operator: String,
    /// For messages: its name, or that of what it makes.
    pub name: String,
    pub inputs: Vec<String>,
    pub output: String,
    attributes: Vec<Message<'f>>,
}

impl Node<'_> {
    fn attribute(&self, name: &str) -> Option<&Message<'_>> {
        self.attributes.iter().find(|attribute| attribute.text(1) == name)
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).map(|attribute| attribute.number(3).unwrap_or(0))
    }

    pub fn ints(&self, name: &str) -> Result<Vec<i64>, String> {
        self.attribute(name).map_or(Ok(Vec::new()), |attribute| attribute.numbers(8))
    }

    pub fn float(&self, name: &str) -> Option<f32> {
        self.attribute(name).map(|attribute| attribute.float(2).unwrap_or(0.0))
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.attribute(name).map(|attribute| attribute.text(4))
    }

    /// "operator X of node y", for messages.
    pub fn said(&self) -> String {
        format!("{} of node {}", self.operator, self.name)
    }
}

/// A graph, read.
#[derive(Debug)]
pub(super) struct Graph<'f> {
    /// In an order in which each comes after what it needs.
    pub nodes: Vec<Node<'f>>,
    pub constants: HashMap<String, Constant>,
    /// The name of the samples, and their dimensions behind the batch; none where they may be any.
    pub input: (String, Vec<Option<usize>>),
    pub output: String,
}

impl<'f> Graph<'f> {
    pub fn read(file: &'f [u8]) -> Result<Self, String> {
        let graph = Message::read(file)?.message(7)?;
        let mut constants = HashMap::new();
        for tensor in graph.messages(5) {
            let tensor = tensor?;
            constants.insert(tensor.text(8), constant(&tensor)?);
        }
        let mut nodes = Vec::new();
        for node in graph.messages(1) {
            let node = node?;
            let names = |field| node.all(field).map(|name| String::from_utf8_lossy(name).into_owned());
            let output = names(2).next().unwrap_or_default();
            let name = Some(node.text(3)).filter(|name| !name.is_empty()).unwrap_or_else(|| output.clone());
            let node = Node {
                operator: node.text(4),
                name,
                inputs: names(1).collect(),
                output,
                attributes: node.messages(5).collect::<Result<_, _>>()?,
            };
            if node.operator == "Constant" {
                let value =
                    node.attribute("value").ok_or_else(|| format!("{} has no value", node.said()))?.message(5)?;
                let value = constant(&value)?;
                constants.insert(node.output.clone(), value);
                continue;
            }
            nodes.push(node);
        }
        if nodes.is_empty() {
            return Err("it has no operators; it ends in the middle, or is no ONNX file".into());
        }
        if nodes.len() + constants.len() > MOST {
            return Err(format!(
                "it has more than {MOST} operators and constants; the networks here have some hundred"
            ));
        }
        // Old files list constants among the inputs.
        let inputs: Vec<Message<'f>> = graph.messages(11).collect::<Result<_, _>>()?;
        let input = inputs.iter().find(|input| !constants.contains_key(&input.text(1)));
        let input = input.ok_or("it has no input")?;
        let shape = input.message(2)?.message(1)?.message(2)?;
        let mut dims = Vec::new();
        for dim in shape.messages(1) {
            dims.push(dim?.number(1).and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0));
        }
        let output = graph.messages(12).next().ok_or("it has no output")??.text(1);
        let behind = dims.get(1..).unwrap_or_default().to_vec();
        Ok(Self { nodes, constants, input: (input.text(1), behind), output })
    }
}

/// A tensor's numbers as floats.
fn constant(tensor: &Message<'_>) -> Result<Constant, String> {
    let name = tensor.text(8);
    let dims: Option<Vec<usize>> = tensor.numbers(1)?.into_iter().map(|dim| usize::try_from(dim).ok()).collect();
    let dims = dims.ok_or_else(|| format!("constant {name} has a negative size"))?;
    let len = dims.iter().try_fold(1usize, |len, dim| len.checked_mul(*dim)).filter(|len| *len <= MOST_VALUES);
    let len = len.ok_or_else(|| format!("constant {name} is {dims:?}; at most {MOST_VALUES} values are read"))?;
    if tensor.number(14) == Some(1) {
        return Err(format!(
            "the values of constant {name} lie in another file; save the model in one file (in PyTorch: external_data=False)"
        ));
    }
    let raw = tensor.bytes(9);
    let kind = tensor.number(2).unwrap_or(0);
    let values: Vec<f32> = match (kind, raw) {
        (1, Some(raw)) => raw.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        (1, None) => tensor.all(4).flat_map(|all| all.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b))).collect(),
        (11, Some(raw)) => raw.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        (2 | 9, Some(raw)) => raw.iter().map(|b| f32::from(*b)).collect(),
        (3, Some(raw)) => raw.iter().map(|b| f32::from(*b as i8)).collect(),
        (6, Some(raw)) => raw.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b) as f32).collect(),
        (7, Some(raw)) => raw.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b) as f32).collect(),
        (2 | 3 | 6 | 9, None) => tensor.numbers(5)?.into_iter().map(|number| number as f32).collect(),
        (7, None) => tensor.numbers(7)?.into_iter().map(|number| number as f32).collect(),
        _ => {
            return Err(format!(
                "constant {name} has numbers of ONNX's kind {kind}; floats of 32 and 64 bits and integers are read"
            ));
        }
    };
    if values.len() != len {
        return Err(format!("constant {name} is {dims:?} and has {} values", values.len()));
    }
    if let Some(at) = values.iter().position(|value| value.is_nan()) {
        return Err(format!(
            "constant {name} holds NaN at place {at}; its training has failed, or the file is damaged"
        ));
    }
    Ok(Constant { dims, values })
}
