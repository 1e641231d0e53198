//! What an assignment asks for: bounds on the figures of one variant, such as "at most 30 kB and at least 97 % right".

use crate::experiment::report::{Report, VariantReport};
use serde::{Deserialize, Serialize};

/// A figure that a goal may bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Share of the test set classified rightly.
    Accuracy,
    /// Bytes of the encoded file.
    Bytes,
    /// Multiply-accumulates of a sample.
    Macs,
    /// Parameters that are not zero.
    Nonzero,
    /// Microseconds that one sample takes, on the device that ran it.
    Latency,
}

named!(Figure {
    Accuracy => "accuracy", Bytes => "bytes", Macs => "macs", Nonzero => "nonzero", Latency => "latency",
});

impl Figure {
    /// Every figure, with the bound that is usually asked of it.
    pub const ALL: [(Self, Bound); 5] = [
        (Self::Accuracy, Bound::AtLeast),
        (Self::Bytes, Bound::AtMost),
        (Self::Macs, Bound::AtMost),
        (Self::Nonzero, Bound::AtMost),
        (Self::Latency, Bound::AtMost),
    ];
}

/// The side on which a figure is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No less than the value.
    AtLeast,
    /// No more than the value.
    AtMost,
}

named!(Bound { AtLeast => "at-least", AtMost => "at-most" });

/// One bound of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Of what.
    pub figure: Figure,
    /// On which side.
    pub bound: Bound,
    /// Of where; shares from 0 to 1, latencies in microseconds.
    pub value: f64,
}

impl Condition {
    /// Whether a variant meets it; a figure that was not measured meets nothing.
    pub fn met(&self, figures: &Figures) -> bool {
        figures.get(self.figure).is_some_and(|is| match self.bound {
            Bound::AtLeast => is >= self.value,
            Bound::AtMost => is <= self.value,
        })
    }
}

/// What one variant has to reach.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Goal {
    /// Which; any of them, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// All of these, at once.
    pub conditions: Vec<Condition>,
}

/// One variant's figures, as an answer carries them: means over trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// The variant's name.
    pub name: String,
    /// Share of the test set classified rightly.
    pub accuracy: f64,
    /// Bytes of the encoded file.
    pub bytes: usize,
    /// Multiply-accumulates of a sample.
    pub macs: u64,
    /// Parameters that are not zero.
    pub nonzero: usize,
    /// Median microseconds of one sample, where it was timed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<f64>,
}

impl Figures {
    /// Those of a report's variant.
    pub fn of(variant: &VariantReport) -> Self {
        Self {
            name: variant.name.clone(),
            accuracy: variant.accuracy,
            bytes: variant.bytes,
            macs: variant.macs,
            nonzero: variant.nonzero,
            // Nanoseconds are finer than any clock at hand, and further digits would make links longer.
            latency: variant.latency.map(|latency| (latency.batch1.median_us * 1000.0).round() / 1000.0),
        }
    }

    /// Those of all variants of a report.
    pub fn all(report: &Report) -> Vec<Self> {
        report.variants.iter().map(Self::of).collect()
    }

    /// One of them.
    pub fn get(&self, figure: Figure) -> Option<f64> {
        match figure {
            Figure::Accuracy => Some(self.accuracy),
            Figure::Bytes => Some(self.bytes as f64),
            Figure::Macs => Some(self.macs as f64),
            Figure::Nonzero => Some(self.nonzero as f64),
            Figure::Latency => self.latency,
        }
    }
}

/// How far results meet a goal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// The variant that was judged: the one the goal names, else the one that meets most; none if there is none.
    pub variant: Option<Figures>,
    /// Condition by condition.
    pub met: Vec<bool>,
}

impl Judged {
    /// Whether every condition is met, and there is one.
    pub fn all(&self) -> bool {
        !self.met.is_empty() && self.met.iter().all(|met| *met)
    }
}

impl Goal {
    /// Judges the variants of a run. Where several meet as many conditions, the most accurate is told; where no condition is
    /// asked, the last, which is what the run led up to.
    pub fn judge(&self, variants: &[Figures]) -> Judged {
        let named = |figures: &&Figures| self.variant.as_ref().is_none_or(|name| *name == figures.name);
        let mut candidates = variants.iter().filter(named);
        let met = |figures: &Figures| self.conditions.iter().filter(|c| c.met(figures)).count();
        let best = if self.conditions.is_empty() {
            candidates.next_back()
        } else {
            candidates.max_by(|a, b| met(a).cmp(&met(b)).then(a.accuracy.total_cmp(&b.accuracy)))
        };
        Judged {
            met: self.conditions.iter().map(|c| best.is_some_and(|figures| c.met(figures))).collect(),
            variant: best.cloned(),
        }
    }
}
