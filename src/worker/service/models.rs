//! Models that the page looks into: predictions and pictures.

use super::now_ms;
use crate::export;
use crate::network::{Executable, TrainedModel};
use crate::order;
use crate::worker::{ModelFile, Picture, Prediction};

/// Windows over which a live prediction is timed: the median of them is told, since one may be disturbed.
const PREDICTION_WINDOWS: usize = 3;
/// The least length of a window in microseconds: ten times the coarsest timer that browsers have (0.1 ms).
const PREDICTION_US: f64 = 1000.0;

/// A model that predictions and pictures are made of.
pub(super) struct Loaded {
    pub name: String,
    pub model: TrainedModel,
    pub executable: Executable,
}

/// Decodes a file.
pub(super) fn load(file: ModelFile) -> Result<Loaded, String> {
    let model = export::decode(&file.file).map_err(|e| format!("{}: {e}", file.name))?;
    let executable = Executable::new(&model);
    Ok(Loaded { name: file.name, model, executable })
}

/// What a model makes of a sample, and how long that takes; none if the sample is not of its shape.
pub(super) fn predict(loaded: &mut Loaded, sample: &[f32]) -> Option<Prediction> {
    if sample.len() != loaded.model.shape().len() {
        return None;
    }
    let logits = loaded.executable.logits(1, sample).to_vec();
    let mut window = || {
        let begin = now_ms();
        let mut calls = 0;
        let mut taken = 0.0;
        while taken < PREDICTION_US && calls < 10_000 {
            loaded.executable.logits(1, sample);
            calls += 1;
            taken = (now_ms() - begin) * 1e3;
        }
        taken / f64::from(calls)
    };
    let mut times = [0.0; PREDICTION_WINDOWS].map(|_| window());
    order::sort_floats(&mut times);
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|z| libm::expf(z - most)).collect();
    let sum: f32 = powers.iter().sum();
    let probabilities = powers.iter().map(|p| p / sum).collect();
    Some(Prediction { name: loaded.name.clone(), probabilities, time_us: times[PREDICTION_WINDOWS / 2] })
}

/// A matrix turned so that each row shows what one output is made of.
pub(super) fn picture(model: &TrainedModel, matrix: usize) -> Option<Picture> {
    let matrix = model.matrices().into_iter().nth(matrix)?;
    let (width, height) = (matrix.rows, matrix.columns);
    let largest = matrix.values.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(f32::MIN_POSITIVE);
    let mut values = vec![128; width * height];
    for (index, &value) in matrix.values.iter().enumerate() {
        if value != 0.0 {
            let (input, output) = (index / height, index % height);
            // A weight that is not zero never looks like one.
            let shade = (value / largest * 127.0).abs().max(1.0).copysign(value);
            values[output * width + input] = (128.0 + shade) as u8;
        }
    }
    Some(Picture { width, height, values })
}
