//! The products that training a convolutional network is made of, one by one on the GPU: what each reaches of the device.

use super::speed::repeat_for;
use crate::backend::gpu::Gpu;
use crate::backend::{Backend, Conv, DeviceError, MatMul};
use crate::experiment::Clock;

/// Windows in which a product is timed: a product of a wide network takes its time where a processor plays the device.
const WINDOWS: usize = 3;
/// Samples of a batch.
pub(super) const BATCH: usize = 256;
/// Rounds of a peak's loop.
const PEAK_ROUNDS: u32 = 256;

/// Which product of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Its outputs.
    Forward,
    /// The gradient of its weights.
    WeightGradient,
    /// The gradient of its inputs.
    InputGradient,
}

/// A layer with weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Convolution(Conv),
    /// Inputs, outputs.
    Dense(usize, usize),
}

/// A product by its place in [`PRODUCTS`].
pub(super) struct Product {
    /// Of the network, as works name it.
    pub net: &'static str,
    /// Of the layer.
    pub layer: &'static str,
    pub of: Layer,
    pub pass: Pass,
}

const fn conv(side: usize, channels: usize, filters: usize) -> Layer {
    Layer::Convolution(Conv { height: side, width: side, channels, kernel: 5, padding: 0, filters })
}

/// Two nets of LeNet-5's form: with its own filters, and with some three times as many.
const NETS: [(&str, [(&str, Layer); 4]); 2] = [
    (
        "lenet-5",
        [
            ("conv1", conv(28, 1, 20)),
            ("conv2", conv(12, 20, 50)),
            ("dense1", Layer::Dense(800, 500)),
            ("dense2", Layer::Dense(500, 10)),
        ],
    ),
    (
        "wide-lenet-5",
        [
            ("conv1", conv(28, 1, 64)),
            ("conv2", conv(12, 64, 128)),
            ("dense1", Layer::Dense(2048, 500)),
            ("dense2", Layer::Dense(500, 10)),
        ],
    ),
];

/// All of them, in the order in which a step has them. The first layer needs no gradient of its inputs.
pub(super) fn products() -> Vec<Product> {
    let mut all = Vec::new();
    for (net, layers) in NETS {
        for (place, (layer, of)) in layers.into_iter().enumerate() {
            let passes = [Pass::Forward, Pass::WeightGradient, Pass::InputGradient];
            let wanted = passes.into_iter().filter(|pass| place > 0 || *pass != Pass::InputGradient);
            all.extend(wanted.map(|pass| Product { net, layer, of, pass }));
        }
    }
    all
}

impl Pass {
    /// As works name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::WeightGradient => "weight-gradient",
            Self::InputGradient => "input-gradient",
        }
    }
}

impl Product {
    /// Multiplications and additions for a batch.
    pub(super) fn operations(&self) -> f64 {
        let macs = match self.of {
            Layer::Convolution(conv) => conv.out_pixels() * conv.patch() * conv.filters,
            Layer::Dense(inputs, outputs) => inputs * outputs,
        };
        2.0 * (BATCH * macs) as f64
    }

    /// Values of the layer's inputs, weights and outputs for a batch.
    fn sizes(&self) -> [usize; 3] {
        match self.of {
            Layer::Convolution(conv) => [BATCH * conv.inputs(), conv.patch() * conv.filters, BATCH * conv.outputs()],
            Layer::Dense(inputs, outputs) => [BATCH * inputs, inputs * outputs, BATCH * outputs],
        }
    }

    /// Operations a second, in milliards, for each window. None if it was stopped.
    pub(super) async fn rates(
        &self,
        gpu: &Gpu,
        window_us: f64,
        clock: &mut impl Clock,
    ) -> Result<Option<Vec<f64>>, DeviceError> {
        let [mut x, mut w, mut y] = self.sizes().map(|len| gpu.upload(&vec![0.5; len]));
        let bias = gpu.zeros(self.sizes()[1]);
        let rates = repeat_for(WINDOWS, clock, window_us, self.operations() / 1e9, async |times| {
            for _ in 0..times {
                match (self.of, self.pass) {
                    (Layer::Convolution(op), Pass::Forward) => gpu.convolution(op, BATCH, &x, &w, &bias, None, &mut y),
                    (Layer::Convolution(op), Pass::WeightGradient) => {
                        gpu.convolve_weight_gradient(op, BATCH, &x, &y, &mut w)
                    }
                    (Layer::Convolution(op), Pass::InputGradient) => {
                        gpu.convolve_input_gradient(op, BATCH, &w, &y, &mut x)
                    }
                    (Layer::Dense(inputs, outputs), Pass::Forward) => {
                        gpu.dense([BATCH, inputs, outputs], &x, &w, &bias, None, &mut y);
                    }
                    // As `network::pass` asks for them.
                    (Layer::Dense(inputs, outputs), Pass::WeightGradient) => {
                        let op = MatMul {
                            m: inputs,
                            k: BATCH,
                            n: outputs,
                            a_transposed: true,
                            b_transposed: false,
                            accumulate: false,
                        };
                        gpu.matmul(op, &x, &y, &mut w);
                    }
                    (Layer::Dense(inputs, outputs), Pass::InputGradient) => {
                        let op = MatMul {
                            m: BATCH,
                            k: outputs,
                            n: inputs,
                            a_transposed: false,
                            b_transposed: true,
                            accumulate: false,
                        };
                        gpu.matmul(op, &y, &w, &mut x);
                    }
                }
            }
            let written = match self.pass {
                Pass::Forward => &y,
                Pass::WeightGradient => &w,
                Pass::InputGradient => &x,
            };
            gpu.read(written, 1).await
        });
        let rates = rates.await;
        gpu.forget_buffers();
        rates
    }
}

/// The same for arithmetic in registers alone.
pub(super) async fn peak_rates(
    gpu: &Gpu,
    window_us: f64,
    clock: &mut impl Clock,
) -> Result<Option<Vec<f64>>, DeviceError> {
    let mut y = gpu.peak_buffer();
    let operations = gpu.peak(1, &mut y) * f64::from(PEAK_ROUNDS);
    repeat_for(2 * WINDOWS, clock, window_us, operations / 1e9, async |times| {
        (0..times).for_each(|_| {
            gpu.peak(PEAK_ROUNDS, &mut y);
        });
        gpu.read(&y, 1).await
    })
    .await
}
