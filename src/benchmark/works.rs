//! What can be measured: one row each, read by the worker, the page and the command line.

use super::products::products;
use crate::backend::cpu::inference::integer_kernels;
use crate::backend::cpu::peak;
use crate::experiment::BackendName;
use crate::network::{Architecture, ArchitectureName, Layer, Shape};

/// The networks that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Net {
    /// 784-300-100-10 (LeCun et al. 1998).
    LeNet300100,
    /// Two convolutions and two dense layers, in the form that pruning papers use: 20 and 50 filters, 500 units.
    LeNet5,
}

/// What was done to a network before it is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Trained alone.
    F32,
    /// Quantized to 8-bit integers.
    Int8,
    /// So many percent of the weights removed by magnitude, all layers together, and the rest fine-tuned.
    Sparse(u8),
    /// As `Sparse`, then quantized.
    SparseInt8(u8),
}

/// The peaks that others are told as a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peak {
    /// `f32` products and sums, each rounded.
    F32,
    /// Dot products of pairs of `i16` with sums in `i32`.
    Dot16,
    /// Dot products of four 8-bit integers with sums in `i32`, where relaxed SIMD has them in an exact form.
    Dot8,
}

/// What is done and timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Arithmetic in registers.
    Peak(Peak),
    /// Training on MNIST.
    Training(Net),
    /// Training on MNIST from fresh weights until the test accuracy is reached.
    TimeToAccuracy,
    /// Calls of a compiled model.
    Inference {
        /// Which network.
        net: Net,
        /// In which form.
        form: Form,
        /// Samples a call.
        batch: usize,
    },
    /// Calls of an MLP with one hidden layer of so many units.
    Cost {
        /// Units.
        width: usize,
    },
    /// Every operation on the GPU held against the processor's.
    GpuCheck,
    /// Training or classifying, on the processor and on the GPU alike.
    Speed {
        /// Which of [`COMPARED`].
        subject: usize,
        /// What is done.
        task: SpeedTask,
        /// What does it.
        backend: BackendName,
    },
    /// Classifying in 8-bit integers on the GPU.
    GpuInteger {
        /// Which network.
        net: Net,
    },
    /// The GPU's arithmetic in registers.
    GpuPeak,
    /// One of the products that training a convolutional network on the GPU is made of.
    GpuProduct {
        /// Which, in their order.
        product: usize,
        /// In the form that tuning chose, and not in the one before it.
        tuned: bool,
    },
    /// Training so many models at once on the GPU.
    Together {
        /// How many.
        models: usize,
    },
}

/// The one of [`COMPARED`] of which many are trained at once.
pub(super) const TOGETHER: usize = 0;

/// What is done as fast as can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedTask {
    /// Steps of training.
    Training,
    /// Forward passes.
    Inference,
}

/// The widths of the widest network that is compared.
const WIDE: [usize; 2] = [2048, 1024];

/// What the processor and the GPU are compared on: name, network and batch.
pub type ComparedOn = (&'static str, fn() -> Architecture, usize);

/// On what the processor and the GPU are compared.
pub const COMPARED: [ComparedOn; 4] = [
    ("lenet-300-100-64", || Net::LeNet300100.architecture(), 64),
    ("lenet-5-64", || Net::LeNet5.architecture(), 64),
    ("lenet-5-256", || Net::LeNet5.architecture(), 256),
    ("mlp-2048-1024-256", || Architecture::mlp(&WIDE), 256),
];

/// One thing that can be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Names it in requests and results; never changes.
    pub id: String,
    /// What it is, for people.
    pub title: String,
    /// The unit of its figures.
    pub unit: &'static str,
    /// What is done.
    pub kind: Kind,
}

/// The widths of the figure that shows cost against size: three decades.
pub const WIDTHS: [usize; 11] = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// The batch of training and of the figure that shows cost against size.
pub const BATCH: usize = 64;

/// The [`Work::id`] of the GPU's peak, how those of its products begin, and what asks for all of these.
pub(super) const GPU_PEAK: &str = "gpu-peak";
pub(super) const GPU_PRODUCT: &str = "gpu-kernel-";
pub(super) const GPU_PRODUCTS: &str = "gpu-kernels";

/// The batch of classifying in integers on the GPU: that of the processor's largest.
pub(super) const INTEGER_BATCH: usize = 256;

/// The shape of an MNIST image, and its classes.
pub(super) const MNIST: (Shape, usize) = (Shape { height: 28, width: 28, channels: 1 }, 10);

