//! Own data out of files that the page has handed over.

use super::send;
use crate::data::import::{self, Settings, Supplied};
use crate::data::{self, Own, OwnFile, Split};
use crate::worker::source;
use crate::worker::{KEPT_ENDING, Look, Made, ModelFile, Response};

/// Where what was made last is kept, so that it can be taken, under other names of classes, without its files.
const LAST: &str = "made.gz";
/// Samples of a class to be looked at, and values of all of them: what the page can draw without waiting.
const LOOKS: usize = 8;
const MAX_VALUES: usize = 200_000;

/// Makes data of the files, and sends them where they are to be kept.
pub(super) fn make(
    bundle: Option<&str>,
    files: &[(String, usize)],
    title: &str,
    settings: &Settings,
    take: bool,
) -> Result<Made, String> {
    let content =
        source::take(bundle.unwrap_or(LAST)).ok_or("the files have not reached the worker; choose them again")?;
    let supplied = match bundle {
        Some(_) => parted(content, files)?,
        None => {
            // It stays, so that names that are refused can be mended.
            source::keep(vec![ModelFile { name: LAST.into(), file: content.clone() }]);
            vec![Supplied { path: LAST.into(), bytes: content }]
        }
    };
    let imported = import::import(supplied, settings)?;
    let (own, content) = imported.file.describe(title)?;
    let packed = data::pack(&content)?;
    drop(content);
    if take {
        let model = ModelFile { name: own.path(), file: packed.clone() };
        send(&Response::Exported { model, ending: KEPT_ENDING.into() });
    }
    source::keep(vec![ModelFile { name: LAST.into(), file: packed }]);
    let looks = looks(&own, &imported.file);
    let count = |class| {
        Split::ALL
            .map(|split| imported.file.splits[split as usize].classes.iter().filter(|c| **c as usize == class).count())
    };
    let counts = (0..own.labels.len()).map(count).collect();
    Ok(Made { own, counts, looks, left_out: (imported.left_out, imported.reasons) })
}

/// The files of a bundle, the last first, so that none is there twice.
fn parted(mut bundle: Vec<u8>, files: &[(String, usize)]) -> Result<Vec<Supplied>, String> {
    let mut supplied = Vec::with_capacity(files.len());
    for (path, length) in files.iter().rev() {
        let from = bundle.len().checked_sub(*length).ok_or("the files have changed meanwhile; choose them again")?;
        supplied.push(Supplied { path: path.clone(), bytes: bundle.split_off(from) });
    }
    supplied.reverse();
    Ok(supplied)
}

/// The first training samples of each class.
fn looks(own: &Own, file: &OwnFile) -> Vec<Look> {
    let (features, split) = (own.shape.iter().product::<usize>(), &file.splits[Split::Train as usize]);
    let each = (MAX_VALUES / (features * own.labels.len())).clamp(1, LOOKS);
    let classes = 0..own.labels.len().min(MAX_VALUES / features);
    classes
        .flat_map(|class| {
            let mine = split.classes.iter().enumerate().filter(move |(_, c)| usize::from(**c) == class);
            mine.take(each).map(move |(at, _)| {
                let range = at * features..(at + 1) * features;
                let scaled = split.features.get(range.clone()).unwrap_or_default().iter().zip(&file.scaling);
                Look {
                    class,
                    pixels: split.pixels.get(range).unwrap_or_default().to_vec(),
                    features: scaled.map(|(value, [mean, deviation])| value * deviation + mean).collect(),
                }
            })
        })
        .collect()
}
