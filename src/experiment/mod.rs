//! Recipe -> plan -> run -> report, and the link that carries a recipe.

mod event;
mod link;
mod measure;
mod plan;
mod recipe;
mod report;
mod run;
#[cfg(test)]
mod tests;
mod timing;

pub use event::{BOUNDARY_EXTENT, Clock, Event, Flow, Sink};
pub use link::Link;
pub(crate) use measure::test;
pub use plan::{Action, Plan, PlannedVariant, Stage};
pub use recipe::{Data, Recipe, RecipeError, Step, Sweep, VERSION, Variant};
pub use report::{Latency, LayerReport, Quartiles, Report, VariantReport, VariantResult};
pub use run::{Outcome, RunError, run_trial};
pub(crate) use timing::{WINDOWS, latency, quartiles, windows};
