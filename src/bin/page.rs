//! The page: a binary of its own, small, without the engine.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        featherweight::app::mount();
    }
}
