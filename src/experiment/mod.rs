//! Recipe -> plan -> run -> report, and the links that carry recipes, assignments and answers.

mod agreement;
#[cfg(test)]
mod aware_tests;
pub mod compare;
pub mod difference;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod distill_tests;
mod engines;
#[cfg(test)]
mod ensemble_tests;
mod event;
pub mod gallery;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod gpu_tests;
pub mod landscape;
mod link;
mod measure;
mod noise;
mod packing;
mod plan;
mod precision;
mod preview;
#[cfg(test)]
mod pruning_tests;
mod recipe;
#[cfg(test)]
mod repair_tests;
mod report;
mod reporter;
mod run;
mod schedule;
mod sensitivity;
#[cfg(test)]
mod sequence_tests;
mod sequences;
#[cfg(test)]
mod share_tests;
mod span;
mod stage;
mod state;
mod supplied;
pub mod teaching;
#[cfg(test)]
mod tests;
mod timing;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod transfer_tests;

pub use agreement::{Agreement, Example, TEMPERATURES, agreement, example, mentor, soft_targets};
pub use engines::{Accelerator, Engines};
pub use event::{BOUNDARY_EXTENT, Clock, Event, Flow, Sink};
pub use link::Link;
pub(crate) use measure::test;
pub use noise::{ActivationGrid, LayerNoise, float_origin, is_quantized, layer_noise};
pub use plan::{Action, Needs, Plan, PlannedVariant, Stage, bring_checks};
pub use precision::{LayerPrecision, precision};
pub use preview::Preview;
pub use recipe::{BackendName, Data, Recipe, RecipeError, Step, Sweep, VERSION, Variant};
pub use report::{CurvePoint, Latency, LayerReport, Quartiles, Report, Results, VariantReport, VariantResult};
pub use run::{Reached, RunError, run_stage, run_trial, time_variant};
pub use schedule::{OfTrial, Place, Schedule, Task};
pub use sensitivity::{LayerSensitivity, SPARSITIES, budgets, sensitivity};
pub use span::training_work;
pub use stage::Inputs;
pub use state::{PackedState, State};
pub use supplied::{beginning_with, digest, imported_digest, imported_file, imported_path, imported_variant, supplied};
pub(crate) use timing::{WINDOWS, latency, quartiles, windows};
