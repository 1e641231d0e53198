//! One stage: a network is trained, pruned, quantized or distilled, in one trial or in several at once.

mod distilling;
mod importing;
mod pruning;
mod quantizing;
mod repairing;

pub(super) use pruning::Gradual;

use distilling::Objective;

use super::engines::{Accelerator, Engines};
use super::event::{Event, Flow, Sink};
use super::plan::{Action, Needs, Plan};
use super::recipe::BackendName;
use super::report::CurvePoint;
use super::reporter::Reporter;
use super::run::RunError;
use super::state::State;
use crate::backend::Backend;
use crate::compression::quantize::{self, Quantize, RangeObserver};
use crate::compression::share::share_weights;
use crate::data::{Dataset, Key, Source, Split};
use crate::network::{
    CrossEntropy, Ending, Executable, Layer, Loss, Model, Network, Progress, Pupil, Shape, TrainError, TrainedModel,
    Training, fold_batch_norm, regularized, train,
};
use std::future::ready;
use std::marker::PhantomData;
use std::pin::Pin;

/// Why a step cannot be done by this part of the program; what hands out tasks sees to it that none such comes.
const NOT_HERE: &str = "this part of the program does not know the step; reload the page and run again";

/// Samples a batch when a teacher is asked or ranges are observed.
const BATCH: usize = 64;

/// What a part of the program does that knows all steps, as something that others do not contain: whatever a function waits for is
/// part of it, reached or not, but for what lies behind a pointer.
fn later<'f, A: Accelerator, T>(
    work: impl Future<Output = Result<T, RunError>> + 'f,
) -> Pin<Box<dyn Future<Output = Result<T, RunError>> + 'f>>
where
    T: 'f,
{
    if A::ALL_STEPS { Box::pin(work) } else { Box::pin(ready(Err(RunError::Network(NOT_HERE.into())))) }
}

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
    /// Why nothing comes of a trial, where others go on.
    pub failed: Vec<Option<RunError>>,
    /// What each trial told on the way.
    pub told: Vec<Told>,
}

/// What a report says of a stage beside what it left behind.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Its training.
    pub curve: Vec<CurvePoint>,
    /// See [`super::VariantResult::predicted_rise`].
    pub predicted_rise: Option<f64>,
    /// See [`super::VariantResult::measured_rise`].
    pub measured_rise: Option<f64>,
    /// See [`super::VariantResult::layer_scores`].
    pub layer_scores: Vec<f64>,
    /// See [`super::VariantResult::bias_offset`].
    pub bias_offset: Option<f64>,
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
    /// What prunes meanwhile.
    gradual: Option<&'a Gradual<'a>>,
}

/// A trial, and what the stages before left behind in it.
#[derive(Clone, Default)]
pub struct Inputs<'a> {
    /// Which trial.
    pub trial: usize,
    /// Of the stage it goes on from.
    pub parent: Option<&'a State>,
    /// Of the stage that teaches, where that is not the parent.
    pub teacher: Option<&'a State>,
    /// Of the stages that it averages.
    pub members: Vec<&'a State>,
}

impl<'a> Inputs<'a> {
    /// What a stage needs in a trial, from what the stages before it have left.
    pub fn of(trial: usize, needs: &Needs, states: &'a [State]) -> Self {
        let [parent, teacher] = [needs.parent, needs.teacher].map(|input| input.map(|stage| &states[stage]));
        Self { trial, parent, teacher, members: needs.members.iter().map(|&stage| &states[stage]).collect() }
    }
}

