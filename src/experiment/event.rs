//! What a run tells while it goes on, and how it is told to stop.

use super::report::{Latency, VariantResult};
use serde::{Deserialize, Serialize};
use std::future::Future;

/// One piece of news from a run. `trial` counts seeds from 0, `stage` is a [`super::plan::Stage`]'s index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // one result a variant, not worth a box
pub enum Event {
    /// Images of the data set that have arrived, of those the run needs.
    Data {
        /// Arrived.
        loaded: usize,
        /// Needed in all.
        total: usize,
    },
    /// A stage begins.
    Stage {
        /// Which trial.
        trial: usize,
        /// Which stage of the plan.
        stage: usize,
    },
    /// A stage has ended, and what ends with it is tested.
    StageEnd {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
    },
    /// A stage failed, or was given up because one that it needs failed.
    StageLost {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
    },
    /// A stage is not done by the backend that the recipe asks for, or no longer: a sentence.
    Backend {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
        /// What happened, and what does it instead.
        message: String,
    },
    /// Training moves on: means since the last such event.
    Step {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
        /// Training samples of this stage seen so far.
        samples: usize,
        /// Training samples of this stage in all (if early stopping does not end it).
        total: usize,
        /// Epochs so far, fractional.
        epoch: f32,
        /// Mean training loss.
        loss: f32,
        /// Share of training samples classified rightly.
        accuracy: f32,
    },
    /// An epoch ended and the validation set was classified.
    Validation {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
        /// Epochs so far.
        epoch: f32,
        /// Mean validation loss.
        loss: f32,
        /// Validation accuracy.
        accuracy: f32,
    },
    /// The classes of a two-dimensional toy's plane, after each epoch.
    Boundary {
        /// Which trial.
        trial: usize,
        /// Which stage.
        stage: usize,
        /// Side of the square grid over [`BOUNDARY_EXTENT`].
        side: usize,
        /// The likeliest class of each grid point, row by row from the top.
        classes: Vec<u8>,
    },
    /// A variant is done and tested. Its latency is still open.
    Variant {
        /// Which trial.
        trial: usize,
        /// What it came to.
        result: VariantResult,
    },
    /// A variant that was tested has been timed as well.
    Latency {
        /// Which trial.
        trial: usize,
        /// The variant's name.
        variant: String,
        /// How long it takes.
        latency: Latency,
    },
}

/// The plane that [`Event::Boundary`] shows: both coordinates from minus this to plus this.
pub const BOUNDARY_EXTENT: f32 = 2.0;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop: keep what was reached.
    Stop,
}

/// The time, and the chance for others to run: what a run or a measurement is handed, since it has no clock of its own.
pub trait Clock {
    /// Called between pieces of work: lets others run if it is time, and says whether to stop.
    fn pause(&mut self) -> impl Future<Output = Flow>;

    /// A steadily increasing time in microseconds; results never depend on it.
    fn now_us(&self) -> f64;
}

/// Where a run's news goes.
pub trait Sink: Clock {
    /// Takes one piece of news.
    fn event(&mut self, event: Event);

    /// Takes a variant's encoded file, before the variant's [`Event::Variant`].
    fn model(&mut self, trial: usize, variant: &str, file: &[u8]);
}
