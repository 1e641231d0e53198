//! The runner: a plan, its data and a backend in; events and results out. It does no I/O of its own and knows no clock.

use super::event::{BOUNDARY_EXTENT, Event, Flow, Sink};
use super::measure::measure;
use super::plan::{Action, Plan};
use super::report::VariantResult;
use crate::backend::Backend;
use crate::backend::cpu::arg_max;
use crate::compression::distill::{Distill, SoftTargets};
use crate::compression::prune::{Prune, prune_to};
use crate::compression::quantize::{self, Quantize, RangeObserver};
use crate::data::{DataError, Dataset, Key, Source, Split};
use crate::network::{
    CrossEntropy, Ending, Executable, IntegerModel, Loss, Metrics, Model, Monitor, Shape, TrainError, TrainedModel,
    Training, fold_batch_norm, train,
};

/// Side of the grid of [`Event::Boundary`].
const BOUNDARY_SIDE: usize = 64;
/// Samples a batch when a teacher is asked or ranges are observed.
const BATCH: usize = 64;

/// Why a run failed: one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The data could not be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Training failed.
    #[error("{stage}: {error}")]
    Training {
        /// The stage's label.
        stage: String,
        /// What went wrong.
        error: TrainError,
    },
    /// A network could not be laid out; the plan's check lets none such through.
    #[error("{0}")]
    Network(String),
    /// A model's file is not what it should be.
    #[error("{0}")]
    File(String),
}

/// How far a run came.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The results, which were also sent as events.
    pub results: Vec<VariantResult>,
    /// The sink asked to stop before the end.
    pub stopped: bool,
}

/// What a stage leaves behind.
#[derive(Clone)]
struct State {
    model: Model,
    /// The integer network, and how to make it anew after later steps.
    integers: Option<(Quantize, IntegerModel)>,
}

impl State {
    fn trained(&self) -> TrainedModel {
        match &self.integers {
            Some((_, integers)) => TrainedModel::Integer(integers.clone()),
            None => TrainedModel::Float(self.model.clone()),
        }
    }
}

/// Runs one trial of a plan: every stage once, every variant measured as soon as its stage is done.
///
/// The result depends on the plan and the trial's seed alone. If the sink asks to stop, the stage under way is ended, what it
/// reached is measured and marked as stopped, and the rest is left out.
pub async fn run_trial<B: Backend, K: Sink>(
    plan: &Plan,
    trial: usize,
    dataset: &mut Dataset,
    source: &impl Source,
    backend: &B,
    sink: &mut K,
) -> Result<Outcome, RunError> {
    let seed = plan.recipe.seeds[trial];
    let mut states: Vec<State> = Vec::new();
    let mut results: Vec<VariantResult> = Vec::new();
    for index in 0..plan.stages.len() {
        sink.event(Event::Stage { trial, stage: index });
        let key = Key::new(seed);
        let mut work = Work { plan, trial, stage: index, dataset, source, backend, sink, key, stopped: false };
        let state = work.stage(&states).await?;
        let stopped = work.stopped;
        states.push(state);
        for variant in plan.variants.iter().filter(|v| plan.reaches(v.stage, index)) {
            let done = variant.stage == index;
            let cut_short = stopped && plan.first_through(index) == Some(variant.name.as_str());
            if !(done || cut_short) {
                continue;
            }
            let model = states[index].trained();
            let (mut result, file) = measure(&model, &variant.name, seed, dataset, source, sink).await?;
            if stopped {
                result.stopped = true;
                result.digest.clear();
            }
            sink.model(trial, &variant.name, &file);
            sink.event(Event::Variant { trial, result: result.clone() });
            results.push(result);
        }
        if stopped || sink.pause().await == Flow::Stop {
            return Ok(Outcome { results, stopped: stopped || index + 1 < plan.stages.len() });
        }
    }
    Ok(Outcome { results, stopped: false })
}

