//! What training tells, as events.

use super::engines::Accelerator;
use super::event::{BOUNDARY_EXTENT, Event, Flow, Sink};
use super::report::CurvePoint;
use super::stage::{Gradual, Told};
use crate::backend::cpu::arg_max;
use crate::compression::quantize;
use crate::network::{Executable, Metrics, Model, Monitor, TrainedModel};
use std::marker::PhantomData;

/// Side of the grid of [`Event::Boundary`].
const BOUNDARY_SIDE: usize = 64;

/// Turns a training run's news into events.
pub(super) struct Reporter<'a, A: Accelerator, K: Sink> {
    /// Whose stage it is: what it never does is left out.
    pub of: PhantomData<A>,
    pub sink: &'a mut K,
    /// Of each lane.
    pub trials: &'a [usize],
    pub stage: usize,
    /// Epochs of the stage that were trained before.
    pub epochs_before: usize,
    /// Epochs of the stage in all.
    pub epochs: usize,
    /// Training samples of an epoch.
    pub samples: usize,
    /// The data are points in a plane, whose classes are drawn.
    pub plane: bool,
    /// What prunes meanwhile.
    pub gradual: Option<&'a Gradual<'a>>,
    /// The models have layers of fake quantization.
    pub quantizes: bool,
    /// Of each of the stage's trials: where its curve is kept.
    pub told: &'a mut [Told],
    /// Which of the stage's trials each lane is.
    pub which: &'a [usize],
    /// The change of the masks that is due.
    pub due: usize,
    /// Says nothing, and ends the training after so many steps: it was told of before, when it went on.
    pub silent_until: Option<usize>,
}

impl<A: Accelerator, K: Sink> Monitor for Reporter<'_, A, K> {
    fn step(&mut self, lane: usize, samples: usize, _total: usize, epoch: f32, metrics: Metrics) {
        if self.silent_until.is_some() {
            return;
        }
        self.sink.event(Event::Step {
            trial: self.trials[lane],
            stage: self.stage,
            samples: self.epochs_before * self.samples + samples,
            total: self.epochs * self.samples,
            epoch: self.epochs_before as f32 + epoch,
            loss: metrics.loss,
            accuracy: metrics.accuracy,
        });
    }

    fn validation(&mut self, lane: usize, epoch: f32, metrics: Metrics, model: Option<&Model>) {
        if self.silent_until.is_some() {
            return;
        }
        let (trial, stage) = (self.trials[lane], self.stage);
        let epoch = self.epochs_before as f32 + epoch;
        let Metrics { loss, accuracy } = metrics;
        self.told[self.which[lane]].curve.push(CurvePoint { epoch, loss, accuracy });
        self.sink.event(Event::Validation { trial, stage, epoch, loss, accuracy });
        if let Some(model) = model {
            let shown = match A::ALL_STEPS {
                true => quantize::shown(model),
                false => TrainedModel::Float(model.clone()),
            };
            let classes = boundary(&mut Executable::new(&shown), model.classes);
            self.sink.event(Event::Boundary { trial, stage, side: BOUNDARY_SIDE, classes });
        }
    }

    fn wants_model(&self) -> bool {
        self.plane
    }

    fn wants_inspection(&mut self, step: usize) -> bool {
        A::ALL_STEPS && self.silent_until == Some(step)
    }

    async fn inspect(&mut self, _model: &Model) -> bool {
        true
    }

    fn splices(&self) -> bool {
        A::ALL_STEPS && self.gradual.is_some_and(Gradual::splices)
    }

    fn quantizes(&self) -> bool {
        A::ALL_STEPS && self.quantizes
    }

    fn wants_pruning(&mut self, step: usize, steps: usize) -> bool {
        if !A::ALL_STEPS {
            return false;
        }
        let due = self.gradual.and_then(|gradual| gradual.change_after(step, steps));
        self.due = due.unwrap_or(0);
        due.is_some()
    }

    fn prune(&mut self, lane: usize, model: &mut Model) {
        if let Some(gradual) = self.gradual.filter(|_| A::ALL_STEPS) {
            gradual.change(self.which[lane], self.due, model);
        }
    }

    fn data(&mut self, loaded: usize, total: usize) {
        self.sink.event(Event::Data { loaded, total });
    }

    async fn pause(&mut self) -> bool {
        self.sink.pause().await == Flow::Stop
    }
}

/// The likeliest class at each point of a grid over the plane, row by row from the top.
fn boundary(executable: &mut Executable, classes: usize) -> Vec<u8> {
    let place = |i: usize| (i as f32 + 0.5) / BOUNDARY_SIDE as f32 * 2.0 * BOUNDARY_EXTENT - BOUNDARY_EXTENT;
    let mut points = Vec::with_capacity(2 * BOUNDARY_SIDE * BOUNDARY_SIDE);
    for row in 0..BOUNDARY_SIDE {
        for column in 0..BOUNDARY_SIDE {
            points.extend([place(column), -place(row)]);
        }
    }
    let logits = executable.logits(BOUNDARY_SIDE * BOUNDARY_SIDE, &points);
    logits.chunks(classes).map(|row| arg_max(row) as u8).collect()
}
