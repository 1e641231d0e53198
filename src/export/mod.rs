//! Models in and out of files.

mod c;
#[cfg(test)]
mod drawn;
mod ensemble;
mod form;
mod huffman;
mod import;
mod model_file;
mod npz;
mod onnx;
mod packed;
mod safetensors;
mod sequences;
mod shared;
mod state_dict;
mod summary;
mod weights;
mod wire;

pub use form::{FORMS, Form, FormName};
pub use import::{Fit, Imported, LONGEST as LONGEST_IMPORT, Row, Settings as ImportSettings, import};
pub use model_file::{Encoded, bring_packing, decode, encode, needs_packing};
pub use onnx::onnx;
pub use packed::packed_bytes;
pub use summary::{LAYER_KINDS, LayerSummary, NetworkSummary, WeightSummary, summary};
pub use weights::Written;
pub use wire::FileError;

use crate::network::TrainedModel;

/// The model as a file of this form. Fails with a sentence where the form does not hold such a network.
pub fn write(form: FormName, model: &TrainedModel) -> Result<Vec<u8>, String> {
    match form {
        FormName::Featherweight => Ok(encode(model).file),
        FormName::Onnx => Ok(onnx(model)),
        FormName::Safetensors => safetensors::safetensors(model),
        FormName::Npz => npz::npz(model),
        FormName::CHeader => c::c_header(model),
    }
}