/// Everything that can be measured, in the order in which it is done: what is soon done first.
pub fn works() -> Vec<Work> {
    use Form::{F32, Int8, Sparse, SparseInt8};
    use Net::{LeNet5, LeNet300100};
    let mut all: Vec<Work> = [Peak::F32, Peak::Dot16, Peak::Dot8].map(peak_work).into();
    all.extend(WIDTHS.map(cost));
    for (form, batch) in [(F32, 1), (F32, 64), (F32, 256), (Int8, 1), (Int8, 256)] {
        all.push(inference(LeNet300100, form, batch));
    }
    for (form, batch) in [(Sparse(90), 1), (Sparse(95), 1), (Sparse(98), 1), (Sparse(95), 64), (SparseInt8(90), 1)] {
        all.push(inference(LeNet300100, form, batch));
    }
    for (form, batch) in [(F32, 1), (F32, 256), (Int8, 1), (Int8, 256)] {
        all.push(inference(LeNet5, form, batch));
    }
    all.extend([LeNet300100, LeNet5].map(training));
    all.push(Work {
        id: "time-to-97-lenet-300-100".into(),
        title: "LeNet-300-100, from fresh weights to 97 % on the test set".into(),
        unit: "s",
        kind: Kind::TimeToAccuracy,
    });
    all.push(Work {
        id: "gpu-check".into(),
        title: "Every GPU operation beside the processor's: the largest difference".into(),
        unit: "of the largest value",
        kind: Kind::GpuCheck,
    });
    for subject in 0..COMPARED.len() {
        for task in [SpeedTask::Training, SpeedTask::Inference] {
            all.extend([BackendName::Cpu, BackendName::Gpu].map(|backend| speed(subject, task, backend)));
        }
    }
    all.push(Work {
        id: GPU_PEAK.into(),
        title: "Peak of f32 multiply and add, GPU".into(),
        unit: "GFLOP/s",
        kind: Kind::GpuPeak,
    });
    all.extend([LeNet300100, LeNet5].map(|net| Work {
        id: format!("gpu-infer-int8-{}-{INTEGER_BATCH}", net.name()),
        title: format!("{} classifying in int8, batch {INTEGER_BATCH}, GPU", net.title()),
        unit: "samples/s",
        kind: Kind::GpuInteger { net },
    }));
    all.extend([4, 32].map(|models| {
        let (name, architecture, batch) = COMPARED[TOGETHER];
        Work {
            id: format!("gpu-train-{models}-at-once-{name}"),
            title: format!("{models} models of {} training at once, batch {batch}, GPU", architecture().label()),
            unit: "samples/s",
            kind: Kind::Together { models },
        }
    }));
    for (product, of) in products().iter().enumerate() {
        all.extend([false, true].map(|tuned| {
            let (net, layer, pass) = (of.net, of.layer, of.pass.name());
            Work {
                id: format!("{GPU_PRODUCT}{net}-{layer}-{pass}-{}", if tuned { "tuned" } else { "first" }),
                title: format!(
                    "{net}, {layer}, {pass}, batch 256, GPU, {} form",
                    if tuned { "tuned" } else { "first" }
                ),
                unit: "GFLOP/s",
                kind: Kind::GpuProduct { product, tuned },
            }
        }));
    }
    all
}

/// `gpu-train` and so on: how the works of this kind are called, up to what they are about.
pub(super) fn speed_id(backend: BackendName, task: SpeedTask) -> String {
    let backend = match backend {
        BackendName::Cpu => "cpu",
        BackendName::Gpu => "gpu",
    };
    let task = match task {
        SpeedTask::Training => "train",
        SpeedTask::Inference => "infer",
    };
    format!("{backend}-{task}")
}

impl SpeedTask {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Inference => "classifying",
        }
    }
}

fn speed(subject: usize, task: SpeedTask, backend: BackendName) -> Work {
    let (name, architecture, batch) = COMPARED[subject];
    let backend_title = match backend {
        BackendName::Cpu => "processor",
        BackendName::Gpu => "GPU",
    };
    Work {
        id: format!("{}-{name}", speed_id(backend, task)),
        title: format!("{} {}, batch {batch}, {backend_title}", architecture().label(), task.title()),
        unit: "samples/s",
        kind: Kind::Speed { subject, task, backend },
    }
}

fn peak_work(peak: Peak) -> Work {
    let title = match peak {
        Peak::F32 => "Peak of f32 multiply and add",
        Peak::Dot16 => "Peak of 16-bit integer dot products",
        Peak::Dot8 => "Peak of 8-bit integer dot products",
    };
    Work { id: peak.id().into(), title: title.into(), unit: peak.unit(), kind: Kind::Peak(peak) }
}

fn training(net: Net) -> Work {
    Work {
        id: format!("train-{}", net.name()),
        title: format!("{} training, batch {BATCH}, Adam", net.title()),
        unit: "samples/s",
        kind: Kind::Training(net),
    }
}

fn inference(net: Net, form: Form, batch: usize) -> Work {
    Work {
        id: format!("infer-{}-{}-{batch}", net.name(), form.name()),
        title: format!("{}, {}, batch {batch}", net.title(), form.title()),
        unit: "µs",
        kind: Kind::Inference { net, form, batch },
    }
}

