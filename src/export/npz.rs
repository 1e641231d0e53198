//! Tensors as NumPy's `.npz`: a zip archive of one array a file, which `numpy.load` opens.

use super::state_dict::{Tensor, Values, tensors};
use crate::network::TrainedModel;
use ndarray::{ArrayViewD, IxDyn};
use ndarray_npy::{NpzWriter, WritableElement};
use std::fmt::Display;
use std::io::Cursor;

/// The archive of a network's tensors.
pub(super) fn npz(model: &TrainedModel) -> Result<Vec<u8>, String> {
    let mut archive = NpzWriter::new(Cursor::new(Vec::new()));
    for tensor in tensors(model) {
        match &tensor.values {
            Values::F32(values) => add(&mut archive, &tensor, values),
            Values::I8(values) => add(&mut archive, &tensor, values),
            Values::U8(values) => add(&mut archive, &tensor, values),
            Values::I32(values) => add(&mut archive, &tensor, values),
        }?;
    }
    archive.finish().map(Cursor::into_inner).map_err(refused)
}

fn add<T: WritableElement>(
    archive: &mut NpzWriter<Cursor<Vec<u8>>>,
    tensor: &Tensor,
    values: &[T],
) -> Result<(), String> {
    let array = ArrayViewD::from_shape(IxDyn(&tensor.dims), values).map_err(refused)?;
    archive.add_array(tensor.name.as_str(), &array).map_err(refused)
}

fn refused(error: impl Display) -> String {
    format!("the model has no form as an archive of arrays ({error})")
}
