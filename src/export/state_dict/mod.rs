//! A trained network as named tensors: the state dict of the same network in PyTorch. What weights are called and how they lie is
//! said by `slots`; files that hold such tensors are `safetensors` and `npz`.

mod integers;
mod slots;
#[cfg(test)]
mod tests;

use crate::network::{Model, Parameter, TrainedModel};
pub use slots::{Slot, slots};

/// A tensor by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The module and the parameter: `fc1.weight`.
    pub name: String,
    /// None for a single number.
    pub dims: Vec<usize>,
    /// Row by row.
    pub values: Values,
}

/// What a tensor is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// Signed bytes.
    I8(Vec<i8>),
    /// Unsigned bytes.
    U8(Vec<u8>),
    /// 32-bit integers.
    I32(Vec<i32>),
}

/// The network's tensors, in the order of its layers.
///
/// A float network is a PyTorch state dict: load it into a network of the same modules with `load_state_dict`. Weights that are
/// stored as integers are their real values. Of an integer network the weights are integers, with the scales and zero points that
/// say what they stand for. The networks of an ensemble are numbered: `member1.fc1.weight`.
pub fn tensors(model: &TrainedModel) -> Vec<Tensor> {
    match model {
        TrainedModel::Float(model) => float(model),
        TrainedModel::Integer(model) => integers::tensors(model),
        TrainedModel::Ensemble(ensemble) => {
            let named = |(number, member)| {
                let prefix = format!("member{}.", number + 1);
                tensors(member)
                    .into_iter()
                    .map(move |tensor| Tensor { name: format!("{prefix}{}", tensor.name), ..tensor })
            };
            ensemble.members.iter().enumerate().flat_map(named).collect()
        }
    }
}

fn float(model: &Model) -> Vec<Tensor> {
    let tensor = |slot: Slot| {
        let parameter = model.of_layer(slot.layer).find(|p| p.role == slot.role);
        let values = slot.read(parameter.map(Parameter::slice).unwrap_or_default());
        Tensor { name: slot.name, dims: slot.dims, values: Values::F32(values) }
    };
    slots(&model.layers, model.shape).into_iter().map(tensor).collect()
}
