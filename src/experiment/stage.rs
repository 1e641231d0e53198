//! One stage: a network is trained, pruned, quantized or distilled, in one trial or in several at once.

use super::engines::{Accelerator, Engines};
use super::event::{Event, Flow, Sink};
use super::plan::{Action, Plan};
use super::recipe::BackendName;
use super::reporter::Reporter;
use super::run::RunError;
use super::state::State;
use crate::backend::Backend;
use crate::compression::distill::{Distill, SoftTargets};
use crate::compression::prune::{Evidence, Prune, prune_to};
use crate::compression::quantize::{self, Quantize, RangeObserver};
use crate::compression::share::share_weights;
use crate::data::{Dataset, Key, Source, Split};
use crate::network::{
    CrossEntropy, Ending, Executable, Loss, Model, Network, Progress, Pupil, Samples, Shape, TrainError, TrainedModel,
    Training, fold_batch_norm, train,
};
use std::ops::Range;

/// Samples a batch when a teacher is asked or ranges are observed.
const BATCH: usize = 64;

/// One stage at work.
pub(super) struct Work<'a, A: Accelerator, S: Source, K: Sink> {
    pub plan: &'a Plan,
    pub stage: usize,
    /// In which trials, and from what.
    pub trials: &'a [Inputs<'a>],
    pub dataset: &'a mut Dataset,
    pub source: &'a S,
    pub engines: &'a mut Engines<A>,
    pub sink: &'a mut K,
    /// The sink asked to stop.
    pub stopped: bool,
    /// The GPU had a part in the stage.
    pub on_gpu: bool,
}

/// What training minimizes, on whichever backend.
enum Objective {
    /// Cross-entropy with the true labels.
    Labels,
    /// See [`SoftTargets`]; a teacher for each trial.
    SoftTargets { teachers: Vec<Vec<f32>>, temperature: f32, alpha: f32 },
}

/// A stretch of training: how, with which streams of chance, and which epochs of its stage it is.
struct Stretch<'a> {
    training: &'a Training,
    /// Of each trial.
    keys: Vec<Key>,
    /// Epochs before it.
    done: usize,
    /// Epochs of the stage in all.
    total: usize,
}

