//! Models in and out of files.

mod model_file;
mod weights;
mod wire;

pub use model_file::{Encoded, decode, encode};
pub use wire::FileError;
