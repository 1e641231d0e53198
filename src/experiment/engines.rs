//! What stages train on: the processor, and the GPU where the recipe asks for it and there is one.

use super::event::Clock;
use crate::backend::DeviceError;
use crate::backend::cpu::Cpu;
use crate::backend::gpu::Gpu;

/// The backends of one worker or thread. They are opened once and serve one stage after another.
#[derive(Debug, Default)]
pub struct Engines {
    pub(super) cpu: Cpu,
    gpu: Option<Gpu>,
    /// Why there is no GPU.
    why_not: Option<DeviceError>,
}

impl Engines {
    /// The processor alone.
    pub fn cpu() -> Self {
        Self::default()
    }

    /// Where no GPU is to be had.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(super) fn without_gpu(why_not: &str) -> Self {
        Self { why_not: Some(DeviceError(why_not.into())), ..Self::default() }
    }

    /// Opens the GPU unless that was tried before, and finds out by this clock in which form its products are fastest.
    pub async fn open_gpu(&mut self, clock: &impl Clock) {
        if self.gpu.is_none() && self.why_not.is_none() {
            let opened = async {
                let gpu = Gpu::open().await?;
                gpu.tune(&|| clock.now_us()).await?;
                Ok(gpu)
            };
            match opened.await {
                Ok(gpu) => self.gpu = Some(gpu),
                Err(error) => self.why_not = Some(error),
            }
        }
    }

    /// The GPU, or why it cannot be used.
    pub fn gpu(&self) -> Result<&Gpu, DeviceError> {
        self.gpu.as_ref().ok_or_else(|| self.missing())
    }

    fn missing(&self) -> DeviceError {
        self.why_not.clone().unwrap_or_else(|| DeviceError("the GPU was not opened".into()))
    }

    /// The GPU for the time of a stage, or why it cannot be used. One that was lost is not given back; it is asked for again
    /// with the next stage, since another may be there by then.
    pub fn take_gpu(&mut self) -> Result<Gpu, DeviceError> {
        self.gpu.take().ok_or_else(|| self.missing())
    }

    /// Gives it back.
    pub fn give_gpu(&mut self, gpu: Gpu) {
        self.gpu = Some(gpu);
    }
}
