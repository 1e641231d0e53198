//! The gallery: the papers' figures as recipes, what each paper reports, and the chart that a report of ours makes of it.
//!
//! An exhibit is one file and one line in [`EXHIBITS`]. The page and the command line draw what [`Exhibit::charts`] returns and know
//! nothing of any exhibit.

mod build;
mod chart;
mod deep_compression;
mod digits;
mod distillation;
mod few_examples;
mod integers;
mod lessons;
mod lottery;
mod missing_the_mark;
mod never_seen;
mod obd;
mod order;
mod synflow;
mod temperature;
mod ten_into_one;

pub use chart::{Axis, Chart, Line, Quantity, Spot};
pub use lessons::{LESSONS, Lesson};

use super::recipe::Recipe;
use super::report::Report;

/// One figure of a paper, run anew.
pub struct Exhibit {
    /// The name in addresses and on the command line.
    pub name: &'static str,
    /// The name on the page.
    pub title: &'static str,
    /// Authors, year and title.
    pub paper: &'static str,
    /// What is done.
    pub about: &'static str,
    /// What to notice.
    pub notice: &'static str,
    /// What the paper reports, one sentence a figure.
    pub reported: &'static [&'static str],
    /// What the quick settings leave out.
    pub shortened: &'static str,
    /// On which networks and data.
    pub setups: &'static [Setup],
    /// The figures that a report of one of the setups makes, as far as it has come.
    pub charts: fn(&Report) -> Vec<Chart>,
}

/// A network and data on which an exhibit is shown.
pub struct Setup {
    /// The name on the command line.
    pub name: &'static str,
    /// The name on the page.
    pub title: &'static str,
    /// The experiment.
    pub recipe: fn(Size) -> Recipe,
}

/// How much of the paper's effort is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Less data, fewer epochs and trials: under a minute on a laptop.
    Quick,
    /// As near to the paper as the network and the data allow.
    Full,
}

/// All exhibits, in the order in which the field found them.
pub const EXHIBITS: &[Exhibit] = &[
    obd::EXHIBIT,
    deep_compression::EXHIBIT,
    integers::EXHIBIT,
    lottery::EXHIBIT,
    synflow::EXHIBIT,
    missing_the_mark::EXHIBIT,
    digits::EXHIBIT,
    temperature::EXHIBIT,
    never_seen::EXHIBIT,
    ten_into_one::EXHIBIT,
    few_examples::EXHIBIT,
    distillation::EXHIBIT,
    order::EXHIBIT,
];

impl Exhibit {
    /// The exhibit of this name; a sentence that lists them, if there is none.
    pub fn find(name: &str) -> Result<&'static Self, String> {
        EXHIBITS.iter().find(|exhibit| exhibit.name == name).ok_or_else(|| {
            let known: Vec<&str> = EXHIBITS.iter().map(|exhibit| exhibit.name).collect();
            format!("there is no exhibit \"{name}\"; those there are: {}", known.join(", "))
        })
    }

    /// The setup of this name, or the first if none is named.
    pub fn setup(&self, name: Option<&str>) -> Result<&'static Setup, String> {
        let Some(name) = name else { return Ok(&self.setups[0]) };
        self.setups.iter().find(|setup| setup.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.setups.iter().map(|setup| setup.name).collect();
            format!("{} has no setup \"{name}\"; those there are: {}", self.name, known.join(", "))
        })
    }

    /// The exhibit that a recipe is of, with its setup and size.
    pub fn of(recipe: &Recipe) -> Option<(&'static Self, &'static Setup, Size)> {
        // What trains is the visitor's choice and does not change what is shown.
        let same = |other: Recipe| Recipe { backend: recipe.backend, ..other } == *recipe;
        EXHIBITS.iter().find_map(|exhibit| {
            exhibit.setups.iter().find_map(|setup| {
                [Size::Quick, Size::Full]
                    .into_iter()
                    .find(|&size| same((setup.recipe)(size)))
                    .map(|size| (exhibit, setup, size))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Link, Plan};

    fn all() -> impl Iterator<Item = (&'static Exhibit, &'static Setup, Size)> {
        EXHIBITS.iter().flat_map(|exhibit| {
            exhibit.setups.iter().flat_map(move |setup| [Size::Quick, Size::Full].map(|size| (exhibit, setup, size)))
        })
    }

    #[test]
    fn every_recipe_can_be_planned_linked_and_told_from_the_others() {
        for (exhibit, setup, size) in all() {
            let recipe = (setup.recipe)(size);
            let place = format!("{} {} {size:?}", exhibit.name, setup.name);
            Plan::new(&recipe).unwrap_or_else(|error| panic!("{place}: {error}"));
            let text = Link { recipe: recipe.clone(), digest: None }.to_text();
            assert_eq!(Link::from_text(&text).unwrap().recipe, recipe, "{place}");
            let (found, at, of) = Exhibit::of(&recipe).unwrap();
            assert_eq!((found.name, at.name, of), (exhibit.name, setup.name, size), "{place}");
        }
    }

    /// Training alone, in multiply-accumulates: one core of a laptop does some 10^10 a second, and tests and timings come on top.
    #[test]
    fn quick_settings_are_quick() {
        for (exhibit, setup, _) in all() {
            let plan = Plan::new(&(setup.recipe)(Size::Quick)).unwrap();
            let info = plan.recipe.data.info();
            // What testing costs is taken off again.
            let training = |stage: usize| {
                let seen = (3 * plan.stages[stage].epochs() * plan.epoch(stage)) as f64;
                plan.cost(stage) * seen / (seen + info.test as f64)
            };
            let trials = plan.recipe.seeds.len() as f64;
            let cost: f64 = (0..plan.stages.len()).map(training).sum::<f64>() * trials;
            assert!(cost < 8e11, "{} {}: {cost:e}", exhibit.name, setup.name);
            let full = Plan::new(&(setup.recipe)(Size::Full)).unwrap();
            assert!(full.training_samples() > plan.training_samples());
        }
    }
}
