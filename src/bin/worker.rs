//! The worker: the engine in a Web Worker, speaking [`featherweight::worker`]'s protocol.

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
    featherweight::worker::serve(|| Box::pin(async { parts::extra().await.ok() }));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
