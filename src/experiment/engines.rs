//! What stages train on: the processor, and the GPU where the recipe asks for it and there is one.

use super::event::Clock;
#[allow(unused_imports)] // for the docs
use super::recipe::Recipe;
use crate::backend::cpu::Cpu;
use crate::backend::gpu::Gpu;
use crate::backend::{Backend, DeviceError};

/// A backend that has to be asked for, and may be refused or lost.
pub trait Accelerator: Backend + Sized {
    /// Whether there is such a thing: where not, the code for it is left out.
    const KNOWN: bool;

    /// Whether the steps of which [`Recipe::is_basic`] says no are known: where not, the code for them is left out.
    const ALL_STEPS: bool;

    /// Asks for a device, and tunes it by a clock in microseconds.
    fn open(now_us: impl Fn() -> f64) -> impl Future<Output = Result<Self, DeviceError>>;

    /// Gives back the memory of a run that has ended.
    fn forget_buffers(&self);

    /// How many networks can be trained at once whose longest buffer has so many values.
    fn most_at_once(&self, longest: usize) -> usize;

    /// The same device for so many networks at once.
    fn side_by_side(&self, networks: usize) -> Self;
}

impl Accelerator for Gpu {
    const KNOWN: bool = true;
    const ALL_STEPS: bool = true;

    async fn open(now_us: impl Fn() -> f64) -> Result<Self, DeviceError> {
        let gpu = Gpu::open().await?;
        gpu.tune(&now_us).await?;
        Ok(gpu)
    }

    fn forget_buffers(&self) {
        Gpu::forget_buffers(self);
    }

    fn most_at_once(&self, longest: usize) -> usize {
        Gpu::most_at_once(self, longest)
    }

    fn side_by_side(&self, networks: usize) -> Self {
        Gpu::side_by_side(self, networks)
    }
}

/// The processor in the accelerator's place: there is none. What runs on `Engines<Cpu>` contains no code for the GPU.
impl Accelerator for Cpu {
    const KNOWN: bool = false;
    // In the browser this is what the workers' first part runs on, which is to arrive soon.
    const ALL_STEPS: bool = cfg!(any(test, not(target_arch = "wasm32")));

    async fn open(_now_us: impl Fn() -> f64) -> Result<Self, DeviceError> {
        Err(DeviceError("this part of the program knows no GPU".into()))
    }

    fn forget_buffers(&self) {}

    fn most_at_once(&self, _longest: usize) -> usize {
        1
    }

    fn side_by_side(&self, _networks: usize) -> Self {
        Self::new()
    }
}

/// The backends of one worker or thread. They are opened once and serve one stage after another.
#[derive(Debug)]
pub struct Engines<A: Accelerator> {
    pub(super) cpu: Cpu,
    accelerator: Option<A>,
    /// Why there is none.
    why_not: Option<DeviceError>,
}

impl Engines<Cpu> {
    /// The processor alone.
    pub fn cpu() -> Self {
        Self { cpu: Cpu::new(), accelerator: None, why_not: None }
    }
}

impl Engines<Gpu> {
    /// The GPU too, once a recipe asks for it.
    pub fn with_gpu() -> Self {
        Self { cpu: Cpu::new(), accelerator: None, why_not: None }
    }

    /// Where no GPU is to be had.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(super) fn without_gpu(why_not: &str) -> Self {
        Self { why_not: Some(DeviceError(why_not.into())), ..Self::with_gpu() }
    }
}

impl<A: Accelerator> Engines<A> {
    /// Opens the accelerator unless that was tried before.
    pub async fn open(&mut self, clock: &impl Clock) {
        if self.accelerator.is_none() && self.why_not.is_none() {
            match A::open(|| clock.now_us()).await {
                Ok(opened) => self.accelerator = Some(opened),
                Err(error) => self.why_not = Some(error),
            }
        }
    }

    /// The accelerator, or why it cannot be used.
    pub fn accelerator(&self) -> Result<&A, DeviceError> {
        self.accelerator.as_ref().ok_or_else(|| self.missing())
    }

    /// The accelerator for the time of a stage, or why it cannot be used. One that was lost is not given back; it is asked for
    /// again with the next stage, since another may be there by then.
    pub(super) fn take(&mut self) -> Result<A, DeviceError> {
        self.accelerator.take().ok_or_else(|| self.missing())
    }

    /// Gives it back.
    pub(super) fn give(&mut self, accelerator: A) {
        self.accelerator = Some(accelerator);
    }

    fn missing(&self) -> DeviceError {
        self.why_not.clone().unwrap_or_else(|| DeviceError("the GPU was not opened".into()))
    }
}
