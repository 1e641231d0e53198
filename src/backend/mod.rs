//! The one seam to the hardware: some twenty operations that enqueue, and one asynchronous [`Backend::read`].
//!
//! A backend owns buffers of `f32` and knows nothing of layers, losses or methods. Every matrix is row-major; images are
//! stored height x width x channels, so that a convolution's output is one matrix with a row for each pixel.
//! The CPU implementation ([`cpu::Cpu`]) sums every output in index order, so that its results are the same bits on
//! every processor and in every browser; the GPU ([`gpu::Gpu`]) does not promise that.

use std::future::Future;

pub mod cpu;
pub mod gpu;
mod sequence;

pub use sequence::Sequence;

/// Added to the variance in batch normalization, so that a constant channel does not divide by zero.
pub const NORMALIZATION_EPSILON: f32 = 1e-5;

/// The product `c = op(a) * op(b)`, or `c += op(a) * op(b)`; `op` transposes where asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatMul {
    /// Rows of `op(a)` and of `c`.
    pub m: usize,
    /// Columns of `op(a)`, rows of `op(b)`: the dimension that is summed.
    pub k: usize,
    /// Columns of `op(b)` and of `c`.
    pub n: usize,
    /// `a` is stored as `k x m`.
    pub a_transposed: bool,
    /// `b` is stored as `n x k`.
    pub b_transposed: bool,
    /// Adds to what `c` holds instead of replacing it.
    pub accumulate: bool,
}

/// The geometry of a two-dimensional convolution with stride 1 and symmetric zero padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Input height.
    pub height: usize,
    /// Input width.
    pub width: usize,
    /// Input channels.
    pub channels: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Rows and columns of zeros added on each side.
    pub padding: usize,
    /// Output channels.
    pub filters: usize,
}

impl Conv {
    /// Output height; the kernel fits because the recipe's check saw to it.
    pub fn out_height(&self) -> usize {
        self.height + 2 * self.padding + 1 - self.kernel
    }

    /// Output width.
    pub fn out_width(&self) -> usize {
        self.width + 2 * self.padding + 1 - self.kernel
    }

    /// Pixels of one output image.
    pub fn out_pixels(&self) -> usize {
        self.out_height() * self.out_width()
    }

    /// Weights that make one output value: `kernel * kernel * channels`. The weight matrix is `patch x filters`,
    /// its rows ordered kernel row, kernel column, input channel.
    pub fn patch(&self) -> usize {
        self.kernel * self.kernel * self.channels
    }

    /// Values of one input image.
    pub fn inputs(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Values of one output image.
    pub fn outputs(&self) -> usize {
        self.out_pixels() * self.filters
    }
}

/// What a pooling window computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// The largest value; its gradient goes to the first position that holds it.
    Max,
    /// The mean.
    Average,
}

/// Pooling over square windows that do not overlap; rows and columns that fill no whole window are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// What the window computes.
    pub kind: PoolKind,
    /// Input height.
    pub height: usize,
    /// Input width.
    pub width: usize,
    /// Channels, pooled each for itself.
    pub channels: usize,
    /// Side of the window, which is also the stride.
    pub size: usize,
}

impl Pool {
    /// Values of one input image.
    pub fn inputs(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Values of one output image.
    pub fn outputs(&self) -> usize {
        (self.height / self.size) * (self.width / self.size) * self.channels
    }
}

/// An elementwise nonlinearity whose slope can be told from its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `max(x, 0)`; slope 1 where the output is above zero, else 0.
    Relu,
    /// The hyperbolic tangent; slope `1 - y^2`.
    Tanh,
}

/// The whole numbers that may stand before a step: all from `low` to `high`, or those two alone where zero is not among them.
/// A value `x` becomes the step `s` times the nearest of them, halves going to the even one: `s * clamp(round(x / s))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// The least.
    pub low: i32,
    /// The largest.
    pub high: i32,
    /// Whether zero is one. Where not, there are two: -1 for what is below zero, and 1.
    pub zero: bool,
}

impl Levels {
    /// The two levels of binary weights.
    pub const BINARY: Self = Self { low: -1, high: 1, zero: false };

    /// The least and the largest `x / s` with which a gradient passes straight through. Of binary weights it passes while they
    /// are within one distance of two levels (as far as from one to the other), so that most can still change sides.
    pub fn passing(&self) -> [f32; 2] {
        let beyond = if self.zero { 0 } else { 1 };
        [(self.low - beyond) as f32, (self.high + beyond) as f32]
    }
}

