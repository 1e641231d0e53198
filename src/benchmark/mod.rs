//! The engine measured on the device at hand: what its vectors can do, what training and classifying reach of it, what
//! pruning and integers save, and what size costs.
//!
//! As the runner does, it reads no clock and no files: time comes from a [`Clock`], images from a [`Source`].

mod models;
mod products;
mod speed;
#[cfg(test)]
mod tests;
mod training;
mod works;

use speed::Subject;
pub use works::{
    BATCH, COMPARED, Form, Kind, Net, Peak, SpeedTask, WIDTHS, Work, inference_operations, training_operations, works,
};

use crate::backend::DeviceError;
use crate::backend::gpu::Gpu;
use crate::backend::gpu::check::check;
use crate::data::{DataError, Dataset, DatasetName, Key, Source, Split};
use crate::experiment::{
    BackendName, Clock, Engines, Flow, Quartiles, Recipe, RunError, WINDOWS, latency, quartiles, windows,
};
use crate::export;
use crate::network::{Architecture, Executable, Model, Shape, TrainedModel, Training};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use works::{GPU_PEAK, GPU_PRODUCTS, INTEGER_BATCH, MNIST, TOGETHER};

/// Rounds of a peak's loop in one call: some ten microseconds.
const PEAK_ROUNDS: usize = 4096;
/// The most models at once that are measured without being asked for by name: where a processor plays the GPU, more take a
/// minute.
const FEW_MODELS: usize = 4;
/// How often a peak is measured, the best median being told: a core that has just been idle is slow at first, and what
/// disturbs it can only make it slower.
const PEAK_ATTEMPTS: usize = 5;

/// What one work came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The work's [`Work::id`].
    pub work: String,
    /// The unit of the three figures: a rate (`GFLOP/s`, `GOP/s`, `samples/s`) or a time (`µs`, `s`).
    pub unit: String,
    /// The median window.
    pub median: f64,
    /// A quarter of the windows were lower.
    pub q1: f64,
    /// A quarter of the windows were higher.
    pub q3: f64,
    /// Windows timed.
    pub windows: usize,
    /// Dense arithmetic operations of what is timed or counted once: of a sample, or of a call. 0 if that says nothing.
    pub operations: f64,
    /// Dense arithmetic a second, of the peak measured in the same request.
    pub share_of_peak: Option<f64>,
    /// Which peak that is, by its [`Work::id`].
    #[serde(default)]
    pub peak: Option<String>,
    /// Length of the model's encoded file.
    pub bytes: Option<usize>,
    /// Multiply-accumulates that one sample needs, those with removed weights left out.
    pub macs: Option<u64>,
}

/// How much is done. The default is what is reported; tests do less.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Images to train on when training is timed; a multiple of [`BATCH`], so that all steps are alike.
    pub train_samples: usize,
    /// The least length of a window of training.
    pub train_window_us: f64,
    /// Images to train on for the models whose calls are timed: LeNet-300-100, LeNet-5.
    pub model_samples: [usize; 2],
    /// The test accuracy of the time to accuracy.
    pub target: f64,
    /// Steps between two looks at it.
    pub look_every: usize,
    /// Fresh networks that are trained to it.
    pub fresh_networks: u64,
    /// The least length of a window in which the processor and the GPU are compared.
    pub speed_window_us: f64,
    /// The same where a visitor waits for the answer.
    pub compare_window_us: f64,
    /// Random shapes that each of the GPU's operations is tried on.
    pub gpu_cases: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            train_samples: 55_000 / BATCH * BATCH,
            train_window_us: 250_000.0,
            model_samples: [20_000, 2_000],
            target: 0.97,
            look_every: 100,
            fresh_networks: 7,
            speed_window_us: 100_000.0,
            compare_window_us: 25_000.0,
            gpu_cases: 6,
        }
    }
}

