//! The language of the page: English, or Persian from right to left.
//!
//! English is the key: what stands in `text` and in the tables of lower modules is looked up in the catalogue of the language
//! (`texts/fa.po`, which the build turns into `texts/fa.json`), and stays English where that has nothing.

mod catalogue;
mod toggle;

pub(super) use catalogue::{begin, bring_templates, said, tr};
pub(super) use toggle::LanguageToggle;

use crate::decimal;
use crate::phrase;
use leptos::prelude::{IntoAttributeValue, IntoRender};
use std::fmt;

/// A sentence or a word of the page, in English, by which translations are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text(pub &'static str);

impl Text {
    /// In the page's language.
    pub fn tr(self) -> &'static str {
        tr(self.0)
    }

    /// In the page's language, with values in its holes, in the order of the English.
    pub fn with(self, values: &[&dyn Value]) -> String {
        let values: Vec<_> = values.iter().map(|value| value.written()).collect();
        phrase::fill(self.0, self.tr(), &values)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.tr())
    }
}

impl From<Text> for &'static str {
    fn from(text: Text) -> Self {
        text.tr()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.tr().into()
    }
}

impl IntoRender for Text {
    type Output = &'static str;
    fn into_render(self) -> Self::Output {
        self.tr()
    }
}

impl IntoAttributeValue for Text {
    type Output = &'static str;
    fn into_attribute_value(self) -> Self::Output {
        self.tr()
    }
}

/// What can stand in a hole of a text.
pub(super) trait Value {
    /// As it stands there.
    fn written(&self) -> String;
}

impl Value for Text {
    fn written(&self) -> String {
        self.tr().into()
    }
}

impl Value for &str {
    fn written(&self) -> String {
        isolated(self)
    }
}

impl Value for String {
    fn written(&self) -> String {
        isolated(self)
    }
}

/// What is a number in some values, and words in others.
pub(super) struct Written<'t>(pub &'t str);

impl Value for Written<'_> {
    fn written(&self) -> String {
        if is_number(self.0) { digits(self.0.into()) } else { isolated(self.0) }
    }
}

macro_rules! number {
    ($($type:ty),+) => {
        $(impl Value for $type {
            fn written(&self) -> String {
                digits(self.to_string())
            }
        })+
    };
}

number!(u32, i32, usize);

impl Value for f64 {
    fn written(&self) -> String {
        digits(decimal::shortest(*self))
    }
}

/// What a class is called: a word of a table, or a digit.
pub(super) fn class(label: &'static str) -> String {
    if label.starts_with(|c: char| c.is_ascii_digit()) { digits(label.into()) } else { tr(label).into() }
}

/// Words with commas between, each by itself.
pub(super) fn list(words: &[String]) -> String {
    words.iter().map(Value::written).collect::<Vec<_>>().join(super::text::COMMA.tr())
}

/// A name in Latin letters within a Persian sentence has a direction of its own.
fn isolated(text: &str) -> String {
    if is_persian() && text.contains(|c: char| c.is_ascii_alphabetic()) {
        return format!("\u{2068}{text}\u{2069}");
    }
    text.into()
}

/// Whether this is a number as machines write it. To read it would take a table of kilobytes.
fn is_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.bytes().all(|c| c.is_ascii_digit() || b".,-e".contains(&c))
}

/// A number as the language writes it.
pub(super) fn digits(number: String) -> String {
    if !is_persian() {
        return number;
    }
    let mut written = String::with_capacity(number.len() * 2);
    for c in number.chars() {
        match c {
            '0'..='9' => written.extend(char::from_u32('۰' as u32 + (c as u32 - '0' as u32))),
            '.' => written.push('٫'),
            ',' => written.push('٬'),
            '%' => written.push('٪'),
            // The mark keeps the sign before its number.
            '-' | '−' => written.push_str("\u{200e}−"),
            _ => written.push(c),
        }
    }
    written
}

/// Whether the page speaks Persian.
pub(super) fn is_persian() -> bool {
    catalogue::current().is_some()
}