/// A trained step is at least this share of the step that was measured before training.
pub const LEAST_STEP: f32 = 1.0 / 64.0;

/// One step of stochastic gradient descent with momentum (Sutskever et al. 2013, in PyTorch's form):
/// `g += weight_decay * w; v = momentum * v + g; w -= rate * (nesterov ? g + momentum * v : v)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Learning rate.
    pub rate: f32,
    /// Share of the velocity that is kept.
    pub momentum: f32,
    /// Looks ahead along the velocity (Nesterov).
    pub nesterov: bool,
    /// L2 penalty, added to the gradient.
    pub weight_decay: f32,
}

/// One step of Adam (Kingma, Ba 2015): `g += weight_decay * w; m = beta1 m + (1 - beta1) g;
/// v = beta2 v + (1 - beta2) g^2; w -= rate * (m * correction1) / (sqrt(v * correction2) + epsilon)`.
/// `correction = 1 / (1 - beta^t)` is computed by the caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Learning rate.
    pub rate: f32,
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Keeps the division finite.
    pub epsilon: f32,
    /// L2 penalty, added to the gradient.
    pub weight_decay: f32,
    /// `1 / (1 - beta1^t)`.
    pub correction1: f32,
    /// `1 / (1 - beta2^t)`.
    pub correction2: f32,
}

/// A device that cannot be had, or that is no longer there: the sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceError(pub String);

/// The operations that a network's training and evaluation are made of.
///
/// Buffers may be longer than an operation needs: each operation works on the leading values that its sizes name.
/// A backend may compute many models of one shape at once: it then has several [`Backend::lanes`], every buffer holds its values
/// for each lane, and sizes are those of one lane. On the host the lanes' values stand one after another.
///
/// Operations enqueue and return; only [`Backend::read`] waits. Sizes are a caller's promise: a backend panics on a buffer
/// that is too short, since no recipe can cause it.
pub trait Backend {
    /// A block of `f32` values on the device.
    type Buffer;

    /// The name that reports carry.
    fn name(&self) -> &'static str;

    /// How many models are computed at once.
    fn lanes(&self) -> usize {
        1
    }

    /// Whether the device may go away in mid-run, so that what was reached is worth keeping from time to time.
    fn may_be_lost(&self) -> bool {
        false
    }

    /// A buffer of `len` zeros for each lane.
    fn zeros(&self, len: usize) -> Self::Buffer;

    /// A buffer that holds `values`, an equal share of them for each lane.
    fn upload(&self, values: &[f32]) -> Self::Buffer;

    /// Overwrites the leading values of each lane of `buffer` by an equal share of `values`.
    fn write(&self, buffer: &mut Self::Buffer, values: &[f32]);

    /// The first `len` values of each lane of `buffer`, once all that was enqueued before is done. Fails if the device was lost or
    /// refused any of it; what it would give then could not be trusted.
    fn read(&self, buffer: &Self::Buffer, len: usize) -> impl Future<Output = Result<Vec<f32>, DeviceError>>;

