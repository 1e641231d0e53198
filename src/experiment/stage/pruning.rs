//! Pruning: scores, masks, rewinding and the trainings between, in the order that a step's schedule says.

use super::super::engines::Accelerator;
use super::super::event::{Flow, Sink};
use super::super::plan::Action;
use super::super::reporter::Reporter;
use super::super::run::RunError;
use super::super::state::State;
use super::{Objective, Stretch, Work, later};
use crate::compression::prune::{
    Ablation, Contest, Evidence, Granularity, MAGNITUDE, Method, Needs, Prune, Rewind, Schedule, Scorer, Scores,
    contests, prune_once, prune_weights, scorer, take_units, units,
};
use crate::data::{Key, Source, Split};
use crate::network::{
    CrossEntropy, Model, Parameter, Progress, Pupil, Samples, TrainError, Training, analysis, regularized, train,
};
use std::cell::RefCell;
use std::marker::PhantomData;

/// A gradual schedule at work: what changes the masks of several trials while they train.
pub(in super::super) struct Gradual<'a> {
    prune: &'a Prune,
    method: &'static Method,
    scorer: Scorer,
    samples: &'a Samples,
    /// Of each trial.
    initial: &'a [Option<Model>],
    contests: Vec<Vec<Contest>>,
    keys: Vec<Key>,
    /// Why a method could not score.
    failed: RefCell<Option<String>>,
}

