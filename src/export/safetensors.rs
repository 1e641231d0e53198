//! Tensors as safetensors, the file that PyTorch's users hand each other: a header that says where each tensor lies, then the
//! bytes. <https://github.com/huggingface/safetensors>

use super::state_dict::{Tensor, Values, tensors};
use crate::network::TrainedModel;
use safetensors::{Dtype, View};
use std::borrow::Cow;
use std::collections::HashMap;

/// The file of a network's tensors.
pub(super) fn safetensors(model: &TrainedModel) -> Result<Vec<u8>, String> {
    serialize(&tensors(model))
}

/// The file of these tensors.
pub(super) fn serialize(tensors: &[Tensor]) -> Result<Vec<u8>, String> {
    // One note alone: several would stand in any order, and the file is to be the same everywhere.
    let notes = HashMap::from([("format".to_string(), "pt".to_string())]);
    let named = tensors.iter().map(|tensor| (tensor.name.as_str(), tensor));
    safetensors::serialize(named, Some(notes)).map_err(|e| format!("the model has no form as safetensors ({e:?})"))
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        match self.values {
            Values::F32(_) => Dtype::F32,
            Values::I8(_) => Dtype::I8,
            Values::U8(_) => Dtype::U8,
            Values::I32(_) => Dtype::I32,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.dims
    }

    fn data(&self) -> Cow<'_, [u8]> {
        // Processors that this runs on keep the lowest byte first, as the file does.
        Cow::Borrowed(match &self.values {
            Values::F32(values) => bytemuck::cast_slice(values),
            Values::I8(values) => bytemuck::cast_slice(values),
            Values::U8(values) => values,
            Values::I32(values) => bytemuck::cast_slice(values),
        })
    }

    fn data_len(&self) -> usize {
        let size = if matches!(self.values, Values::F32(_) | Values::I32(_)) { 4 } else { 1 };
        self.dims.iter().product::<usize>() * size
    }
}
