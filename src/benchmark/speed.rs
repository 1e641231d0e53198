//! Training and classifying on one backend or the other, with made-up batches: how many samples in a second.
//!
//! A GPU works behind what is asked of it, so a window ends when a result has been read.

use super::SpeedTask;
use crate::backend::cpu::Cpu;
use crate::backend::gpu::Gpu;
use crate::backend::{Backend, DeviceError};
use crate::compression::quantize::{Quantize, RangeObserver, quantize};
use crate::data::{Key, Rng};
use crate::experiment::{BackendName, Clock, Engines, Flow, WINDOWS};
use crate::network::{
    Architecture, Batch, CrossEntropy, Executable, GpuInteger, IntegerModel, Loss, Mode, Model, Network, Optimizer,
    Shape, TrainedModel, Training, fold_batch_norm,
};

/// Steps whose last result is waited for, at most: as often as training reports.
const STEPS: usize = 16;

/// What is done over and over.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The network.
    pub architecture: Architecture,
    /// Of a sample.
    pub shape: Shape,
    /// Outputs.
    pub classes: usize,
    /// Its batch and its optimizer count.
    pub training: Training,
}

/// A batch for each lane, like those of images: four values of five are zero, and they lie together.
fn batch(subject: &Subject, lanes: usize, rng: &mut Rng) -> Vec<f32> {
    let mut values = vec![0.0; lanes * subject.training.batch * subject.shape.len()];
    for stretch in values.chunks_mut(8) {
        if rng.uniform() < 0.2 {
            stretch.iter_mut().for_each(|value| *value = rng.uniform());
        }
    }
    values
}

fn model(subject: &Subject) -> Result<Model, DeviceError> {
    Model::initialize(&subject.architecture, subject.shape, subject.classes, &Key::new(1)).map_err(DeviceError)
}

/// Samples a second of `task`, for each of [`WINDOWS`] windows of at least `window_us`. None if it was stopped.
async fn rates<B: Backend>(
    backend: &B,
    subject: &Subject,
    task: SpeedTask,
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    match task {
        SpeedTask::Training => training_rates(backend, subject, window_us, clock).await,
        SpeedTask::Inference => inference_rates(backend, subject, window_us, clock).await,
    }
}

/// Samples trained on in a second, for each of [`WINDOWS`] windows of at least `window_us`. None if it was stopped.
async fn training_rates<B: Backend>(
    backend: &B,
    subject: &Subject,
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    let (rows, classes, lanes) = (subject.training.batch, subject.classes, backend.lanes());
    let model = model(subject)?;
    let mut rng = Key::new(2).rng();
    let batches: Vec<Vec<f32>> = (0..4).map(|_| batch(subject, lanes, &mut rng)).collect();
    let one_hot: Vec<f32> =
        (0..lanes * rows * classes).map(|i| if i % classes == i / classes % classes { 1.0 } else { 0.0 }).collect();
    let mut network = Network::new(backend, &vec![&model; lanes], rows);
    let mut optimizer = Optimizer::new(backend, &network, &subject.training);
    let mut streams = vec![Key::new(3).rng(); lanes];
    let (mut labels, mut totals) = (backend.zeros(rows * classes), backend.zeros(2));
    let mut step = 0;
    repeat(clock, window_us, lanes * rows, async |steps| {
        for _ in 0..steps {
            step += 1;
            backend.write(network.input(), &batches[step % batches.len()]);
            backend.write(&mut labels, &one_hot);
            let batch = Batch { indices: &[], rows, labels: &labels, classes, rate: 1e-4 }; // made up: no samples of a set
            CrossEntropy.descend(backend, &mut network, &batch, &mut streams, &mut totals);
            optimizer.step(backend, &mut network, &subject.training, batch.rate);
        }
        backend.read(&totals, 2).await
    })
    .await
}

/// Samples classified in a second; see [`training_rates`].
async fn inference_rates<B: Backend>(
    backend: &B,
    subject: &Subject,
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    let (rows, lanes, model) = (subject.training.batch, backend.lanes(), model(subject)?);
    let mut network = Network::new(backend, &vec![&model; lanes], rows);
    let mut rng = Key::new(2).rng();
    let batches: Vec<Vec<f32>> = (0..4).map(|_| batch(subject, lanes, &mut rng)).collect();
    let mut step = 0;
    repeat(clock, window_us, lanes * rows, async |steps| {
        for _ in 0..steps {
            step += 1;
            backend.write(network.input(), &batches[step % batches.len()]);
            network.forward(backend, rows, Mode::Infer);
        }
        backend.read(network.logits(), rows * subject.classes).await
    })
    .await
}

