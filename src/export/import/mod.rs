//! Networks that other tools trained, made into the engine's own.
//!
//! A file is read into named tensors (`safetensors`, `onnx`), and those are put where a network of the engine has its parameters
//! (`fit`). Which network that is says whoever imports, or the tensors' shapes do (`guess`), or the operators of the file.

mod fit;
mod guess;
mod onnx;
mod own;
mod safetensors;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use crate::network::{Architecture, Model, Shape};
pub use fit::{Fit, Row};
use serde::{Deserialize, Serialize};

/// The longest file that is read: four times the largest network in 32-bit floats.
pub const LONGEST: usize = 80 << 20;

/// What is known of the network beside its tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The network; what the tensors' shapes say, if absent.
    pub network: Option<Architecture>,
    /// Where the shapes leave it open which module belongs where: a module here (`fc1`) and its name in the file
    /// (`classifier.0`).
    pub modules: Vec<(String, String)>,
    /// What pixels were brought to before training: `(value - mean) / deviation`; absent where they were from 0 to 1 as here.
    pub normalized: Option<[f64; 2]>,
}

/// An imported network.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its kind, as a recipe writes it.
    pub network: Architecture,
    /// With the file's parameters.
    pub model: Model,
    /// Where each tensor went, in the order of the layers; then those that went nowhere.
    pub table: Vec<Row>,
    /// Which module went where, and which others could.
    pub fits: Vec<Fit>,
}

/// Reads a safetensors file, an ONNX file or a model file of the engine's own into a network for samples of `shape` and so many classes.
///
/// Fails with a sentence that names the tensor or the operator, what it is and what would fit.
pub fn import(file: &[u8], shape: Shape, classes: usize, settings: &Settings) -> Result<Imported, String> {
    if file.len() > LONGEST {
        return Err(format!(
            "the file has {} MB; networks of up to {} MB are read, so export a smaller one",
            file.len() >> 20,
            LONGEST >> 20
        ));
    }
    if file.starts_with(b"PK") || file.starts_with(b"\x80\x02") {
        return Err(
            "this looks like a file of torch.save, which can run programs when it is opened and so is not read; write the same with safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")".into(),
        );
    }
    // A safetensors file begins with the length of its header, and that with a brace.
    let (network, tensors) = match file.get(8) {
        _ if file.starts_with(b"FWM") => own::read(file, shape, classes, settings.network.as_ref())?,
        Some(b'{') => {
            let tensors = safetensors::read(file)?;
            let guessed = || guess::network(&tensors, shape, classes);
            (settings.network.clone().map_or_else(guessed, Ok)?, tensors)
        }
        _ => onnx::read(file, shape, classes, settings.network.as_ref())?,
    };
    let mut model = Model::zeroed(network.layers(shape, classes)?, shape, classes);
    let (table, fits) = fit::fill(&mut model, &tensors, &settings.modules)?;
    if let Some([mean, deviation]) = settings.normalized {
        fit::undo_normalization(&mut model, mean, deviation)?;
    }
    Ok(Imported { network, model, table, fits })
}
