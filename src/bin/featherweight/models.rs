//! Model files on the command line: in the form that a file's ending names, and what a model makes of the test set.

use crate::command_line::{ensure_writable, print, write_file};
use featherweight::backend::cpu::arg_max;
use featherweight::data::{Folder, Split};
use featherweight::experiment::Data;
use featherweight::export::{self, FORMS, Form, FormName};
use featherweight::network::{Executable, TrainedModel};
use std::path::{Path, PathBuf};

/// Samples of a batch of predictions.
const BATCH: usize = 64;

/// The form that the ending names.
fn form(path: &Path) -> Result<&'static Form, String> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Form::of_ending(ending).ok_or_else(|| {
        let endings: Vec<String> = FORMS.iter().map(|form| format!(".{} ({})", form.ending, form.title)).collect();
        format!(
            "{} does not say in which form to write the model; end its name in one of {}",
            path.display(),
            endings.join(", ")
        )
    })
}

/// Finds out before the work whether a model can be written there.
pub fn ensure_exportable(path: &Path) -> Result<(), String> {
    form(path)?;
    ensure_writable(path)
}

/// Writes a model file in the form that the ending of `path` names.
pub fn write(file: &[u8], path: &Path) -> Result<(), String> {
    match form(path)?.name {
        FormName::Featherweight => write_file(path, file),
        name => write_file(path, &export::write(name, &decode(file)?)?),
    }
}

/// Writes the model of a file in another form.
pub fn convert(model: &Path, to: &Path) -> Result<(), String> {
    let file = read(model)?;
    decode(&file).map_err(|e| format!("{}: {e}", model.display()))?;
    ensure_exportable(to)?;
    write(&file, to)
}

/// Prints a model's networks layer by layer.
pub fn layers(model: &Path) -> Result<(), String> {
    let trained = decode(&read(model)?).map_err(|e| format!("{}: {e}", model.display()))?;
    let networks = export::summary(&trained);
    let mut text = String::new();
    for (number, network) in networks.iter().enumerate() {
        if networks.len() > 1 {
            text += &format!("network {}\n", number + 1);
        }
        text += &format!(
            "{:>3}  {:22}  {:>14}  {:>10}  {:>10}  {:>4}  {:>10}  {:>19}\n",
            "", "layer", "output", "parameters", "not zero", "bits", "bytes", "range"
        );
        let sizes = |dims: &[usize]| dims.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ");
        text += &format!("     {:22}  {:>14}\n", "input", sizes(&network.input));
        for (index, layer) in network.layers.iter().enumerate() {
            let size = if layer.size > 0 { format!(" {}", layer.size) } else { String::new() };
            let from = layer.from.map_or_else(String::new, |from| format!(" from {}", from + 1));
            let relu = if layer.relu { ", ReLU" } else { "" };
            let [bits, bytes, range] = match &layer.weights {
                None => Default::default(),
                Some(weights) => [
                    weights.bits.to_string(),
                    weights.bytes.to_string(),
                    format!("{:.4} to {:.4}", weights.range.0, weights.range.1),
                ],
            };
            text += &format!(
                "{:>3}  {:22}  {:>14}  {:>10}  {:>10}  {bits:>4}  {bytes:>10}  {range:>19}\n",
                index + 1,
                format!("{}{size}{from}{relu}", layer.kind),
                sizes(&layer.output),
                layer.parameters,
                layer.nonzero
            );
        }
    }
    print(&text)
}

/// Where predictions go.
#[derive(Default)]
pub struct Wanted {
    /// The labels, the classes and the logits as a table.
    pub out: Option<PathBuf>,
    /// The samples as 32-bit floats one after another, lowest byte first.
    pub samples: Option<PathBuf>,
}

/// Runs the test set of `data`, whose files lie in `folder`, through a model, and says how many are classified rightly.
pub fn predict(model: &Path, data: &Data, folder: &Path, wanted: &Wanted) -> Result<(), String> {
    let trained = decode(&read(model)?).map_err(|e| format!("{}: {e}", model.display()))?;
    judge(&trained, data, folder, wanted).map_err(|e| format!("{}: {e}", model.display()))
}

/// The same for a model that has been read.
pub fn judge(trained: &TrainedModel, data: &Data, folder: &Path, wanted: &Wanted) -> Result<(), String> {
    let mut dataset = data.open().map_err(|e| e.to_string())?;
    let (features, classes) = (dataset.features(), dataset.classes());
    if trained.shape().len() != features || trained.classes() != classes {
        return Err(format!(
            "the model takes {} values and tells {} classes apart, and the samples have {features} and {classes}; name the experiment that made it",
            trained.shape().len(),
            trained.classes()
        ));
    }
    for path in [&wanted.out, &wanted.samples].into_iter().flatten() {
        ensure_writable(path)?;
    }
    pollster::block_on(dataset.ensure_all(&Folder(folder.into()), Split::Test)).map_err(|e| e.to_string())?;
    let mut executable = Executable::new(trained);
    let all: Vec<u32> = (0..dataset.len(Split::Test) as u32).collect();
    let mut table = String::from("label,class");
    (0..classes).for_each(|class| table += &format!(",logit {class}"));
    let mut written = Vec::new();
    let mut right = 0;
    let mut values = vec![0.0; BATCH * features];
    for indices in all.chunks(BATCH) {
        let values = &mut values[..indices.len() * features];
        dataset.gather(Split::Test, indices, values);
        written.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        for (row, &index) in executable.logits(indices.len(), values).chunks(classes).zip(indices) {
            let (label, class) = (usize::from(dataset.label(Split::Test, index as usize)), arg_max(row));
            right += usize::from(label == class);
            table += &format!("\n{label},{class}");
            // As many digits as it takes to read the same float again.
            row.iter().for_each(|logit| table += &format!(",{logit}"));
        }
    }
    table += "\n";
    if let Some(path) = &wanted.out {
        write_file(path, table.as_bytes())?;
    }
    if let Some(path) = &wanted.samples {
        write_file(path, &written)?;
    }
    let share = right as f64 / all.len().max(1) as f64;
    print(&format!(
        "{right} of the {} samples of the test set are classified rightly: {:.2} %\n",
        all.len(),
        share * 100.0
    ))
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{} cannot be read ({e}); check its name", path.display()))
}

fn decode(file: &[u8]) -> Result<TrainedModel, String> {
    export::decode(file).map_err(|e| e.to_string())
}
