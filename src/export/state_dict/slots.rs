//! Where a network's parameters stand in a state dict, as PyTorch lays them out: what each is called, how it is shaped, and where
//! each of its values lies in the engine.

use crate::backend::{Conv, Sequence};
use crate::network::{Layer, Role, Shape};
use std::collections::BTreeMap;

/// One tensor of a state dict.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Index of the layer.
    pub layer: usize,
    /// The module and the parameter: `conv1.weight`.
    pub name: String,
    /// In PyTorch's order.
    pub dims: Vec<usize>,
    /// Of the parameter that holds it.
    pub role: Role,
    /// Where its values begin in that parameter.
    begin: usize,
    order: Order,
}

/// How values lie here beside how they lie in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    /// The same.
    Same,
    /// `outputs x inputs` there, `inputs x outputs` here. Inputs that were an image are channels first there, channels last here.
    Dense { pixels: usize, channels: usize, outputs: usize },
    /// `filters x channels x rows x columns` there, `rows x columns x channels x filters` here.
    Convolution { kernel: usize, channels: usize, filters: usize },
}

impl Slot {
    /// Values.
    #[allow(clippy::len_without_is_empty)] // a tensor of no values is none
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// The kind of module: `conv`, `fc`.
    pub fn kind(&self) -> &str {
        let module = self.name.split('.').next().unwrap_or_default();
        module.trim_end_matches(|c: char| c.is_ascii_digit())
    }

    /// The last part of the name: `weight`, `running_mean`.
    pub fn part(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// Where the engine keeps the value that PyTorch keeps at `index`, within the parameter.
    fn place(&self, index: usize) -> usize {
        self.begin
            + match self.order {
                Order::Same => index,
                Order::Dense { pixels, channels, outputs } => {
                    let (output, input) = (index / (pixels * channels), index % (pixels * channels));
                    let (channel, pixel) = (input / pixels, input % pixels);
                    (pixel * channels + channel) * outputs + output
                }
                Order::Convolution { kernel, channels, filters } => {
                    let (at, rest) = (index % (kernel * kernel), index / (kernel * kernel));
                    (at * channels + rest % channels) * filters + rest / channels
                }
            }
    }

    /// The values in PyTorch's order, of those of the parameter.
    pub fn read<T: Copy>(&self, parameter: &[T]) -> Vec<T> {
        (0..self.len()).map(|index| parameter[self.place(index)]).collect()
    }

    /// Puts values in PyTorch's order where the parameter has them.
    pub fn write<T: Copy>(&self, values: &[T], parameter: &mut [T]) {
        values.iter().enumerate().for_each(|(index, value)| parameter[self.place(index)] = *value);
    }
}

/// Names modules as PyTorch's tutorials do, each kind counted from 1: `conv1`, `bn1`, `fc1`.
#[derive(Default)]
pub(super) struct Names(BTreeMap<&'static str, usize>);

impl Names {
    pub fn next(&mut self, kind: &'static str) -> String {
        let count = self.0.entry(kind).or_default();
        *count += 1;
        format!("{kind}{count}")
    }
}

/// The kind of module that a layer with weights is, and its weights; `shape` is what comes in, and tokens' dense layers are
/// convolutions here but not there. Their first dimension is that of the outputs.
pub(super) fn weights(layer: &Layer, shape: Shape, tokens: bool) -> Option<(&'static str, Slot)> {
    let (kind, dims, order) = match *layer {
        Layer::Dense { inputs, outputs } => {
            let image = shape.len() == inputs && !tokens;
            let (pixels, channels) = if image { (shape.height * shape.width, shape.channels) } else { (1, inputs) };
            ("fc", vec![outputs, inputs], Order::Dense { pixels, channels, outputs })
        }
        Layer::Convolution(Conv { kernel: 1, channels, filters, .. }) if tokens => {
            ("linear", vec![filters, channels], Order::Dense { pixels: 1, channels, outputs: filters })
        }
        Layer::Convolution(Conv { kernel, channels, filters, .. }) => {
            ("conv", vec![filters, channels, kernel, kernel], Order::Convolution { kernel, channels, filters })
        }
        _ => return None,
    };
    Some((kind, Slot { layer: 0, name: "weight".into(), dims, role: Role::Weight, begin: 0, order }))
}

/// The shape that leaves a layer.
pub(super) fn after(layer: &Layer, shape: Shape) -> Shape {
    match *layer {
        Layer::Dense { outputs, .. } => Shape { height: 1, width: 1, channels: outputs },
        Layer::Convolution(conv) => {
            Shape { height: conv.out_height(), width: conv.out_width(), channels: conv.filters }
        }
        Layer::Pool(pool) => {
            Shape { height: pool.height / pool.size, width: pool.width / pool.size, channels: pool.channels }
        }
        Layer::Sequence(op) => Shape { height: 1, width: 1, channels: op.outputs() },
        _ => shape,
    }
}

/// All tensors of a float network's state dict, in the order of its layers.
pub fn slots(layers: &[Layer], shape: Shape) -> Vec<Slot> {
    let mut names = Names::default();
    let mut slots = Vec::new();
    let tokens = layers.iter().any(|layer| matches!(layer, Layer::Sequence(_)));
    let mut shape = shape;
    for (layer, of) in layers.iter().enumerate() {
        // The tensors of a module; the place among those of its parameter, where several lie one behind another in one.
        let plain = |name: &str, role, dims: &[usize], place: usize| {
            let begin = place * dims.iter().product::<usize>();
            Slot { layer, name: name.into(), dims: dims.to_vec(), role, begin, order: Order::Same }
        };
        let scales = |channels| {
            ["weight", "bias"].map(|part| plain(part, Role::Scale, &[channels], usize::from(part == "bias")))
        };
        let module = match *of {
            Layer::BatchNormalization { channels, .. } => {
                let measured = |part, place| plain(part, Role::Statistics, &[channels], place);
                let [weight, bias] = scales(channels);
                Some(("bn", vec![weight, bias, measured("running_mean", 0), measured("running_var", 1)]))
            }
            Layer::Sequence(Sequence::Normalization { channels, .. }) => Some(("norm", scales(channels).to_vec())),
            Layer::Sequence(Sequence::Embedding { vocabulary, channels, .. }) => {
                Some(("embedding", vec![plain("weight", Role::Embedding, &[vocabulary, channels], 0)]))
            }
            Layer::Sequence(Sequence::Positions { tokens, channels }) => {
                Some(("position", vec![plain("weight", Role::Embedding, &[tokens, channels], 0)]))
            }
            _ => weights(of, shape, tokens).map(|(kind, weight)| {
                let bias = plain("bias", Role::Bias, &weight.dims[..1], 0);
                (kind, vec![Slot { layer, ..weight }, bias])
            }),
        };
        if let Some((kind, parts)) = module {
            let module = names.next(kind);
            slots.extend(parts.into_iter().map(|slot| Slot { name: format!("{module}.{}", slot.name), ..slot }));
        }
        shape = after(of, shape);
    }
    slots
}