/// Why measuring ended before its end: one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is no such work.
    #[error("there is no work \"{id}\" to measure; choose from {known}")]
    Unknown {
        /// As it was asked for.
        id: String,
        /// All there are.
        known: String,
    },
    /// This device has no such instructions.
    #[error("\"{id}\" cannot be measured here: there is no exact 8-bit dot product; leave it out")]
    Missing {
        /// As it was asked for.
        id: String,
    },
    /// There is no GPU, or it was lost.
    #[error(transparent)]
    Gpu(#[from] DeviceError),
    /// The GPU computes something else.
    #[error(
        "the GPU's {operation} differs from the processor's by {difference:e} of the largest value; train on the processor"
    )]
    Disagrees {
        /// As the backend names it.
        operation: &'static str,
        /// As a share of the largest value.
        difference: f32,
    },
    /// The images could not be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model could not be made.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A model's experiment is not allowed; the tests let none such through.
    #[error("{0}")]
    Recipe(String),
    /// Training did not lead where it should.
    #[error("LeNet-300-100 did not reach {target} % of the test set within {epochs} epochs; measure again")]
    NotReached {
        /// In percent.
        target: f64,
        /// How many.
        epochs: usize,
    },
}

/// The works with these ids, in the order of [`works`]; all that do not take long, if none are named. Whether this device can do them is known
/// where the engine runs.
///
/// # Errors
/// [`Error::Unknown`] names the first id that there is not.
pub fn named(ids: &[String]) -> Result<Vec<Work>, Error> {
    let all = works();
    let is_product = |work: &Work| matches!(work.kind, Kind::GpuProduct { .. });
    if let Some(id) = ids.iter().find(|id| *id != GPU_PRODUCTS && all.iter().all(|work| work.id != **id)) {
        // There are many products, and one word for all.
        let few = all.iter().filter(|work| !is_product(work)).map(|work| work.id.as_str());
        let known = few.chain([GPU_PRODUCTS]).collect::<Vec<_>>().join(", ");
        return Err(Error::Unknown { id: id.clone(), known });
    }
    let products = ids.iter().any(|id| id == GPU_PRODUCTS);
    let of_products = |work: &Work| products && (is_product(work) || work.id == GPU_PEAK);
    let long = |work: &Work| match work.kind {
        Kind::Together { models } => models > FEW_MODELS,
        Kind::GpuProduct { .. } => true,
        _ => false,
    };
    let wanted = |work: &Work| if ids.is_empty() { !long(work) } else { ids.contains(&work.id) || of_products(work) };
    Ok(all.into_iter().filter(wanted).collect())
}

/// The works with these ids, in the order of [`works`]; all that can be measured here in good time, if none are named.
///
/// # Errors
/// Those of [`named`], and [`Error::Missing`] for a work that cannot be measured here.
pub fn choose(ids: &[String]) -> Result<Vec<Work>, Error> {
    let (there, missing): (Vec<Work>, Vec<Work>) = named(ids)?.into_iter().partition(|work| work.kind.is_there());
    match missing.first() {
        Some(work) if !ids.is_empty() => Err(Error::Missing { id: work.id.clone() }),
        _ => Ok(there),
    }
}

