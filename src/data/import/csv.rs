//! Tables: a row a sample, a column a feature, and one column that says the class.

use super::images::{sort_labels, split_of};
use super::stock::{Stock, is_table, name};
use super::{Samples, Settings};
use crate::data::Split;
use crate::data::own::{CLASSES, MAX_BYTES, MAX_FEATURES, MAX_SAMPLES};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Names of a column of classes.
const LABELS: [&str; 4] = ["label", "class", "target", "species"];
/// The name of a column of parts.
const SPLIT: &str = "split";

/// Which column is what.
#[derive(Debug, PartialEq, Eq)]
struct Columns {
    header: bool,
    count: usize,
    label: usize,
    split: Option<usize>,
}

/// Reads the table, or those that are called after the parts.
pub(super) fn read(stock: &mut Stock, settings: &Settings, left_out: &mut Vec<String>) -> Result<Samples, String> {
    let mut tables = Vec::new();
    for (index, file) in stock.files.iter().enumerate() {
        match is_table(&file.path) {
            true => tables.push((index, split_of(name(&file.path).split('.').next().unwrap_or_default()))),
            false => left_out.push(format!("{}: it is no table", file.path)),
        }
    }
    if tables.len() > 1 && tables.iter().any(|(_, split)| split.is_none()) {
        return Err("there are several tables; choose one, or call them train.csv, validation.csv and test.csv".into());
    }
    let several = tables.len() > 1;
    let mut samples = Samples::default();
    let mut names: Vec<String> = Vec::new();
    for (index, split) in tables {
        let path = stock.files[index].path.clone();
        let table = stock.read(index)?;
        add(&mut samples, &mut names, &table, split.filter(|_| several), settings)
            .map_err(|reason| format!("{path}: {reason}"))?;
    }
    let mut labels = names.clone();
    sort_labels(&mut labels);
    if labels.len() > *CLASSES.end() {
        return Err(format!(
            "the column of classes has {} different values; at most {} are allowed, so name another column",
            labels.len(),
            CLASSES.end()
        ));
    }
    let class = |name: &String| labels.iter().position(|label| label == name).unwrap_or_default() as u8;
    samples.classes = names.iter().map(class).collect();
    samples.labels = labels;
    Ok(samples)
}

fn add(
    samples: &mut Samples,
    names: &mut Vec<String>,
    table: &[u8],
    split: Option<Split>,
    settings: &Settings,
) -> Result<(), String> {
    let delimiter = delimiter(table);
    let mut rows = Rows { reader: ReaderBuilder::new().delimiter(delimiter).build(), rest: table };
    let mut columns: Option<Columns> = None;
    while let Some((line, row)) = rows.next_row()? {
        let known = match &columns {
            Some(known) => known,
            None => {
                let found = find_columns(&row, settings)?;
                let features = found.count - 1 - usize::from(found.split.is_some());
                if !samples.given.is_empty() && samples.shape[2] != features {
                    return Err(format!(
                        "it has {features} features, and the table before it has {}",
                        samples.shape[2]
                    ));
                }
                samples.shape = [1, 1, features];
                let found = columns.insert(found);
                if found.header {
                    continue;
                }
                found
            }
        };
        if row.len() != known.count {
            return Err(format!(
                "line {line} has {} columns, and the first has {}; correct it",
                row.len(),
                known.count
            ));
        }
        for (at, text) in row.iter().enumerate().filter(|(at, _)| *at != known.label && Some(*at) != known.split) {
            samples.features.push(number(text, delimiter).ok_or_else(|| {
                let text: String = text.chars().take(20).collect();
                format!("line {line}, column {}: \"{text}\" is not a finite number; correct or remove it", at + 1)
            })?);
        }
        let class = row[known.label].trim();
        if class.is_empty() {
            return Err(format!(
                "line {line}, column {}: the class is missing; add it or remove the line",
                known.label + 1
            ));
        }
        names.push(class.into());
        let told = match known.split.map(|at| row[at].trim()) {
            None | Some("") => split,
            Some(word) => Some(split_of(word).ok_or_else(|| {
                let word: String = word.chars().take(20).collect();
                format!("line {line}: the part \"{word}\" is not known; write train, validation or test")
            })?),
        };
        samples.given.push(told);
        if samples.given.len() > MAX_SAMPLES || 4 * samples.features.len() > MAX_BYTES {
            return Err(format!("it has more than {MAX_SAMPLES} lines or 64 MiB of numbers; leave some out"));
        }
    }
    match columns {
        Some(_) => Ok(()),
        None => Err("it is empty".into()),
    }
}

