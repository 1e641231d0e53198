//! Dynamic network surgery: weights are removed by magnitude while the network trains, and those that prove to matter come back.
//!
//! The network computes with `w * mask`, and the gradient of that product moves every `w`, masked or not; so a removed weight that the
//! loss calls for grows until its magnitude brings it back (it is *spliced*).
//!
//! Paper: Guo, Yao, Chen, "Dynamic Network Surgery for Efficient DNNs", 2016. There thresholds decide; here the schedule's sparsity.

use super::{Method, Needs, Scorer, magnitude};
use crate::compression::About;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "surgery",
        title: "Dynamic network surgery",
        help: "Magnitude pruning during training, in which removed weights go on learning and may come back. Needs the gradual schedule.",
        paper: "Guo et al. 2016, Dynamic Network Surgery for Efficient DNNs",
    },
    needs: Needs::Weights,
    predicts: false,
    adjusts: false,
    splices: true,
};

pub(super) const SCORER: Scorer = Scorer { score: magnitude::SCORER.score, adjust: None };
