//! What each figure is called, how it is written, and a table of all.

use super::super::text::compare as words;
use super::super::{format, text};
use crate::experiment::VariantReport;
use crate::experiment::compare::{Cell, Quantity, Table};

/// As heads of tables and axes name it.
pub(in crate::app) fn title(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Accuracy => text::ACCURACY.tr(),
        Quantity::Loss => text::LOSS.tr(),
        Quantity::Bytes => text::BYTES.tr(),
        Quantity::Memory => words::MEMORY.tr(),
        Quantity::Nonzero => text::NONZERO.tr(),
        Quantity::Sparsity => text::SPARSITY.tr(),
        Quantity::Macs => text::MACS.tr(),
        Quantity::Latency1 => text::LATENCY_1.tr(),
        Quantity::Latency64 => text::LATENCY_64.tr(),
    }
}

/// What it is and how it was obtained.
pub(in crate::app) fn how(quantity: Quantity) -> &'static str {
    let at = Quantity::ALL.iter().position(|other| *other == quantity);
    at.map_or("", |at| words::HOWS[at].tr())
}

/// As people read it.
pub(super) fn write(quantity: Quantity) -> fn(f64) -> String {
    match quantity {
        Quantity::Accuracy => format::percent,
        Quantity::Loss => |value| format::fixed(value, 4),
        Quantity::Bytes | Quantity::Memory => format::bytes,
        Quantity::Nonzero => format::count,
        Quantity::Sparsity => format::short_percent,
        Quantity::Macs => format::amount,
        Quantity::Latency1 | Quantity::Latency64 => format::micros,
    }
}

/// As an axis has room for it.
pub(super) fn write_short(quantity: Quantity) -> fn(f64) -> String {
    match quantity {
        Quantity::Accuracy => format::short_percent,
        Quantity::Loss => |value| format::trimmed(value, 4),
        Quantity::Nonzero => format::amount,
        other => write(other),
    }
}

/// The least and the greatest, as people read them.
pub(super) fn range(quantity: Quantity, (low, high): (f64, f64)) -> String {
    match quantity {
        Quantity::Latency1 | Quantity::Latency64 => format::micros_range(low, high),
        other => format!("{} – {}", write(other)(low), write(other)(high)),
    }
}

/// All figures of some variants: its name, its run's, and the variant.
pub(in crate::app) fn table<'a>(variants: impl Iterator<Item = (&'a str, &'a str, &'a VariantReport)>) -> Table {
    let spread = |quantity: &Quantity| {
        matches!(quantity, Quantity::Accuracy | Quantity::Loss | Quantity::Latency1 | Quantity::Latency64)
    };
    let mut heads = vec![text::VARIANT.to_string(), words::RUN.into()];
    for quantity in Quantity::ALL {
        let title = title_with_unit(quantity);
        if spread(&quantity) {
            heads.extend([title.clone(), words::least(&title), words::greatest(&title)]);
        } else {
            heads.push(title);
        }
    }
    heads.extend([text::SEEDS.into(), text::DIGEST.into()]);
    let row = |(name, run, v): (&str, &str, &VariantReport)| {
        let mut row = vec![Cell::text(name), Cell::text(run)];
        for quantity in Quantity::ALL {
            let cell = |value: Option<f64>| {
                value.map_or_else(|| Cell::text(""), |value| Cell::number(value, write(quantity)(value)))
            };
            row.push(cell(quantity.of(v)));
            if spread(&quantity) {
                let ends = quantity.spread(v).or(quantity.of(v).map(|value| (value, value)));
                row.extend([cell(ends.map(|ends| ends.0)), cell(ends.map(|ends| ends.1))]);
            }
        }
        row.extend([Cell::number(v.trials.len() as f64, v.trials.len().to_string()), Cell::text(&v.digest)]);
        row
    };
    Table { rows: variants.map(row).collect(), heads }
}

/// With the unit that exact numbers are in, where they have one.
fn title_with_unit(quantity: Quantity) -> String {
    match quantity {
        Quantity::Latency1 | Quantity::Latency64 => words::in_micros(title(quantity)),
        Quantity::Memory => words::in_bytes(title(quantity)),
        other => title(other).into(),
    }
}
