//! The worker: the engine in a Web Worker, speaking [`featherweight::worker`]'s protocol.

#[cfg(target_arch = "wasm32")]
mod parts {
    // The attribute makes an import and an export of the function, which the splitter joins again.
    #![allow(unsafe_code)]

    use featherweight::worker::Benchmark;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(benchmark, fallible)]
    pub fn benchmark() -> Result<Benchmark, SplitLoaderError> {
        Ok(Benchmark::new())
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    featherweight::worker::serve(|| Box::pin(async { parts::benchmark().await.ok() }));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
