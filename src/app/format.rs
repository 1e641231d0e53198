//! Numbers as people read them, in the page's language. Rounding is left to the browser, which has the code for it already.

use super::language::{Text, digits as localized, is_persian};

/// So many digits after the point, as every language of machines writes them.
fn rounded(value: f64, digits: u8) -> String {
    js_sys::Number::from(value).to_fixed(digits).map(String::from).unwrap_or_default()
}

/// So many digits after the point.
pub(super) fn fixed(value: f64, digits: u8) -> String {
    localized(rounded(value, digits))
}

/// A number that stands before a per-cent sign. Persian has no space between.
fn with_percent(number: String) -> String {
    localized(number + if is_persian() { "%" } else { "\u{a0}%" })
}

/// `98.12 %`
pub(super) fn percent(share: f64) -> String {
    with_percent(rounded(share * 100.0, 2))
}

/// `98 %`, with a digit only where it is needed.
pub(super) fn short_percent(share: f64) -> String {
    with_percent(plain(share * 100.0, 1))
}

/// `98 %`, of a number that is in per cent already.
pub(super) fn of_hundred(value: f64, digits: u8) -> String {
    with_percent(plain(value, digits))
}

/// At most so many digits after the point, none of them a closing zero.
pub(super) fn trimmed(value: f64, digits: u8) -> String {
    localized(plain(value, digits))
}

/// The same for a machine: an attribute, a style.
pub(super) fn plain(value: f64, digits: u8) -> String {
    let text = rounded(value, digits);
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// So many digits that count, of a value of any size: `0.00123`, `1.2e-7`.
pub(super) fn significant(value: f64, digits: u8) -> String {
    let text = js_sys::Number::from(value).to_precision(digits).map(String::from).unwrap_or_default();
    match text.split_once('e') {
        // `1.2e-7` is how machines write it.
        Some((number, power)) if is_persian() => {
            let power: String = power.chars().filter_map(raised).collect();
            format!("{}×۱۰{power}", localized(number.into()))
        }
        _ => localized(text),
    }
}

/// A character of a number, as an exponent.
fn raised(c: char) -> Option<char> {
    match c {
        '-' => Some('⁻'),
        '0'..='9' => "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c as usize - '0' as usize),
        _ => None,
    }
}

/// `266,610`
pub(super) fn count(value: f64) -> String {
    let digits = rounded(value, 0);
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    localized(out)
}

/// Three significant digits before a unit.
fn with_unit(value: f64, units: &[(f64, Text)]) -> String {
    let (size, unit) =
        units.iter().rev().find(|(size, _)| value >= *size).or(units.first()).copied().unwrap_or((1.0, Text("")));
    let value = value / size;
    let digits = if value >= 100.0 || size == 1.0 && value.fract() == 0.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{}\u{a0}{unit}", fixed(value, digits))
}

/// `1.07 MB`
pub(super) fn bytes(value: f64) -> String {
    with_unit(value, &[(1.0, Text("B")), (1e3, Text("kB")), (1e6, Text("MB"))])
}

/// `12.3 µs`
pub(super) fn micros(value: f64) -> String {
    with_unit(value, &[(1.0, Text("µs")), (1e3, Text("ms")), (1e6, Text("s"))])
}

/// `12.1 – 12.6 µs`
pub(super) fn micros_range(low: f64, high: f64) -> String {
    let (low, high) = (micros(low), micros(high));
    match (low.split_once('\u{a0}'), high.split_once('\u{a0}')) {
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number} – {high}"),
        _ => format!("{low} – {high}"),
    }
}

/// `266 k`
pub(super) fn amount(value: f64) -> String {
    with_unit(value, &[(1.0, Text("")), (1e3, Text("k")), (1e6, Text("M"))]).trim_end().to_string()
}

/// `2 min 5 s`
pub(super) fn seconds(value: f64) -> String {
    // Rounded first: 59.7 is a minute.
    let value = (value.max(0.0) + 0.5).floor();
    if value < 60.0 {
        return Text("{}\u{a0}s").with(&[&fixed(value, 0)]);
    }
    let minutes = (value / 60.0).floor();
    if minutes >= 60.0 {
        return Text("{}\u{a0}h {}\u{a0}min").with(&[&fixed((minutes / 60.0).floor(), 0), &fixed(minutes % 60.0, 0)]);
    }
    Text("{}\u{a0}min {}\u{a0}s").with(&[&fixed(minutes, 0), &fixed(value % 60.0, 0)])
}
