//! The words about networks of other tools.

use crate::app::format;
use crate::app::language::{Text, Value, tr};
use crate::data::DatasetInfo;

pub(in crate::app) const OPEN: Text = Text("Import a network…");
pub(in crate::app) const OPEN_HELP: Text =
    Text("Begin with a network that another tool has trained: from a safetensors, ONNX or Featherweight model file.");
pub(in crate::app) const TITLE: Text = Text("Import a network");
pub(in crate::app) const ABOUT: Text = Text(
    "A network that another tool has trained: a safetensors file (a PyTorch state dict), an ONNX file, or a model file of Featherweight. It is read in this browser and sent nowhere. Integers of an ONNX file in QDQ form are read by their real values, so the network begins in floats.",
);
const FOR_DATA: Text = Text(
    "It is read for the experiment's data, {}: samples of {} and {} classes. If it was trained on other data, choose that under Data first.",
);
pub(in crate::app) const DROP: Text = Text("Drop the file here, or choose it");
pub(in crate::app) const CHOOSE: Text = Text("Choose a file…");
const FILE: Text = Text("{} ({})");
pub(in crate::app) const READING: Text = Text("Reading the file…");
/// The network, and how many parameters it has.
const READ: Text = Text("{}, {} parameters");
pub(in crate::app) const MAPPING: Text = Text("Which tensor goes where");
pub(in crate::app) const MAPPING_HELP: Text = Text(
    "Tensors were put where their shapes fit, in the order of the file. Where several fit, choose; the rest moves by itself.",
);
pub(in crate::app) const HERE: Text = Text("Here");
pub(in crate::app) const SHAPE: Text = Text("Shape");
pub(in crate::app) const THERE: Text = Text("In the file");
pub(in crate::app) const ZERO: Text = Text("none: zeros");
pub(in crate::app) const UNUSED: Text = Text("not used");
/// A module, as `fc1`.
const MODULE: Text = Text("Module of the file for {}");
pub(in crate::app) const SETTINGS: Text = Text("Which network it is");
pub(in crate::app) const SETTINGS_HELP: Text = Text(
    "Shapes do not tell everything: of a safetensors file, say here which nonlinearity and pooling the network was trained with, or it will classify badly.",
);
pub(in crate::app) const GUESS: Text = Text("As the file's shapes say");
pub(in crate::app) const NORMALIZED: Text = Text("It was trained on normalized pixels");
pub(in crate::app) const NORMALIZED_HELP: Text = Text(
    "Pixels here are from 0 to 1. If training subtracted a mean and divided by a deviation, the first layer is changed to do the same.",
);
pub(in crate::app) const MEAN: Text = Text("Mean");
pub(in crate::app) const DEVIATION: Text = Text("Standard deviation");
pub(in crate::app) const FOLLOW: Text = Text("With variants of it: pruned, in int8, and both");
pub(in crate::app) const ADD: Text = Text("Add to the experiment");
pub(in crate::app) const BEGIN: Text = Text("Begin an experiment with it");
pub(in crate::app) const ADD_HELP: Text = Text(
    "A run then tests it and compresses it as any other variant, and it is kept in this browser. A link to the experiment holds its digest, not the network: whoever opens the link is asked for the file.",
);
pub(in crate::app) const ADDED: Text = Text("The network is part of the experiment. Press Run.");
pub(in crate::app) const KEPT: Text = Text("Files kept in this browser");
pub(in crate::app) const FORGET: Text = Text("Delete");
/// A path.
const FORGET_FILE: Text = Text("Delete {}");
const TITLE_OF: Text = Text("What becomes of {}");

/// What it is read for.
pub(in crate::app) fn for_data(info: &DatasetInfo) -> String {
    let sizes: Vec<usize> = info.shape.into_iter().collect();
    FOR_DATA.with(&[&tr(info.title), &shape(&sizes), &info.classes()])
}

/// Sizes with crosses between.
pub(in crate::app) fn shape(dims: &[usize]) -> String {
    let sizes: Vec<String> = dims.iter().map(Value::written).collect();
    sizes.join("\u{a0}×\u{a0}")
}

pub(in crate::app) fn file(name: &str, bytes: usize) -> String {
    FILE.with(&[&name, &format::bytes(bytes as f64)])
}

pub(in crate::app) fn read(label: &str, parameters: usize) -> String {
    READ.with(&[&label, &format::count(parameters as f64)])
}

pub(in crate::app) fn module(name: &str) -> String {
    MODULE.with(&[&name])
}

pub(in crate::app) fn forget(path: &str) -> String {
    FORGET_FILE.with(&[&path])
}

pub(in crate::app) fn title_of(name: &str) -> String {
    TITLE_OF.with(&[&name])
}
