//! The worker for browsers that know relaxed SIMD: the same engine, with integer layers on the processor's own dot product
//! where that is exact. `www/worker-start.js` chooses.

#[cfg(target_arch = "wasm32")]
mod parts {
    // The attribute makes an import and an export of the function, which the splitter joins again.
    #![allow(unsafe_code)]

    use featherweight::worker::Extra;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(extra, fallible)]
    pub fn extra() -> Result<Extra, SplitLoaderError> {
        Ok(Extra::new())
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    featherweight::backend::cpu::inference::relaxed::use_if_exact();
    featherweight::worker::serve(|| Box::pin(async { parts::extra().await.ok() }));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
