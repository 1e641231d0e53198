//! A report's figures as lines of points, each with the spread of its trials.

use crate::experiment::report::{Report, VariantReport, VariantResult};

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// In the order of the legend.
    pub lines: Vec<Line>,
}

/// What an axis stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Its name.
    pub title: &'static str,
    /// How its values are written.
    pub quantity: Quantity,
    /// Equal ratios are equally long.
    pub log: bool,
}

impl Axis {
    /// In the place of `x`: each line is one figure, at no place but its name, and they stand one beneath another.
    pub const NAMES: Self = Self { title: "", quantity: Quantity::Count, log: false };
}

impl Chart {
    /// Whether it is of figures with names; see [`Axis::NAMES`].
    pub fn is_of_names(&self) -> bool {
        self.x == Axis::NAMES
    }
}

/// What a value is, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A share, written in percent.
    Share,
    /// A plain number.
    Number,
    /// A number of things: there is nothing between two of them.
    Count,
    /// So many times.
    Factor,
    /// A length in bytes.
    Bytes,
}

impl Quantity {
    /// The most digits behind the point of a plain number.
    pub fn places(value: f64) -> u8 {
        match value.abs() {
            100.0.. => 0,
            size if size > 0.0 && size < 0.001 => 7,
            _ => 4,
        }
    }

    /// The value in the unit that it is read in.
    pub fn write(self, value: f64) -> String {
        let digits = |value: f64, most: usize| {
            let text = format!("{value:.most$}");
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
        };
        match self {
            Self::Share => format!("{} %", digits(value * 100.0, 2)),
            Self::Count if value.fract() != 0.0 => String::new(),
            Self::Count => digits(value, 0),
            Self::Number => digits(value, usize::from(Self::places(value))),
            Self::Factor => format!("{}x", digits(value, if value < 10.0 { 1 } else { 0 })),
            Self::Bytes => format!("{} KB", digits(value / 1000.0, 1)),
        }
    }
}

/// One line, or one row of marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Drawn dashed: a control, or a figure without retraining.
    pub dashed: bool,
    /// From the lowest `x` on.
    pub spots: Vec<Spot>,
}

/// A point: a mean over trials, with the least and the greatest of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Across.
    pub x: f64,
    /// The mean.
    pub y: f64,
    /// The least trial.
    pub low: f64,
    /// The greatest trial.
    pub high: f64,
    /// In one of the trials nothing passes the network any more.
    pub collapsed: bool,
}

impl Line {
    /// One figure with a name.
    pub(super) fn figure(name: impl Into<String>, dashed: bool, spot: Spot) -> Self {
        Self { name: name.into(), dashed, spots: vec![spot] }
    }
}

impl Spot {
    /// A single figure, such as one that a paper has.
    pub(super) fn exact(x: f64, y: f64) -> Self {
        Self { x, y, low: y, high: y, collapsed: false }
    }
}

/// Weights in all over weights that are left: the compression ratio, of a trial.
pub(super) fn compression(result: &VariantResult) -> f64 {
    let (all, left) = result.layers.iter().fold((0, 0), |(all, left), l| (all + l.parameters, left + l.nonzero));
    all as f64 / left.max(1) as f64
}

/// Wrong answers of 10,000 test samples, of a trial.
pub(super) fn errors(result: &VariantResult) -> Option<f64> {
    Some(((1.0 - result.accuracy) * 10_000.0).round())
}

/// The share of weights that is left, of a trial.
pub(super) fn left(result: &VariantResult) -> f64 {
    1.0 / compression(result)
}

/// The mean of what `read` makes of a variant's trials, at `x` of the first of them; none if there is nothing to read.
pub(super) fn spot(
    variant: &VariantReport,
    x: &dyn Fn(&VariantResult) -> f64,
    read: &dyn Fn(&VariantResult) -> Option<f64>,
) -> Option<Spot> {
    let values: Vec<f64> = variant.trials.iter().filter_map(read).collect();
    if values.is_empty() {
        return None;
    }
    Some(Spot {
        x: x(variant.trials.first()?),
        y: values.iter().sum::<f64>() / values.len() as f64,
        low: values.iter().copied().fold(f64::INFINITY, f64::min),
        high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        collapsed: variant.trials.iter().any(|trial| trial.cut),
    })
}

/// The variants that are called `name` and something behind it as a line; `first` stands before them, if it is there.
pub(super) fn line(
    report: &Report,
    name: &str,
    dashed: bool,
    first: Option<&str>,
    x: &dyn Fn(&VariantResult) -> f64,
    read: &dyn Fn(&VariantResult) -> Option<f64>,
) -> Line {
    let mine = |variant: &&VariantReport| {
        first == Some(variant.name.as_str()) || variant.name.rsplit_once(" at ").is_some_and(|(of, _)| of == name)
    };
    let mut spots: Vec<Spot> = report.variants.iter().filter(mine).filter_map(|v| spot(v, x, read)).collect();
    spots.sort_by(|a, b| a.x.total_cmp(&b.x));
    Line { name: name.into(), dashed, spots }
}
