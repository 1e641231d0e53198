//! Small networks and samples for the tests of several methods.

use super::Evidence;
use crate::backend::cpu::Cpu;
use crate::data::{DataError, Dataset, DatasetName, Key, Source, Split};
use crate::network::{
    ActivationName, Architecture, ArchitectureName, CrossEntropy, Model, Monitor, Progress, Pupil, Samples, Schedule,
    Shape, Training, train,
};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Toys are drawn, nothing is fetched.
struct Nothing;

impl Source for Nothing {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        panic!("a toy has no file {path}")
    }
}

impl Monitor for Nothing {
    async fn pause(&mut self) -> bool {
        false
    }
}

/// Samples and nothing else.
pub(super) fn evidence(samples: &Samples) -> Evidence<'_> {
    Evidence { samples, initial: None, key: Key::new(1), units: false }
}

/// The blobs, so wide that they overlap and the loss has its minimum at weights that are not large.
fn blobs() -> (Dataset, Samples) {
    let dataset = Dataset::open(DatasetName::Blobs, Some(200), Some(1.0)).unwrap();
    let indices: Vec<u32> = (0..200).collect();
    let mut x = vec![0.0; 400];
    dataset.gather(Split::Train, &indices, &mut x);
    let labels = indices.iter().map(|i| dataset.label(Split::Train, *i as usize)).collect();
    (dataset, Samples { x, labels })
}

/// A network of these hidden layers as it was drawn, and samples for it.
pub(super) fn drawn(widths: &[usize], seed: u64) -> (Model, Samples) {
    let shape = Shape { height: 1, width: 1, channels: 2 };
    let mlp = Architecture { activation: ActivationName::Tanh, ..Architecture::mlp(widths) };
    let one = Architecture { architecture: ArchitectureName::LogisticRegression, ..Architecture::default() };
    let spec = if widths.is_empty() { one } else { mlp };
    (Model::initialize(&spec, shape, 4, &Key::new(seed)).unwrap(), blobs().1)
}

/// The same, trained to a minimum of the loss of those samples.
pub(super) fn trained(widths: &[usize], seed: u64) -> (Model, Samples) {
    let (mut model, samples) = drawn(widths, seed);
    let training =
        Training { epochs: 3000, batch: 200, learning_rate: 0.02, schedule: Schedule::Cosine, ..Training::default() };
    let mut progress = Progress::default();
    let mut pupils = [Pupil { model: &mut model, key: Key::new(seed), progress: &mut progress }];
    let (cpu, mut dataset, mut monitor, mut loss) = (Cpu::new(), blobs().0, Nothing, CrossEntropy);
    let run = train(&cpu, &mut pupils, &mut dataset, &Nothing, &training, &mut loss, &mut monitor);
    let Poll::Ready(ended) = pin!(run).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("training on the processor ends when it returns")
    };
    ended.unwrap();
    (model, samples)
}
