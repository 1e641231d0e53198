//! What the page may ask about a loaded model, and what it is told: the content of [`super::Request::Inspect`] and
//! [`super::Response::Answer`].

use crate::compression::quantize::number_line::Histogram;
use serde::{Deserialize, Serialize};

/// A question about loaded models, which it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// How a matrix's weights are spread. Answered at once.
    Weights {
        /// The model.
        model: String,
        /// Which weight matrix, counted from 0.
        matrix: usize,
    },
}

/// What is said to a [`Question`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Question::Weights`].
    Weights {
        /// The model.
        model: String,
        /// Which weight matrix.
        matrix: usize,
        /// Its weights' real values.
        histogram: Histogram,
    },
}