/// One stage at work.
struct Work<'a, B: Backend, S: Source, K: Sink> {
    plan: &'a Plan,
    trial: usize,
    stage: usize,
    dataset: &'a mut Dataset,
    source: &'a S,
    backend: &'a B,
    sink: &'a mut K,
    key: Key,
    stopped: bool,
}

impl<B: Backend, S: Source, K: Sink> Work<'_, B, S, K> {
    async fn stage(&mut self, states: &[State]) -> Result<State, RunError> {
        let stage = &self.plan.stages[self.stage];
        // The streams of a stage are named by its place on its path: variants that differ later share them.
        let key = self.key.fold("stage").fold_index(stage.depth as u64);
        let parent = stage.parent.map(|p| states[p].clone());
        match (&stage.action, parent) {
            (Action::Fresh { training, .. }, _) => {
                let mut model = self.fresh()?;
                self.train(&mut model, training, &key, &mut CrossEntropy, 0, training.epochs).await?;
                Ok(State { model, integers: None })
            }
            (Action::Train(training), Some(mut state)) => {
                self.train(&mut state.model, training, &key, &mut CrossEntropy, 0, training.epochs).await?;
                self.quantize_anew(state).await
            }
            (Action::Prune(prune, training), Some(mut state)) => {
                self.prune(&mut state.model, prune, training, &key).await?;
                self.quantize_anew(state).await
            }
            (Action::Quantize(spec), Some(state)) => self.quantize(&state.model, spec).await,
            (Action::Distill { distill, training, teacher }, Some(state)) => {
                let teacher = states[*teacher].trained();
                let mut state = match &distill.student {
                    Some(_) => State { model: self.fresh()?, integers: None },
                    None => state,
                };
                self.distill(&mut state.model, &teacher, distill, training, &key).await?;
                self.quantize_anew(state).await
            }
            (_, None) => Err(RunError::Network("a step of the plan has nothing before it to work on".into())),
        }
    }

    /// The stage's network, freshly drawn. Networks of one architecture start alike in a trial.
    fn fresh(&self) -> Result<Model, RunError> {
        let [height, width, channels] = self.dataset.shape();
        let shape = Shape { height, width, channels };
        let network = &self.plan.stages[self.stage].network;
        Model::initialize(network, shape, self.dataset.classes(), &self.key.fold("initialization"))
            .map_err(RunError::Network)
    }

    /// Trains, telling of `done` epochs before these and of `total` in all.
    async fn train(
        &mut self,
        model: &mut Model,
        training: &Training,
        key: &Key,
        loss: &mut impl Loss<B>,
        done: usize,
        total: usize,
    ) -> Result<(), RunError> {
        let shape = model.shape;
        let mut monitor = Reporter {
            sink: &mut *self.sink,
            trial: self.trial,
            stage: self.stage,
            epochs_before: done,
            epochs: total,
            samples: self.dataset.len(Split::Train),
            plane: shape.len() == 2,
        };
        let ended = train(self.backend, model, self.dataset, self.source, training, key, loss, &mut monitor).await;
        match ended {
            Ok(ending) => {
                self.stopped |= ending == Ending::Stopped;
                Ok(())
            }
            Err(TrainError::Data(error)) => Err(error.into()),
            Err(error) => Err(RunError::Training { stage: self.plan.stages[self.stage].label.clone(), error }),
        }
    }

    async fn prune(
        &mut self,
        model: &mut Model,
        prune: &Prune,
        training: &Training,
        key: &Key,
    ) -> Result<(), RunError> {
        let method = prune.method().map_err(RunError::Network)?;
        let rounds = prune.round_sparsities();
        let total = rounds.len() * training.epochs;
        for (round, &sparsity) in rounds.iter().enumerate() {
            let scores = (method.score)(model);
            prune_to(model, &scores, sparsity, prune.scope);
            let key = key.fold_index(round as u64);
            self.train(model, training, &key, &mut CrossEntropy, round * training.epochs, total).await?;
            if self.stopped {
                break;
            }
        }
        Ok(())
    }

    async fn distill(
        &mut self,
        student: &mut Model,
        teacher: &TrainedModel,
        distill: &Distill,
        training: &Training,
        key: &Key,
    ) -> Result<(), RunError> {
        let mut logits = Vec::new();
        self.each_training_batch(
            self.dataset.len(Split::Train),
            &mut Executable::new(teacher),
            |executable, rows, x| {
                logits.extend_from_slice(executable.logits(rows, x));
            },
        )
        .await?;
        if self.stopped {
            return Ok(());
        }
        let (temperature, alpha) = (distill.temperature as f32, distill.alpha as f32);
        let mut loss =
            SoftTargets::new(self.backend, logits, self.dataset.classes(), training.batch, temperature, alpha);
        self.train(student, training, key, &mut loss, 0, training.epochs).await
    }

    /// Calibrates on training samples and makes the integer network; its real values become the model's.
    async fn quantize(&mut self, model: &Model, spec: &Quantize) -> Result<State, RunError> {
        let mut model = fold_batch_norm(model);
        let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
        let samples = spec.calibration.min(self.dataset.len(Split::Train));
        let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
        self.each_training_batch(samples, &mut executable, |executable, rows, x| {
            executable.observe(rows, x, &mut |place, values| ranges[place].observe(values));
        })
        .await?;
        let integers = quantize::quantize(&model, &ranges, spec);
        integers.dequantize_into(&mut model);
        Ok(State { model, integers: Some((spec.clone(), integers)) })
    }

    /// A network that was quantized before this step is quantized again after it.
    async fn quantize_anew(&mut self, state: State) -> Result<State, RunError> {
        match &state.integers {
            Some((spec, _)) => self.quantize(&state.model, &spec.clone()).await,
            None => Ok(state),
        }
    }

    /// Runs a model over the first `count` training samples, batch by batch.
    async fn each_training_batch(
        &mut self,
        count: usize,
        executable: &mut Executable,
        mut run: impl FnMut(&mut Executable, usize, &[f32]),
    ) -> Result<(), RunError> {
        let all: Vec<u32> = (0..count as u32).collect();
        let mut samples = vec![0.0; BATCH * self.dataset.features()];
        for indices in all.chunks(BATCH) {
            if let Some(&last) = indices.last() {
                self.dataset.ensure(self.source, Split::Train, last as usize).await?;
            }
            let samples = &mut samples[..indices.len() * self.dataset.features()];
            self.dataset.gather(Split::Train, indices, samples);
            run(executable, indices.len(), samples);
            // What a stopped run reached is still measured, so a calibration goes on to its end.
            self.stopped |= self.sink.pause().await == Flow::Stop;
        }
        Ok(())
    }
}

