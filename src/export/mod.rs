//! Models in and out of files.

mod huffman;
mod model_file;
mod onnx;
mod shared;
mod weights;
mod wire;

pub use model_file::{Encoded, decode, encode};
pub use onnx::onnx;
pub use weights::Written;
pub use wire::FileError;
