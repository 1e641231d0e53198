//! The GPU as a [`Backend`], through WebGPU in the browser and through Vulkan or Metal natively.
//!
//! Operations are recorded, many to a submission, and nothing waits but [`Backend::read`]. Sums run in another order than
//! on the processor, and devices differ, so results agree within a tolerance and carry no digest.

pub mod check;
mod check_integer;
mod device;
mod integer;
mod kernels;
mod peak;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod tests;

use super::{
    Activation, Adam, Backend, Conv, DeviceError, Levels, MatMul, NORMALIZATION_EPSILON, Pool, PoolKind, Sequence, Sgd,
};
use device::Device;
pub use device::{Buffer, DeviceInfo};
pub use integer::{IntegerFactors, IntegerProduct, Packed};
use kernels as k;
use kernels::{Extras, Form, Kernel, TILES};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

/// Invocations of a workgroup in the elementwise kernels.
const WIDTH: usize = 64;
/// Workgroups of an elementwise kernel at most, on a device and on one that a processor plays; more values are gone through in
/// strides.
const MOST_GROUPS: usize = 4096;
const MOST_GROUPS_SOFTWARE: usize = 64;

/// Rows up to which an invocation sums a column alone.
const FEW_ROWS: usize = 256;
/// Workgroups that keep a device busy, and one that a processor plays.
const BUSY: usize = 128;
const BUSY_SOFTWARE: usize = 8;
/// Steps of a part of a split product, at least.
const LEAST_STEPS: usize = 256;

/// The GPU backend.
#[derive(Debug)]
pub struct Gpu {
    device: Rc<Device>,
    lanes: usize,
    /// Which of [`TILES`] products run in.
    tile: Cell<usize>,
    /// Where products whose steps are split leave their parts.
    parts: RefCell<Option<Buffer>>,
}

impl Gpu {
    /// Asks for a device.
    pub async fn open() -> Result<Self, DeviceError> {
        let device = Rc::new(Device::open().await?);
        let tile = Cell::new(default_tile(&device));
        Ok(Self { device, lanes: 1, tile, parts: RefCell::default() })
    }

    /// The same device for so many models at once.
    pub fn side_by_side(&self, lanes: usize) -> Self {
        Self { device: Rc::clone(&self.device), lanes, tile: self.tile.clone(), parts: RefCell::default() }
    }

    /// What the device says of itself.
    pub fn info(&self) -> &DeviceInfo {
        self.device.info()
    }

    /// How many models can be computed at once whose longest buffer has so many values.
    pub fn most_at_once(&self, longest: usize) -> usize {
        (self.device.longest_buffer() / longest.max(1)).max(1)
    }

    /// Tries the forms that products can have, by a clock in microseconds, and keeps the fastest.
    pub async fn tune(&self, now_us: &impl Fn() -> f64) -> Result<(), DeviceError> {
        let op = MatMul { m: 256, k: 784, n: 300, a_transposed: false, b_transposed: false, accumulate: false };
        let (a, b) = (self.upload(&vec![0.5; op.m * op.k]), self.upload(&vec![0.5; op.k * op.n]));
        let mut c = self.zeros(op.m * op.n);
        let mut best = (f64::INFINITY, self.tile.get());
        for (tile, form) in TILES.iter().enumerate() {
            // Barriers are dear where a processor plays the device, and trying them is, too.
            if form.tiled == self.info().software {
                continue;
            }
            self.tile.set(tile);
            self.matmul(op, &a, &b, &mut c);
            self.read(&c, 1).await?;
            let begun = now_us();
            let products = if self.info().software { 1 } else { 20 };
            (0..products).for_each(|_| self.matmul(op, &a, &b, &mut c));
            self.read(&c, 1).await?;
            let taken = now_us() - begun;
            best = if taken < best.0 { (taken, tile) } else { best };
        }
        self.tile.set(best.1);
        self.tune_sums(now_us).await?;
        self.forget_buffers();
        Ok(())
    }

