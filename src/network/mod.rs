//! Layers, architectures, the training loop, and trained networks made ready to run.

pub mod analysis;
mod architecture;
mod aware;
mod ensemble;
mod executable;
mod fold;
mod gpu_integer;
mod integer;
mod layer;
mod model;
mod optimizer;
mod pass;
mod passage;
mod probe;
mod regularized;
#[cfg(test)]
mod tests;
mod trained;
mod trainer;
mod training;

pub use analysis::Samples;
pub use architecture::{ActivationName, Architecture, ArchitectureName, Initialization, PoolingName};
pub use aware::{
    FakeActivation, FakeWeights, Fakes, grid_places, place_behind, with_fake_quantization, without_fake_quantization,
};
pub use ensemble::{Ensemble, MAX_ENSEMBLE_PARAMETERS, MAX_MEMBERS, SEVERAL_NETWORKS};
pub use executable::Executable;
pub use fold::fold_batch_norm;
pub use gpu_integer::GpuInteger;
pub use integer::{Coded, Codes, Grid, IntegerAdd, IntegerLayer, IntegerLinear, IntegerModel};
pub use layer::{Layer, Role, Shape};
pub use model::{Model, Parameter};
pub(crate) use optimizer::Optimizer;
pub(crate) use pass::{Mode, Network};
pub use passage::passes;
pub(crate) use probe::Probe;
pub(crate) use regularized::regularized;
pub use trained::{Matrix, TrainedModel};
pub(crate) use trainer::{Batch, CrossEntropy, HostBatch, Loss, train};
pub use trainer::{Ending, Metrics, Monitor, Progress, Pupil, TrainError};
pub use training::{OptimizerName, Schedule, Training};
