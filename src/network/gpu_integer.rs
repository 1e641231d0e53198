//! An integer network made ready to run on the GPU: the logits of [`super::Executable`], bit for bit.
//!
//! Samples are put on their grid and sums become logits on the processor, since a device need not divide and round as it
//! does; everything between is in integers, where there is one result.

use super::integer::{Codes, Grid, IntegerLayer, IntegerLinear, IntegerModel};
use super::layer::Layer;
use crate::backend::gpu::{Buffer, Gpu, IntegerFactors, IntegerProduct, Packed};
use crate::backend::{DeviceError, Pool, PoolKind};

#[derive(Debug)]
enum Step {
    /// Sums, from one of the two buffers.
    Linear(IntegerProduct),
    /// Sums to activations, the largest of a window of so many in square.
    Requantize(IntegerFactors, [usize; 3], usize),
    Pool(Pool),
    /// With the words of a sample.
    Table(Buffer, usize),
}

/// An integer network on the GPU, for up to so many samples at once.
#[derive(Debug)]
pub struct GpuInteger {
    grid: Grid,
    input: Packed,
    steps: Vec<Step>,
    /// Activations, in turns.
    buffers: [Buffer; 2],
    sums: Buffer,
    /// A logit for each of a sample's last sums.
    scales: Vec<f32>,
}

impl GpuInteger {
    /// Brings a model to the device. None if it has skip connections, which only the processor adds in integers, or does not end
    /// in the sums of a layer, as all do that quantization makes.
    pub fn new(gpu: &Gpu, model: &IntegerModel, batch: usize) -> Option<Self> {
        let shape = model.shape;
        // A dense layer reads values as they come; only a convolution needs to have pixels apart.
        let dense = matches!(
            model.layers.first(),
            Some(IntegerLayer::Linear(IntegerLinear { layer: Layer::Dense { .. }, .. }))
        );
        let input = if dense {
            Packed { pixels: 1, channels: shape.len() }
        } else {
            Packed { pixels: shape.height * shape.width, channels: shape.channels }
        };
        let (mut steps, mut at) = (Vec::new(), input);
        let (mut longest, mut most_sums, mut scales) = (input.words(), 1, None);
        for layer in &model.layers {
            match layer {
                IntegerLayer::Linear(linear) => {
                    let conv = match linear.layer {
                        Layer::Convolution(conv) => Some(conv),
                        _ => None,
                    };
                    let IntegerLinear { codes: Codes { weights, .. }, bias, input, .. } = linear;
                    let product = gpu.integer_product(at, conv, weights, bias, input.zero_point);
                    let sums @ [height, width, channels] = product.sums();
                    at = Packed { pixels: height * width, channels };
                    most_sums = most_sums.max(at.pixels * channels);
                    steps.push(Step::Linear(product));
                    match linear.requant() {
                        Some(requant) => steps.push(Step::Requantize(gpu.integer_factors(&requant), sums, 1)),
                        None => scales = Some(linear.logit_scales()),
                    }
                }
                IntegerLayer::Pool(pool) => {
                    at = Packed { pixels: pool.outputs() / pool.channels.max(1), channels: pool.channels };
                    match steps.last_mut() {
                        // Of the sums, as the processor does: what is pooled away need not be requantized.
                        Some(Step::Requantize(_, _, size @ 1)) if pool.kind == PoolKind::Max => *size = pool.size,
                        _ => steps.push(Step::Pool(*pool)),
                    }
                }
                IntegerLayer::Add(_) => return None,
                IntegerLayer::Table(table) => {
                    let words: Vec<u32> = table.iter().map(|value| u32::from(*value)).collect();
                    steps.push(Step::Table(gpu.integer_words(&words), at.words()));
                }
            }
            longest = longest.max(at.words());
        }
        let activations = || gpu.integer_words(&vec![0; batch * longest]);
        let (buffers, sums) = ([activations(), activations()], gpu.integer_words(&vec![0; batch * most_sums]));
        Some(Self { grid: model.input, input, steps, buffers, sums, scales: scales? })
    }

    /// Puts `batch` samples, one after another in `x`, through the network, as far as the last sums; nothing waits for it.
    pub fn run(&mut self, gpu: &Gpu, batch: usize, x: &[f32]) {
        let Self { grid, input, steps, buffers: [from, to], sums, .. } = self;
        let bytes: Vec<u8> = x.iter().map(|value| grid.quantize(*value)).collect();
        gpu.integer_write(from, &input.pack(&bytes));
        for step in steps {
            match step {
                Step::Linear(product) => gpu.integer_linear(product, batch, from, sums),
                Step::Requantize(factors, size, window) => {
                    gpu.integer_requantize(factors, batch, *size, *window, sums, to);
                    std::mem::swap(from, to);
                }
                Step::Pool(pool) => {
                    gpu.integer_pool(*pool, batch, from, to);
                    std::mem::swap(from, to);
                }
                Step::Table(table, words) => gpu.integer_table(table, batch * *words, from),
            }
        }
    }

    /// The logits of the `batch` samples that ran last, row by row.
    ///
    /// # Errors
    /// The device was lost, or refused something.
    pub async fn logits(&self, gpu: &Gpu, batch: usize) -> Result<Vec<f32>, DeviceError> {
        let sums = gpu.integer_read(&self.sums, batch * self.scales.len()).await?;
        Ok(sums.iter().zip(self.scales.iter().cycle()).map(|(sum, scale)| *sum as i32 as f32 * scale).collect())
    }
}
