//! The worker: the engine in a Web Worker, speaking [`featherweight::worker`]'s protocol.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    featherweight::worker::serve();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
