//! Datasets, their splits and the batches gathered from them, and the random numbers everything draws from.
//!
//! Texts are stored as images are: rows of bytes, each the number of a piece of a word. Image datasets arrive as compressed shards through a [`Source`], so that training can start on the first shard
//! while the rest is still on its way; the toy datasets are points in the plane, drawn on the spot. Both kinds are a
//! [`Dataset`]. Nothing here depends on the clock, the platform, or the order in which shards arrive.

mod catalogue;
mod dataset;
mod error;
mod random;
mod shard;
mod source;
mod text;
mod toys;

pub use catalogue::{DATASETS, DatasetInfo, DatasetName};
pub use dataset::{Dataset, Split};
pub use error::DataError;
pub use random::{Key, Rng};
pub use shard::{SHARD_SAMPLES, Shard, unpack};
#[cfg(not(target_arch = "wasm32"))]
pub use source::Folder;
pub use source::Source;
pub use text::{Pieces, words};
