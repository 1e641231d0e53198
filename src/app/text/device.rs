//! The words of the place "This device".

use super::plural;
use crate::app::format;
use crate::app::language::{Text, said};

pub(in crate::app) const TITLE: Text = Text("This device");
pub(in crate::app) const ABOUT: Text = Text(
    "Measures the engine right here: the most arithmetic that one core does, what training and classifying make of it, what pruning and integers save, and what a network's size costs.",
);
pub(in crate::app) const HOW: Text = Text(
    "It takes a minute or two on one core, longer on a phone. Close other work first: whatever else runs is measured with it.",
);
pub(in crate::app) const MEASURE: Text = Text("Measure this device");
pub(in crate::app) const MEASURE_AGAIN: Text = Text("Measure again");
pub(in crate::app) const BUSY: Text = Text("An experiment runs; this device can be measured when it has ended.");
pub(in crate::app) const RUN_WAITS: Text =
    Text("This device is being measured; an experiment can run when that has ended.");
pub(in crate::app) const PARTIAL: Text = Text("Stopped: these figures last until the page is closed.");
pub(in crate::app) const EMPTY: Text = Text("Figures appear here one by one as they are measured.");
pub(in crate::app) const FIGURES: Text = Text("Figures");
pub(in crate::app) const COPY: Text = Text("Copy as JSON");
pub(in crate::app) const COPY_REFUSED: Text =
    Text("The browser does not let the page copy; the figures stand in the table under “All figures”.");

pub(in crate::app) const FACTS: Text = Text("What the browser offers");
pub(in crate::app) const CORES: Text = Text("Processor cores");
pub(in crate::app) const CORES_HELP: Text = Text("as the browser tells; trials of an experiment are spread over them");
pub(in crate::app) const MEMORY: Text = Text("Threads with shared memory");
pub(in crate::app) const MEMORY_HELP: Text = Text("not needed: workers share nothing");
pub(in crate::app) const RELAXED: Text = Text("Relaxed SIMD");
pub(in crate::app) const RELAXED_HELP: Text =
    Text("may have an exact 8-bit integer dot product; the engine tries it when it starts");
pub(in crate::app) const WEBGPU: Text = Text("WebGPU");
pub(in crate::app) const WEBGPU_HELP: Text =
    Text("what a GPU is reached through; where there is one, it is measured beside the processor");
pub(in crate::app) const YES: Text = Text("yes");
pub(in crate::app) const NO: Text = Text("no");

pub(in crate::app) const PEAK: Text = Text("Arithmetic against this core's peak");
pub(in crate::app) const PEAK_HELP: Text = Text(
    "A multiply and an add are two operations, and every weight is counted, zero or not. The peak is what one core does in registers alone, measured just before: 128-bit vectors of f32 for floats, of integer dot products for int8 (8-bit ones where this device has them in an exact form, else 16-bit). Leaving out zeros of images and activations can bring a kernel above it.",
);
pub(in crate::app) const WORK: Text = Text("Work");

pub(in crate::app) const CALLS: Text = Text("Time of one call");
pub(in crate::app) const CALLS_HELP: Text = Text(
    "Classifying test images of MNIST, others each call, with models trained, pruned, fine-tuned and quantized a moment before, written to a file and read back. Beneath each time: the speed against the same network's dense f32 at the same batch.",
);
pub(in crate::app) const MODEL: Text = Text("Model");
pub(in crate::app) const FILE: Text = Text("File");

pub(in crate::app) const TRAINING: Text = Text("Training");
pub(in crate::app) const TRAINING_HELP: Text = Text(
    "Real steps on MNIST at batch 64 with Adam: the batch's images, forward, back, and the weights moved. Evaluations are not counted.",
);
pub(in crate::app) const TO_97_HELP: Text = Text("tested every 100 steps; median of seven networks");

pub(in crate::app) const COST: Text = Text("What size costs");
pub(in crate::app) const COST_HELP: Text = Text(
    "MLPs with one hidden layer of 4 to 4096 units, batch 64. Where the line is straight and rises by a decade in a decade, time is proportional to multiply-accumulates.",
);
pub(in crate::app) const COST_LABEL: Text =
    Text("Time per sample against multiply-accumulates, both on a logarithmic scale");
pub(in crate::app) const PER_SAMPLE: Text = Text("Time per sample");
pub(in crate::app) const HIDDEN: Text = Text("One hidden layer");

pub(in crate::app) const GPU: Text = Text("GPU beside processor");
pub(in crate::app) const ONE_CORE: Text = Text("One core, samples/s");
pub(in crate::app) const GPU_COLUMN: Text = Text("GPU, samples/s");
pub(in crate::app) const GPU_HELP: Text = Text(
    "With made-up images, four values of five zero; beneath the GPU's rate, how many times as fast it is. Small networks keep a GPU waiting for commands; wide ones and large batches are what it is for. A processor may also play the GPU, which is slow.",
);

/// How many of the GPU's operations were held against the processor's, and how far they are apart.
pub(in crate::app) fn gpu_checked(operations: usize, largest: f64) -> String {
    Text("All {operations} operations agree with the processor's on random shapes: the largest difference is {largest} of the largest value.").with(&[&operations, &format::significant(largest, 1)])
}

pub(in crate::app) fn compared(network: &str, task: &str, batch: usize) -> String {
    Text("{network}, {task}, batch {batch}").with(&[&network, &task, &batch])
}

pub(in crate::app) const ALL: Text = Text("All figures");
pub(in crate::app) const ALL_NUMBERS: Text = Text("Every figure with its quartiles");
pub(in crate::app) const ALL_HELP: Text = Text(
    "Medians of windows of at least 4 milliseconds each (100 where processor and GPU are compared, 250 in training), and the quartiles around them.",
);
pub(in crate::app) const MEDIAN: Text = Text("Median");
pub(in crate::app) const QUARTILES: Text = Text("Quartiles");
pub(in crate::app) const WINDOWS: Text = Text("Windows");

pub(in crate::app) fn under_way(done: usize, all: usize, title: &str) -> String {
    Text("{} of {all}: {title}").with(&[&(done + 1), &all, &title])
}

pub(in crate::app) fn measured_at(date: &str, count: usize) -> String {
    Text("Measured {date}: {}.").with(&[&date, &plural(count, Text("{count} figure"), Text("{count} figures"))])
}

pub(in crate::app) fn batch(batch: usize) -> String {
    Text("Batch {batch}").with(&[&batch])
}

pub(in crate::app) fn times_f32(factor: f64) -> String {
    format!("{}×", format::fixed(factor, if factor < 10.0 { 2 } else { 1 }))
}

pub(in crate::app) fn bad_address(reason: &str) -> String {
    Text("The address asks for what cannot be measured: {reason}. Behind #device= stand ids with commas between.")
        .with(&[&said(reason)])
}

pub(in crate::app) fn only(count: usize) -> String {
    Text("The address asks for {} alone.").with(&[&plural(count, Text("{count} work"), Text("{count} works"))])
}

pub(in crate::app) const INTEGERS: Text = Text("classifying in int8");
pub(in crate::app) const PRODUCTS: Text = Text("The products of training on the GPU, one by one");
pub(in crate::app) const PRODUCT_HEADS: [Text; 3] = [Text("Product"), Text("GFLOP/s"), Text("Of the peak")];

pub(in crate::app) fn gpu_peak(gflops: f64) -> String {
    Text("The GPU multiplies and adds f32 numbers in registers at {} GFLOP/s.").with(&[&format::fixed(gflops, 1)])
}
