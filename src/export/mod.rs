//! Models in and out of files.

mod ensemble;
mod huffman;
mod model_file;
mod onnx;
mod packed;
mod sequences;
mod shared;
mod weights;
mod wire;

pub use model_file::{Encoded, bring_packing, decode, encode, needs_packing};
pub use onnx::onnx;
pub use packed::packed_bytes;
pub use weights::Written;
pub use wire::FileError;
