//! What teachers say of a batch: looked up where the samples are those that they were asked about before, asked anew where not.

use crate::backend::cpu::arg_max;
use crate::network::{Executable, HostBatch};

/// The logits of each lane's teacher for the samples of a batch.
pub(crate) struct Answers<'a> {
    teachers: Teachers<'a>,
    classes: usize,
    /// Nobody knows the samples' classes: the teacher's word counts.
    unlabeled: bool,
    /// Of the batch at hand.
    rows: Vec<f32>,
}

enum Teachers<'a> {
    /// A row of logits for each training sample.
    Known(Vec<&'a [f32]>),
    /// The teachers themselves.
    Asked(Vec<Executable>),
}

impl<'a> Answers<'a> {
    /// From tables: for each lane, a row of logits for each training sample.
    pub fn known(tables: Vec<&'a [f32]>, classes: usize) -> Self {
        Self { teachers: Teachers::Known(tables), classes, unlabeled: false, rows: Vec::new() }
    }

    /// From the teachers, one for each lane, which are asked batch by batch. Where the samples are `unlabeled`, what the teacher
    /// finds likeliest stands for the label, so that accuracy in training tells how often the student agrees.
    pub fn asked(teachers: Vec<Executable>, classes: usize, unlabeled: bool) -> Self {
        Self { teachers: Teachers::Asked(teachers), classes, unlabeled, rows: Vec::new() }
    }

    /// Values of a row.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Finds out what is said of a batch.
    pub fn prepare(&mut self, batch: &mut HostBatch) {
        self.rows.clear();
        match &mut self.teachers {
            Teachers::Known(tables) => {
                for (indices, table) in batch.indices.chunks_exact(batch.rows.max(1)).zip(tables) {
                    for &index in indices {
                        self.rows.extend_from_slice(&table[index as usize * self.classes..][..self.classes]);
                    }
                }
            }
            Teachers::Asked(teachers) => {
                let of_lane = batch.inputs.len() / teachers.len().max(1);
                for (inputs, teacher) in batch.inputs.chunks_exact(of_lane.max(1)).zip(teachers) {
                    self.rows.extend_from_slice(teacher.logits(batch.rows, inputs));
                }
            }
        }
        if self.unlabeled {
            for (label, said) in batch.labels.chunks_exact_mut(self.classes).zip(self.rows.chunks_exact(self.classes)) {
                label.fill(0.0);
                label[arg_max(said)] = 1.0;
            }
        }
    }

    /// What is said of the batch that was prepared last: a row for each sample.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }
}
