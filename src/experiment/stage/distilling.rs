//! Distillation: what a teacher says of the samples, and the loss that is made of it.

use super::{RunError, State, Work};
use crate::backend::Backend;
use crate::compression::distill::gradients::Watched;
use crate::compression::distill::layers::{Guided, Mentor};
use crate::compression::distill::{
    Answers, Distill, Material, Mutual, TransferSource, best_offset, loss_of_logits, transferred,
};
use crate::data::{Dataset, DatasetName, Key, Source, Split};
use crate::experiment::engines::Accelerator;
use crate::experiment::event::Sink;
use crate::experiment::recipe::Data;
use crate::network::{Executable, Layer, Loss, Model, TrainedModel, Training, regularized};

/// What training minimizes, on whichever backend.
#[allow(clippy::large_enum_variant)] // there is one at a time
pub(super) enum Objective<'a> {
    /// Cross-entropy with the true labels.
    Labels,
    /// What teachers say.
    Teachers(Lessons<'a>),
}

impl Objective<'_> {
    /// Whether the loss is the processor's alone.
    pub fn stays_on_the_host(&self) -> bool {
        matches!(self, Objective::Teachers(lessons) if lessons.distill.stays_on_the_host())
    }

    /// Samples of an epoch, out of so many.
    pub fn samples(&self, all: usize) -> usize {
        match self {
            Objective::Labels => all,
            Objective::Teachers(lessons) => lessons.samples,
        }
    }
}

/// A teacher for each trial, and what it says.
pub(super) struct Lessons<'a> {
    distill: &'a Distill,
    teachers: &'a [State],
    /// Of each teacher: a row of logits for each training sample; none where it is asked about each batch, since what the student is
    /// shown are other samples than those.
    logits: Vec<Vec<f32>>,
    /// Of each trial, what learns beside the student instead of a teacher.
    peers: Vec<Model>,
    /// Of the training samples.
    labels: Vec<u8>,
    /// The other data set, if that is the transfer set.
    other: Option<Dataset>,
    /// Of each trial: what the transfer set is drawn from.
    trials: Vec<Key>,
    /// Samples of an epoch.
    samples: usize,
}

