//! Measuring one variant: its file, its predictions on the test set, its time.

use super::event::{Flow, Sink};
use super::report::{Latency, LayerReport, Quartiles, VariantResult};
use super::run::RunError;
use crate::backend::cpu::arg_max;
use crate::data::{Dataset, Source, Split};
use crate::export;
use crate::network::{Executable, TrainedModel};

/// Samples of a test batch.
const TEST_BATCH: usize = 64;
/// Windows timed for each latency; the median and the quartiles of them are reported.
const WINDOWS: usize = 11;
/// The least length of a window in microseconds: forty times the coarsest timer that browsers have (0.1 ms).
const WINDOW_US: f64 = 4000.0;
/// Bins of a weight histogram.
const BINS: usize = 48;

/// Encodes, decodes, tests and times a model. `seed` and `name` are passed on into the result.
pub(super) async fn measure(
    model: &TrainedModel,
    name: &str,
    seed: u64,
    dataset: &mut Dataset,
    source: &impl Source,
    sink: &mut impl Sink,
) -> Result<(VariantResult, Vec<u8>), RunError> {
    let encoded = export::encode(model);
    let decoded = export::decode(&encoded.file).map_err(|e| RunError::File(e.to_string()))?;
    if decoded != model.without_masks() {
        return Err(RunError::File(format!("the file of {name} does not decode to the model it was made from")));
    }
    let mut executable = Executable::new(&decoded);
    let test = test(&mut executable, dataset, source, sink).await?;
    let latency = latency(&mut executable, dataset, sink).await;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&encoded.file);
    hasher.update(&test.predictions);
    let digest = hasher.finalize().to_hex()[..32].to_string();
    let layers = decoded
        .matrices()
        .into_iter()
        .zip(executable.kernels())
        .zip(&encoded.weight_bytes)
        .map(|((matrix, kernel), &bytes)| layer_report(&matrix.name, &matrix.values, kernel, bytes))
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
        latency,
        layers,
        digest,
        stopped: false,
    };
    Ok((result, encoded.file))
}

struct Test {
    accuracy: f64,
    loss: f64,
    confusion: Vec<Vec<u32>>,
    predictions: Vec<u8>,
}

async fn test(
    executable: &mut Executable,
    dataset: &mut Dataset,
    source: &impl Source,
    sink: &mut impl Sink,
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
        sink.pause().await;
    }
    let right: u32 = (0..classes).map(|c| confusion[c][c]).sum();
    Ok(Test { accuracy: f64::from(right) / count as f64, loss: loss / count as f64, confusion, predictions })
}

/// `-log softmax(row)[label]`, in f64.
fn cross_entropy(row: &[f32], label: usize) -> f64 {
    let most = f64::from(row[arg_max(row)]);
    let sum: f64 = row.iter().map(|&z| libm::exp(f64::from(z) - most)).sum();
    libm::log(sum) + most - f64::from(row[label])
}

async fn latency(executable: &mut Executable, dataset: &Dataset, sink: &mut impl Sink) -> Latency {
    let features = dataset.features();
    let count = dataset.len(Split::Test).min(256);
    let indices: Vec<u32> = (0..count as u32).collect();
    let mut samples = vec![0.0; count * features];
    dataset.gather(Split::Test, &indices, &mut samples);
    let batch64: Vec<f32> = samples.iter().copied().cycle().take(64 * features).collect();
    // Different samples in turn, as in use: a kernel that skips zeros takes a different time for each.
    let mut next = 0;
    let one = |executable: &mut Executable| {
        executable.logits(1, &samples[next * features..][..features]);
        next = (next + 1) % count;
    };
    let batch1 = windows(executable, sink, one).await;
    let many = |executable: &mut Executable| {
        executable.logits(64, &batch64);
    };
    Latency { batch1, batch64: windows(executable, sink, many).await }
}

async fn windows(
    executable: &mut Executable,
    sink: &mut impl Sink,
    mut call: impl FnMut(&mut Executable),
) -> Quartiles {
    let mut time = |sink: &dyn Fn() -> f64, calls: usize| {
        let begin = sink();
        for _ in 0..calls {
            call(executable);
        }
        sink() - begin
    };
    let mut calls = 1;
    // Doubling also warms caches and the browser's compiler.
    while time(&|| sink.now_us(), calls) < WINDOW_US && calls < 1 << 20 {
        calls *= 2;
    }
    let mut times = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        times.push(time(&|| sink.now_us(), calls) / calls as f64);
        if sink.pause().await == Flow::Stop {
            break;
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 4];
    Quartiles { q1_us: at(1), median_us: at(2), q3_us: at(3), windows: times.len(), calls }
}

fn layer_report(name: &str, values: &[f32], kernel: &str, bytes: usize) -> LayerReport {
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
        bytes,
        range: (-largest, largest),
        histogram,
    }
}
