//! Looks into models after a run: noise layer by layer, the landscape of the loss.

use crate::jobs::Steady;
use featherweight::data::Folder;
use featherweight::experiment::landscape::{Landscape, Size, landscape as draw, place};
use featherweight::experiment::{Plan, TEMPERATURES, agreement as compare, layer_noise};
use featherweight::export;
use featherweight::network::{SEVERAL_NETWORKS, TrainedModel};
use std::path::Path;
use std::time::Instant;

fn decode(file: &[u8]) -> Result<TrainedModel, String> {
    export::decode(file).map_err(|e| e.to_string())
}

/// A quantized network beside the float network that it came from, as a table.
pub fn noise(plan: &Plan, folder: &Path, float: &[u8], quantized: &[u8]) -> Result<String, String> {
    let (float, quantized) = (decode(float)?, decode(quantized)?);
    let mut dataset = plan.recipe.data.open().map_err(|e| e.to_string())?;
    let (source, mut clock) = (Folder(folder.into()), Steady(Instant::now()));
    let compared = layer_noise(&float, &quantized, &mut dataset, &source, &mut clock);
    let layers = pollster::block_on(compared).map_err(|e| e.to_string())?.unwrap_or_default();
    let width = layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0).max(5);
    let mut text = format!(
        "\nnoise: signal to quantization noise on validation samples, beside the float network\n{:width$}  weights dB  activations dB  {:>21}  {:>21}      step  clipped\n",
        "layer", "range of activations", "range of their grid"
    );
    for layer in &layers {
        let decibels = |db: Option<f64>| db.map_or("-".into(), |db| format!("{db:.1}"));
        let span = |(low, high): (f32, f32)| format!("{low:.3} to {high:.3}");
        let [ends, scale, clipped] = match &layer.grid {
            None => ["floats".into(), "-".into(), "-".into()],
            Some(grid) => [span(grid.ends), format!("{:.5}", grid.scale), format!("{:.2} %", grid.clipped * 100.0)],
        };
        text += &format!(
            "{:width$}  {:>10}  {:>14}  {:>21}  {ends:>21}  {scale:>8}  {clipped:>7}\n",
            layer.name,
            decibels(layer.weights_db),
            decibels(layer.activations_db),
            span(layer.range),
        );
    }
    Ok(text)
}

/// What a student says of the test set beside what its teacher says: counts, and the classes that the teacher finds most alike.
pub fn agreement(plan: &Plan, folder: &Path, teacher: (&str, &[u8]), student: &[u8]) -> Result<String, String> {
    let ((name, teacher), student) = ((teacher.0, decode(teacher.1)?), decode(student)?);
    let mut dataset = plan.recipe.data.open().map_err(|e| e.to_string())?;
    let (source, mut clock) = (Folder(folder.into()), Steady(Instant::now()));
    let compared = compare(&teacher, &student, &mut dataset, &source, &mut clock);
    let told = pollster::block_on(compared).map_err(|e| e.to_string())?.unwrap_or_default();
    let mut text = format!(
        "\nagreement: the student beside {name}\nboth right {}, only the teacher {}, only the student {}, both wrong {}; they say different classes of {}\nclasses that the teacher finds alike (its mean prediction at temperature {}):\n",
        told.both_right, told.teacher_alone, told.student_alone, told.both_wrong, told.disagreeing, TEMPERATURES[SOFT]
    );
    let labels = dataset.info().labels;
    for (class, shares) in told.alike[SOFT].iter().enumerate() {
        let mut others: Vec<usize> = (0..shares.len()).filter(|&other| other != class).collect();
        others.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
        let nearest = others.iter().take(3).map(|&other| format!("{} {:.1} %", labels[other], shares[other] * 100.0));
        text += &format!("{:12} {}\n", labels[class], nearest.collect::<Vec<_>>().join(", "));
    }
    Ok(text)
}

/// Which of [`TEMPERATURES`] is printed.
const SOFT: usize = 2;

/// Most points of a side.
const SIDE: usize = 25;

/// The loss around a network as CSV: where a point lies in either direction, the loss in floats, and with weights of so many bits.
pub fn landscape(plan: &Plan, folder: &Path, file: &[u8], bits: u32) -> Result<String, String> {
    let model = match decode(file)? {
        TrainedModel::Float(model) => model,
        TrainedModel::Integer(_) => {
            return Err("the network is in integers, and a landscape is drawn around floats; choose the variant that it was made from".into());
        }
        TrainedModel::Ensemble(_) => return Err(SEVERAL_NETWORKS.into()),
    };
    let size = Size::affordable(model.macs(), SIDE);
    let mut dataset = plan.recipe.data.open().map_err(|e| e.to_string())?;
    let (source, mut clock) = (Folder(folder.into()), Steady(Instant::now()));
    let mut last = None;
    let tell = |landscape: &Landscape| last = Some(landscape.clone());
    pollster::block_on(draw(&model, size, bits, &mut dataset, &source, &mut clock, tell)).map_err(|e| e.to_string())?;
    let mut text = format!("\nfirst,second,loss,loss_of_{bits}_bits\n");
    let Some(Landscape { float, quantized, line, .. }) = last else { return Ok(text) };
    for (index, (float, quantized)) in float.iter().zip(&quantized).enumerate() {
        let [first, second] = [index % size.side, index / size.side].map(|at| place(at, size.side));
        text += &format!("{first:.4},{second:.4},{float},{quantized}\n");
    }
    text += &format!("\nalong_first,loss,loss_of_{bits}_bits\n");
    for (index, (float, quantized)) in line.iter().enumerate() {
        text += &format!("{:.4},{float},{quantized}\n", place(index, line.len()));
    }
    Ok(text)
}