impl<'a, A: Accelerator, S: Source, K: Sink> Work<'a, A, S, K> {
    /// A stage that has not begun.
    pub fn new(
        plan: &'a Plan,
        stage: usize,
        trials: &'a [Inputs<'a>],
        dataset: &'a mut Dataset,
        source: &'a S,
        engines: &'a mut Engines<A>,
        sink: &'a mut K,
    ) -> Self {
        let (failed, told) = (vec![None; trials.len()], vec![Told::default(); trials.len()]);
        Self { plan, stage, trials, dataset, source, engines, sink, stopped: false, on_gpu: false, failed, told }
    }
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Does what the stage's action says, on what its inputs left behind; a state for each trial. What fails in one trial alone
    /// stands in `failed`, and its state says nothing; what would fail in all of them fails at once.
    pub async fn run(&mut self) -> Result<Vec<State>, RunError> {
        let mut states = self.perform().await?;
        for (state, of) in states.iter_mut().zip(self.trials) {
            let inputs = of.parent.iter().chain(&of.teacher).chain(&of.members);
            let before = inputs.into_iter().any(|state| state.on_gpu);
            state.on_gpu = before || self.on_gpu;
        }
        Ok(states)
    }

    /// The trials, by their place here, that have not failed.
    fn going_on(&self) -> Vec<usize> {
        (0..self.trials.len()).filter(|&which| self.failed[which].is_none()).collect()
    }

    async fn perform(&mut self) -> Result<Vec<State>, RunError> {
        let stage = &self.plan.stages[self.stage];
        let parents = || self.trials.iter().map(|of| of.parent.cloned()).collect::<Option<Vec<State>>>();
        let mut states = match &stage.action {
            Action::Fresh { .. } => self.fresh()?,
            Action::Import { network, digest } => return later::<A, _>(self.import(network, digest)).await,
            Action::Ensemble(_) if !A::ALL_STEPS => return Err(RunError::Network(NOT_HERE.into())),
            Action::Ensemble(_) => {
                return Ok(self.trials.iter().map(|of| State::ensemble(&of.members)).collect());
            }
            _ => parents()
                .ok_or_else(|| RunError::Network("a step of the plan has nothing before it to work on".into()))?,
        };
        match &stage.action {
            Action::Fresh { training, .. } | Action::Train(training) => {
                self.train(&mut states, &self.whole(training), &Objective::Labels).await?;
            }
            Action::Prune(prune, training) => self.prune(&mut states, prune, training).await?,
            Action::Quantize(spec, training) if A::ALL_STEPS && spec.is_aware() => {
                later::<A, _>(self.quantize_aware(&mut states, spec, training)).await?;
                return Ok(states);
            }
            Action::Quantize(spec, _) => {
                for state in &mut states {
                    *state = self.quantize(&state.model, spec).await?;
                }
                return Ok(states);
            }
            Action::Ensemble(_) | Action::Import { .. } => {} // was done above
            Action::Share(..) if !A::ALL_STEPS => return Err(RunError::Network(NOT_HERE.into())),
            Action::Share(share, training) => {
                for (state, key) in states.iter_mut().zip(self.keys()) {
                    share_weights(&mut state.model, share, &key.fold("share"));
                }
                self.train(&mut states, &self.whole(training), &Objective::Labels).await?;
            }
            Action::Distill { distill, training, .. } => {
                let teachers: Vec<State> =
                    self.trials.iter().zip(&states).map(|(of, state)| of.teacher.unwrap_or(state).clone()).collect();
                if distill.student.is_some() {
                    states = self.fresh()?;
                }
                later::<A, _>(self.distill(&mut states, &teachers, distill, training)).await?;
            }
        }
        for which in self.going_on() {
            self.quantize_anew(&mut states[which]).await?;
        }
        Ok(states)
    }

    /// The key of a trial, for this draw of the network.
    fn key(&self, of: &Inputs<'_>) -> Key {
        let key = Key::new(self.plan.recipe.seeds[of.trial]);
        match self.plan.stages[self.stage].member {
            0 => key,
            member => key.fold("member").fold_index(member as u64),
        }
    }

    /// The streams of the stage in each trial. They are named by its place on its path: variants that differ later share them.
    fn keys(&self) -> Vec<Key> {
        let depth = self.plan.stages[self.stage].depth as u64;
        self.trials.iter().map(|of| self.key(of).fold("stage").fold_index(depth)).collect()
    }

    /// All of the stage's training.
    fn whole<'t>(&self, training: &'t Training) -> Stretch<'t> {
        Stretch { training, keys: self.keys(), done: 0, total: training.epochs, gradual: None }
    }

    /// The stage's network, freshly drawn for each trial. Networks of one architecture and member start alike in a trial.
    fn fresh(&self) -> Result<Vec<State>, RunError> {
        let [height, width, channels] = self.dataset.shape();
        let shape = Shape { height, width, channels };
        let network = &self.plan.stages[self.stage].network;
        let draw = |of| {
            let model = Model::initialize(network, shape, self.dataset.classes(), &self.key(of).fold("initialization"))
                .map_err(RunError::Network)?;
            Ok(State::of(model))
        };
        self.trials.iter().map(draw).collect()
    }

    /// Trains; what is quantized, and was trained so, goes on being trained so.
    async fn train(
        &mut self,
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective<'_>,
    ) -> Result<(), RunError> {
        if !A::ALL_STEPS && !stretch.training.is_plain() {
            return Err(RunError::Network(NOT_HERE.into()));
        }
        if A::ALL_STEPS && states.first().and_then(State::aware).is_some() {
            return later::<A, _>(self.train_quantized(states, stretch, objective)).await;
        }
        self.train_as_it_is(states, stretch, objective).await
    }

    /// Trains on the GPU if the recipe asks for it and there is one, as many trials at once as it holds. If it is lost, the
    /// processor goes on from the end of the last epoch, one trial after another.
    async fn train_as_it_is(
        &mut self,
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective<'_>,
    ) -> Result<(), RunError> {
        if A::ALL_STEPS {
            // What is trained is floats; what was integers will be so again.
            let parameters = states.iter_mut().flat_map(|state| &mut state.model.parameters);
            parameters.for_each(|parameter| parameter.integers = None);
        }
        let mut progress: Vec<Progress> = states.iter().map(|_| Progress::default()).collect();
        let all = self.going_on();
        let mut left = &all[..];
        let wanted = A::KNOWN && self.plan.recipe.backend == BackendName::Gpu && !left.is_empty();
        if wanted && states[left[0]].model.layers.iter().any(|layer| matches!(layer, Layer::Sequence(_))) {
            self.tell("the GPU has no attention here; the processor trains this network".into());
        } else if wanted && objective.stays_on_the_host() {
            self.tell("this method of distillation is the processor's alone, which does it all".into());
        } else if wanted {
            self.engines.open(&*self.sink).await;
            // Taken out, so that the rest of the work can be borrowed beside it.
            match self.engines.take() {
                Ok(gpu) => {
                    self.on_gpu = true;
                    let longest = Network::<A>::longest_buffer(&states[0].model, stretch.training.batch);
                    let at_once = gpu.most_at_once(longest);
                    let (mut lost, mut judged) = (None, Ok(()));
                    while !left.is_empty() && lost.is_none() && judged.is_ok() {
                        // What is trained side by side has one shape: pruned by units, trials may differ.
                        let alike = |at: &&usize| states[**at].model.layers == states[left[0]].model.layers;
                        let (now, later) = left.split_at(left.iter().take(at_once).take_while(alike).count());
                        let lanes = gpu.side_by_side(now.len());
                        let trained = self.train_on(&lanes, now, states, stretch, objective, &mut progress).await;
                        gpu.forget_buffers();
                        if let Err(TrainError::Device(error)) = trained {
                            lost = Some(error);
                        } else {
                            judged = self.judge(trained, now, stretch.training, &progress);
                            left = later;
                        }
                    }
                    match lost {
                        None => self.engines.give(gpu),
                        Some(error) => {
                            let next = stretch.done + progress[left[0]].epochs() + 1;
                            self.tell(format!("{error}; the processor goes on from epoch {next}, and nothing is lost"));
                        }
                    }
                    judged?;
                }
                Err(error) => self.tell(format!("{error}; the processor does it instead")),
            }
        }
        let cpu = std::mem::take(&mut self.engines.cpu);
        for which in left {
            let which = std::slice::from_ref(which);
            // What had diverged on the device would do nothing else here.
            let trained = match progress[which[0]].diverged(stretch.training) {
                Some(error) if A::KNOWN => Err(error),
                _ => self.train_on(&cpu, which, states, stretch, objective, &mut progress).await,
            };
            self.judge(trained, which, stretch.training, &progress)?;
        }
        self.engines.cpu = cpu;
        Ok(())
    }

    fn tell(&mut self, message: String) {
        let trial = self.trials.first().map_or(0, |of| of.trial);
        self.sink.event(Event::Backend { trial, stage: self.stage, message });
    }

    /// Keeps how training these trials ended. A loss that is no longer a number is the failure of its trial alone.
    fn judge(
        &mut self,
        trained: Result<Ending, TrainError>,
        which: &[usize],
        training: &Training,
        progress: &[Progress],
    ) -> Result<(), RunError> {
        let failure = |error| RunError::Training { stage: self.plan.stages[self.stage].label.clone(), error };
        for &which in which {
            self.failed[which] = progress[which].diverged(training).map(failure);
        }
        match trained {
            Ok(ending) => self.stopped |= ending == Ending::Stopped,
            Err(TrainError::Diverged { .. }) => {}
            Err(TrainError::Data(error)) => return Err(error.into()),
            Err(error @ TrainError::Device(_)) => return Err(failure(error)),
        }
        Ok(())
    }

    /// Trains these of the trials at once.
    async fn train_on<B: Backend>(
        &mut self,
        backend: &B,
        which: &[usize],
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective<'_>,
        progress: &mut [Progress],
    ) -> Result<Ending, TrainError> {
        let Stretch { training, keys, done, total, gradual } = stretch;
        let trials: Vec<usize> = which.iter().map(|&which| self.trials[which].trial).collect();
        let mut monitor = Reporter {
            of: PhantomData::<A>,
            sink: &mut *self.sink,
            trials: &trials,
            stage: self.stage,
            epochs_before: *done,
            epochs: *total,
            samples: match A::ALL_STEPS {
                true => objective.samples(self.dataset.len(Split::Train)),
                false => self.dataset.len(Split::Train),
            },
            plane: states[0].model.shape.len() == 2,
            gradual: *gradual,
            quantizes: A::ALL_STEPS && quantizing::is_faked(&states[0].model),
            told: &mut self.told,
            which,
            due: 0,
            silent_until: None,
        };
        let (dataset, source) = (&mut *self.dataset, self.source);
        let each = states.iter_mut().zip(keys).zip(progress).enumerate().filter(|(at, _)| which.contains(at));
        let mut pupils: Vec<Pupil<'_>> =
            each.map(|(_, ((state, key), progress))| Pupil { model: &mut state.model, key: *key, progress }).collect();
        let mut loss = match objective {
            // Where distillation is not known, nobody asks for it.
            Objective::Teachers(lessons) if A::ALL_STEPS => {
                let students: Vec<&Model> = pupils.iter().map(|pupil| &*pupil.model).collect();
                lessons.loss(backend, which, &students, keys, dataset, training)
            }
            Objective::Labels if A::ALL_STEPS => {
                let keys = which.iter().map(|&which| keys[which]).collect();
                regularized(Box::new(CrossEntropy), training, pupils[0].model.shape, keys)
            }
            Objective::Labels | Objective::Teachers(_) => Box::new(CrossEntropy) as Box<dyn Loss<B> + '_>,
        };
        train(backend, &mut pupils, dataset, source, training, &mut *loss, &mut monitor).await
    }

    /// Calibrates on training samples and makes the integer network; its real values become the model's.
    async fn quantize(&mut self, model: &Model, spec: &Quantize) -> Result<State, RunError> {
        match spec.is_basic() {
            true => {}
            false if A::ALL_STEPS => return later::<A, _>(self.quantize_with_repairs(model, spec)).await,
            false => return Err(RunError::Network(NOT_HERE.into())),
        }
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
        Ok(State { integers: Some((spec.clone(), integers)), ..State::of(model) })
    }

    /// A network that was quantized before this step is quantized again after it.
    async fn quantize_anew(&mut self, state: &mut State) -> Result<(), RunError> {
        if A::ALL_STEPS
            && let Some(spec) = state.aware()
        {
            later::<A, _>(self.back_to_integers(state, &spec)).await?;
        } else if let Some(spec) = state.integers.as_ref().map(|(spec, _)| spec).or(state.coded.as_ref()) {
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