fn find_columns(first: &[String], settings: &Settings) -> Result<Columns, String> {
    let count = first.len();
    let named = |name: &str| first.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let label = match &settings.label {
        Some(wanted) => {
            let by_number = || wanted.parse().ok().filter(|at| (1..=count).contains(at)).map(|at: usize| at - 1);
            let wanted = by_number().or_else(|| named(wanted));
            Some(wanted.ok_or("there is no such column of classes; name one of the first line, or its number from 1")?)
        }
        None => LABELS.into_iter().find_map(named),
    };
    let split = named(SPLIT);
    let header = LABELS.into_iter().any(|name| named(name).is_some())
        || split.is_some()
        || first.iter().enumerate().any(|(at, cell)| {
            // What is meant as a number, and is not finite, is no name of a column.
            let is_name =
                number(cell, b';').is_none() && cell.trim().parse::<f64>().is_err() && !cell.trim().is_empty();
            at != label.unwrap_or(count.saturating_sub(1)) && is_name
        });
    let last = (0..count).rev().find(|at| Some(*at) != split).unwrap_or_default();
    let columns = Columns { header, count, label: label.unwrap_or(last), split };
    let features = count.saturating_sub(1 + usize::from(split.is_some()));
    if !(1..=MAX_FEATURES).contains(&features) {
        return Err(format!("it has {features} columns of features; between 1 and {MAX_FEATURES} are allowed"));
    }
    Ok(columns)
}

/// The rows of a table, one after another.
struct Rows<'t> {
    reader: Reader,
    rest: &'t [u8],
}

impl Rows<'_> {
    /// The next row, and the line that it begins in.
    fn next_row(&mut self) -> Result<Option<(u64, Vec<String>)>, String> {
        let (mut text, mut ends) = (vec![0; 256], vec![0; 16]);
        let (mut written, mut ended) = (0, 0);
        let line = self.reader.line();
        loop {
            let (result, read, more, cells) =
                self.reader.read_record(self.rest, &mut text[written..], &mut ends[ended..]);
            self.rest = &self.rest[read..];
            written += more;
            ended += cells;
            match result {
                // At the end of the table, which the reader is told by giving it nothing more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => text.resize(2 * text.len(), 0),
                ReadRecordResult::OutputEndsFull if ends.len() > MAX_FEATURES + 2 => {
                    return Err(format!("line {line} has more columns than {MAX_FEATURES} features; leave some out"));
                }
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        let mut from = 0;
        let cells = ends[..ended].iter().map(|end| {
            let cell = std::str::from_utf8(&text[std::mem::replace(&mut from, *end)..*end]).map(String::from);
            cell.map_err(|_| format!("line {line} is not text in UTF-8; save the table so"))
        });
        Ok(Some((line, cells.collect::<Result<_, _>>()?)))
    }
}

/// What parts the columns of the first line: the mark of which it has most.
fn delimiter(table: &[u8]) -> u8 {
    let line = table.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    // Of equals the last wins, which is the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// A finite number; where columns are not parted by commas, one may stand for the point.
fn number(text: &str, delimiter: u8) -> Option<f32> {
    let text = text.trim();
    let with_point = (delimiter != b',' && text.contains(',') && !text.contains('.')).then(|| text.replace(',', "."));
    let value: f64 = with_point.as_deref().unwrap_or(text).parse().ok()?;
    Some(value as f32).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn columns(line: &str, label: Option<&str>) -> Result<Columns, String> {
        let settings = Settings { label: label.map(Into::into), ..Settings::default() };
        find_columns(&line.split(',').map(String::from).collect::<Vec<_>>(), &settings)
    }

    #[test]
    fn the_column_of_classes_is_found() {
        let found = |line, label| columns(line, label).map(|c| (c.header, c.label, c.split));
        assert_eq!(found("1.5,2,setosa", None), Ok((false, 2, None)));
        assert_eq!(found("1.5,2,3", None), Ok((false, 2, None)));
        assert_eq!(found("x,y,kind", None), Ok((true, 2, None)));
        assert_eq!(found("Class,x,y", None), Ok((true, 0, None)));
        assert_eq!(found("x,kind,y", Some("kind")), Ok((true, 1, None)));
        assert_eq!(found("setosa,1,2", Some("1")), Ok((false, 0, None)));
        assert_eq!(found("x,y,kind,split", None), Ok((true, 2, Some(3))));
        assert!(found("x,y,kind", Some("nothing")).unwrap_err().contains("no such column"));
        assert!(found("kind", None).unwrap_err().contains("0 columns of features"));
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number(" -1.5e3 ", b','), Some(-1500.0));
        assert_eq!(number("1,5", b';'), Some(1.5));
        for text in ["", "NaN", "inf", "-infinity", "1e39", "1,5", "0x10", "one"] {
            assert_eq!(number(text, b','), None, "{text}");
        }
    }

    #[test]
    fn the_delimiter_is_what_is_there() {
        assert_eq!(delimiter(b"a;b;c\n1,2;3;4"), b';');
        assert_eq!(delimiter(b"a\tb\n"), b'\t');
        assert_eq!(delimiter(b"a,b;c,d"), b',');
        assert_eq!(delimiter(b""), b',');
    }
}
