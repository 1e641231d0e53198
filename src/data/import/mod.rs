//! Own data out of files: pictures in folders, IDX files, tables; in a zip or as they are.
//!
//! Bytes go in, an [`OwnFile`] comes out; nothing is read from a disk or a network here. A file may be anybody's, so no length that
//! it claims is believed before it is held against what is there, and what is unpacked is counted.

mod csv;
mod idx;
mod images;
mod split;
mod stock;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use super::own::{SIDES, check_labels};
use super::{OwnFile, Split};
use serde::{Deserialize, Serialize};
use stock::Stock;

/// The most bytes that are taken in, all files together.
pub const MAX_INPUT: usize = 256 << 20;
/// How many of the files that were left out are named.
const NAMED: usize = 10;

/// A file as whoever imports has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplied {
    /// Its path: folders tell classes and parts.
    pub path: String,
    /// Its content.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// How files become data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Height and width that pictures are brought to.
    pub side: usize,
    /// Whether pictures keep their colours.
    pub colour: bool,
    /// Which samples validate and test is drawn with it.
    pub seed: u64,
    /// The share of samples that validates, where the files do not say.
    pub validation: f64,
    /// The share of samples that tests, where the files do not say.
    pub test: f64,
    /// A table's column of classes, by its name or its number from 1.
    pub label: Option<String>,
    /// What the classes are to be called, instead of what the files call them, in that order.
    pub labels: Option<Vec<String>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { side: 28, colour: false, seed: 1, validation: 0.1, test: 0.2, label: None, labels: None }
    }
}

impl Settings {
    /// Whether they are within their limits.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn check(&self) -> Result<(), String> {
        if !SIDES.contains(&self.side) {
            let (least, most) = (SIDES.start(), SIDES.end());
            return Err(format!("side {} is not allowed; it must lie between {least} and {most}", self.side));
        }
        for (name, share) in [("validation", self.validation), ("test", self.test)] {
            if !(0.01..=0.8).contains(&share) {
                return Err(format!("{name} {share} is not allowed; it must lie between 0.01 and 0.8"));
            }
        }
        match self.validation + self.test > 0.9 {
            true => {
                Err("validation and test leave less than a tenth of the samples to train; lower one of them".into())
            }
            false => Ok(()),
        }
    }
}

/// What became of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The data.
    pub file: OwnFile,
    /// How many files are no part of it.
    pub left_out: usize,
    /// The first of them, each with the reason.
    pub reasons: Vec<String>,
}

/// Samples that have not been parted yet.
#[derive(Clone, Debug, Default)]
struct Samples {
    shape: [usize; 3],
    labels: Vec<String>,
    /// The class of each.
    classes: Vec<u8>,
    /// The part of each, where the files say it.
    given: Vec<Option<Split>>,
    /// The values of images.
    pixels: Vec<u8>,
    /// The values of others.
    features: Vec<f32>,
}

/// Makes data of files. The same files and settings give the same data, in whatever order the files are.
///
/// # Errors
/// A sentence that names the file, what is wrong with it and the way out.
pub fn import(files: Vec<Supplied>, settings: &Settings) -> Result<Imported, String> {
    settings.check()?;
    let mut stock = Stock::open(files)?;
    let mut left_out = Vec::new();
    let mut file = match stock.data_file()? {
        Some(file) => file,
        None => {
            let samples = match stock.kind() {
                Some(stock::Kind::Table) => csv::read(&mut stock, settings, &mut left_out)?,
                Some(stock::Kind::Idx) => idx::read(&mut stock, settings, &mut left_out)?,
                Some(stock::Kind::Pictures) => images::read(&mut stock, settings, &mut left_out)?,
                None => {
                    return Err("there are no pictures (PNG, JPEG, GIF or BMP), no IDX files and no table (CSV) in it; choose a folder or a zip that has some".into());
                }
            };
            split::part(samples, settings)?
        }
    };
    if let Some(labels) = &settings.labels {
        if labels.len() != file.labels.len() {
            return Err(format!("labels has {} names for {} classes; name each", labels.len(), file.labels.len()));
        }
        check_labels(labels)?;
        file.labels.clone_from(labels);
    }
    let count = left_out.len();
    left_out.truncate(NAMED);
    Ok(Imported { file, left_out: count, reasons: left_out })
}
