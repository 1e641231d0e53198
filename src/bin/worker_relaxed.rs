//! The worker for browsers that know relaxed SIMD: the same engine, with integer layers on the processor's own dot product
//! where that is exact. `www/worker-start.js` chooses.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    featherweight::backend::cpu::inference::relaxed::use_if_exact();
    featherweight::worker::serve();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
