//! Featherweight: train a small neural network, prune it, quantize it, distill it, and measure what that costs.
//!
//! Imports run downward only: `app` > `worker` > `benchmark` > `experiment` > `export` > `compression` > `network` > `data` >
//! `backend`. ARCHITECTURE.md holds the map.

#[macro_use]
mod names;
mod decimal;
mod order;
#[cfg(any(test, target_arch = "wasm32"))]
mod phrase;

#[cfg(target_arch = "wasm32")]
pub mod app;
pub mod backend;
pub mod benchmark;
pub mod compression;
pub mod data;
pub mod experiment;
pub mod export;
pub mod network;
pub mod worker;
