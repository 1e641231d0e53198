//! The words of the place "This device".

use super::plural;
use crate::app::format;

pub(in crate::app) const TITLE: &str = "This device";
pub(in crate::app) const ABOUT: &str = "Measures the engine right here: the most arithmetic that one core does, what training and classifying make of it, what pruning and integers save, and what a network's size costs.";
pub(in crate::app) const HOW: &str = "It takes a minute or two on one core, longer on a phone. Close other work first: whatever else runs is measured with it.";
pub(in crate::app) const MEASURE: &str = "Measure this device";
pub(in crate::app) const MEASURE_AGAIN: &str = "Measure again";
pub(in crate::app) const BUSY: &str = "An experiment runs; this device can be measured when it has ended.";
pub(in crate::app) const RUN_WAITS: &str = "This device is being measured; an experiment can run when that has ended.";
pub(in crate::app) const PARTIAL: &str = "Stopped: these figures last until the page is closed.";
pub(in crate::app) const EMPTY: &str = "Figures appear here one by one as they are measured.";
pub(in crate::app) const FIGURES: &str = "Figures";
pub(in crate::app) const COPY: &str = "Copy as JSON";
pub(in crate::app) const COPY_REFUSED: &str =
    "The browser does not let the page copy; the figures stand in the table under “All figures”.";

pub(in crate::app) const FACTS: &str = "What the browser offers";
pub(in crate::app) const CORES: &str = "Processor cores";
pub(in crate::app) const CORES_HELP: &str = "as the browser tells; trials of an experiment are spread over them";
pub(in crate::app) const MEMORY: &str = "Threads with shared memory";
pub(in crate::app) const MEMORY_HELP: &str = "not needed: workers share nothing";
pub(in crate::app) const RELAXED: &str = "Relaxed SIMD";
pub(in crate::app) const RELAXED_HELP: &str =
    "may have an exact 8-bit integer dot product; the engine tries it when it starts";
pub(in crate::app) const WEBGPU: &str = "WebGPU";
pub(in crate::app) const WEBGPU_HELP: &str =
    "what a GPU is reached through; where there is one, it is measured beside the processor";
pub(in crate::app) const YES: &str = "yes";
pub(in crate::app) const NO: &str = "no";

pub(in crate::app) const PEAK: &str = "Arithmetic against this core's peak";
pub(in crate::app) const PEAK_HELP: &str = "A multiply and an add are two operations, and every weight is counted, zero or not. The peak is what one core does in registers alone, measured just before: 128-bit vectors of f32 for floats, of integer dot products for int8 (8-bit ones where this device has them in an exact form, else 16-bit). Leaving out zeros of images and activations can bring a kernel above it.";
pub(in crate::app) const WORK: &str = "Work";

pub(in crate::app) const CALLS: &str = "Time of one call";
pub(in crate::app) const CALLS_HELP: &str = "Classifying test images of MNIST, others each call, with models trained, pruned, fine-tuned and quantized a moment before, written to a file and read back. Beneath each time: the speed against the same network's dense f32 at the same batch.";
pub(in crate::app) const MODEL: &str = "Model";
pub(in crate::app) const FILE: &str = "File";

pub(in crate::app) const TRAINING: &str = "Training";
pub(in crate::app) const TRAINING_HELP: &str = "Real steps on MNIST at batch 64 with Adam: the batch's images, forward, back, and the weights moved. Evaluations are not counted.";
pub(in crate::app) const TO_97_HELP: &str = "tested every 100 steps; median of seven networks";

pub(in crate::app) const COST: &str = "What size costs";
pub(in crate::app) const COST_HELP: &str = "MLPs with one hidden layer of 4 to 4096 units, batch 64. Where the line is straight and rises by a decade in a decade, time is proportional to multiply-accumulates.";
pub(in crate::app) const COST_LABEL: &str = "Time per sample against multiply-accumulates, both on a logarithmic scale";
pub(in crate::app) const PER_SAMPLE: &str = "Time per sample";
pub(in crate::app) const HIDDEN: &str = "One hidden layer";

pub(in crate::app) const GPU: &str = "GPU beside processor";
pub(in crate::app) const ONE_CORE: &str = "One core, samples/s";
pub(in crate::app) const GPU_COLUMN: &str = "GPU, samples/s";
pub(in crate::app) const GPU_HELP: &str = "With made-up images, four values of five zero; beneath the GPU's rate, how many times as fast it is. Small networks keep a GPU waiting for commands; wide ones and large batches are what it is for. A processor may also play the GPU, which is slow.";

/// How many of the GPU's operations were held against the processor's, and how far they are apart.
pub(in crate::app) fn gpu_checked(operations: usize, largest: f64) -> String {
    format!(
        "All {operations} operations agree with the processor's on random shapes: the largest difference is {largest:.0e} of the largest value."
    )
}

pub(in crate::app) fn compared(network: &str, task: &str, batch: usize) -> String {
    format!("{network}, {task}, batch {batch}")
}

pub(in crate::app) const ALL: &str = "All figures";
pub(in crate::app) const ALL_NUMBERS: &str = "Every figure with its quartiles";
pub(in crate::app) const ALL_HELP: &str = "Medians of windows of at least 4 milliseconds each (100 where processor and GPU are compared, 250 in training), and the quartiles around them.";
pub(in crate::app) const MEDIAN: &str = "Median";
pub(in crate::app) const QUARTILES: &str = "Quartiles";
pub(in crate::app) const WINDOWS: &str = "Windows";

pub(in crate::app) fn under_way(done: usize, all: usize, title: &str) -> String {
    format!("{} of {all}: {title}", done + 1)
}

pub(in crate::app) fn measured_at(date: &str, count: usize) -> String {
    format!("Measured {date}: {}.", plural(count, "figure", "figures"))
}

pub(in crate::app) fn batch(batch: usize) -> String {
    if batch == 1 { "Batch 1".into() } else { format!("Batch {batch}") }
}

pub(in crate::app) fn times_f32(factor: f64) -> String {
    format!("{}×", format::fixed(factor, if factor < 10.0 { 2 } else { 1 }))
}

pub(in crate::app) fn bad_address(reason: &str) -> String {
    format!("The address asks for what cannot be measured: {reason}. Behind #device= stand ids with commas between.")
}

pub(in crate::app) fn only(count: usize) -> String {
    format!("The address asks for {} alone.", plural(count, "work", "works"))
}

pub(in crate::app) const INTEGERS: &str = "classifying in int8";
pub(in crate::app) const PRODUCTS: &str = "The products of training on the GPU, one by one";
pub(in crate::app) const PRODUCT_HEADS: [&str; 3] = ["Product", "GFLOP/s", "Of the peak"];

pub(in crate::app) fn gpu_peak(gflops: f64) -> String {
    format!("The GPU multiplies and adds f32 numbers in registers at {} GFLOP/s.", format::fixed(gflops, 1))
}