impl Gradual<'_> {
    /// Whether removed weights go on being trained.
    pub fn splices(&self) -> bool {
        self.method.splices
    }

    /// Which change of the masks is due after a step.
    pub fn change_after(&self, step: usize, steps: usize) -> Option<usize> {
        self.prune.change_after(step, steps)
    }

    /// Masks the network of a trial anew.
    pub fn change(&self, of: usize, change: usize, model: &mut Model) {
        for go in (change - 1) * self.prune.iterations + 1..=change * self.prune.iterations {
            let key = self.keys[of].fold_index(go as u64);
            let evidence = Evidence { samples: self.samples, initial: self.initial[of].as_ref(), key, units: false };
            match (self.scorer.score)(model, &evidence) {
                Ok(scores) => {
                    prune_once(model, &scores, self.prune, &self.contests[of], go, &key);
                }
                Err(sentence) => *self.failed.borrow_mut() = Some(sentence),
            }
        }
    }
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    pub(super) async fn prune(
        &mut self,
        states: &mut [State],
        prune: &Prune,
        training: &Training,
    ) -> Result<(), RunError> {
        let method = prune.method().map_err(RunError::Network)?;
        let scorer = match A::ALL_STEPS {
            true => scorer(prune).map_err(RunError::Network)?,
            false if prune.is_basic() => MAGNITUDE,
            false => return Err(RunError::Network(super::NOT_HERE.into())),
        };
        let samples = match method.needs {
            Needs::Samples if A::ALL_STEPS => later::<A, _>(self.labelled(prune.samples)).await?,
            _ => Samples::default(),
        };
        let mut initial = vec![None; states.len()];
        if A::ALL_STEPS && method.needs == Needs::Initial {
            initial = later::<A, _>(self.origins(states, 0)).await?.into_iter().map(Some).collect();
        }
        let keys: Vec<Key> = self.keys().iter().map(|key| key.fold("saliency")).collect();
        let contests: Vec<Vec<Contest>> = states.iter().map(|state| contests(&state.model, prune)).collect();
        if A::ALL_STEPS && prune.schedule == Schedule::Gradual {
            let (failed, initial, samples) = (RefCell::new(None), &initial[..], &samples);
            let gradual = Gradual { prune, method, scorer, samples, initial, contests, keys, failed };
            let keys = self.keys().iter().map(|key| key.fold_index(0)).collect();
            let stretch = Stretch { training, keys, done: 0, total: training.epochs, gradual: Some(&gradual) };
            self.train(states, &stretch, &Objective::Labels).await?;
            return gradual.failed.take().map_or(Ok(()), |sentence| Err(RunError::Network(sentence)));
        }
        let mut origins = match prune.rewind {
            Rewind::None | Rewind::Random => Vec::new(),
            Rewind::Initialization if A::ALL_STEPS => later::<A, _>(self.origins(states, 0)).await?,
            Rewind::Step if A::ALL_STEPS => later::<A, _>(self.origins(states, prune.rewind_step)).await?,
            Rewind::Initialization | Rewind::Step => Vec::new(),
        };
        // Shuffled masks let weights back in, which then have the values that they had.
        let starts: Vec<Model> = match prune.ablation {
            Ablation::Shuffled if A::ALL_STEPS => states.iter().map(|state| state.model.clone()).collect(),
            _ => Vec::new(),
        };
        let units = prune.granularity == Granularity::Unit;
        let predicts =
            A::ALL_STEPS && method.predicts && training.epochs == 0 && prune.rewind == Rewind::None && !units;
        let losses: Vec<f64> = match A::ALL_STEPS && predicts {
            true => states.iter().map(|state| analysis::loss(&state.model, &samples)).collect(),
            false => Vec::new(),
        };
        let mut go = 0;
        let rounds = prune.trainings();
        for round in 0..rounds {
            for _ in 0..prune.iterations {
                go += 1;
                for of in self.going_on() {
                    let model = &mut states[of].model;
                    let key = keys[of].fold_index(go as u64);
                    let before = scorer.adjust.filter(|_| A::ALL_STEPS).map(|adjust| (adjust, model.clone()));
                    let evidence = Evidence { samples: &samples, initial: initial[of].as_ref(), key, units };
                    let scores = (scorer.score)(model, &evidence).map_err(RunError::Network)?;
                    if go == 1 {
                        self.told[of].layer_scores = scores.iter().map(|scores| scores.iter().sum()).collect();
                    }
                    let there: Vec<Parameter> = if predicts { model.weights().cloned().collect() } else { Vec::new() };
                    let kept = if A::ALL_STEPS && units {
                        Some(take_units(model, &scores, prune, &contests[of], go))
                    } else {
                        let prune_once = if A::ALL_STEPS { prune_once } else { prune_weights };
                        prune_once(model, &scores, prune, &contests[of], go, &key);
                        None
                    };
                    if predicts {
                        *self.told[of].predicted_rise.get_or_insert(0.0) += removed(&there, model, &scores);
                    }
                    if let Some((adjust, before)) = before.filter(|_| kept.is_none()) {
                        adjust(&before, model, &evidence).map_err(RunError::Network)?;
                        model.weights_mut().for_each(|p| p.clusters = None);
                    }
                    if let (true, Some(kept)) = (A::ALL_STEPS, kept) {
                        let looked_back = initial[of].iter_mut().chain(origins.get_mut(of));
                        looked_back.for_each(|model| *model = units::keep(model, &kept));
                    }
                    self.stopped |= self.sink.pause().await == Flow::Stop;
                }
            }
            for of in self.going_on() {
                let model = &mut states[of].model;
                if let (true, Some(start)) = (A::ALL_STEPS, starts.get(of)) {
                    fill_in(model, start);
                }
                match prune.rewind {
                    _ if !A::ALL_STEPS => {}
                    Rewind::None => {}
                    Rewind::Initialization | Rewind::Step => go_back(model, &origins[of]),
                    Rewind::Random => {
                        let key = self.keys()[of].fold("reinitialization").fold_index(round as u64);
                        let initialization = self.plan.stages[self.stage].network.initialization;
                        let fresh = Model::draw(model.layers.clone(), initialization, model.shape, model.classes, &key);
                        go_back(model, &fresh);
                    }
                }
            }
            let keys = self.keys().iter().map(|key| key.fold_index(round as u64)).collect();
            let (done, total) = (round * training.epochs, rounds * training.epochs);
            self.train(states, &Stretch { training, keys, done, total, gradual: None }, &Objective::Labels).await?;
            if self.stopped {
                break;
            }
        }
        if A::ALL_STEPS && predicts {
            for of in self.going_on() {
                self.told[of].measured_rise = Some(analysis::loss(&states[of].model, &samples) - losses[of]);
            }
        }
        Ok(())
    }

    /// The first `count` training samples that hold of each class as many, or as many as there are.
    async fn labelled(&mut self, count: usize) -> Result<Samples, RunError> {
        let classes = self.dataset.classes();
        let mut wanted = vec![count.div_ceil(classes); classes];
        let mut indices = Vec::new();
        for index in 0..self.dataset.len(Split::Train) {
            if indices.len() == count {
                break;
            }
            self.dataset.ensure(self.source, Split::Train, index).await?;
            let left = &mut wanted[usize::from(self.dataset.label(Split::Train, index))];
            if *left > 0 {
                *left -= 1;
                indices.push(index as u32);
            }
        }
        let mut x = vec![0.0; indices.len() * self.dataset.features()];
        self.dataset.gather(Split::Train, &indices, &mut x);
        let labels = indices.iter().map(|&index| self.dataset.label(Split::Train, index as usize)).collect();
        Ok(Samples { x, labels })
    }

    /// Each trial's network as it was after `steps` steps of its first training. That training is gone through again, which comes to
    /// the same bits, instead of keeping what may be asked for.
    async fn origins(&mut self, states: &[State], steps: usize) -> Result<Vec<Model>, RunError> {
        let mut models = Vec::with_capacity(states.len());
        if !A::ALL_STEPS {
            return Ok(models);
        }
        let origin = &self.plan.stages[self.plan.origin(self.stage)];
        for (of, state) in self.trials.iter().zip(states) {
            let mut model = Model::initialize(
                &origin.network,
                state.model.shape,
                state.model.classes,
                &self.key(of).fold("initialization"),
            )
            .map_err(RunError::Network)?;
            if model.layers != state.model.layers {
                return Err(RunError::Network(
                    "an earlier step took units out of this network or folded its batch normalization, so it cannot be rewound; put the pruning that rewinds before it".into(),
                ));
            }
            if let (Action::Fresh { training, .. }, true) = (&origin.action, steps > 0) {
                let key = self.key(of).fold("stage").fold_index(origin.depth as u64);
                let mut progress = Progress::default();
                let mut pupils = [Pupil { model: &mut model, key, progress: &mut progress }];
                // The same kind of monitor as in any training, so that the loop is there once.
                let mut monitor = Reporter {
                    of: PhantomData::<A>,
                    sink: &mut *self.sink,
                    trials: &[of.trial],
                    stage: self.stage,
                    epochs_before: 0,
                    epochs: training.epochs,
                    samples: self.dataset.len(Split::Train),
                    plane: false,
                    gradual: None,
                    quantizes: false,
                    told: &mut [],
                    which: &[0],
                    due: 0,
                    silent_until: Some(steps),
                };
                let mut loss = regularized(Box::new(CrossEntropy), training, pupils[0].model.shape, vec![key]);
                let ended = train(
                    &self.engines.cpu,
                    &mut pupils,
                    self.dataset,
                    self.source,
                    training,
                    &mut *loss,
                    &mut monitor,
                )
                .await;
                match ended {
                    Ok(_) => {}
                    Err(TrainError::Data(error)) => return Err(error.into()),
                    Err(error) => return Err(RunError::Training { stage: origin.label.clone(), error }),
                }
            }
            models.push(model);
        }
        Ok(models)
    }
}