    /// Tries sums over rows with and without subgroups, where there are any, and keeps the faster.
    async fn tune_sums(&self, now_us: &impl Fn() -> f64) -> Result<(), DeviceError> {
        if !self.device.has().subgroups {
            return Ok(());
        }
        let (rows, columns) = (2048, 64);
        let (x, mut sums) = (self.upload(&vec![0.5; rows * columns]), self.zeros(columns));
        let mut best = (f64::INFINITY, false);
        for subgroups in [false, true] {
            self.device.use_extras(Extras { subgroups, ..self.device.extras() });
            self.column_sums(rows, columns, &x, &mut sums);
            self.read(&sums, 1).await?;
            let begun = now_us();
            (0..20).for_each(|_| self.column_sums(rows, columns, &x, &mut sums));
            self.read(&sums, 1).await?;
            let taken = now_us() - begun;
            best = if taken < best.0 { (taken, subgroups) } else { best };
        }
        self.device.use_extras(Extras { subgroups: best.1, ..self.device.extras() });
        Ok(())
    }

    /// Gives back the memory of runs that have ended.
    pub fn forget_buffers(&self) {
        self.device.forget_buffers();
    }

    /// See [`Device::breaker`].
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn breaker(&self) -> impl Fn() + use<> {
        self.device.breaker()
    }

    /// See [`Device::glutton`].
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn glutton(&self) -> impl Fn() + use<> {
        self.device.glutton()
    }

    /// See [`Device::exhauster`].
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn exhauster(&self) -> impl Fn() + use<> {
        self.device.exhauster()
    }

    /// A kernel with an invocation for each of `len` values (or fewer, in strides).
    fn each(&self, kernel: &'static Kernel, len: usize, buffers: &[&Buffer], parameters: &[u32]) {
        let most = if self.info().software { MOST_GROUPS_SOFTWARE } else { MOST_GROUPS };
        let groups = len.div_ceil(WIDTH).min(most) as u32;
        self.device.run(kernel, None, buffers, &[&[len as u32], parameters].concat(), [groups, 1, self.lanes as u32]);
    }

    /// A kernel with a workgroup for four columns.
    fn columns(&self, kernel: &'static Kernel, rows: usize, columns: usize, buffers: &[&Buffer], parameters: &[u32]) {
        let sizes = [rows as u32, columns as u32];
        self.device.run(
            kernel,
            None,
            buffers,
            &[&sizes, parameters].concat(),
            [columns.div_ceil(4) as u32, 1, self.lanes as u32],
        );
    }

    fn sum_columns(&self, rows: usize, columns: usize, x: &Buffer, sums: &Buffer) {
        if rows <= FEW_ROWS {
            self.each(&k::COLUMN_SUMS_DIRECT, columns, &[x, sums], &[rows as u32]);
        } else {
            self.columns(&k::COLUMN_SUMS, rows, columns, &[x, sums], &[]);
        }
    }

    /// Into how many parts the steps of a product are worth splitting: where there are few outputs, most of a device would
    /// be idle.
    fn splits(&self, [m, k, n]: [usize; 3]) -> usize {
        let tile = TILES[self.tile.get()];
        let groups = self.lanes * n.div_ceil(tile.columns() as usize) * m.div_ceil(tile.rows() as usize);
        let wanted = if self.info().software { BUSY_SOFTWARE } else { BUSY };
        (wanted / groups.max(1)).min(k / LEAST_STEPS).max(1)
    }

    /// A product of `m x k` and `k x n`, its steps in `splits` parts.
    fn product(
        &self,
        kernel: &'static Kernel,
        flags: u32,
        [m, k, n]: [usize; 3],
        splits: usize,
        buffers: &[&Buffer],
        parameters: &[u32],
    ) {
        let tile = TILES[self.tile.get()];
        let groups =
            [(n as u32).div_ceil(tile.columns()), (m as u32).div_ceil(tile.rows()), (self.lanes * splits) as u32];
        let sizes = [splits, m, k, n].map(|size| size as u32);
        let form = Form { tile: self.tile.get(), flags };
        self.device.run(kernel, Some(form), buffers, &[&sizes, parameters].concat(), groups);
    }
}

/// Which of [`TILES`] is taken before any was tried. Barriers are dear where a processor plays the device.
fn default_tile(device: &Device) -> usize {
    if device.info().software { 5 } else { 0 }
}

