//! Networks that were trained elsewhere, by the digests of their files.

use super::Work;
use crate::data::{self, Source};
use crate::experiment::engines::Accelerator;
use crate::experiment::event::Sink;
use crate::experiment::run::RunError;
use crate::experiment::state::State;
use crate::export;
use crate::network::{Architecture, Shape, TrainedModel};

/// Where a source has the model file of this digest. It lies there compressed, as all that sources have.
pub fn imported_path(digest: &str) -> String {
    format!("models/{digest}.gz")
}

/// An imported model as a source has it: its digest, and what lies at [`imported_path`].
pub fn imported_file(model: &TrainedModel) -> Result<(String, Vec<u8>), String> {
    let file = export::encode(model).file;
    let digest = blake3::hash(&file).to_hex().to_string();
    Ok((digest, data::pack(&file)?))
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// The network of the file, the same in each trial.
    pub(super) async fn import(&mut self, network: &Architecture, digest: &str) -> Result<Vec<State>, RunError> {
        let file = self.source.fetch(&imported_path(digest)).await.map_err(|_| {
            RunError::File(format!(
                "this experiment begins with an imported network, and the file with the digest {digest} is not here; import the file that the experiment was made with"
            ))
        })?;
        if blake3::hash(&file).to_hex().as_str() != digest {
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
