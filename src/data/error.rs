//! What can go wrong with data, each a sentence that says what, where, and what to do.

use thiserror::Error;

use super::DatasetName;

/// Why a dataset could not be opened or loaded.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DataError {
    /// More or fewer training samples than there are.
    #[error("{dataset} cannot train on {samples} samples: choose between 1 and {max}")]
    Samples {
        /// The dataset asked for.
        dataset: DatasetName,
        /// The samples asked for.
        samples: usize,
        /// The most it can give.
        max: usize,
    },
    /// Noise that is not a number in range.
    #[error("{dataset} cannot be drawn with a noise of {noise}: choose between 0 and {max}")]
    Noise {
        /// The dataset asked for.
        dataset: DatasetName,
        /// The noise asked for.
        noise: f32,
        /// The most there may be.
        max: f32,
    },
    /// Noise for a dataset that is not drawn on the spot.
    #[error("{dataset} is not drawn on the spot and takes no noise: leave noise out, or choose one of the toys")]
    NoNoise {
        /// The dataset asked for.
        dataset: DatasetName,
    },
    /// Own data that a recipe says nothing of.
    #[error("own is missing, which says what the data are; bring data of your own, or choose another dataset")]
    Undescribed,
    /// A description of own data beside another dataset.
    #[error("own describes data of one's own; remove it, or choose the dataset own")]
    NotOwn,
    /// A description of own data that is out of its limits.
    #[error("own.{0}")]
    Own(String),
    /// Own data that are not at hand.
    #[error(
        "this experiment is on somebody's own data, \"{title}\" ({samples} samples), which are not part of it; supply the data file with the digest {digest}"
    )]
    Absent {
        /// What their owner calls them.
        title: String,
        /// All samples together.
        samples: usize,
        /// Of the data file.
        digest: String,
    },
    /// A file of own data that is not the one that was described.
    #[error("the file of \"{title}\" cannot be used ({reason}); supply the one that the experiment was made with")]
    OwnDamaged {
        /// What their owner calls them.
        title: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is not there.
    #[error("there is no file {path}: `cargo xtask data` makes the datasets, and --data says which folder holds data/")]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// A file or an address that could not be read.
    #[error("{path} could not be read ({reason}): check the connection or the file, then try again")]
    Unreadable {
        /// Where it was looked for.
        path: String,
        /// What the file system or the network said.
        reason: String,
    },
    /// A shard whose content is not what it should be.
    #[error("{path} is damaged ({reason}): fetch it again, or make it anew with `cargo xtask data`")]
    Damaged {
        /// The shard's path.
        path: String,
        /// What is wrong inside.
        reason: String,
    },
}
