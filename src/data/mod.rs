//! Datasets, their splits and the batches gathered from them, and the random numbers everything draws from.
//!
//! Texts are stored as images are: rows of bytes, each the number of a piece of a word. Image datasets arrive as compressed shards through a [`Source`], so that training can start on the first shard
//! while the rest is still on its way; the toy datasets are points in the plane, drawn on the spot. Both kinds are a
//! [`Dataset`]. Nothing here depends on the clock, the platform, or the order in which shards arrive.

mod catalogue;
mod dataset;
mod error;
pub mod import;
mod own;
mod own_file;
mod random;
mod shard;
mod source;
mod text;
mod toys;

pub use catalogue::{DATASETS, DatasetInfo, DatasetName};
pub use dataset::{Dataset, Split};
pub use error::DataError;
pub use own::{
    CLASSES, MAX_BYTES, MAX_FEATURES, MAX_LABEL, MAX_SAMPLES, MAX_TITLE, Own, SIDES, check_labels, own_path,
};
pub use own_file::{OwnFile, OwnSplit, bring_own_data, is_own_file};
pub use random::{Key, Rng};
pub use shard::{SHARD_SAMPLES, Shard, pack, unpack};
#[cfg(not(target_arch = "wasm32"))]
pub use source::Folder;
pub use source::Source;
pub use text::{Pieces, words};
