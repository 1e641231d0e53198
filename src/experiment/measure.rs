//! Measuring one variant: its file, and its predictions on the test set. Its time is measured apart ([`super::timing`]).

use super::event::{Clock, Sink};
use super::recipe::BackendName;
use super::report::{LayerReport, VariantResult};
use super::run::RunError;
use super::state::State;
use crate::backend::cpu::arg_max;
use crate::data::{Dataset, Source, Split};
use crate::export::{self, Written};
use crate::network::{Executable, passes};

/// Samples of a test batch.
const TEST_BATCH: usize = 64;
/// Bins of a weight histogram.
const BINS: usize = 48;

/// Encodes, decodes and tests what a stage left behind. `seed` and `name` are passed on into the result.
pub(super) async fn measure(
    state: &State,
    name: &str,
    seed: u64,
    dataset: &mut Dataset,
    source: &impl Source,
    sink: &mut impl Sink,
) -> Result<(VariantResult, Vec<u8>), RunError> {
    let model = state.trained();
    let encoded = export::encode(&model);
    let decoded = export::decode(&encoded.file).map_err(|e| RunError::File(e.to_string()))?;
    if decoded != model.without_masks() {
        return Err(RunError::File(format!("the file of {name} does not decode to the model it was made from")));
    }
    let mut executable = Executable::new(&decoded);
    let test = test(&mut executable, dataset, source, sink).await?;
    // A GPU's bits are those of one device: a digest of them would tell others nothing.
    let (backend, digest) = match state.on_gpu {
        true => (BackendName::Gpu, String::new()),
        false => (BackendName::Cpu, digest(&encoded.file, &test.predictions)),
    };
    let layers = decoded
        .matrices()
        .into_iter()
        .zip(executable.kernels())
        .zip(&encoded.weights)
        .map(|((matrix, kernel), written)| layer_report(&matrix.name, &matrix.values, kernel, written))
        .collect();
    let result = VariantResult {
        name: name.into(),
        seed,
        accuracy: test.accuracy,
        loss: test.loss,
        confusion: test.confusion,
        parameters: decoded.parameter_count(),
        nonzero: decoded.nonzero_count(),
        macs: decoded.macs(),
        bytes: encoded.file.len(),
        latency: None,
        layers,
        cut: !passes(&state.model),
        curve: Vec::new(),
        predicted_rise: None,
        measured_rise: None,
        layer_scores: Vec::new(),
        bias_offset: None,
        digest,
        stopped: false,
        backend,
    };
    Ok((result, encoded.file))
}

/// 32 hex digits of the BLAKE3 hash over a file and the predictions of its model.
fn digest(file: &[u8], predictions: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(file);
    hasher.update(predictions);
    hasher.finalize().to_hex()[..32].to_string()
}

/// What a model makes of the whole test set.
pub(crate) struct Test {
    /// Share classified rightly.
    pub(crate) accuracy: f64,
    loss: f64,
    confusion: Vec<Vec<u32>>,
    predictions: Vec<u8>,
}

/// Runs the whole test set, which is loaded if it has not been, through a compiled model.
pub(crate) async fn test(
    executable: &mut Executable,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Test, RunError> {
    let (count, classes) = (dataset.len(Split::Test), dataset.classes());
    dataset.ensure(source, Split::Test, count - 1).await?;
    let mut confusion = vec![vec![0u32; classes]; classes];
    let mut predictions = Vec::with_capacity(count);
    let mut loss = 0.0f64;
    let mut pixels = vec![0.0; TEST_BATCH * dataset.features()];
    let all: Vec<u32> = (0..count as u32).collect();
    for indices in all.chunks(TEST_BATCH) {
        let pixels = &mut pixels[..indices.len() * dataset.features()];
        dataset.gather(Split::Test, indices, pixels);
        let logits = executable.logits(indices.len(), pixels);
        for (row, &index) in logits.chunks(classes).zip(indices) {
            let label = usize::from(dataset.label(Split::Test, index as usize));
            let predicted = arg_max(row);
            confusion[label][predicted] += 1;
            predictions.push(predicted as u8);
            loss += cross_entropy(row, label);
        }
        // A stop is answered between stages; here it only lets others run.
        clock.pause().await;
    }
    let right: u32 = (0..classes).map(|c| confusion[c][c]).sum();
    Ok(Test { accuracy: f64::from(right) / count as f64, loss: loss / count as f64, confusion, predictions })
}

/// `-log softmax(row)[label]`, in f64.
pub(super) fn cross_entropy(row: &[f32], label: usize) -> f64 {
    let most = f64::from(row[arg_max(row)]);
    let sum: f64 = row.iter().map(|&z| libm::exp(f64::from(z) - most)).sum();
    libm::log(sum) + most - f64::from(row[label])
}

fn layer_report(name: &str, values: &[f32], kernel: &str, written: &Written) -> LayerReport {
    let nonzero = || values.iter().copied().filter(|&v| v != 0.0);
    let largest = nonzero().fold(0.0f32, |m, v| m.max(v.abs()));
    let mut histogram = vec![0; BINS];
    for value in nonzero() {
        let place = (value / largest + 1.0) / 2.0 * (BINS - 1) as f32;
        histogram[place.round() as usize] += 1;
    }
    LayerReport {
        name: name.into(),
        parameters: values.len(),
        nonzero: nonzero().count(),
        kernel: kernel.into(),
        bytes: written.bytes,
        encoding: written.encoding.into(),
        codebook_bytes: written.codebook,
        position_bytes: written.positions,
        value_bytes: written.values,
        range: (-largest, largest),
        histogram,
    }
}