fn geometry(op: Conv) -> [u32; 8] {
    [op.height, op.width, op.channels, op.kernel, op.padding, op.filters, op.out_height(), op.out_width()]
        .map(|size| size as u32)
}

fn window(op: Pool) -> [u32; 5] {
    let kind = match op.kind {
        PoolKind::Max => 0,
        PoolKind::Average => 1,
    };
    [kind, op.height as u32, op.width as u32, op.channels as u32, op.size as u32]
}

/// The flags of a layer: what comes after its sum.
fn after(f: Option<Activation>) -> u32 {
    f.map_or(1, |f| 2 + code(f)) << 3
}

fn code(f: Activation) -> u32 {
    match f {
        Activation::Relu => 0,
        Activation::Tanh => 1,
    }
}

fn grid(count: usize, levels: Levels) -> [u32; 4] {
    let [low, high] = [levels.low, levels.high].map(|level| (level as f32).to_bits());
    [count as u32, low, high, u32::from(levels.zero)]
}

impl Backend for Gpu {
    type Buffer = Buffer;

    fn name(&self) -> &'static str {
        "gpu"
    }

    fn lanes(&self) -> usize {
        self.lanes
    }

    fn may_be_lost(&self) -> bool {
        true
    }

    fn zeros(&self, len: usize) -> Buffer {
        self.device.buffer(len, self.lanes)
    }

    fn upload(&self, values: &[f32]) -> Buffer {
        let buffer = self.device.buffer(values.len() / self.lanes, self.lanes);
        self.device.write(&buffer, 0, values);
        buffer
    }

    fn write(&self, buffer: &mut Buffer, values: &[f32]) {
        let share = values.len() / self.lanes;
        if self.lanes == 1 || share == buffer.len {
            return self.device.write(buffer, 0, values);
        }
        for (lane, values) in values.chunks_exact(share.max(1)).enumerate() {
            self.device.write(buffer, lane * buffer.len, values);
        }
    }

    fn read(&self, buffer: &Buffer, len: usize) -> impl Future<Output = Result<Vec<f32>, DeviceError>> {
        self.device.read(buffer, self.lanes, len)
    }

    fn fill(&self, buffer: &mut Buffer, len: usize, value: f32) {
        self.each(&k::FILL, len, &[buffer], &[value.to_bits()]);
    }

    fn copy(&self, from: &Buffer, to: &mut Buffer, len: usize) {
        self.each(&k::COPY, len, &[from, to], &[]);
    }

    fn matmul(&self, op: MatMul, a: &Buffer, b: &Buffer, c: &mut Buffer) {
        if op.k == 0 && !op.accumulate {
            return self.fill(c, op.m * op.n, 0.0);
        }
        let flags = u32::from(op.accumulate) | u32::from(op.a_transposed) << 1 | u32::from(op.b_transposed) << 2;
        // Without a bias, anything stands in its place.
        self.product(&k::MATMUL, flags, [op.m, op.k, op.n], 1, &[a, b, b, c], &[]);
    }

    fn dense(
        &self,
        [rows, inputs, outputs]: [usize; 3],
        x: &Buffer,
        w: &Buffer,
        bias: &Buffer,
        f: Option<Activation>,
        y: &mut Buffer,
    ) {
        self.product(&k::MATMUL, after(f), [rows, inputs, outputs], 1, &[x, w, bias, y], &[]);
    }

    fn convolution(
        &self,
        op: Conv,
        batch: usize,
        x: &Buffer,
        w: &Buffer,
        bias: &Buffer,
        f: Option<Activation>,
        y: &mut Buffer,
    ) {
        let sizes = [batch * op.out_pixels(), op.patch(), op.filters];
        self.product(&k::CONVOLVE, after(f), sizes, 1, &[x, w, bias, y], &geometry(op));
    }

    fn add_bias(&self, rows: usize, cols: usize, bias: &Buffer, y: &mut Buffer) {
        self.each(&k::ADD_BIAS, rows * cols, &[bias, y], &[cols as u32]);
    }

    fn column_sums(&self, rows: usize, cols: usize, x: &Buffer, sums: &mut Buffer) {
        self.sum_columns(rows, cols, x, sums);
    }

    fn convolve(&self, op: Conv, batch: usize, x: &Buffer, w: &Buffer, y: &mut Buffer) {
        let sizes = [batch * op.out_pixels(), op.patch(), op.filters];
        self.product(&k::CONVOLVE, 0, sizes, 1, &[x, w, w, y], &geometry(op));
    }

    fn convolve_weight_gradient(&self, op: Conv, batch: usize, x: &Buffer, dy: &Buffer, dw: &mut Buffer) {
        let sizes = [op.patch(), batch * op.out_pixels(), op.filters];
        let splits = self.splits(sizes);
        if splits == 1 {
            return self.product(&k::CONVOLVE_WEIGHT_GRADIENT, 0, sizes, 1, &[x, dy, dw], &geometry(op));
        }
        let len = op.patch() * op.filters;
        let mut parts = self.parts.borrow_mut();
        let parts = match &mut *parts {
            Some(parts) if parts.len >= splits * len => parts,
            parts => parts.insert(self.device.buffer(splits * len, self.lanes)),
        };
        self.product(&k::CONVOLVE_WEIGHT_GRADIENT, 0, sizes, splits, &[x, dy, parts], &geometry(op));
        self.sum_columns(splits, len, parts, dw);
    }

    fn convolve_input_gradient(&self, op: Conv, batch: usize, w: &Buffer, dy: &Buffer, dx: &mut Buffer) {
        let steps = op.kernel * op.kernel * op.filters;
        let sizes = [batch * op.height * op.width, steps, op.channels];
        self.product(&k::CONVOLVE_INPUT_GRADIENT, 0, sizes, 1, &[w, dy, dx], &geometry(op));
    }

    fn pool(&self, op: Pool, batch: usize, x: &Buffer, y: &mut Buffer) {
        self.each(&k::POOL, batch * op.outputs(), &[x, y], &window(op));
    }

    fn pool_gradient(&self, op: Pool, batch: usize, x: &Buffer, y: &Buffer, dy: &Buffer, dx: &mut Buffer) {
        self.each(&k::POOL_GRADIENT, batch * op.inputs(), &[x, y, dy, dx], &window(op));
    }

    fn activate(&self, f: Activation, len: usize, x: &Buffer, y: &mut Buffer) {
        self.each(&k::ACTIVATE, len, &[x, y], &[code(f)]);
    }

    fn activate_gradient(&self, f: Activation, len: usize, y: &Buffer, dy: &Buffer, dx: &mut Buffer) {
        self.each(&k::ACTIVATE_GRADIENT, len, &[y, dy, dx], &[code(f)]);
    }

    fn multiply(&self, len: usize, a: &Buffer, b: &Buffer, y: &mut Buffer) {
        self.each(&k::MULTIPLY, len, &[a, b, y], &[]);
    }

    fn add_assign(&self, len: usize, b: &Buffer, y: &mut Buffer) {
        self.each(&k::ADD_ASSIGN, len, &[b, y], &[]);
    }

    fn multiply_assign(&self, len: usize, b: &Buffer, y: &mut Buffer) {
        self.each(&k::MULTIPLY_ASSIGN, len, &[b, y], &[]);
    }

    fn share_gradient(&self, len: usize, count: usize, clusters: &Buffer, g: &mut Buffer) {
        // A workgroup for each cluster, that of zeros included.
        let groups = [count as u32 + 1, 1, self.lanes as u32];
        self.device.run(&k::SHARE_GRADIENT, None, &[clusters, g], &[len as u32], groups);
    }

    fn limit_columns(&self, rows: usize, columns: usize, limit: f32, x: &mut Buffer) {
        self.each(&k::LIMIT_COLUMNS, columns, &[x], &[rows as u32, limit.to_bits()]);
    }

    fn fake_quantize(&self, levels: Levels, len: usize, count: usize, x: &Buffer, steps: &Buffer, y: &mut Buffer) {
        self.each(&k::FAKE_QUANTIZE, len, &[x, steps, y], &grid(count, levels));
    }

    fn fake_quantize_gradient(
        &self,
        levels: Levels,
        scale: f32,
        len: usize,
        count: usize,
        x: &Buffer,
        steps: &Buffer,
        g: &mut Buffer,
        d_steps: &mut Buffer,
    ) {
        let settings = [&grid(count, levels)[..], &[scale.to_bits()]].concat();
        self.each(&k::FAKE_QUANTIZE_GRADIENT, len, &[x, steps, g, d_steps], &settings);
    }

    fn normalize(
        &self,
        rows: usize,
        channels: usize,
        momentum: f32,
        x: &Buffer,
        scale_shift: &Buffer,
        running: &mut Buffer,
        saved: &mut Buffer,
        y: &mut Buffer,
    ) {
        if rows == 0 {
            return;
        }
        let settings = [momentum.to_bits(), NORMALIZATION_EPSILON.to_bits()];
        self.columns(&k::NORMALIZE_STATISTICS, rows, channels, &[x, running, saved], &settings);
        let settings = [channels as u32, 0, NORMALIZATION_EPSILON.to_bits()];
        self.each(&k::NORMALIZE, rows * channels, &[x, scale_shift, saved, y], &settings);
    }

    fn normalize_frozen(
        &self,
        rows: usize,
        channels: usize,
        x: &Buffer,
        scale_shift: &Buffer,
        running: &Buffer,
        y: &mut Buffer,
    ) {
        let settings = [channels as u32, 1, NORMALIZATION_EPSILON.to_bits()];
        self.each(&k::NORMALIZE, rows * channels, &[x, scale_shift, running, y], &settings);
    }

    fn normalize_gradient(
        &self,
        rows: usize,
        channels: usize,
        x: &Buffer,
        scale_shift: &Buffer,
        saved: &Buffer,
        dy: &Buffer,
        dx: &mut Buffer,
        d_scale_shift: &mut Buffer,
    ) {
        self.columns(&k::NORMALIZE_GRADIENT_SUMS, rows, channels, &[x, saved, dy, d_scale_shift], &[]);
        let buffers = [x, scale_shift, saved, dy, d_scale_shift, dx];
        self.each(&k::NORMALIZE_GRADIENT, rows * channels, &buffers, &[channels as u32]);
    }

    fn sequence(&self, _: Sequence, _: usize, _: &Buffer, _: Option<&Buffer>, _: &mut Buffer, _: &mut Buffer) {
        self.device.refuse("the GPU has no operations on sequences");
    }

    fn sequence_gradient(
        &self,
        _: Sequence,
        _: usize,
        _: &Buffer,
        _: Option<(&Buffer, &mut Buffer)>,
        _: &Buffer,
        _: &Buffer,
        _: &mut Buffer,
    ) {
        self.device.refuse("the GPU has no operations on sequences");
    }

    fn softmax(&self, rows: usize, classes: usize, temperature: f32, logits: &Buffer, p: &mut Buffer) {
        self.each(&k::SOFTMAX, rows, &[logits, p], &[classes as u32, temperature.to_bits()]);
    }

    fn cross_entropy(
        &self,
        rows: usize,
        classes: usize,
        temperature: f32,
        weight: f32,
        logits: &Buffer,
        targets: &Buffer,
        totals: &mut Buffer,
        d_logits: &mut Buffer,
    ) {
        let settings = [rows as u32, classes as u32, temperature.to_bits(), weight.to_bits()];
        let groups = [u32::from(rows > 0 && classes > 0), 1, self.lanes as u32];
        self.device.run(&k::CROSS_ENTROPY, None, &[logits, targets, totals, d_logits], &settings, groups);
    }

    fn sgd(&self, op: Sgd, len: usize, g: &Buffer, velocity: &mut Buffer, w: &mut Buffer) {
        let nesterov = u32::from(op.nesterov);
        let settings = [op.rate.to_bits(), op.momentum.to_bits(), nesterov, op.weight_decay.to_bits()];
        self.each(&k::SGD, len, &[g, velocity, w], &settings);
    }

    fn adam(&self, op: Adam, len: usize, g: &Buffer, m: &mut Buffer, v: &mut Buffer, w: &mut Buffer) {
        let settings = [op.rate, op.beta1, op.beta2, op.epsilon, op.weight_decay, op.correction1, op.correction2];
        self.each(&k::ADAM, len, &[g, m, v, w], &settings.map(f32::to_bits));
    }
}