/// A trial, and what the stages before left behind in it.
#[derive(Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// Which trial.
    pub trial: usize,
    /// Of the stage it goes on from.
    pub parent: Option<&'a State>,
    /// Of the stage that teaches, where that is not the parent.
    pub teacher: Option<&'a State>,
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Does what the stage's action says, on what its inputs left behind; a state for each trial.
    pub async fn run(&mut self) -> Result<Vec<State>, RunError> {
        let mut states = self.perform().await?;
        for (state, of) in states.iter_mut().zip(self.trials) {
            let before = [of.parent, of.teacher].into_iter().flatten().any(|state| state.on_gpu);
            state.on_gpu = before || self.on_gpu;
        }
        Ok(states)
    }

    async fn perform(&mut self) -> Result<Vec<State>, RunError> {
        let stage = &self.plan.stages[self.stage];
        let parents = || self.trials.iter().map(|of| of.parent.cloned()).collect::<Option<Vec<State>>>();
        let mut states = match &stage.action {
            Action::Fresh { .. } => self.fresh()?,
            _ => parents()
                .ok_or_else(|| RunError::Network("a step of the plan has nothing before it to work on".into()))?,
        };
        match &stage.action {
            Action::Fresh { training, .. } | Action::Train(training) => {
                self.train(&mut states, &self.whole(training), &Objective::Labels).await?;
            }
            Action::Prune(prune, training) => self.prune(&mut states, prune, training).await?,
            Action::Quantize(spec) => {
                for state in &mut states {
                    *state = self.quantize(&state.model, spec).await?;
                }
                return Ok(states);
            }
            Action::Share(share, training) => {
                for (state, key) in states.iter_mut().zip(self.keys()) {
                    share_weights(&mut state.model, share, &key.fold("share"));
                }
                self.train(&mut states, &self.whole(training), &Objective::Labels).await?;
            }
            Action::Distill { distill, training, .. } => {
                let teachers: Vec<TrainedModel> =
                    self.trials.iter().zip(&states).map(|(of, state)| of.teacher.unwrap_or(state).trained()).collect();
                if distill.student.is_some() {
                    states = self.fresh()?;
                }
                self.distill(&mut states, &teachers, distill, training).await?;
            }
        }
        for state in &mut states {
            self.quantize_anew(state).await?;
        }
        Ok(states)
    }

    /// The key of a trial.
    fn key(&self, of: &Inputs<'_>) -> Key {
        Key::new(self.plan.recipe.seeds[of.trial])
    }

    /// The streams of the stage in each trial. They are named by its place on its path: variants that differ later share them.
    fn keys(&self) -> Vec<Key> {
        let depth = self.plan.stages[self.stage].depth as u64;
        self.trials.iter().map(|of| self.key(of).fold("stage").fold_index(depth)).collect()
    }

    /// All of the stage's training.
    fn whole<'t>(&self, training: &'t Training) -> Stretch<'t> {
        Stretch { training, keys: self.keys(), done: 0, total: training.epochs }
    }

    /// The stage's network, freshly drawn for each trial. Networks of one architecture start alike in a trial.
    fn fresh(&self) -> Result<Vec<State>, RunError> {
        let [height, width, channels] = self.dataset.shape();
        let shape = Shape { height, width, channels };
        let network = &self.plan.stages[self.stage].network;
        let draw = |of| {
            let model = Model::initialize(network, shape, self.dataset.classes(), &self.key(of).fold("initialization"))
                .map_err(RunError::Network)?;
            Ok(State { model, integers: None, on_gpu: false })
        };
        self.trials.iter().map(draw).collect()
    }

    /// Trains on the GPU if the recipe asks for it and there is one, as many trials at once as it holds. If it is lost, the
    /// processor goes on from the end of the last epoch, one trial after another.
    async fn train(
        &mut self,
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective,
    ) -> Result<(), RunError> {
        let mut progress: Vec<Progress> = states.iter().map(|_| Progress::default()).collect();
        let mut begun = 0;
        if A::KNOWN && self.plan.recipe.backend == BackendName::Gpu {
            self.engines.open(&*self.sink).await;
            // Taken out, so that the rest of the work can be borrowed beside it.
            match self.engines.take() {
                Ok(gpu) => {
                    self.on_gpu = true;
                    let longest = Network::<A>::longest_buffer(&states[0].model, stretch.training.batch);
                    let at_once = gpu.most_at_once(longest);
                    let mut ended = Ok(Ending::Complete);
                    while begun < states.len() && ended.is_ok() {
                        let end = states.len().min(begun + at_once);
                        let lanes = gpu.side_by_side(end - begun);
                        ended = self.train_on(&lanes, begun..end, states, stretch, objective, &mut progress).await;
                        gpu.forget_buffers();
                        if let Ok(ending) = ended {
                            self.stopped |= ending == Ending::Stopped;
                            begun = end;
                        }
                    }
                    if let Err(TrainError::Device(error)) = ended {
                        let next = stretch.done + progress[begun].epochs() + 1;
                        self.tell(format!("{error}; the processor goes on from epoch {next}, and nothing is lost"));
                    } else {
                        self.engines.give(gpu);
                        self.judge(ended)?;
                    }
                }
                Err(error) => self.tell(format!("{error}; the processor does it instead")),
            }
        }
        let cpu = std::mem::take(&mut self.engines.cpu);
        for lane in begun..states.len() {
            let ended = self.train_on(&cpu, lane..lane + 1, states, stretch, objective, &mut progress).await;
            self.judge(ended)?;
        }
        self.engines.cpu = cpu;
        Ok(())
    }

    fn tell(&mut self, message: String) {
        let trial = self.trials.first().map_or(0, |of| of.trial);
        self.sink.event(Event::Backend { trial, stage: self.stage, message });
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

    /// Trains these of the trials at once.
    async fn train_on<B: Backend>(
        &mut self,
        backend: &B,
        which: Range<usize>,
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective,
        progress: &mut [Progress],
    ) -> Result<Ending, TrainError> {
        let Stretch { training, keys, done, total } = stretch;
        let trials: Vec<usize> = self.trials[which.clone()].iter().map(|of| of.trial).collect();
        let mut monitor = Reporter {
            sink: &mut *self.sink,
            trials: &trials,
            stage: self.stage,
            epochs_before: *done,
            epochs: *total,
            samples: self.dataset.len(Split::Train),
            plane: states[0].model.shape.len() == 2,
        };
        let (dataset, source) = (&mut *self.dataset, self.source);
        let each = states[which.clone()].iter_mut().zip(&keys[which.clone()]).zip(&mut progress[which.clone()]);
        let mut pupils: Vec<Pupil<'_>> =
            each.map(|((state, key), progress)| Pupil { model: &mut state.model, key: *key, progress }).collect();
        let mut loss: Box<dyn Loss<B> + '_> = match objective {
            Objective::Labels => Box::new(CrossEntropy),
            Objective::SoftTargets { teachers, temperature, alpha } => {
                let (classes, batch) = (dataset.classes(), training.batch);
                let teachers = teachers[which].iter().map(Vec::as_slice).collect();
                Box::new(SoftTargets::new(backend, teachers, classes, batch, *temperature, *alpha))
            }
        };
        train(backend, &mut pupils, dataset, source, training, &mut *loss, &mut monitor).await
    }

    async fn prune(&mut self, states: &mut [State], prune: &Prune, training: &Training) -> Result<(), RunError> {
        let method = prune.method().map_err(RunError::Network)?;
        let rounds = prune.round_sparsities();
        let total = rounds.len() * training.epochs;
        for (round, &sparsity) in rounds.iter().enumerate() {
            for State { model, .. } in &mut *states {
                let evidence = Evidence { samples: &Samples::default(), initial: None, key: Key::new(0) };
                let scores = (method.score)(model, &evidence).map_err(RunError::Network)?;
                prune_to(model, &scores, sparsity, prune.scope);
            }
            let keys = self.keys().iter().map(|key| key.fold_index(round as u64)).collect();
            let stretch = Stretch { training, keys, done: round * training.epochs, total };
            self.train(states, &stretch, &Objective::Labels).await?;
            if self.stopped {
                break;
            }
        }
        Ok(())
    }

    async fn distill(
        &mut self,
        students: &mut [State],
        teachers: &[TrainedModel],
        distill: &Distill,
        training: &Training,
    ) -> Result<(), RunError> {
        let samples = self.dataset.len(Split::Train);
        let mut said = Vec::with_capacity(teachers.len());
        for teacher in teachers {
            let mut logits = Vec::new();
            self.each_training_batch(samples, &mut Executable::new(teacher), |executable, rows, x| {
                logits.extend_from_slice(executable.logits(rows, x));
            })
            .await?;
            said.push(logits);
        }
        if self.stopped {
            return Ok(());
        }
        let (temperature, alpha) = (distill.temperature as f32, distill.alpha as f32);
        let objective = Objective::SoftTargets { teachers: said, temperature, alpha };
        self.train(students, &self.whole(training), &objective).await
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
    async fn quantize_anew(&mut self, state: &mut State) -> Result<(), RunError> {
        if let Some((spec, _)) = &state.integers {
            *state = self.quantize(&state.model, &spec.clone()).await?;
        }
        Ok(())
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
