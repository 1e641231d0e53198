//! The training loop.

use super::model::Model;
use super::optimizer::{Kept, Optimizer};
use super::pass::{Mode, Network};
use super::training::Training;
use crate::backend::{Backend, DeviceError};
use crate::data::{DataError, Dataset, Key, Rng, Source, Split};
use std::future::{Future, ready};

/// Steps between two reports of the running loss: often enough for a live curve, seldom enough to cost nothing.
const STEPS_PER_REPORT: usize = 16;

/// Why training ended without a trained network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// The data could not be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The device was lost.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The loss is no longer a number.
    #[error(
        "training diverged in epoch {epoch}: the loss is no longer a number; lower the learning rate (now {learning_rate}) and run again"
    )]
    Diverged {
        /// Counted from 1.
        epoch: usize,
        /// The rate at the start.
        learning_rate: f64,
    },
}

/// Means over some samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Mean loss.
    pub loss: f32,
    /// Share classified rightly.
    pub accuracy: f32,
}

/// Takes the news of a training run; what it does not ask for it need not take. A `lane` counts the models that are trained
/// side by side.
pub trait Monitor {
    /// Means over the last few steps; `samples` of `total` have been seen, which is `epoch` epochs.
    fn step(&mut self, _lane: usize, _samples: usize, _total: usize, _epoch: f32, _metrics: Metrics) {}

    /// An epoch has ended: the validation set's figures, and the model if [`Monitor::wants_model`].
    fn validation(&mut self, _lane: usize, _epoch: f32, _metrics: Metrics, _model: Option<&Model>) {}

    /// Whether [`Monitor::validation`] should be given the model as it is.
    fn wants_model(&self) -> bool {
        false
    }

    /// How much of the data has arrived.
    fn data(&mut self, _loaded: usize, _total: usize) {}

    /// Called before each step; true ends the training with what was reached.
    fn pause(&mut self) -> impl Future<Output = bool>;

    /// Whether weights that are masked go on being trained, and may come back with [`Monitor::prune`].
    fn splices(&self) -> bool {
        false
    }

    /// Whether the models have layers of fake quantization.
    fn quantizes(&self) -> bool {
        false
    }

    /// Called after each step, counted from 1 of `steps` over all epochs: whether the models are to be pruned.
    fn wants_pruning(&mut self, _step: usize, _steps: usize) -> bool {
        false
    }

    /// Masks a model's weights anew; training goes on with them. Where removed weights go on being trained, the model has all of
    /// them, and no mask.
    fn prune(&mut self, _lane: usize, _model: &mut Model) {}

    /// Called after each step, counted from 1 over all epochs: whether [`Monitor::inspect`] should be given the model.
    fn wants_inspection(&mut self, _step: usize) -> bool {
        false
    }

    /// The first lane's model as it is between two steps; true ends the training with it.
    fn inspect(&mut self, _model: &Model) -> impl Future<Output = bool> {
        ready(false)
    }
}

/// A batch on the device.
pub(crate) struct Batch<'a, B: Backend> {
    /// Which training samples: `rows` for each lane.
    pub indices: &'a [u32],
    /// Samples of a lane.
    pub rows: usize,
    /// Their labels as one-hot rows.
    pub labels: &'a B::Buffer,
    /// Classes.
    pub classes: usize,
    /// The learning rate of the step, for what a loss itself learns.
    pub rate: f32,
}

/// A batch before it goes to the device.
pub(crate) struct HostBatch<'a> {
    /// Counted from 0.
    pub epoch: usize,
    /// Counted from 0 in each epoch.
    pub batch: usize,
    /// The share of all steps that has been done.
    pub done: f32,
    /// Which training samples: `rows` for each lane.
    pub indices: &'a [u32],
    /// Samples of a lane.
    pub rows: usize,
    /// The samples one after another.
    pub inputs: &'a mut [f32],
    /// Their labels as one-hot rows.
    pub labels: &'a mut [f32],
}

/// What training minimizes, and over what. What few trainings have is done around another loss (see [`super::regularized`]), so
/// that the loop does not contain it.
pub(crate) trait Loss<B: Backend> {
    /// Which training samples a lane's epoch visits, in this order; none where that is all of them, in the data's own order. They
    /// are as many in every lane and epoch.
    fn order(&self, _lane: usize, _epoch: usize) -> Option<Vec<u32>> {
        None
    }

    /// Changes a batch, or looks at it.
    fn prepare(&mut self, _batch: &mut HostBatch) {}

    /// Changes what the optimizer's step has left.
    fn constrain(&mut self, _backend: &B, _network: &mut Network<B>) {}