/// Turns a training run's news into events.
struct Reporter<'a, K: Sink> {
    sink: &'a mut K,
    trial: usize,
    stage: usize,
    epochs_before: usize,
    epochs: usize,
    samples: usize,
    /// The data are points in a plane, whose classes are drawn.
    plane: bool,
}

impl<K: Sink> Monitor for Reporter<'_, K> {
    fn step(&mut self, samples: usize, _total: usize, epoch: f32, metrics: Metrics) {
        self.sink.event(Event::Step {
            trial: self.trial,
            stage: self.stage,
            samples: self.epochs_before * self.samples + samples,
            total: self.epochs * self.samples,
            epoch: self.epochs_before as f32 + epoch,
            loss: metrics.loss,
            accuracy: metrics.accuracy,
        });
    }

    fn validation(&mut self, epoch: f32, metrics: Metrics, model: Option<&Model>) {
        let (trial, stage) = (self.trial, self.stage);
        let epoch = self.epochs_before as f32 + epoch;
        self.sink.event(Event::Validation { trial, stage, epoch, loss: metrics.loss, accuracy: metrics.accuracy });
        if let Some(model) = model {
            let classes = boundary(&mut Executable::new(&TrainedModel::Float(model.clone())), model.classes);
            self.sink.event(Event::Boundary { trial, stage, side: BOUNDARY_SIDE, classes });
        }
    }

    fn wants_model(&self) -> bool {
        self.plane
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
