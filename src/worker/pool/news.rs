//! What the page is told.

use crate::benchmark::Measurement;
use crate::experiment::{Event, Report};
use crate::worker::{ModelFile, Picture, Prediction};

/// What the page is told.
#[derive(Clone, Debug)]
pub enum News {
    /// The first worker has started: a run begins without delay.
    Ready,
    /// News of a run.
    Event {
        /// Which run.
        run: u32,
        /// The news.
        event: Event,
    },
    /// A variant's encoded file.
    Model {
        /// Which run.
        run: u32,
        /// Which trial.
        trial: usize,
        /// The file.
        model: ModelFile,
    },
    /// A run ended on all its workers.
    Finished {
        /// Which run.
        run: u32,
        /// Everything that was reached.
        report: Box<Report>,
        /// It ended before its end.
        stopped: bool,
    },
    /// A work of a benchmark is done.
    Measured {
        /// Which run.
        run: u32,
        /// What it came to.
        measurement: Measurement,
    },
    /// What there is to say to a question so far.
    Answer {
        /// A [`crate::worker::Answer`] as JSON.
        answer: String,
    },
    /// A benchmark, a comparison, an analysis or a long question ended.
    BenchmarkEnded {
        /// Which run.
        run: u32,
        /// At its end, and not because it was stopped, failed or was given up.
        complete: bool,
    },
    /// A worker could not start, failed or died; what it had sent stands.
    Trouble {
        /// One sentence.
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
        /// Its name, and the file.
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
