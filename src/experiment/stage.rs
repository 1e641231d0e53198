//! One stage: a network is trained, pruned, quantized or distilled.

use super::engines::{Accelerator, Engines};
use super::event::{Event, Flow, Sink};
use super::plan::{Action, Plan};
use super::recipe::BackendName;
use super::reporter::Reporter;
use super::run::RunError;
use super::state::State;
use crate::backend::Backend;
use crate::compression::distill::{Distill, SoftTargets};
use crate::compression::prune::{Prune, prune_to};
use crate::compression::quantize::{self, Quantize, RangeObserver};
use crate::data::{Dataset, Key, Source, Split};
use crate::network::{
    CrossEntropy, Ending, Executable, Model, Progress, Pupil, Shape, TrainError, TrainedModel, Training,
    fold_batch_norm, train,
};

/// Samples a batch when a teacher is asked or ranges are observed.
const BATCH: usize = 64;

/// One stage at work.
pub(super) struct Work<'a, A: Accelerator, S: Source, K: Sink> {
    pub plan: &'a Plan,
    pub trial: usize,
    pub stage: usize,
    pub dataset: &'a mut Dataset,
    pub source: &'a S,
    pub engines: &'a mut Engines<A>,
    pub sink: &'a mut K,
    /// The trial's.
    pub key: Key,
    /// The sink asked to stop.
    pub stopped: bool,
    /// The GPU had a part in the stage.
    pub on_gpu: bool,
}

/// What training minimizes, on whichever backend.
enum Objective {
    /// Cross-entropy with the true labels.
    Labels,
    /// See [`SoftTargets`].
    SoftTargets { teacher: Vec<f32>, temperature: f32, alpha: f32 },
}

/// What the stages before left behind.
#[derive(Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// Of the stage it goes on from.
    pub parent: Option<&'a State>,
    /// Of the stage that teaches, where that is not the parent.
    pub teacher: Option<&'a State>,
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Does what the stage's action says, on what its inputs left behind.
    pub async fn run(&mut self, inputs: Inputs<'_>) -> Result<State, RunError> {
        let before = [inputs.parent, inputs.teacher].into_iter().flatten().any(|state| state.on_gpu);
        let state = self.perform(inputs).await?;
        Ok(State { on_gpu: before || self.on_gpu, ..state })
    }

    async fn perform(&mut self, inputs: Inputs<'_>) -> Result<State, RunError> {
        let stage = &self.plan.stages[self.stage];
        // The streams of a stage are named by its place on its path: variants that differ later share them.
        let key = self.key.fold("stage").fold_index(stage.depth as u64);
        let parent = inputs.parent.cloned();
        match (&stage.action, parent) {
            (Action::Fresh { training, .. }, _) => {
                let mut model = self.fresh()?;
                self.train(&mut model, training, &key, &Objective::Labels, 0, training.epochs).await?;
                Ok(State { model, integers: None, on_gpu: false })
            }
            (Action::Train(training), Some(mut state)) => {
                self.train(&mut state.model, training, &key, &Objective::Labels, 0, training.epochs).await?;
                self.quantize_anew(state).await
            }
            (Action::Prune(prune, training), Some(mut state)) => {
                self.prune(&mut state.model, prune, training, &key).await?;
                self.quantize_anew(state).await
            }
            (Action::Quantize(spec), Some(state)) => self.quantize(&state.model, spec).await,
            (Action::Distill { distill, training, .. }, Some(state)) => {
                let teacher = inputs.teacher.unwrap_or(&state).trained();
                let mut state = match &distill.student {
                    Some(_) => State { model: self.fresh()?, integers: None, on_gpu: false },
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

    /// Trains on the GPU if the recipe asks for it and there is one, telling of `done` epochs before these and of `total` in
    /// all. If the GPU is lost, the processor goes on from the end of the last epoch.
    async fn train(
        &mut self,
        model: &mut Model,
        training: &Training,
        key: &Key,
        objective: &Objective,
        done: usize,
        total: usize,
    ) -> Result<(), RunError> {
        let mut progress = Progress::default();
        if self.plan.recipe.backend == BackendName::Gpu {
            self.engines.open(&*self.sink).await;
            // Taken out, so that the rest of the work can be borrowed beside it.
            match self.engines.take() {
                Ok(gpu) => {
                    self.on_gpu = true;
                    let ended =
                        self.train_on(&gpu, model, training, key, objective, (done, total), &mut progress).await;
                    gpu.forget_buffers();
                    let lost = match ended {
                        Err(TrainError::Device(lost)) => lost,
                        ended => {
                            self.engines.give(gpu);
                            return self.judge(ended);
                        }
                    };
                    let next = done + progress.epochs() + 1;
                    self.tell(format!("{lost}; the processor goes on from epoch {next}, and nothing is lost"));
                }
                Err(error) => self.tell(format!("{error}; the processor does it instead")),
            }
        }
        let cpu = std::mem::take(&mut self.engines.cpu);
        let ended = self.train_on(&cpu, model, training, key, objective, (done, total), &mut progress).await;
        self.engines.cpu = cpu;
        self.judge(ended)
    }

    fn tell(&mut self, message: String) {
        self.sink.event(Event::Backend { trial: self.trial, stage: self.stage, message });
    }

    fn judge(&mut self, ended: Result<Ending, TrainError>) -> Result<(), RunError> {
        match ended {
            Ok(ending) => {
                self.stopped |= ending == Ending::Stopped;
                Ok(())
            }
            Err(TrainError::Data(error)) => Err(error.into()),
            Err(error) => Err(RunError::Training { stage: self.plan.stages[self.stage].label.clone(), error }),
        }
    }

    #[allow(clippy::too_many_arguments)] // as for `train`
    async fn train_on<B: Backend>(
        &mut self,
        backend: &B,
        model: &mut Model,
        training: &Training,
        key: &Key,
        objective: &Objective,
        (done, total): (usize, usize),
        progress: &mut Progress,
    ) -> Result<Ending, TrainError> {
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
        let (dataset, source) = (&mut *self.dataset, self.source);
        let pupils = &mut [Pupil { model, key: *key, progress }];
        match objective {
            Objective::Labels => {
                let mut loss = CrossEntropy;
                train(backend, pupils, dataset, source, training, &mut loss, &mut monitor).await
            }
            Objective::SoftTargets { teacher, temperature, alpha } => {
                let (classes, batch) = (dataset.classes(), training.batch);
                let mut loss = SoftTargets::new(backend, vec![teacher], classes, batch, *temperature, *alpha);
                train(backend, pupils, dataset, source, training, &mut loss, &mut monitor).await
            }
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
            self.train(model, training, &key, &Objective::Labels, round * training.epochs, total).await?;
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
        let objective = Objective::SoftTargets { teacher: logits, temperature, alpha };
        self.train(student, training, key, &objective, 0, training.epochs).await
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
        Ok(State { model, integers: Some((spec.clone(), integers)), on_gpu: false })
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