/// Measures these works in their order and tells each as soon as it is done. If the clock's pause says stop, the work under
/// way is dropped and the rest left out. Says whether it went to its end.
///
/// # Errors
/// Images that cannot be had; what was told before stands.
pub async fn measure(
    works: &[Work],
    settings: &Settings,
    source: &impl Source,
    clock: &mut impl Clock,
    engines: &mut Engines<Gpu>,
    tell: &mut impl FnMut(Measurement),
) -> Result<bool, Error> {
    let dataset = Dataset::open(DatasetName::Mnist, Some(settings.train_samples), None)?;
    let mut bench = Bench {
        works,
        settings,
        source,
        clock,
        dataset,
        engines,
        peaks: HashMap::new(),
        files: HashMap::new(),
        gpu_peak: None,
    };
    for work in works {
        let measured = match bench.work(work).await {
            // What the GPU would show is left out where there is none, unless nothing else was asked for.
            Err(Error::Gpu(_)) if work.kind.on_gpu() && works.iter().any(|work| !work.kind.on_gpu()) => continue,
            measured => measured?,
        };
        match measured {
            Some(measurement) if bench.clock.pause().await == Flow::Continue => tell(measurement),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Trains and classifies with a recipe's network and batch on the processor and on the GPU: four measurements, whose works are
/// called `cpu-train-here` and so on. Says whether it went to its end.
///
/// # Errors
/// Why there is no GPU.
pub async fn compare(
    recipe: &Recipe,
    window_us: f64,
    clock: &mut impl Clock,
    engines: &mut Engines<Gpu>,
    tell: &mut impl FnMut(Measurement),
) -> Result<bool, Error> {
    if recipe.network.is_transformer() {
        return Err(DeviceError("the GPU has no attention here; the processor trains this network".into()).into());
    }
    let dataset = recipe.data.open()?;
    let [height, width, channels] = dataset.shape();
    let subject = Subject {
        architecture: recipe.network.clone(),
        shape: Shape { height, width, channels },
        classes: dataset.classes(),
        training: recipe.training.clone(),
    };
    engines.open(clock).await;
    for task in [SpeedTask::Training, SpeedTask::Inference] {
        for backend in [BackendName::Gpu, BackendName::Cpu] {
            let rates = speed::on(backend, 1, engines, &subject, task, window_us, clock).await?;
            let Some(mut rates) = rates else { return Ok(false) };
            let work = format!("{}-here", works::speed_id(backend, task));
            tell(Measurement { work, unit: "samples/s".into(), ..Measurement::new(quartiles(&mut rates), WINDOWS) });
        }
    }
    Ok(true)
}

/// Measuring under way.
struct Bench<'a, S, C> {
    works: &'a [Work],
    settings: &'a Settings,
    source: &'a S,
    clock: &'a mut C,
    dataset: Dataset,
    engines: &'a mut Engines<Gpu>,
    /// Medians in operations a second.
    peaks: HashMap<Peak, f64>,
    files: HashMap<(Net, Form), Vec<u8>>,
    /// As `peaks`.
    gpu_peak: Option<f64>,
}

impl<S: Source, C: Clock> Bench<'_, S, C> {
    /// None if it was stopped.
    async fn work(&mut self, work: &Work) -> Result<Option<Measurement>, Error> {
        // Against a peak of the same minute, asked for or not.
        let peak = match work.kind.peak() {
            Some(peak) => match self.peaks.get(&peak) {
                Some(known) => *known,
                None => self.peak(peak).await.1,
            },
            None if matches!(work.kind, Kind::GpuProduct { .. }) => {
                if self.gpu_peak.is_none() && self.gpu_peak().await?.is_none() {
                    return Ok(None);
                }
                self.gpu_peak.unwrap_or_default()
            }
            None => 0.0,
        };
        let mut measured = match work.kind {
            Kind::Peak(peak) => Some(self.peak(peak).await.0),
            Kind::Training(net) => self.training(net).await?,
            Kind::TimeToAccuracy => self.time_to_accuracy().await?,
            Kind::Inference { net, form, batch } => self.inference(net, form, batch).await?,
            Kind::Cost { width } => Some(self.cost(width).await?),
            Kind::GpuCheck => Some(self.gpu_check().await?),
            Kind::Speed { subject, task, backend } => self.speed(subject, task, backend, 1).await?,
            Kind::GpuPeak => self.gpu_peak().await?,
            Kind::GpuProduct { product, tuned } => self.gpu_product(product, tuned).await?,
            Kind::GpuInteger { net } => self.gpu_integer(net).await?,
            Kind::Together { models } => self.speed(TOGETHER, SpeedTask::Training, BackendName::Gpu, models).await?,
        };
        if let Some(measured) = &mut measured {
            (measured.work, measured.unit) = (work.id.clone(), work.unit.into());
            measured.share_of_peak = measured.operations_a_second().filter(|_| peak > 0.0).map(|speed| speed / peak);
            measured.peak = match work.kind {
                Kind::GpuProduct { .. } => Some(GPU_PEAK.into()),
                kind => kind.peak().map(|peak| peak.id().into()),
            };
        }
        Ok(measured)
    }

    /// In GFLOP/s or GOP/s, and the median in operations a second.
    async fn peak(&mut self, peak: Peak) -> (Measurement, f64) {
        let mut operations = 0.0;
        let mut best = windows(self.clock, || operations = peak.work(PEAK_ROUNDS)).await;
        for _ in 1..PEAK_ATTEMPTS {
            let times = windows(self.clock, || operations = peak.work(PEAK_ROUNDS)).await;
            best = if times.median_us < best.median_us { times } else { best };
        }
        // A thousand operations a microsecond are a milliard a second.
        let [q1, median, q3] = [best.q3_us, best.median_us, best.q1_us].map(|us| operations / us / 1e3);
        self.peaks.insert(peak, median * 1e9);
        (Measurement::new([q1, median, q3], best.windows), median * 1e9)
    }

    async fn training(&mut self, net: Net) -> Result<Option<Measurement>, Error> {
        let window_us = self.settings.train_window_us;
        let rates = training::rates(net, window_us, &mut self.dataset, self.source, self.clock).await?;
        let operations = training_operations(&layers(&net.architecture())?);
        Ok(rates.map(|mut rates| Measurement { operations, ..Measurement::new(quartiles(&mut rates), WINDOWS) }))
    }

    async fn time_to_accuracy(&mut self) -> Result<Option<Measurement>, Error> {
        let Settings { target, look_every, fresh_networks, .. } = *self.settings;
        let mut times = Vec::new();
        for seed in 1..=fresh_networks {
            let (source, clock) = (self.source, &mut *self.clock);
            match training::seconds_to(target, look_every, seed, &mut self.dataset, source, clock).await? {
                Some(seconds) => times.push(seconds),
                None => return Ok(None),
            }
        }
        Ok(Some(Measurement::new(quartiles(&mut times), times.len())))
    }

    async fn inference(&mut self, net: Net, form: Form, batch: usize) -> Result<Option<Measurement>, Error> {
        if !self.files.contains_key(&(net, form)) {
            let forms = forms(self.works, net);
            let samples = self.settings.model_samples[net as usize];
            let Some(files) = models::make(net, &forms, samples, self.source, self.clock).await? else {
                return Ok(None);
            };
            self.files.extend(files.into_iter().map(|(form, file)| ((net, form), file)));
        }
        let file = &self.files[&(net, form)];
        let model = export::decode(file).map_err(|e| RunError::File(e.to_string()))?;
        let bytes = file.len();
        let measured = self.calls(&model, batch).await?;
        let operations = inference_operations(&layers(&net.architecture())?) * batch as f64;
        Ok(Some(Measurement { operations, bytes: Some(bytes), ..measured }))
    }

    async fn gpu_check(&mut self) -> Result<Measurement, Error> {
        self.engines.open(self.clock).await;
        let checked = check(self.engines.accelerator()?, self.settings.gpu_cases).await?;
        if let Some(bad) = checked.iter().find(|checked| !checked.agrees()) {
            return Err(Error::Disagrees { operation: bad.operation, difference: bad.difference });
        }
        let largest = checked.iter().map(|checked| f64::from(checked.difference)).fold(0.0, f64::max);
        Ok(Measurement::new([largest; 3], checked.len()))
    }

    async fn speed(
        &mut self,
        subject: usize,
        task: SpeedTask,
        backend: BackendName,
        models: usize,
    ) -> Result<Option<Measurement>, Error> {
        let (_, architecture, batch) = COMPARED[subject];
        let (shape, classes) = MNIST;
        let training = Training { batch, ..Training::default() };
        let subject = Subject { architecture: architecture(), shape, classes, training };
        let window_us = self.settings.speed_window_us;
        if backend == BackendName::Gpu {
            self.engines.open(self.clock).await;
        }
        let rates = speed::on(backend, models, self.engines, &subject, task, window_us, self.clock).await?;
        let layers = layers(&subject.architecture)?;
        let operations = match task {
            SpeedTask::Training => training_operations(&layers),
            SpeedTask::Inference => inference_operations(&layers),
        };
        Ok(rates.map(|mut rates| Measurement { operations, ..Measurement::new(quartiles(&mut rates), WINDOWS) }))
    }

    /// In GFLOP/s; the best window, as of the processor's, is what others are a share of.
    async fn gpu_peak(&mut self) -> Result<Option<Measurement>, Error> {
        self.engines.open(self.clock).await;
        let window_us = self.settings.speed_window_us;
        let rates = products::peak_rates(self.engines.accelerator()?, window_us, self.clock).await?;
        Ok(rates.map(|mut rates| {
            self.gpu_peak = Some(rates.iter().copied().fold(0.0, f64::max) * 1e9);
            let windows = rates.len();
            Measurement::new(quartiles(&mut rates), windows)
        }))
    }

    /// In GFLOP/s.
    async fn gpu_product(&mut self, product: usize, tuned: bool) -> Result<Option<Measurement>, Error> {
        let tuned_gpu = self.engines.accelerator()?;
        let gpu = if tuned { tuned_gpu.side_by_side(1) } else { tuned_gpu.untuned() };
        let Some(product) = products::products().into_iter().nth(product) else { return Ok(None) };
        let rates = product.rates(&gpu, self.settings.speed_window_us, self.clock).await?;
        Ok(rates.map(|mut rates| {
            let windows = rates.len();
            // A milliard for each of the unit's.
            Measurement { operations: 1e9, ..Measurement::new(quartiles(&mut rates), windows) }
        }))
    }

    async fn gpu_integer(&mut self, net: Net) -> Result<Option<Measurement>, Error> {
        self.engines.open(self.clock).await;
        let gpu = self.engines.accelerator()?;
        let (shape, classes) = MNIST;
        let training = Training { batch: INTEGER_BATCH, ..Training::default() };
        let subject = Subject { architecture: net.architecture(), shape, classes, training };
        let (model, x) = speed::quantized(&subject)?;
        let Some(mut network) = speed::agreeing(gpu, &model, INTEGER_BATCH, &x).await? else {
            return Err(Error::Disagrees { operation: "network in integers", difference: f32::INFINITY });
        };
        let window_us = self.settings.speed_window_us;
        let rates = speed::integer_rates(gpu, &mut network, INTEGER_BATCH, &x, window_us, self.clock).await?;
        gpu.forget_buffers();
        let operations = inference_operations(&layers(&subject.architecture)?);
        Ok(rates.map(|mut rates| Measurement { operations, ..Measurement::new(quartiles(&mut rates), WINDOWS) }))
    }

    /// A network fresh from the random stream: no weight is zero, and what the others are does not matter to the time.
    async fn cost(&mut self, width: usize) -> Result<Measurement, Error> {
        let network = Architecture::mlp(&[width]);
        let (shape, classes) = MNIST;
        let model = Model::initialize(&network, shape, classes, &Key::new(1)).map_err(RunError::Network)?;
        let call = self.calls(&TrainedModel::Float(model), BATCH).await?;
        let [q1, median, q3] = [call.q1, call.median, call.q3].map(|us| us / BATCH as f64);
        Ok(Measurement { q1, median, q3, operations: inference_operations(&layers(&network)?), ..call })
    }

    /// The time of a call, in microseconds.
    async fn calls(&mut self, model: &TrainedModel, batch: usize) -> Result<Measurement, Error> {
        self.dataset.ensure(self.source, Split::Test, 0).await?;
        let Quartiles { q1_us, median_us, q3_us, windows, .. } =
            latency(&mut Executable::new(model), &self.dataset, batch, self.clock).await;
        Ok(Measurement { macs: Some(model.macs()), ..Measurement::new([q1_us, median_us, q3_us], windows) })
    }
}

impl Measurement {
    /// Dense arithmetic operations a second; none if the operations say nothing.
    pub fn operations_a_second(&self) -> Option<f64> {
        let units = if self.unit == "µs" { 1e6 / self.median } else { self.median };
        (self.operations > 0.0).then_some(self.operations * units)
    }

    fn new([q1, median, q3]: [f64; 3], windows: usize) -> Self {
        let (work, unit) = (String::new(), String::new());
        Self {
            work,
            unit,
            median,
            q1,
            q3,
            windows,
            operations: 0.0,
            share_of_peak: None,
            peak: None,
            bytes: None,
            macs: None,
        }
    }
}

/// The forms of a network that works ask for, each once.
fn forms(works: &[Work], net: Net) -> Vec<Form> {
    let mut forms = Vec::new();
    for work in works {
        match work.kind {
            Kind::Inference { net: of, form, .. } if of == net && !forms.contains(&form) => forms.push(form),
            _ => {}
        }
    }
    forms
}

fn layers(network: &Architecture) -> Result<Vec<crate::network::Layer>, RunError> {
    let (shape, classes) = MNIST;
    network.layers(shape, classes).map_err(RunError::Network)
}
