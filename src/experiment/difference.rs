//! What differs where a run came to other bits than another one, and what most likely caused it.

use super::recipe::BackendName;
use super::report::{Report, VariantReport};
use super::teaching::Figures;

/// One variant here and there.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantDifference {
    /// Its name.
    pub name: String,
    /// What it came to here, if it was reached.
    pub here: Option<Figures>,
    /// What it came to there, if that is known.
    pub there: Option<Figures>,
    /// Whether the two have one digest: the same file and the same predictions.
    pub same: bool,
    /// How many predictions of the test set differ at least, over all trials: so many samples changed their cell of the confusion
    /// matrix. None where it is not known.
    pub predictions: Option<usize>,
}

/// What most likely made the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The recipes are not the same.
    Recipe,
    /// The GPU trained, whose bits are one device's.
    Gpu,
    /// One of the two was stopped, or lost a part.
    Unfinished,
    /// Different versions of the program.
    Version,
    /// The same version came to other bits: a file was changed, or the device computes wrongly.
    Unexplained,
}

/// The two runs, variant by variant, in the order of `here`.
pub fn variants(here: &Report, there: &Report) -> Vec<VariantDifference> {
    let find = |report: &Report, name: &str| report.variants.iter().position(|v| v.name == name);
    let only_there = there.variants.iter().filter(|v| find(here, &v.name).is_none());
    let names = here.variants.iter().chain(only_there).map(|v| v.name.clone());
    names
        .map(|name| {
            let [mine, other] = [here, there].map(|report| find(report, &name).map(|index| &report.variants[index]));
            let both = mine.zip(other);
            VariantDifference {
                here: mine.map(Figures::of),
                there: other.map(Figures::of),
                same: both.is_some_and(|(a, b)| !a.digest.is_empty() && a.digest == b.digest),
                predictions: both.and_then(|(a, b)| moved(a, b)),
                name,
            }
        })
        .collect()
}

/// What most likely made two runs differ.
pub fn cause(here: &Report, there: &Report) -> Cause {
    let unfinished = |report: &Report| {
        report.variants.iter().any(|v| v.stopped)
            || report.variants.len() != there.variants.len().max(here.variants.len())
    };
    let same_recipe = {
        let [mut a, mut b] = [here.recipe.clone(), there.recipe.clone()];
        (a.backend, b.backend) = (BackendName::Cpu, BackendName::Cpu);
        (a.title, b.title) = (String::new(), String::new());
        a == b
    };
    if !same_recipe {
        Cause::Recipe
    } else if [here, there].iter().any(|report| report.backend == BackendName::Gpu) {
        Cause::Gpu
    } else if unfinished(here) || unfinished(there) {
        Cause::Unfinished
    } else if here.engine != there.engine {
        Cause::Version
    } else {
        Cause::Unexplained
    }
}

/// How many samples lie in other cells of the confusion matrices, over the trials that both have.
fn moved(here: &VariantReport, there: &VariantReport) -> Option<usize> {
    let mut count = 0;
    for trial in &here.trials {
        let other = there.trials.iter().find(|other| other.seed == trial.seed)?;
        if trial.confusion.len() != other.confusion.len() {
            return None;
        }
        let cells = trial.confusion.iter().flatten().zip(other.confusion.iter().flatten());
        count += cells.map(|(a, b)| a.saturating_sub(*b) as usize).sum::<usize>();
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Plan, Recipe, VariantResult};

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn report(title: &str, confusion: [[u32; 2]; 2], digest: &str) -> Report {
        let json = format!(
            r#"{{"version":1,"title":"{title}","data":{{"dataset":"moons"}},"variants":[{{"name":"dense"}},{{"name":"other"}}]}}"#
        );
        let plan = Plan::new(&Recipe::from_json(&json).unwrap()).unwrap();
        let result = |name: &str, digest: &str| VariantResult {
            name: name.into(),
            seed: 1,
            accuracy: f64::from(confusion[0][0] + confusion[1][1]) / 1000.0,
            loss: 0.1,
            confusion: confusion.map(Vec::from).into(),
            parameters: 10,
            nonzero: 10,
            macs: 10,
            bytes: 60,
            latency: None,
            layers: Vec::new(),
            curve: Vec::new(),
            cut: false,
            predicted_rise: None,
            measured_rise: None,
            layer_scores: Vec::new(),
            bias_offset: None,
            digest: digest.into(),
            backend: BackendName::Cpu,
            stopped: false,
        };
        Report::assemble(&plan, vec![result("dense", digest), result("other", "ee")])
    }

    #[test]
    fn each_variant_is_compared_and_the_cause_is_told() {
        let (here, there) = (report("a", [[490, 10], [0, 500]], "aa"), report("b", [[485, 15], [7, 493]], "bb"));
        let told = variants(&here, &there);
        assert_eq!(
            told.iter().map(|v| (v.same, v.predictions)).collect::<Vec<_>>(),
            [(false, Some(12)), (true, Some(12))]
        );
        assert_eq!(told[0].there.as_ref().unwrap().accuracy, 0.978);
        assert_eq!(cause(&here, &there), Cause::Unexplained);
        let mut older = there.clone();
        older.engine = "0.0.9".into();
        assert_eq!(cause(&here, &older), Cause::Version);
        older.variants.pop();
        assert_eq!(cause(&here, &older), Cause::Unfinished);
        assert_eq!(variants(&here, &older)[1].there, None);
        older.backend = BackendName::Gpu;
        assert_eq!(cause(&here, &older), Cause::Gpu);
        older.recipe.seeds = vec![2];
        assert_eq!(cause(&here, &older), Cause::Recipe);
    }
}
