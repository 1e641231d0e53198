//! The compression methods: one file each, registered in its kind's table.
//!
//! The page's forms, the recipe's checks and the command line's help read these tables and nothing else.

mod cholesky;
pub mod distill;
pub mod prune;
pub mod quantize;
pub mod share;

use std::ops::RangeInclusive;

/// What every method tells about itself.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name in recipes.
    pub name: &'static str,
    /// The name on the page.
    pub title: &'static str,
    /// One sentence for a newcomer: what it does and what to expect.
    pub help: &'static str,
    /// Authors, year and title of its source.
    pub paper: &'static str,
}

/// One numeric setting: its name in recipes, its meaning, default and range.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The name in recipes.
    pub name: &'static str,
    /// The name on the page.
    pub title: &'static str,
    /// One sentence: what it does and what to expect.
    pub help: &'static str,
    /// The value if a recipe does not say.
    pub default: f64,
    /// What is allowed, both ends included.
    pub range: RangeInclusive<f64>,
    /// The step of the page's slider; 1 for whole numbers.
    pub step: f64,
}

impl Setting {
    /// Checks `value`; the sentence names the setting, the value and what is allowed.
    pub fn check(&self, value: f64) -> Result<(), String> {
        if self.range.contains(&value) {
            return Ok(());
        }
        let (low, high) = (self.range.start(), self.range.end());
        Err(format!("{} {value} is not allowed; it must lie between {low} and {high}", self.name))
    }
}

/// The method of this name, or a sentence that lists those there are.
pub(crate) fn find<'t, M>(table: &'t [M], about: impl Fn(&M) -> About, name: &str) -> Result<&'t M, String> {
    table.iter().find(|method| about(method).name == name).ok_or_else(|| {
        let known: Vec<&str> = table.iter().map(|method| about(method).name).collect();
        format!("method \"{name}\" is not known; it must be one of: {}", known.join(", "))
    })
}
