//! Page and worker: the protocol between them, and (on wasm) the two ends that speak it.

#[cfg(target_arch = "wasm32")]
mod pool;
mod protocol;
mod question;
#[cfg(target_arch = "wasm32")]
mod service;
#[cfg(target_arch = "wasm32")]
mod source;

#[cfg(target_arch = "wasm32")]
pub use pool::*;
/// A part of a binary's code on its way; `None` if it did not come.
#[cfg(target_arch = "wasm32")]
pub type Coming<T> = std::pin::Pin<Box<dyn Future<Output = Option<T>>>>;

pub use protocol::{ModelFile, Picture, Prediction, Request, Response};
pub use question::{Answer, KEPT_ENDING, Look, Made, Question, Reading};
#[cfg(target_arch = "wasm32")]
pub use service::{Extra, serve};
