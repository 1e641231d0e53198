//! What the device's arithmetic can do at most, and its products in the form that they have before anything is tried.

use super::{Buffer, Gpu, WIDTH, default_tile, k};

/// Invocations, on a device and on one that a processor plays.
const INVOCATIONS: usize = 4096 * WIDTH;
const INVOCATIONS_SOFTWARE: usize = 64 * WIDTH;
/// Multiplications and additions of an invocation in a round; see `peak.wgsl`.
const OPERATIONS: f64 = 2.0 * 4.0 * 8.0;

impl Gpu {
    /// Where [`Gpu::peak`] leaves what it computed.
    pub fn peak_buffer(&self) -> Buffer {
        self.device.buffer(self.invocations(), 1)
    }

    /// Multiplies and adds in registers for so many rounds; returns the operations done.
    pub fn peak(&self, rounds: u32, y: &mut Buffer) -> f64 {
        let len = self.invocations();
        self.each(&k::PEAK, len, &[y], &[rounds, 0.999f32.to_bits(), 0.001f32.to_bits()]);
        len as f64 * f64::from(rounds) * OPERATIONS
    }

    /// The same device with its products in the form that is taken before any was measured.
    pub fn untuned(&self) -> Self {
        let other = self.side_by_side(self.lanes);
        other.tile.set(default_tile(&self.device));
        other
    }

    fn invocations(&self) -> usize {
        if self.info().software { INVOCATIONS_SOFTWARE } else { INVOCATIONS }
    }
}