impl Lessons<'_> {
    /// The loss for these of the trials, a lane for each, whose students are as they stand.
    pub fn loss<'l, B: Backend + 'l>(
        &'l self,
        backend: &B,
        which: &[usize],
        students: &[&Model],
        keys: &[Key],
        dataset: &Dataset,
        training: &Training,
    ) -> Box<dyn Loss<B> + 'l> {
        let (classes, batch, transfer) = (dataset.classes(), training.batch, &self.distill.transfer);
        let keys: Vec<Key> = which.iter().map(|&which| keys[which]).collect();
        let loss: Box<dyn Loss<B> + 'l> = if self.distill.is_mutual() {
            let Distill { temperature, alpha, .. } = self.distill;
            let peers: Vec<&Model> = which.iter().map(|&which| &self.peers[which]).collect();
            let keys: Vec<Key> = keys.iter().map(|key| key.fold("peer")).collect();
            Box::new(Mutual::new(backend, &peers, &keys, training, *temperature as f32, *alpha as f32))
        } else {
            let answers = match self.logits.is_empty() {
                true => {
                    let teachers = which.iter().map(|&which| Executable::new(&self.teachers[which].trained()));
                    Answers::asked(teachers.collect(), classes, transfer.source != TransferSource::Training)
                }
                false => Answers::known(which.iter().map(|&which| self.logits[which].as_slice()).collect(), classes),
            };
            loss_of_logits(backend, self.distill, answers, batch)
        };
        let mentor = Mentor {
            teacher: &self.teachers[which[0]].model,
            student: students[0],
            samples: dataset.len(Split::Train),
            batch,
            optimizer: training.optimizer,
            key: keys[0].fold("distillation"),
        };
        let watched = Watched::around(backend, self.distill, mentor, loss);
        let guided = Guided::around(backend, self.distill, mentor, watched);
        let inner = regularized(guided, training, students[0].shape, keys.clone());
        let trials = which.iter().map(|&which| self.trials[which]).collect();
        let material = Material { labels: &self.labels, classes, other: self.other.as_ref(), trials, keys };
        transferred(inner, transfer, material)
    }
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Trains the students with what the teachers say, one for each trial.
    pub(super) async fn distill(
        &mut self,
        students: &mut [State],
        teachers: &[State],
        distill: &Distill,
        training: &Training,
    ) -> Result<(), RunError> {
        let mut peers = Vec::new();
        if distill.is_mutual() {
            let network = distill.peer.as_ref().unwrap_or(&self.plan.stages[self.stage].network);
            for (student, key) in students.iter().zip(self.keys()) {
                let Model { shape, classes, .. } = student.model;
                let key = key.fold("peer").fold("initialization");
                peers.push(Model::initialize(network, shape, classes, &key).map_err(RunError::Network)?);
            }
        }
        let (all, transfer) = (self.dataset.len(Split::Train), &distill.transfer);
        let trials: Vec<Key> = self.trials.iter().map(|of| self.key(of)).collect();
        let mut logits = Vec::new();
        let asked_anew = transfer.source != TransferSource::Training || training.changes_samples();
        if distill.is_taught() && !asked_anew {
            for teacher in teachers {
                let mut said = Vec::new();
                self.each_training_batch(all, &mut Executable::new(&teacher.trained()), |executable, rows, x| {
                    said.extend_from_slice(executable.logits(rows, x));
                })
                .await?;
                logits.push(said);
            }
        }
        let mut labels = Vec::new();
        if !transfer.is_whole() {
            self.dataset.ensure_all(self.source, Split::Train).await?;
            labels.extend((0..all).map(|index| self.dataset.label(Split::Train, index)));
        }
        let other = self.other(transfer.source).await?;
        if self.stopped {
            return Ok(());
        }
        let samples = match transfer.source {
            TransferSource::Training if transfer.is_whole() => all,
            TransferSource::Training => transfer.choose(&labels, self.dataset.classes(), &trials[0]).len(),
            TransferSource::Other | TransferSource::Noise | TransferSource::Unlabeled => all,
        };
        let objective =
            Objective::Teachers(Lessons { distill, teachers, logits, peers, labels, other, trials, samples });
        self.train(students, &self.whole(training), &objective).await?;
        if transfer.correct_bias {
            for which in self.going_on() {
                let offset = self.correct_bias(&mut students[which].model, &transfer.without).await?;
                self.told[which].bias_offset = Some(f64::from(offset));
            }
        }
        Ok(())
    }

    /// What the transfer set is taken from, if that is not the training samples: the other image data set, with as many samples as
    /// there are training samples, or all training samples of this one.
    async fn other(&mut self, source: TransferSource) -> Result<Option<Dataset>, RunError> {
        let mut other = match source {
            TransferSource::Training | TransferSource::Noise => return Ok(None),
            TransferSource::Other => {
                let name = match self.dataset.info().name {
                    DatasetName::Mnist => DatasetName::FashionMnist,
                    _ => DatasetName::Mnist,
                };
                Dataset::open(name, Some(self.dataset.len(Split::Train)), None)?
            }
            TransferSource::Unlabeled => Data { samples: None, ..self.plan.recipe.data.clone() }.open()?,
        };
        other.ensure_all(self.source, Split::Train).await?;
        Ok(Some(other))
    }

    /// Raises the biases of these classes by the one amount with which the validation set comes out best, and says what it was.
    async fn correct_bias(&mut self, model: &mut Model, classes: &[usize]) -> Result<f32, RunError> {
        let samples = self.dataset.len(Split::Validation);
        self.dataset.ensure_all(self.source, Split::Validation).await?;
        let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
        let (mut logits, mut labels) = (Vec::new(), Vec::with_capacity(samples));
        let all: Vec<u32> = (0..samples as u32).collect();
        let mut inputs = vec![0.0; super::BATCH * self.dataset.features()];
        for indices in all.chunks(super::BATCH) {
            let inputs = &mut inputs[..indices.len() * self.dataset.features()];
            self.dataset.gather(Split::Validation, indices, inputs);
            logits.extend_from_slice(executable.logits(indices.len(), inputs));
            labels.extend(indices.iter().map(|&index| self.dataset.label(Split::Validation, index as usize)));
        }
        let offset = best_offset(&logits, &labels, self.dataset.classes(), classes);
        let last = model.layers.iter().rposition(|layer| matches!(layer, Layer::Dense { .. }));
        // Of a layer's parameters the biases come behind the weights.
        if let Some(biases) = model.parameters.iter_mut().rfind(|p| Some(p.layer) == last) {
            classes.iter().for_each(|&class| biases.slice_mut()[class] += offset);
        }
        Ok(offset)
    }
}