/// The scores of the weights that a mask has removed since.
fn removed(before: &[Parameter], model: &Model, scores: &Scores) -> f64 {
    let there = |p: &Parameter, i: usize| p.mask_slice().is_none_or(|mask| mask[i]);
    let each = before.iter().zip(model.weights()).zip(scores);
    each.map(|((before, after), scores)| {
        let gone = (0..scores.len()).filter(|&i| there(before, i) && !there(after, i));
        gone.map(|i| scores[i]).sum::<f64>()
    })
    .sum()
}

/// Sets a model's parameters to those of another, under its masks.
fn go_back(model: &mut Model, to: &Model) {
    for (parameter, earlier) in model.parameters.iter_mut().zip(&to.parameters) {
        let mask = parameter.mask.take();
        parameter.values.clone_from(&earlier.values);
        if let Some(kept) = mask.as_ref().and_then(|mask| mask.as_slice()) {
            parameter.slice_mut().iter_mut().zip(kept).filter(|(_, kept)| !**kept).for_each(|(value, _)| *value = 0.0);
        }
        parameter.mask = mask;
        parameter.clusters = None; // what is rewound shares nothing any more
    }
}

/// Gives weights that a shuffled mask lets back in the values that they had.
fn fill_in(model: &mut Model, before: &Model) {
    for (parameter, before) in model.weights_mut().zip(before.weights()) {
        let Some(mask) = parameter.mask_slice().map(<[bool]>::to_vec) else { continue };
        for ((value, kept), before) in parameter.slice_mut().iter_mut().zip(mask).zip(before.slice()) {
            if kept && *value == 0.0 {
                *value = *before;
            }
        }
    }
}
