//! Networks that were trained elsewhere, by the digests of their files.

use super::Work;
use crate::data::Source;
use crate::experiment::engines::Accelerator;
use crate::experiment::event::Sink;
use crate::experiment::run::RunError;
use crate::experiment::state::State;
use crate::experiment::supplied::{digest as digest_of, imported_path};
use crate::export;
use crate::network::{Architecture, Shape, TrainedModel};

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// The network of the file, the same in each trial.
    pub(super) async fn import(&mut self, network: &Architecture, digest: &str) -> Result<Vec<State>, RunError> {
        let file = self.source.fetch(&imported_path(digest)).await.map_err(|_| {
            RunError::File(format!(
                "this experiment begins with an imported network, and the file with the digest {digest} is not here; import the file that the experiment was made with"
            ))
        })?;
        if digest_of(&file) != digest {
            return Err(RunError::File(format!(
                "the imported network has another digest than {digest}; import the file that the experiment was made with"
            )));
        }
        let [height, width, channels] = self.dataset.shape();
        let layers =
            network.layers(Shape { height, width, channels }, self.dataset.classes()).map_err(RunError::Network)?;
        match export::decode(&file) {
            Ok(TrainedModel::Float(model)) if model.layers == layers => {
                Ok(self.trials.iter().map(|_| State::of(model.clone())).collect())
            }
            Ok(_) => Err(RunError::File(format!(
                "the imported network is not the {} that the recipe says; correct the variant's network",
                network.label()
            ))),
            Err(error) => Err(RunError::File(format!("the imported network cannot be read: {error}"))),
        }
    }
}
