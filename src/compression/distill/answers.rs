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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, Model, Shape, TrainedModel};

    #[test]
    fn teachers_say_the_same_when_they_are_asked_as_in_the_table() {
        let shape = Shape { height: 1, width: 1, channels: 2 };
        let network = Architecture::mlp(&[5]);
        let teachers =
            [1, 2].map(|seed| TrainedModel::Float(Model::initialize(&network, shape, 3, &Key::new(seed)).unwrap()));
        let mut rng = Key::new(3).rng();
        let samples: Vec<f32> = (0..2 * 10).map(|_| rng.uniform()).collect();
        let tables = teachers.each_ref().map(|teacher| Executable::new(teacher).logits(10, &samples).to_vec());
        // Two lanes with samples of their own.
        let indices = [7, 1, 2, 9, 0, 1];
        let inputs: Vec<f32> = indices.iter().flat_map(|&i| samples[2 * i as usize..][..2].to_vec()).collect();
        let say = |mut answers: Answers<'_>, labels: &mut [f32]| {
            let (indices, inputs) = (&indices, &mut inputs.clone());
            answers.prepare(&mut HostBatch { epoch: 0, batch: 0, done: 0.0, indices, rows: 3, inputs, labels });
            answers.rows().to_vec()
        };
        let executables = || teachers.iter().map(Executable::new).collect::<Vec<_>>();
        let mut labels = vec![0.25; 18];
        let known = say(Answers::known(tables.iter().map(Vec::as_slice).collect(), 3), &mut labels);
        assert_eq!(known, say(Answers::asked(executables(), 3, false), &mut labels));
        assert!(labels.iter().all(|&label| label == 0.25));
        assert_eq!(known, say(Answers::asked(executables(), 3, true), &mut labels));
        for (label, said) in labels.chunks(3).zip(known.chunks(3)) {
            assert_eq!(label[arg_max(said)], 1.0, "what the teacher says stands for the label");
            assert_eq!(label.iter().sum::<f32>(), 1.0);
        }
    }
}