    /// The values of a buffer that lies in the host's memory; none where it does not.
    fn host<'b>(&self, _buffer: &'b Self::Buffer) -> Option<&'b [f32]> {
        None
    }

    /// Sets the first `len` values to `value`.
    fn fill(&self, buffer: &mut Self::Buffer, len: usize, value: f32);

    /// Copies the first `len` values.
    fn copy(&self, from: &Self::Buffer, to: &mut Self::Buffer, len: usize);

    /// The matrix product; see [`MatMul`].
    fn matmul(&self, op: MatMul, a: &Self::Buffer, b: &Self::Buffer, c: &mut Self::Buffer);

    /// A dense layer: `y = f(x w + bias)`, without `f` if there is none; `sizes` are the samples, the inputs and the outputs.
    /// The bias is added after the sum.
    #[allow(clippy::too_many_arguments)] // a layer has as many parts
    fn dense(
        &self,
        sizes: [usize; 3],
        x: &Self::Buffer,
        w: &Self::Buffer,
        bias: &Self::Buffer,
        f: Option<Activation>,
        y: &mut Self::Buffer,
    );

    /// A convolutional layer for `batch` images: `y = f(x (*) w + bias)`; see [`Backend::dense`] and [`Backend::convolve`].
    #[allow(clippy::too_many_arguments)] // as above
    fn convolution(
        &self,
        op: Conv,
        batch: usize,
        x: &Self::Buffer,
        w: &Self::Buffer,
        bias: &Self::Buffer,
        f: Option<Activation>,
        y: &mut Self::Buffer,
    );

    /// `y[r][c] += bias[c]` for a `rows x cols` matrix.
    fn add_bias(&self, rows: usize, cols: usize, bias: &Self::Buffer, y: &mut Self::Buffer);

    /// `sums[c] = sum over r of x[r][c]`, in row order: a bias's gradient.
    fn column_sums(&self, rows: usize, cols: usize, x: &Self::Buffer, sums: &mut Self::Buffer);

    /// `y = x (*) w` for `batch` images (a cross-correlation, as in every toolkit); see [`Conv`].
    fn convolve(&self, op: Conv, batch: usize, x: &Self::Buffer, w: &Self::Buffer, y: &mut Self::Buffer);

    /// The gradient of the weights, summed over the batch image by image: `dw = sum over images of patches^T dy`.
    fn convolve_weight_gradient(
        &self,
        op: Conv,
        batch: usize,
        x: &Self::Buffer,
        dy: &Self::Buffer,
        dw: &mut Self::Buffer,
    );

    /// The gradient of the input: `dx = scatter(dy w^T)`.
    fn convolve_input_gradient(
        &self,
        op: Conv,
        batch: usize,
        w: &Self::Buffer,
        dy: &Self::Buffer,
        dx: &mut Self::Buffer,
    );

    /// Pools `batch` images; see [`Pool`].
    fn pool(&self, op: Pool, batch: usize, x: &Self::Buffer, y: &mut Self::Buffer);

    /// The gradient of a pooling's input.
    fn pool_gradient(
        &self,
        op: Pool,
        batch: usize,
        x: &Self::Buffer,
        y: &Self::Buffer,
        dy: &Self::Buffer,
        dx: &mut Self::Buffer,
    );

    /// `y = f(x)` for `len` values.
    fn activate(&self, f: Activation, len: usize, x: &Self::Buffer, y: &mut Self::Buffer);

    /// `dx = dy * f'(x)`, the slope taken from the output `y`.
    fn activate_gradient(&self, f: Activation, len: usize, y: &Self::Buffer, dy: &Self::Buffer, dx: &mut Self::Buffer);

    /// `y = a * b` elementwise: dropout forward and backward.
    fn multiply(&self, len: usize, a: &Self::Buffer, b: &Self::Buffer, y: &mut Self::Buffer);

    /// `y += b` for `len` values.
    fn add_assign(&self, len: usize, b: &Self::Buffer, y: &mut Self::Buffer);

    /// `y *= b` elementwise: a pruning mask on weights or gradients.
    fn multiply_assign(&self, len: usize, b: &Self::Buffer, y: &mut Self::Buffer);

    /// Replaces each of `len` gradients by the sum over its cluster, in index order: the gradient of the value that the cluster's
    /// weights share. `clusters` says which that is, counted from 1 to `count`; those of cluster 0 become zero.
    fn share_gradient(&self, len: usize, count: usize, clusters: &Self::Buffer, g: &mut Self::Buffer);

    /// Scales each column of a `rows x columns` matrix that is longer than `limit` (its squares summed in row order) down to that
    /// length: `x *= limit / sqrt(sum)`.
    fn limit_columns(&self, rows: usize, columns: usize, limit: f32, x: &mut Self::Buffer);

    /// Fake quantization (Jacob et al. 2018): puts `len` values on the grid of [`Levels`], `y = s * clamp(round(x / s))`.
    ///
    /// There are `count` steps; value `i` has that of `i % count`. `steps` holds `count` factors, then as many steps that were
    /// measured: a step is its measured one times its factor, the latter at least [`LEAST_STEP`].
    fn fake_quantize(
        &self,
        levels: Levels,
        len: usize,
        count: usize,
        x: &Self::Buffer,
        steps: &Self::Buffer,
        y: &mut Self::Buffer,
    );

    /// The gradients of [`Backend::fake_quantize`] by the straight-through estimator: `g` holds that of `y` and receives that of
    /// `x`, which is the same where `x / s` is within [`Levels::passing`], and zero elsewhere. `d_steps` receives each value's
    /// part in the gradient of its step (Esser et al. 2020, equation 3: `y / s - x / s` within, `y / s` elsewhere, times `g`),
    /// times `scale` over the measured step.
    #[allow(clippy::too_many_arguments)] // as above
    fn fake_quantize_gradient(
        &self,
        levels: Levels,
        scale: f32,
        len: usize,
        count: usize,
        x: &Self::Buffer,
        steps: &Self::Buffer,
        g: &mut Self::Buffer,
        d_steps: &mut Self::Buffer,
    );

    /// Batch normalization in training (Ioffe, Szegedy 2015) over a `rows x channels` matrix, with
    /// [`NORMALIZATION_EPSILON`]:
    /// `saved` receives the batch's mean (first `channels` values) and `1 / sqrt(var + epsilon)` (the next), the
    /// variance biased; `running` (mean, then variance, unbiased) moves by `momentum` towards the batch's;
    /// `scale_shift` holds gamma, then beta.
    #[allow(clippy::too_many_arguments)] // the statistics are three separate buffers
    fn normalize(
        &self,
        rows: usize,
        channels: usize,
        momentum: f32,
        x: &Self::Buffer,
        scale_shift: &Self::Buffer,
        running: &mut Self::Buffer,
        saved: &mut Self::Buffer,
        y: &mut Self::Buffer,
    );

    /// Batch normalization with the running statistics, as inference uses it.
    fn normalize_frozen(
        &self,
        rows: usize,
        channels: usize,
        x: &Self::Buffer,
        scale_shift: &Self::Buffer,
        running: &Self::Buffer,
        y: &mut Self::Buffer,
    );

    /// The gradients of [`Backend::normalize`]: of the input into `dx`, of gamma, then beta into `d_scale_shift`.
    #[allow(clippy::too_many_arguments)] // as above
    fn normalize_gradient(
        &self,
        rows: usize,
        channels: usize,
        x: &Self::Buffer,
        scale_shift: &Self::Buffer,
        saved: &Self::Buffer,
        dy: &Self::Buffer,
        dx: &mut Self::Buffer,
        d_scale_shift: &mut Self::Buffer,
    );

    /// One of the operations on sequences for `batch` samples, with its parameters where it has any; `saved` receives what
    /// [`Backend::sequence_gradient`] needs, [`Sequence::saved`] values a sample.
    fn sequence(
        &self,
        op: Sequence,
        batch: usize,
        x: &Self::Buffer,
        parameters: Option<&Self::Buffer>,
        saved: &mut Self::Buffer,
        y: &mut Self::Buffer,
    );

    /// The gradients of [`Backend::sequence`]: of the input into `dx` (an embedding has none), and of the parameters, where there
    /// are any, into the second of theirs.
    #[allow(clippy::too_many_arguments)] // as above
    fn sequence_gradient(
        &self,
        op: Sequence,
        batch: usize,
        x: &Self::Buffer,
        parameters: Option<(&Self::Buffer, &mut Self::Buffer)>,
        saved: &Self::Buffer,
        dy: &Self::Buffer,
        dx: &mut Self::Buffer,
    );

    /// `p = softmax(logits / temperature)` row by row, the row's maximum subtracted first.
    fn softmax(&self, rows: usize, classes: usize, temperature: f32, logits: &Self::Buffer, p: &mut Self::Buffer);

    /// Cross-entropy between `targets` (a distribution a row) and `softmax(logits / temperature)`, times
    /// `weight * temperature^2` (Hinton et al. 2015, so that the gradient keeps its size):
    /// adds the sum over rows to `totals[0]`, the count of rows whose largest logit (the first, if tied) is where the
    /// largest target is to `totals[1]`, and adds the gradient of the *mean* over rows,
    /// `weight * temperature * (p - targets) / rows`, to `d_logits`.
    #[allow(clippy::too_many_arguments)] // a loss has as many parts
    fn cross_entropy(
        &self,
        rows: usize,
        classes: usize,
        temperature: f32,
        weight: f32,
        logits: &Self::Buffer,
        targets: &Self::Buffer,
        totals: &mut Self::Buffer,
        d_logits: &mut Self::Buffer,
    );

    /// One step of [`Sgd`] on `len` weights.
    fn sgd(&self, op: Sgd, len: usize, g: &Self::Buffer, velocity: &mut Self::Buffer, w: &mut Self::Buffer);

    /// One step of [`Adam`] on `len` weights.
    fn adam(
        &self,
        op: Adam,
        len: usize,
        g: &Self::Buffer,
        m: &mut Self::Buffer,
        v: &mut Self::Buffer,
        w: &mut Self::Buffer,
    );
}
