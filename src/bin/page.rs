//! The page: a binary of its own, small, without the engine. Here it is said where the page's code may be parted; the build
//! parts it (`xtask/src/split.rs`).

#[cfg(all(target_arch = "wasm32", not(feature = "whole")))]
mod parts {
    // The attribute makes an import and an export of each function, which the splitter joins again.
    #![allow(unsafe_code)]

    use featherweight::app::{Engine, Rest};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(engine, fallible)]
    pub fn engine() -> Result<Engine, SplitLoaderError> {
        Ok(Engine::new())
    }

    #[wasm_split(rest, fallible)]
    pub fn rest() -> Result<Rest, SplitLoaderError> {
        Ok(Rest::new())
    }
}

/// The same without the parting, for `cargo xtask build --quick`.
#[cfg(all(target_arch = "wasm32", feature = "whole"))]
mod parts {
    use featherweight::app::{Engine, Rest};

    pub async fn engine() -> Result<Engine, ()> {
        Ok(Engine::new())
    }

    pub async fn rest() -> Result<Rest, ()> {
        Ok(Rest::new())
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        featherweight::app::mount(featherweight::app::Sources {
            engine: || Box::pin(async { parts::engine().await.ok() }),
            rest: || Box::pin(async { parts::rest().await.ok() }),
        });
    }
}
