//! Distillation: what a teacher says of the training samples, and the loss that is made of it.

use super::{RunError, State, Work};
use crate::backend::Backend;
use crate::compression::distill::gradients::Watched;
use crate::compression::distill::layers::{Guided, Mentor};
use crate::compression::distill::{Distill, SoftTargets};
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
    /// Whether the loss reads values of layers or gradients, which only the processor has at hand.
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
        let mut logits = Vec::with_capacity(teachers.len());
        for teacher in teachers {
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
        let objective = Objective::Teachers(Lessons { distill, teachers, logits });
        self.train(students, &self.whole(training), &objective).await
    }
}
