//! Distillation: what a teacher says of the training samples, and the loss that is made of it.

use super::{RunError, State, Work};
use crate::backend::Backend;
use crate::compression::distill::gradients::Watched;
use crate::compression::distill::layers::{Guided, Mentor};
use crate::compression::distill::{Distill, Mutual, SoftTargets};
use crate::data::{Dataset, Key, Source, Split};
use crate::experiment::engines::Accelerator;
use crate::experiment::event::Sink;
use crate::network::{Executable, Loss, Model, Training};

/// What training minimizes, on whichever backend.
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
}

/// A teacher for each trial, and what it says.
pub(super) struct Lessons<'a> {
    distill: &'a Distill,
    teachers: &'a [State],
    /// Of each teacher: a row of logits for each training sample.
    logits: Vec<Vec<f32>>,
    /// Of each trial, what learns beside the student instead of a teacher.
    peers: Vec<Model>,
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
        let Distill { temperature, alpha, .. } = self.distill;
        if self.distill.is_mutual() {
            let peers: Vec<&Model> = which.iter().map(|&which| &self.peers[which]).collect();
            let keys: Vec<Key> = which.iter().map(|&which| keys[which].fold("peer")).collect();
            return Box::new(Mutual::new(backend, &peers, &keys, training, *temperature as f32, *alpha as f32));
        }
        let logits = which.iter().map(|&which| self.logits[which].as_slice()).collect();
        let (classes, batch) = (dataset.classes(), training.batch);
        let base = Box::new(SoftTargets::new(backend, logits, classes, batch, *temperature as f32, *alpha as f32));
        let mentor = Mentor {
            teacher: &self.teachers[which[0]].model,
            student: students[0],
            samples: dataset.len(Split::Train),
            batch,
            key: keys[which[0]].fold("distillation"),
        };
        let base = Watched::around(backend, self.distill, mentor, base);
        Guided::around(backend, self.distill, mentor, base)
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
        let samples = self.dataset.len(Split::Train);
        let (mut logits, mut peers) = (Vec::with_capacity(teachers.len()), Vec::new());
        if distill.is_mutual() {
            let network = distill.peer.as_ref().unwrap_or(&self.plan.stages[self.stage].network);
            for (student, key) in students.iter().zip(self.keys()) {
                let Model { shape, classes, .. } = student.model;
                let key = key.fold("peer").fold("initialization");
                peers.push(Model::initialize(network, shape, classes, &key).map_err(RunError::Network)?);
            }
        }
        for teacher in teachers.iter().filter(|_| !distill.is_mutual()) {
            let mut said = Vec::new();
            self.each_training_batch(samples, &mut Executable::new(&teacher.trained()), |executable, rows, x| {
                said.extend_from_slice(executable.logits(rows, x));
            })
            .await?;
            logits.push(said);
        }
        if self.stopped {
            return Ok(());
        }
        let objective = Objective::Teachers(Lessons { distill, teachers, logits, peers });
        self.train(students, &self.whole(training), &objective).await
    }
}