    /// Adds the loss's sum over rows to `totals[0]`, the count of right answers to `totals[1]`, and the gradient of its
    /// mean to `d_logits` (which holds zeros).
    fn apply(
        &mut self,
        backend: &B,
        batch: &Batch<B>,
        logits: &B::Buffer,
        totals: &mut B::Buffer,
        d_logits: &mut B::Buffer,
    );

    /// The gradients of a step: the batch in the network's input passes forward, and its loss back. A loss that looks at more than
    /// the logits does so here; see [`Network::tap`].
    fn descend(
        &mut self,
        backend: &B,
        network: &mut Network<B>,
        batch: &Batch<B>,
        dropout: &mut [Rng],
        totals: &mut B::Buffer,
    ) {
        network.forward(backend, batch.rows, Mode::Train(dropout));
        let (logits, gradient) = network.logits_and_gradient();
        backend.fill(gradient, batch.rows * batch.classes, 0.0);
        self.apply(backend, batch, logits, totals, gradient);
        network.backward(backend, batch.rows);
    }
}

/// Cross-entropy with the true labels.
pub(crate) struct CrossEntropy;

impl<B: Backend> Loss<B> for CrossEntropy {
    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        backend.cross_entropy(batch.rows, batch.classes, 1.0, 1.0, logits, batch.labels, totals, d);
    }
}

/// How a training run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All epochs, or early stopping.
    Complete,
    /// The monitor asked to stop.
    Stopped,
}

/// Where a training run stands at the end of an epoch: beside the model, all that it takes to go on from there, on this
/// backend or on another.
#[derive(Debug, Default)]
pub struct Progress {
    epochs: usize,
    optimizer: Option<Kept>,
    dropout: Option<Rng>,
    best: Option<(f32, Model)>,
    since_best: usize,
    /// No epoch in a while was better than the best, or the loss is no longer a number: what is trained further beside others
    /// is not looked at any more.
    over: bool,
    /// In which epoch the loss was no longer a number, counted from 1.
    diverged: Option<usize>,
}

impl Progress {
    /// Epochs done.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Why nothing came of this model, where others beside it went on.
    pub fn diverged(&self, training: &Training) -> Option<TrainError> {
        let epoch = self.diverged?;
        Some(TrainError::Diverged { epoch, learning_rate: training.learning_rate })
    }
}

/// A model in training.
pub struct Pupil<'a> {
    /// Trained in place, its masks held.
    pub model: &'a mut Model,
    /// Its random streams decide the order of samples and dropout.
    pub key: Key,
    /// Where it goes on from, and where it stands.
    pub progress: &'a mut Progress,
}