fn cost(width: usize) -> Work {
    Work {
        id: format!("cost-{width}"),
        title: format!("MLP 784-{width}-10, one sample of a batch of {BATCH}"),
        unit: "µs",
        kind: Kind::Cost { width },
    }
}

impl Net {
    fn name(self) -> &'static str {
        match self {
            Self::LeNet300100 => "lenet-300-100",
            Self::LeNet5 => "lenet-5",
        }
    }

    /// For people.
    pub fn title(self) -> String {
        self.architecture().label()
    }

    /// As a recipe names it.
    pub(super) fn architecture(self) -> Architecture {
        let architecture = match self {
            Self::LeNet300100 => ArchitectureName::LeNet300100,
            Self::LeNet5 => ArchitectureName::LeNet5,
        };
        Architecture { architecture, ..Architecture::default() }
    }
}

impl Form {
    fn name(self) -> String {
        match self {
            Self::F32 => "f32".into(),
            Self::Int8 => "int8".into(),
            Self::Sparse(percent) => format!("sparse-{percent}"),
            Self::SparseInt8(percent) => format!("sparse-{percent}-int8"),
        }
    }

    /// For people.
    pub fn title(self) -> String {
        match self {
            Self::F32 => "f32".into(),
            Self::Int8 => "int8".into(),
            Self::Sparse(percent) => format!("{percent} % pruned"),
            Self::SparseInt8(percent) => format!("{percent} % pruned, int8"),
        }
    }
}

impl Peak {
    /// The [`Work::id`] of its measurement.
    pub fn id(self) -> &'static str {
        match self {
            Self::F32 => "peak-f32",
            Self::Dot16 => "peak-dot16",
            Self::Dot8 => "peak-dot8",
        }
    }

    /// What arithmetic a second is told in.
    pub fn unit(self) -> &'static str {
        if self == Self::F32 { "GFLOP/s" } else { "GOP/s" }
    }

    /// Does `rounds` rounds of it; returns the operations done.
    pub(super) fn work(self, rounds: usize) -> f64 {
        match self {
            Self::F32 => peak::multiply_add(rounds),
            Self::Dot16 => peak::dot_16(rounds),
            Self::Dot8 => integer_kernels().peak.map_or(0.0, |peak| peak(rounds)),
        }
    }

    /// Whether there are such instructions here.
    pub(super) fn is_there(self) -> bool {
        self != Self::Dot8 || integer_kernels().peak.is_some()
    }

    /// The peak of what integer layers run on here.
    pub(super) fn of_integers() -> Self {
        if Self::Dot8.is_there() { Self::Dot8 } else { Self::Dot16 }
    }
}

impl Kind {
    /// Whether the GPU has a part in it.
    pub fn on_gpu(self) -> bool {
        matches!(
            self,
            Self::GpuCheck
                | Self::GpuPeak
                | Self::GpuProduct { .. }
                | Self::GpuInteger { .. }
                | Self::Together { .. }
                | Self::Speed { backend: BackendName::Gpu, .. }
        )
    }

    /// Whether this device has what it measures, as far as that can be told before it is tried.
    pub(super) fn is_there(self) -> bool {
        !matches!(self, Self::Peak(peak) if !peak.is_there())
    }

    /// The peak of the instructions that it runs on here, where its dense arithmetic can be told as a share of it. Pruned
    /// networks leave most of that arithmetic out, so it says nothing of them.
    pub(super) fn peak(self) -> Option<Peak> {
        match self {
            Self::Training(_) | Self::Cost { .. } | Self::Inference { form: Form::F32, .. } => Some(Peak::F32),
            Self::Inference { form: Form::Int8, .. } => Some(Peak::of_integers()),
            _ => None,
        }
    }
}

/// Multiply-accumulates of each layer's weights for one sample, none of them left out; layers without weights are not in it.
fn dense_macs(layers: &[Layer]) -> Vec<f64> {
    let macs = |layer: &Layer| {
        let (_, dims) = layer.parameters().into_iter().next()?;
        matches!(layer, Layer::Dense { .. } | Layer::Convolution(_))
            .then(|| (dims.iter().product::<usize>() * layer.uses_per_weight()) as f64)
    };
    layers.iter().filter_map(macs).collect()
}

/// Dense arithmetic operations of classifying one sample: a multiply and an add for each multiply-accumulate.
pub fn inference_operations(layers: &[Layer]) -> f64 {
    2.0 * dense_macs(layers).iter().sum::<f64>()
}

/// Dense arithmetic operations of training on one sample: forward, weight gradient and input gradient cost the same, but the
/// first layer with weights needs no input gradient.
pub fn training_operations(layers: &[Layer]) -> f64 {
    let macs = dense_macs(layers);
    2.0 * (3.0 * macs.iter().sum::<f64>() - macs.first().copied().unwrap_or(0.0))
}
