//! An ONNX graph read from its input to its output as a chain of the engine's kinds of layer.

use super::graph::{Constant, Graph, Node};
use crate::backend::{Activation, NORMALIZATION_EPSILON, PoolKind};
use crate::export::state_dict::{Tensor, Values};
use crate::network::Shape;
use std::collections::HashMap;

/// The operators that are known, for messages.
const KNOWN: &str = "Conv, Gemm, MatMul, Add, Relu, Tanh, MaxPool, AveragePool, GlobalAveragePool, BatchNormalization, Flatten, Reshape, Transpose, Dropout, Identity, Cast, QuantizeLinear, DequantizeLinear, and Softmax at the end";

/// A layer as it was found; its parameters are tensors named after it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    Convolution {
        padding: usize,
    },
    Dense,
    Normalization,
    Activation(Activation),
    Pool {
        kind: PoolKind,
        size: usize,
    },
    /// Adds what came into the layer of this number.
    Add {
        from: usize,
    },
}

/// What came of a graph.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub layers: Vec<Found>,
    /// As a state dict has them: `conv1.weight`.
    pub tensors: Vec<Tensor>,
}

/// How values lie behind the batch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// An image, channels first or last.
    Image { shape: Shape, first: bool },
    /// A row; of an image that was flattened so, where it was one.
    Row { len: usize, image: Option<(Shape, bool)> },
}

/// A tensor on the way.
#[derive(Clone, Copy, Debug)]
struct Value {
    /// Layers before it.
    place: usize,
    form: Form,
    quantized: bool,
}

struct Walk<'g, 'f> {
    graph: &'g Graph<'f>,
    constants: HashMap<String, Constant>,
    values: HashMap<String, Value>,
    chain: Chain,
    sample: Shape,
    counts: [usize; 3],
}

/// Reads the graph for samples of this shape.
pub(super) fn walk(graph: &Graph<'_>, sample: Shape) -> Result<Chain, String> {
    let mut walk = Walk {
        graph,
        constants: graph.constants.clone(),
        values: HashMap::new(),
        chain: Chain::default(),
        sample,
        counts: [0; 3],
    };
    let form = walk.entrance()?;
    walk.values.insert(graph.input.0.clone(), Value { place: 0, form, quantized: false });
    for node in &graph.nodes {
        walk.node(node)?;
    }
    match walk.values.get(&graph.output) {
        Some(value) if value.place == walk.chain.layers.len() => Ok(walk.chain),
        _ => Err(format!("its output {} does not come from its last layer; keep one chain of layers", graph.output)),
    }
}