/// Samples in a second of calls of as many steps as a window holds, up to [`STEPS`].
async fn repeat(
    clock: &mut impl Clock,
    window_us: f64,
    rows: usize,
    call: impl AsyncFnMut(usize) -> Result<Vec<f32>, DeviceError>,
) -> Result<Option<Vec<f64>>, DeviceError> {
    repeat_for(WINDOWS, clock, window_us, rows as f64, call).await
}

/// The same in so many windows, where a step does so much of anything.
pub(super) async fn repeat_for(
    count: usize,
    clock: &mut impl Clock,
    window_us: f64,
    of_a_step: f64,
    mut call: impl AsyncFnMut(usize) -> Result<Vec<f32>, DeviceError>,
) -> Result<Option<Vec<f64>>, DeviceError> {
    let mut rates = Vec::with_capacity(count);
    // Everything is compiled and laid out by the first step; the second says how long one takes.
    call(1).await?;
    let begun = clock.now_us();
    call(1).await?;
    let steps = ((window_us / (clock.now_us() - begun).max(1.0)) as usize).clamp(1, STEPS);
    while rates.len() < count {
        let begun = clock.now_us();
        let (mut done, mut elapsed) = (0.0, 0.0);
        while elapsed < window_us {
            if clock.pause().await == Flow::Stop {
                return Ok(None);
            }
            call(steps).await?;
            done += steps as f64 * of_a_step;
            elapsed = clock.now_us() - begun;
        }
        rates.push(done / elapsed * 1e6);
    }
    Ok(Some(rates))
}

/// [`rates`] on this backend; the GPU is one that has been opened, and may have several models at once.
#[allow(clippy::too_many_arguments)] // where, how many, what, how long, told by which clock
pub(super) async fn on(
    backend: BackendName,
    models: usize,
    engines: &Engines<Gpu>,
    subject: &Subject,
    task: SpeedTask,
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    if backend == BackendName::Cpu {
        return rates(&Cpu::new(), subject, task, window_us, clock).await;
    }
    let gpu = engines.accelerator()?.side_by_side(models);
    let rates = rates(&gpu, subject, task, window_us, clock).await;
    gpu.forget_buffers();
    rates
}

/// A fresh network in integers, its ranges those of one batch: what its weights are does not matter to the time. With the batch.
pub(super) fn quantized(subject: &Subject) -> Result<(IntegerModel, Vec<f32>), DeviceError> {
    let model = fold_batch_norm(&model(subject)?);
    let x = batch(subject, 1, &mut Key::new(2).rng());
    let mut ranges = vec![RangeObserver::default(); model.layers.len() + 1];
    Executable::new(&TrainedModel::Float(model.clone()))
        .observe(subject.training.batch, &x, &mut |place, values| ranges[place].observe(values));
    Ok((quantize(&model, &ranges, &Quantize::default()), x))
}

/// The model on the GPU, once it gave the processor's logits for these samples to the last bit.
pub(super) async fn agreeing(
    gpu: &Gpu,
    model: &IntegerModel,
    rows: usize,
    x: &[f32],
) -> Result<Option<GpuInteger>, DeviceError> {
    let Some(mut ours) = GpuInteger::new(gpu, model, rows) else { return Ok(None) };
    ours.run(gpu, rows, x);
    let logits = ours.logits(gpu, rows).await?;
    let mut here = Executable::new(&TrainedModel::Integer(model.clone()));
    let expected = here.logits(rows, x);
    let equal = logits.iter().map(|logit| logit.to_bits()).eq(expected.iter().map(|logit| logit.to_bits()));
    Ok(equal.then_some(ours))
}

/// Samples classified in integers on the GPU in a second; see [`training_rates`]. What puts samples on their grid and sums on
/// a scale counts, though the processor does it.
pub(super) async fn integer_rates(
    gpu: &Gpu,
    network: &mut GpuInteger,
    rows: usize,
    x: &[f32],
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    repeat(clock, window_us, rows, async |steps| {
        (0..steps).for_each(|_| network.run(gpu, rows, x));
        network.logits(gpu, rows).await
    })
    .await
}
