//! Training on MNIST against the clock: how many samples in a second, and how long until the network is good.
//!
//! Only steps are timed: a step brings its batch, passes it forward and back and moves the weights. What lies between two
//! steps (others' turns, evaluations, the order of the next epoch) is not.

use super::Error;
use super::works::{BATCH, MNIST, Net};
use crate::backend::cpu::Cpu;
use crate::data::{Dataset, Key, Source, Split};
use crate::experiment::{Clock, Flow, RunError, WINDOWS, test};
use crate::network::{
    CrossEntropy, Ending, Executable, Model, Monitor, Progress, Pupil, Schedule, TrainError, TrainedModel, Training,
    train,
};

/// Epochs after which a network that is still not good will not become so.
const EPOCHS: usize = 200;

/// Times the training of a fresh network: samples in a second, for each of [`WINDOWS`] windows of at least `window_us` after
/// one that warms up. None if it was stopped.
pub(super) async fn rates(
    net: Net,
    window_us: f64,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, Error> {
    let mut monitor = Rates { watch: Watch::new(clock), window_us, steps: 0, rates: Vec::new() };
    run(net, 1, dataset, source, &mut monitor).await?;
    let mut rates = monitor.rates;
    Ok((rates.len() > WINDOWS).then(|| rates.split_off(1)))
}

/// Trains a fresh network, drawn by `seed`, until its accuracy on the test set, looked at every `every` steps, is at least
/// `target`: seconds of training. None if it was stopped.
pub(super) async fn seconds_to(
    target: f64,
    every: usize,
    seed: u64,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<f64>, Error> {
    // Its own set, since the trainer holds the other one.
    let mut tested = dataset.clone();
    tested.ensure_all(source, Split::Test).await?;
    let mut monitor =
        ToAccuracy { watch: Watch::new(clock), source, tested, target, every, reached: false, failed: None };
    let ending = run(Net::LeNet300100, seed, dataset, source, &mut monitor).await?;
    match (monitor.failed, monitor.reached, ending) {
        (Some(error), ..) => Err(error.into()),
        (_, true, _) => Ok(Some(monitor.watch.elapsed_us / 1e6)),
        (_, false, Ending::Stopped) => Ok(None),
        (_, false, Ending::Complete) => Err(Error::NotReached { target: target * 100.0, epochs: EPOCHS }),
    }
}

async fn run(
    net: Net,
    seed: u64,
    dataset: &mut Dataset,
    source: &impl Source,
    monitor: &mut impl Monitor,
) -> Result<Ending, Error> {
    for split in [Split::Train, Split::Validation] {
        dataset.ensure_all(source, split).await?;
    }
    let key = Key::new(seed);
    let (shape, classes) = MNIST;
    let mut model = Model::initialize(&net.architecture(), shape, classes, &key.fold("initialization"))
        .map_err(RunError::Network)?;
    let training = Training { epochs: EPOCHS, batch: BATCH, schedule: Schedule::Constant, ..Training::default() };
    let mut progress = Progress::default();
    let pupils = &mut [Pupil { model: &mut model, key, progress: &mut progress }];
    let ended = train(&Cpu::new(), pupils, dataset, source, &training, &mut CrossEntropy, monitor).await;
    ended.map_err(|error| match error {
        TrainError::Data(error) => error.into(),
        error => RunError::Training { stage: net.architecture().label(), error }.into(),
    })
}

/// Adds up the time between the start and the end of each step.
struct Watch<'a, C> {
    clock: &'a mut C,
    elapsed_us: f64,
    since_us: f64,
}

impl<'a, C: Clock> Watch<'a, C> {
    fn new(clock: &'a mut C) -> Self {
        Self { clock, elapsed_us: 0.0, since_us: 0.0 }
    }

    /// Others' turn; then the step begins. True to stop.
    async fn step_begins(&mut self) -> bool {
        let flow = self.clock.pause().await;
        self.since_us = self.clock.now_us();
        flow == Flow::Stop
    }

    fn step_ended(&mut self) {
        self.elapsed_us += self.clock.now_us() - self.since_us;
    }
}

struct Rates<'a, C> {
    watch: Watch<'a, C>,
    window_us: f64,
    /// Of the window under way.
    steps: usize,
    rates: Vec<f64>,
}

impl<C: Clock> Monitor for Rates<'_, C> {
    async fn pause(&mut self) -> bool {
        self.rates.len() > WINDOWS || self.watch.step_begins().await
    }

    fn wants_inspection(&mut self, _: usize) -> bool {
        self.watch.step_ended();
        self.steps += 1;
        if self.watch.elapsed_us >= self.window_us {
            self.rates.push((self.steps * BATCH) as f64 / self.watch.elapsed_us * 1e6);
            (self.steps, self.watch.elapsed_us) = (0, 0.0);
        }
        false
    }
}

struct ToAccuracy<'a, C, S> {
    watch: Watch<'a, C>,
    source: &'a S,
    tested: Dataset,
    target: f64,
    every: usize,
    reached: bool,
    failed: Option<RunError>,
}

impl<C: Clock, S: Source> Monitor for ToAccuracy<'_, C, S> {
    async fn pause(&mut self) -> bool {
        self.watch.step_begins().await
    }

    fn wants_inspection(&mut self, step: usize) -> bool {
        self.watch.step_ended();
        step.is_multiple_of(self.every)
    }

    async fn inspect(&mut self, model: &Model) -> bool {
        let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
        match test(&mut executable, &mut self.tested, self.source, self.watch.clock).await {
            Ok(test) => self.reached = test.accuracy >= self.target,
            Err(error) => self.failed = Some(error),
        }
        self.reached || self.failed.is_some()
    }
}