impl<'g> Walk<'g, '_> {
    /// How the samples come in.
    fn entrance(&self) -> Result<Form, String> {
        let Shape { height, width, channels } = self.sample;
        let dims = &self.graph.input.1;
        let fits = |wanted: &[usize]| {
            dims.len() == wanted.len() && dims.iter().zip(wanted).all(|(dim, size)| dim.is_none_or(|dim| dim == *size))
        };
        let image = |first| Form::Image { shape: self.sample, first };
        let len = self.sample.len();
        if fits(&[channels, height, width]) {
            Ok(image(true))
        } else if fits(&[height, width, channels]) || fits(&[height, width]) && channels == 1 {
            Ok(image(false))
        } else if fits(&[len]) {
            Ok(Form::Row { len, image: None })
        } else {
            let dims: Vec<String> = dims.iter().map(|dim| dim.map_or("?".into(), |dim| dim.to_string())).collect();
            Err(format!(
                "its input is N x {}, and the samples are {height} x {width} x {channels}; choose the data that it was trained on",
                dims.join(" x ")
            ))
        }
    }

    fn constant(&self, node: &Node<'_>, at: usize) -> Option<&Constant> {
        node.inputs.get(at).and_then(|name| self.constants.get(name))
    }

    fn value(&self, node: &Node<'_>, at: usize) -> Option<Value> {
        node.inputs.get(at).and_then(|name| self.values.get(name)).copied()
    }

    /// The value that the node works on, which is what the last layer has left.
    fn current(&self, node: &Node<'_>) -> Result<Value, String> {
        let value =
            self.value(node, 0).ok_or_else(|| format!("{} does not get what a layer before it makes", node.said()))?;
        match value.place == self.chain.layers.len() {
            true => Ok(value),
            false => Err(format!(
                "{} works beside the chain of layers; branches are read only as skip connections",
                node.said()
            )),
        }
    }

    fn node(&mut self, node: &'g Node<'_>) -> Result<(), String> {
        let constant = self.constant(node, 0).cloned();
        let made = match (node.operator.as_str(), constant) {
            ("Transpose", Some(constant)) => return self.keep(node, turned(node, &constant)?),
            ("Identity" | "Cast", Some(constant)) => return self.keep(node, constant),
            ("Reshape", Some(constant)) => {
                let dims = self.target(node, constant.values.len())?;
                return self.keep(node, Constant { dims, ..constant });
            }
            ("DequantizeLinear", Some(constant)) => {
                let real = self.dequantized(node, constant)?;
                return self.keep(node, real);
            }
            ("Identity" | "Dropout" | "Cast", None) => self.current(node)?,
            ("QuantizeLinear", None) => Value { quantized: true, ..self.current(node)? },
            ("Clip", None) if self.current(node)?.quantized => self.current(node)?,
            ("DequantizeLinear", None) => {
                // Also of what a skip connection adds.
                let value = self.value(node, 0).ok_or_else(|| format!("{} has nothing to work on", node.said()))?;
                Value { quantized: false, ..value }
            }
            ("Softmax" | "LogSoftmax", None) if node.output == self.graph.output => self.current(node)?,
            ("Flatten", None) => {
                if node.int("axis").unwrap_or(1) != 1 {
                    return Err(format!("{} keeps other axes than the batch; flatten from axis 1", node.said()));
                }
                self.flat(self.current(node)?)
            }
            ("Reshape", None) => self.reshaped(node)?,
            ("Transpose", None) => self.turned_image(node)?,
            ("Relu", None) => self.activation(node, Activation::Relu)?,
            ("Tanh", None) => self.activation(node, Activation::Tanh)?,
            ("MaxPool", None) => self.pool(node, PoolKind::Max)?,
            ("AveragePool", None) => self.pool(node, PoolKind::Average)?,
            ("GlobalAveragePool", None) => self.mean(node)?,
            ("Conv", None) => self.convolution(node)?,
            ("Gemm", None) => self.gemm(node)?,
            ("MatMul", None) => {
                let weights =
                    self.constant(node, 1).ok_or_else(|| format!("{} multiplies no constant", node.said()))?;
                let weights = turned(node, weights)?;
                self.dense(node, weights, None)?
            }
            ("BatchNormalization", None) => self.normalization(node)?,
            ("Add", _) => self.add(node)?,
            (other, _) => {
                return Err(format!("operator {other} of node {} is not read; those that are: {KNOWN}", node.name));
            }
        };
        self.values.insert(node.output.clone(), made);
        Ok(())
    }

    fn keep(&mut self, node: &Node<'_>, constant: Constant) -> Result<(), String> {
        self.constants.insert(node.output.clone(), constant);
        Ok(())
    }

    /// Appends a layer; what leaves it.
    fn push(&mut self, layer: Found, form: Form) -> Value {
        self.chain.layers.push(layer);
        Value { place: self.chain.layers.len(), form, quantized: false }
    }

    fn tensor(&mut self, module: &str, part: &str, dims: Vec<usize>, values: Vec<f32>) {
        self.chain.tensors.push(Tensor { name: format!("{module}.{part}"), dims, values: Values::F32(values) });
    }

    /// The next module of a kind: 0 convolutions, 1 dense layers, 2 normalizations.
    fn module(&mut self, kind: usize) -> String {
        self.counts[kind] += 1;
        format!("{}{}", ["conv", "fc", "bn"][kind], self.counts[kind])
    }

    fn image(&self, node: &Node<'_>) -> Result<Shape, String> {
        match self.current(node)?.form {
            Form::Image { shape, first: true } => Ok(shape),
            Form::Image { .. } => {
                Err(format!("{} gets an image with channels last, and takes them first", node.said()))
            }
            Form::Row { .. } => Err(format!("{} gets rows, and takes images", node.said())),
        }
    }

    fn activation(&mut self, node: &Node<'_>, f: Activation) -> Result<Value, String> {
        let form = self.current(node)?.form;
        Ok(self.push(Found::Activation(f), form))
    }

    fn flat(&self, value: Value) -> Value {
        match value.form {
            Form::Image { shape, first } => {
                Value { form: Form::Row { len: shape.len(), image: Some((shape, first)) }, ..value }
            }
            Form::Row { .. } => value,
        }
    }

    /// The dimensions that a `Reshape` asks for.
    fn target(&self, node: &Node<'_>, len: usize) -> Result<Vec<usize>, String> {
        let to = self.constant(node, 1).ok_or_else(|| format!("{} takes a shape that is no constant", node.said()))?;
        let known: usize = to.values.iter().filter(|dim| **dim > 0.0).map(|dim| *dim as usize).product();
        let dim = |dim: &f32| if *dim > 0.0 { *dim as usize } else { len.checked_div(known).unwrap_or(0) };
        Ok(to.values.iter().map(dim).collect())
    }

    fn reshaped(&self, node: &Node<'_>) -> Result<Value, String> {
        let value = self.current(node)?;
        let to = self.constant(node, 1).ok_or_else(|| format!("{} takes a shape that is no constant", node.said()))?;
        let behind: Vec<usize> = to.values.iter().skip(1).map(|dim| dim.max(0.0) as usize).collect();
        let Shape { height, width, channels } = self.sample;
        match behind[..] {
            [_] => Ok(self.flat(value)),
            [a, b, c] => {
                let first = [a, b, c] == [channels, height, width];
                if !first && [a, b, c] != [height, width, channels] {
                    return Err(format!("{} makes images of {a} x {b} x {c}; only samples are read so", node.said()));
                }
                Ok(Value { form: Form::Image { shape: self.sample, first }, ..value })
            }
            _ => Err(format!("{} makes {} dimensions; rows and images are read", node.said(), to.values.len())),
        }
    }

    fn turned_image(&self, node: &Node<'_>) -> Result<Value, String> {
        let value = self.current(node)?;
        match (value.form, &node.ints("perm")?[..]) {
            (Form::Image { shape, first: true }, [0, 2, 3, 1]) => {
                Ok(Value { form: Form::Image { shape, first: false }, ..value })
            }
            (Form::Image { shape, first: false }, [0, 3, 1, 2]) => {
                Ok(Value { form: Form::Image { shape, first: true }, ..value })
            }
            (_, perm) => Err(format!(
                "{} by {perm:?} is not read; images may go from channels first to last and back",
                node.said()
            )),
        }
    }

    fn pool(&mut self, node: &Node<'_>, kind: PoolKind) -> Result<Value, String> {
        let Shape { height, width, channels } = self.image(node)?;
        let (kernel, strides, pads) = (node.ints("kernel_shape")?, node.ints("strides")?, node.ints("pads")?);
        let size = match (&kernel[..], &strides[..]) {
            ([a, b], [c, d]) if a == b && a == c && a == d && *a > 0 => *a as usize,
            _ => {
                return Err(format!(
                    "{} has windows of {kernel:?} in steps of {strides:?}; square windows side by side are read",
                    node.said()
                ));
            }
        };
        if pads.iter().any(|pad| *pad != 0) || node.int("ceil_mode").unwrap_or(0) != 0 || size > height.min(width) {
            return Err(format!("{} reaches beyond the image's edge; windows have to lie within", node.said()));
        }
        let shape = Shape { height: height / size, width: width / size, channels };
        Ok(self.push(Found::Pool { kind, size }, Form::Image { shape, first: true }))
    }

    fn mean(&mut self, node: &Node<'_>) -> Result<Value, String> {
        let Shape { height, width, channels } = self.image(node)?;
        if height != width {
            return Err(format!("{} is of {height} x {width} pixels; squares are read", node.said()));
        }
        let shape = Shape { height: 1, width: 1, channels };
        Ok(self.push(Found::Pool { kind: PoolKind::Average, size: height }, Form::Image { shape, first: true }))
    }

    fn convolution(&mut self, node: &Node<'_>) -> Result<Value, String> {
        let Shape { height, width, channels } = self.image(node)?;
        let weights =
            self.constant(node, 1).ok_or_else(|| format!("{} has weights that are no constant", node.said()))?.clone();
        let [filters, of, kernel, across] = weights.dims[..] else {
            return Err(format!(
                "{} has weights of {} dimensions; those of images have 4",
                node.said(),
                weights.dims.len()
            ));
        };
        let ones = |name: &str| Ok::<bool, String>(node.ints(name)?.iter().all(|one| *one == 1));
        if kernel != across
            || of != channels
            || node.int("group").unwrap_or(1) != 1
            || !ones("strides")?
            || !ones("dilations")?
        {
            return Err(format!(
                "{} has kernels of {kernel} x {across} over {of} of {channels} channels, in groups, steps or dilations; square kernels over all channels, pixel by pixel, are read",
                node.said()
            ));
        }
        let padding = match (node.text("auto_pad").as_deref(), &node.ints("pads")?[..]) {
            (Some("SAME_UPPER" | "SAME_LOWER"), _) if kernel % 2 == 1 => kernel / 2,
            (None | Some("NOTSET"), [a, rest @ ..])
                if rest.len() == 3 && rest.iter().all(|b| b == a) && (0..64).contains(a) =>
            {
                *a as usize
            }
            (None | Some("NOTSET" | "VALID"), []) => 0,
            (Some("VALID"), _) => 0,
            (_, pads) => {
                return Err(format!("{} is padded by {pads:?}; as many pixels on each side are read", node.said()));
            }
        };
        if kernel == 0 || kernel > height.min(width) + 2 * padding {
            return Err(format!("{} has kernels of {kernel} x {kernel} over {height} x {width} pixels", node.said()));
        }
        let bias = self.constant(node, 2).cloned();
        let module = self.module(0);
        self.tensor(&module, "weight", weights.dims, weights.values);
        if let Some(bias) = bias {
            self.tensor(&module, "bias", vec![bias.values.len()], bias.values);
        }
        let side = |side: usize| side + 2 * padding + 1 - kernel;
        let shape = Shape { height: side(height), width: side(width), channels: filters };
        Ok(self.push(Found::Convolution { padding }, Form::Image { shape, first: true }))
    }

    fn gemm(&mut self, node: &Node<'_>) -> Result<Value, String> {
        let plain = |name: &str| node.float(name).is_none_or(|factor| factor == 1.0);
        if !plain("alpha") || !plain("beta") || node.int("transA").unwrap_or(0) != 0 {
            return Err(format!("{} has factors or turns its input; plain ones are read", node.said()));
        }
        let weights =
            self.constant(node, 1).ok_or_else(|| format!("{} has weights that are no constant", node.said()))?;
        let weights = if node.int("transB").unwrap_or(0) == 0 { turned(node, weights)? } else { weights.clone() };
        let bias = self.constant(node, 2).cloned();
        self.dense(node, weights, bias)
    }

    /// `weights` are outputs x inputs.
    fn dense(&mut self, node: &Node<'_>, weights: Constant, bias: Option<Constant>) -> Result<Value, String> {
        let Form::Row { len, image } = self.current(node)?.form else {
            return Err(format!("{} gets images, and takes rows; flatten them before", node.said()));
        };
        let [outputs, inputs] = weights.dims[..] else {
            return Err(format!("{} has weights of {} dimensions; a matrix has 2", node.said(), weights.dims.len()));
        };
        if inputs != len {
            return Err(format!("{} takes {inputs} values and gets {len}", node.said()));
        }
        let mut values = weights.values;
        // A state dict's images are channels first.
        if let Some((shape, false)) = image {
            let pixels = shape.height * shape.width;
            let last = values.clone();
            for (index, value) in values.iter_mut().enumerate() {
                let (output, input) = (index / inputs, index % inputs);
                let (channel, pixel) = (input / pixels, input % pixels);
                *value = last[output * inputs + pixel * shape.channels + channel];
            }
        }
        let module = self.module(1);
        self.tensor(&module, "weight", vec![outputs, inputs], values);
        if let Some(bias) = bias {
            self.tensor(&module, "bias", vec![bias.values.len()], bias.values);
        }
        Ok(self.push(Found::Dense, Form::Row { len: outputs, image: None }))
    }

    fn normalization(&mut self, node: &Node<'_>) -> Result<Value, String> {
        let form = self.current(node)?.form;
        let parts: Option<Vec<Constant>> = (1..5).map(|at| self.constant(node, at).cloned()).collect();
        let mut parts = parts.ok_or_else(|| format!("{} has parameters that are no constants", node.said()))?;
        // The engine has an epsilon of its own; what another adds goes into the variance.
        let epsilon = node.float("epsilon").unwrap_or(1e-5);
        if epsilon != NORMALIZATION_EPSILON {
            parts[3].values.iter_mut().for_each(|variance| *variance += epsilon - NORMALIZATION_EPSILON);
        }
        let module = self.module(2);
        for (part, constant) in ["weight", "bias", "running_mean", "running_var"].into_iter().zip(parts) {
            self.tensor(&module, part, constant.dims, constant.values);
        }
        Ok(self.push(Found::Normalization, form))
    }

    /// A skip connection, or the bias of a `MatMul`.
    fn add(&mut self, node: &Node<'_>) -> Result<Value, String> {
        let [a, b] = [self.value(node, 0), self.value(node, 1)];
        let bias = self.constant(node, 0).or_else(|| self.constant(node, 1)).cloned();
        let here = self.chain.layers.len();
        match (a, b, bias) {
            (Some(a), Some(b), _) => {
                let (now, before) = if a.place == here { (a, b) } else { (b, a) };
                if now.place != here || before.place >= here || now.form != before.form {
                    return Err(format!(
                        "{} adds what does not fit; a skip connection adds what came into an earlier layer",
                        node.said()
                    ));
                }
                Ok(self.push(Found::Add { from: before.place }, now.form))
            }
            (Some(value), None, Some(bias)) | (None, Some(value), Some(bias)) => {
                let module = format!("fc{}", self.counts[1]);
                let lacks = !self.chain.tensors.iter().any(|tensor| tensor.name == format!("{module}.bias"));
                if value.place != here || self.chain.layers.last() != Some(&Found::Dense) || !lacks {
                    return Err(format!("{} adds a constant that is no bias of a dense layer", node.said()));
                }
                self.tensor(&module, "bias", vec![bias.values.len()], bias.values);
                Ok(value)
            }
            _ => Err(format!("{} has nothing to add", node.said())),
        }
    }

    /// The real values of integers.
    fn dequantized(&self, node: &Node<'_>, integers: Constant) -> Result<Constant, String> {
        let scales =
            self.constant(node, 1).ok_or_else(|| format!("{} has a scale that is no constant", node.said()))?;
        let zeros = self.constant(node, 2);
        let axis = node.int("axis").unwrap_or(1);
        let rank = integers.dims.len() as i64;
        let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).unwrap_or(usize::MAX);
        let (size, behind) = match (scales.values.len(), integers.dims.get(axis)) {
            (1, _) => (1, 1),
            (many, Some(size)) if many == *size => (many, integers.dims[axis + 1..].iter().product::<usize>().max(1)),
            (many, _) => {
                return Err(format!(
                    "{} has {many} scales for {:?} integers; one, or one for each of an axis, are read",
                    node.said(),
                    integers.dims
                ));
            }
        };
        let real = |(index, q): (usize, &f32)| {
            let at = index / behind % size;
            let zero = zeros.map_or(0.0, |zeros| zeros.values.get(at).or(zeros.values.first()).copied().unwrap_or(0.0));
            (q - zero) * scales.values[at]
        };
        let values = integers.values.iter().enumerate().map(real).collect();
        Ok(Constant { values, dims: integers.dims })
    }
}

/// A constant with its dimensions in another order: by `perm`, or the other way round.
fn turned(node: &Node<'_>, constant: &Constant) -> Result<Constant, String> {
    let rank = constant.dims.len();
    let mut perm: Vec<usize> = node.ints("perm")?.into_iter().map(|at| at as usize).collect();
    if perm.is_empty() {
        perm = (0..rank).rev().collect();
    }
    let mut sorted = perm.clone();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..rank) {
        return Err(format!("{} turns {rank} dimensions by {perm:?}", node.said()));
    }
    let dims: Vec<usize> = perm.iter().map(|&at| constant.dims[at]).collect();
    let mut strides = vec![1; rank];
    for at in (1..rank).rev() {
        strides[at - 1] = strides[at] * constant.dims[at];
    }
    let place = |mut index: usize| {
        let mut from = 0;
        for at in (0..rank).rev() {
            from += index % dims[at].max(1) * strides[perm[at]];
            index /= dims[at].max(1);
        }
        from
    };
    let values = (0..constant.values.len()).map(|index| constant.values[place(index)]).collect();
    Ok(Constant { dims, values })
}
