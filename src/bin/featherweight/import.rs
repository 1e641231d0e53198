//! Networks that other tools trained.

use crate::command_line::{ensure_writable, keep, print, write_file};
use crate::models;
use featherweight::experiment::{Data, Recipe, beginning_with, imported_file, imported_path, imported_variant};
use featherweight::export::{self, ImportSettings, Row};
use featherweight::network::{Architecture, Shape, TrainedModel};
use std::fmt::Write;
use std::path::PathBuf;

/// What is asked for.
pub struct Wanted {
    pub file: PathBuf,
    pub dataset: Data,
    /// As JSON.
    pub network: Option<String>,
    /// `fc1=classifier.0`.
    pub modules: Vec<String>,
    pub normalized: Option<[f64; 2]>,
    pub data: PathBuf,
    pub to: Option<PathBuf>,
    pub recipe: Option<PathBuf>,
}

/// Reads the file, prints where its tensors went and how well the network classifies, and keeps it.
pub fn import(wanted: &Wanted) -> Result<(), String> {
    let place = wanted.file.display();
    for path in [&wanted.to, &wanted.recipe].into_iter().flatten() {
        ensure_writable(path)?;
    }
    if let Some(path) = &wanted.to {
        models::ensure_exportable(path)?;
    }
    let info = wanted.dataset.info();
    let [height, width, channels] = info.shape;
    let settings = ImportSettings {
        network: wanted.network.as_deref().map(network).transpose()?,
        modules: wanted.modules.iter().map(|text| module(text)).collect::<Result<_, _>>()?,
        normalized: wanted.normalized,
    };
    let file = models::read(&wanted.file)?;
    let imported = export::import(&file, Shape { height, width, channels }, info.classes(), &settings)
        .map_err(|e| format!("{place}: {e}"))?;
    print(&table(&imported.table))?;
    let model = TrainedModel::Float(imported.model);
    let (digest, kept) = imported_file(&model)?;
    let path = keep(&wanted.data, &imported_path(&digest), &kept)?;
    let data = wanted.dataset.clone();
    let recipe = Recipe {
        version: featherweight::experiment::VERSION,
        title: format!("What becomes of {}", wanted.file.file_name().unwrap_or_default().to_string_lossy()),
        data: data.clone(),
        network: imported.network.clone(),
        variants: beginning_with(imported_variant(&digest)),
        ..bare()?
    };
    print(&format!("{}, kept as {}\n", imported.network.label(), path.display()))?;
    if let Some(path) = &wanted.recipe {
        write_file(path, recipe.to_pretty_json().as_bytes())?;
    }
    if let Some(path) = &wanted.to {
        models::write(&export::encode(&model).file, path)?;
    }
    models::judge(&model, &data, &wanted.data, &models::Wanted::default())
}

/// A recipe with nothing in it.
pub fn bare() -> Result<Recipe, String> {
    const BARE: &str = r#"{"version":1,"network":{"architecture":"lenet-300-100"},"variants":[]}"#;
    Recipe::from_json(BARE).map_err(|e| e.to_string())
}

fn network(json: &str) -> Result<Architecture, String> {
    serde_json::from_str(json).map_err(|e| {
        format!("--network is not a network as recipes write it ({e}), such as {{\"architecture\":\"lenet-5\"}}")
    })
}

fn module(text: &str) -> Result<(String, String), String> {
    let (here, there) = text.split_once('=').ok_or_else(|| {
        format!("--module {text} is not understood; write fc1=classifier.0: one here, then its name in the file")
    })?;
    Ok((here.into(), there.into()))
}

/// Where each tensor went.
fn table(rows: &[Row]) -> String {
    let of = |name: &Option<String>, none: &str| name.clone().unwrap_or_else(|| none.into());
    let cells = rows.iter().map(|row| {
        let dims: Vec<String> = row.dims.iter().map(ToString::to_string).collect();
        [of(&row.slot, "(not used)"), of(&row.tensor, "(zero)"), dims.join(" x ")]
    });
    let cells: Vec<[String; 3]> = cells.collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    cells.iter().fold(String::new(), |mut text, [slot, tensor, dims]| {
        // Writing into a string does not fail.
        let _ = writeln!(text, "{slot:first$}  {tensor:second$}  {dims}");
        text
    })
}
