//! The messages between page and worker: one enum each way.

use crate::benchmark::Measurement;
use crate::experiment::{Event, PackedState, Recipe, Task};
use serde::{Deserialize, Serialize};

/// What the page asks of a worker. Sent only after [`Response::Ready`], since earlier messages are lost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // one message a task, not worth a box
pub enum Request {
    /// Does a task of a run. A worker does one at a time; what others do meanwhile shows in a timing.
    Task {
        /// Comes back in every answer.
        run: u32,
        /// What the task is part of.
        recipe: Recipe,
        /// What to do.
        task: Task<PackedState>,
    },
    /// Asks about a loaded model. The first part of the worker's code does not know what may be asked.
    Inspect {
        /// Comes back in [`Response::BenchmarkEnded`], where the worker is busy with the question for a while; not while a run goes
        /// on. None if it is answered at once.
        run: Option<u32>,
        /// A [`super::Question`] as JSON.
        question: String,
    },
    /// Ends the task at the next batch; what was reached is tested and sent. Ends a benchmark, whose work under way is
    /// dropped.
    Stop,
    /// Replaces the models that [`Request::Predict`], [`Request::Picture`] and [`Request::Inspect`] speak of by these files.
    Load {
        /// Names and encoded files.
        models: Vec<ModelFile>,
    },
    /// Keeps files that the visitor supplied, under their paths, for tasks and questions to come; an empty one is forgotten.
    Keep {
        /// Paths and contents, compressed as all that a [`crate::data::Source`] has.
        files: Vec<ModelFile>,
    },
    /// Classifies one sample by every loaded model.
    Predict {
        /// Comes back in the answer, so that late answers can be told.
        query: u32,
        /// The sample's features, an image as 0 to 1 row by row.
        sample: Vec<f32>,
    },
    /// Asks for a picture of one weight matrix.
    Picture {
        /// The loaded model's name.
        model: String,
        /// Which weight matrix, counted from 0.
        matrix: usize,
    },
}

/// A model's encoded file under its variant's name, or a file that the visitor supplied under its path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFile {
    /// The variant's name, or the path.
    pub name: String,
    /// The file, as [`crate::export`] encodes it: [`crate::export::encode`], where nothing else is said.
    #[serde(with = "serde_bytes")]
    pub file: Vec<u8>,
}

/// What a worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// The engine has started and takes requests.
    Ready,
    /// News of a run.
    Event {
        /// Which run.
        run: u32,
        /// The news.
        event: Event,
    },
    /// A variant's encoded file, sent before its [`Event::Variant`].
    Model {
        /// Which run.
        run: u32,
        /// Which trial.
        trial: usize,
        /// The file.
        model: ModelFile,
    },
    /// A task has ended; its events were sent before.
    Done {
        /// Which run.
        run: u32,
        /// What a stage left behind in each of its trials, if another goes on from it.
        states: Vec<Option<PackedState>>,
    },
    /// A work of a benchmark is done.
    Measured {
        /// Which run.
        run: u32,
        /// What it came to.
        measurement: Measurement,
    },
    /// What there is to say to a [`Request::Inspect`] so far; it takes the place of what was said before.
    Answer {
        /// A [`super::Answer`] as JSON.
        answer: String,
    },
    /// A benchmark, a comparison, an analysis or a long [`Request::Inspect`] ended.
    BenchmarkEnded {
        /// Which run.
        run: u32,
        /// At its end, and not because it was stopped.
        complete: bool,
    },
    /// A task or a request failed; what was sent before stands.
    Failed {
        /// Which run the task was part of, if it was one.
        run: Option<u32>,
        /// One sentence: what happened and the way out.
        message: String,
    },
    /// What every loaded model makes of a sample.
    Predictions {
        /// The question.
        query: u32,
        /// In the order of loading.
        predictions: Vec<Prediction>,
    },
    /// A model in another form.
    Exported {
        /// The model's name, and the file.
        model: ModelFile,
        /// What the file's name ends in.
        ending: String,
    },
    /// A weight matrix as a picture.
    Picture {
        /// The model's name.
        model: String,
        /// Which weight matrix.
        matrix: usize,
        /// The picture.
        picture: Picture,
    },
}

/// One model's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The model's name.
    pub name: String,
    /// A probability for each class.
    pub probabilities: Vec<f32>,
    /// Measured time of one classification, in microseconds (mean of enough calls for the timer).
    pub time_us: f64,
}

/// A weight matrix, a byte a weight: 128 is zero (removed weights are exactly that), 255 the largest positive weight,
/// 1 the largest negative one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Columns: inputs of the layer, patch positions of a convolution.
    pub width: usize,
    /// Rows: output units or filters.
    pub height: usize,
    /// Row by row.
    #[serde(with = "serde_bytes")]
    pub values: Vec<u8>,
}