/// Trains one model for each of the backend's lanes, all of one shape and in step. What becomes of one does not depend on the
/// others: where a loss is no longer a number, that model is left alone from then on, and its [`Progress::diverged`] says so.
/// Only when that has become of every model is it an error.
///
/// If the device is lost, each model and its progress are those of the last epoch's end, from which another backend can go on.
#[allow(clippy::too_many_arguments)] // where, whom, from what, how, towards what, told to whom
pub(crate) async fn train<B: Backend>(
    backend: &B,
    pupils: &mut [Pupil<'_>],
    dataset: &mut Dataset,
    source: &impl Source,
    training: &Training,
    loss: &mut dyn Loss<B>,
    monitor: &mut impl Monitor,
) -> Result<Ending, TrainError> {
    let samples = loss.order(0, 0).map_or(dataset.len(Split::Train), |order| order.len());
    let per_epoch = samples.div_ceil(training.batch);
    let steps = per_epoch * training.epochs;
    let mut network =
        Network::new(backend, &pupils.iter().map(|pupil| &*pupil.model).collect::<Vec<_>>(), training.batch);
    let kept: Option<Vec<&Kept>> = pupils.iter().map(|pupil| pupil.progress.optimizer.as_ref()).collect();
    let mut optimizer = match kept {
        Some(kept) => Optimizer::restored(backend, &kept),
        None => Optimizer::new(backend, &network, training),
    };
    if monitor.splices() {
        network.splice(backend);
    }
    if monitor.quantizes() {
        network.quantize_aware(backend, training.batch);
    }
    let mut feed = Feed::new(backend, dataset, training.batch);
    let mut totals = backend.zeros(2);
    let fresh = |pupil: &Pupil<'_>| pupil.key.fold("dropout").rng();
    let mut dropout: Vec<Rng> =
        pupils.iter().map(|pupil| pupil.progress.dropout.clone().unwrap_or_else(|| fresh(pupil))).collect();
    let early = training.early_stopping > 0;
    // Whether the models are read back at each epoch's end.
    let stores = early || monitor.wants_model() || backend.may_be_lost();
    let mut counted = 0;
    let mut indices = Vec::new();
    for epoch in pupils[0].progress.epochs..training.epochs {
        let order = |(lane, pupil): (usize, &Pupil<'_>)| {
            loss.order(lane, epoch).unwrap_or_else(|| dataset.epoch_order(&pupil.key.fold("order"), epoch))
        };
        let orders: Vec<Vec<u32>> = pupils.iter().enumerate().map(order).collect();
        for batch in 0..per_epoch {
            if monitor.pause().await {
                network.store(backend, models(pupils)).await?;
                return Ok(Ending::Stopped);
            }
            let first = batch * training.batch;
            let rows = training.batch.min(samples - first);
            indices.clear();
            orders.iter().for_each(|order| indices.extend_from_slice(&order[first..first + rows]));
            feed.ensure(dataset, source, Split::Train, &indices, monitor).await?;
            let step = epoch * per_epoch + batch;
            let (inputs, labels) = feed.gather(dataset, Split::Train, &indices);
            let done = step as f32 / steps as f32;
            loss.prepare(&mut HostBatch { epoch, batch, done, indices: &indices, rows, inputs, labels });
            feed.write(backend, indices.len(), network.input());
            let rate = training.rate(step, steps, per_epoch);
            let batch_info = Batch { indices: &indices, rows, labels: &feed.labels, classes: feed.classes, rate };
            loss.descend(backend, &mut network, &batch_info, &mut dropout, &mut totals);
            optimizer.step(backend, &mut network, training, rate);
            loss.constrain(backend, &mut network);
            if monitor.wants_pruning(step + 1, steps) {
                network.expose(backend, models(pupils)).await?;
                pupils.iter_mut().enumerate().for_each(|(lane, pupil)| monitor.prune(lane, pupil.model));
                network.take_masks(backend, &pupils.iter().map(|pupil| &*pupil.model).collect::<Vec<_>>());
            }
            counted += rows;
            if (batch + 1) % STEPS_PER_REPORT == 0 || batch + 1 == per_epoch {
                let means = take_means(backend, &mut totals, counted).await?;
                part_with_diverged(pupils, &means, epoch + 1);
                if let Some(error) = all_diverged(pupils, training) {
                    return Err(error);
                }
                counted = 0;
                let seen = epoch * samples + first + rows;
                for (lane, metrics) in in_training(pupils, means) {
                    monitor.step(lane, seen, training.epochs * samples, seen as f32 / samples as f32, metrics);
                }
            }
            if monitor.wants_inspection(step + 1) {
                network.store(backend, models(pupils)).await?;
                if monitor.inspect(pupils[0].model).await {
                    return Ok(Ending::Stopped);
                }
            }
        }
        let means = evaluate(backend, &mut network, dataset, source, Split::Validation, &mut feed, monitor).await?;
        if stores {
            let kept = if backend.may_be_lost() { optimizer.keep(backend, &network).await? } else { Vec::new() };
            network.store(backend, models(pupils)).await?;
            let mut kept = kept.into_iter();
            for (pupil, dropout) in pupils.iter_mut().zip(&dropout) {
                pupil.progress.optimizer = kept.next();
                pupil.progress.dropout = Some(dropout.clone());
            }
        }
        for (lane, metrics) in in_training(pupils, means) {
            let Pupil { model, progress, .. } = &mut pupils[lane];
            monitor.validation(lane, (epoch + 1) as f32, metrics, monitor.wants_model().then_some(&**model));
            if early {
                if progress.best.as_ref().is_none_or(|(loss, _)| metrics.loss < *loss) {
                    progress.best = Some((metrics.loss, model.clone()));
                    progress.since_best = 0;
                } else {
                    progress.since_best += 1;
                }
                progress.over = progress.since_best >= training.early_stopping;
            }
        }
        pupils.iter_mut().for_each(|pupil| pupil.progress.epochs = epoch + 1);
        if pupils.iter().all(|pupil| pupil.progress.over) {
            break;
        }
    }
    if !stores {
        network.store(backend, models(pupils)).await?;
    }
    for pupil in pupils {
        if let Some((_, best)) = pupil.progress.best.take() {
            *pupil.model = best;
        }
    }
    Ok(Ending::Complete)
}

fn models<'p>(pupils: &'p mut [Pupil<'_>]) -> impl Iterator<Item = &'p mut Model> {
    pupils.iter_mut().map(|pupil| &mut *pupil.model)
}

/// The lanes that are still looked at, each with its means.
fn in_training(pupils: &[Pupil<'_>], means: Vec<Metrics>) -> Vec<(usize, Metrics)> {
    means.into_iter().enumerate().filter(|(lane, _)| !pupils[*lane].progress.over).collect()
}

/// Leaves lanes alone whose loss is no longer a number. One that was over before stays what it was at its best.
fn part_with_diverged(pupils: &mut [Pupil<'_>], means: &[Metrics], epoch: usize) {
    for (Pupil { progress, .. }, metrics) in pupils.iter_mut().zip(means) {
        if !progress.over && !metrics.loss.is_finite() {
            progress.diverged = Some(epoch);
            progress.over = true;
        }
    }
}

/// The first lane's error, if no lane is left of which something may come.
fn all_diverged(pupils: &[Pupil<'_>], training: &Training) -> Option<TrainError> {
    let mut errors = pupils.iter().map(|pupil| pupil.progress.diverged(training));
    let first = errors.next().flatten()?;
    errors.all(|error| error.is_some()).then_some(first)
}

/// Mean loss and accuracy of each lane over a whole split, by the network in inference mode.
async fn evaluate<B: Backend>(
    backend: &B,
    network: &mut Network<B>,
    dataset: &mut Dataset,
    source: &impl Source,
    split: Split,
    feed: &mut Feed<B>,
    monitor: &mut impl Monitor,
) -> Result<Vec<Metrics>, TrainError> {
    let mut totals = backend.zeros(2);
    let mut unused = backend.zeros(feed.capacity * feed.classes);
    let all: Vec<u32> = (0..dataset.len(split) as u32).collect();
    for indices in all.chunks(feed.capacity) {
        let rows = indices.len();
        let indices = indices.repeat(backend.lanes());
        feed.ensure(dataset, source, split, &indices, monitor).await?;
        feed.gather(dataset, split, &indices);
        feed.write(backend, indices.len(), network.input());
        network.forward(backend, rows, Mode::Infer);
        let logits = network.logits();
        backend.cross_entropy(rows, feed.classes, 1.0, 1.0, logits, &feed.labels, &mut totals, &mut unused);
    }
    Ok(take_means(backend, &mut totals, all.len()).await?)
}

/// Reads each lane's loss and count, and sets them back to zero.
async fn take_means<B: Backend>(backend: &B, totals: &mut B::Buffer, rows: usize) -> Result<Vec<Metrics>, DeviceError> {
    let sums = backend.read(totals, 2).await?;
    backend.fill(totals, 2, 0.0);
    let mean = |sum: f32| sum / rows.max(1) as f32;
    Ok(sums.chunks_exact(2).map(|sums| Metrics { loss: mean(sums[0]), accuracy: mean(sums[1]) }).collect())
}

/// Brings batches from the host to the device.
struct Feed<B: Backend> {
    capacity: usize,
    classes: usize,
    features: usize,
    pixels: Vec<f32>,
    one_hot: Vec<f32>,
    labels: B::Buffer,
    loaded: usize,
}

impl<B: Backend> Feed<B> {
    fn new(backend: &B, dataset: &Dataset, capacity: usize) -> Self {
        let (classes, features) = (dataset.classes(), dataset.features());
        Self {
            capacity,
            classes,
            features,
            pixels: vec![0.0; backend.lanes() * capacity * features],
            one_hot: vec![0.0; backend.lanes() * capacity * classes],
            labels: backend.zeros(capacity * classes),
            loaded: 0,
        }
    }

    async fn ensure(
        &mut self,
        dataset: &mut Dataset,
        source: &impl Source,
        split: Split,
        indices: &[u32],
        monitor: &mut impl Monitor,
    ) -> Result<(), DataError> {
        if let Some(&last) = indices.iter().max() {
            dataset.ensure(source, split, last as usize).await?;
        }
        let (loaded, total) = (dataset.loaded(), dataset.total());
        if loaded != self.loaded {
            self.loaded = loaded;
            monitor.data(loaded, total);
        }
        Ok(())
    }

    /// Puts a batch together on the host: the samples and their labels.
    fn gather(&mut self, dataset: &Dataset, split: Split, indices: &[u32]) -> (&mut [f32], &mut [f32]) {
        let pixels = &mut self.pixels[..indices.len() * self.features];
        dataset.gather(split, indices, pixels);
        let one_hot = &mut self.one_hot[..indices.len() * self.classes];
        one_hot.fill(0.0);
        for (row, &index) in one_hot.chunks_mut(self.classes).zip(indices) {
            row[usize::from(dataset.label(split, index as usize))] = 1.0;
        }
        (pixels, one_hot)
    }

    /// Sends the batch, of so many samples in all lanes together, to the device.
    fn write(&mut self, backend: &B, samples: usize, input: &mut B::Buffer) {
        backend.write(input, &self.pixels[..samples * self.features]);
        backend.write(&mut self.labels, &self.one_hot[..samples * self.classes]);
    }
}
