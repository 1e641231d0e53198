//! The transfer set: what a student is shown while its teacher is asked. It need not be what the teacher learned from, nor have labels.
//!
//! Hinton, Vinyals, Dean 2015, section 3, leave all threes out of it, and find that the student knows them all the same once the bias
//! of the class that it never saw is raised ([`best_offset`]; there by what is best on the test set, here on the validation set).

use crate::data::{DatasetInfo, DatasetName, Key};
use serde::{Deserialize, Serialize};

/// What the student is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TransferSource {
    /// The training samples.
    #[default]
    Training,
    /// The training samples of the other image data set, without their labels: digits for clothes, clothes for digits.
    Other,
    /// Images of uniform noise.
    Noise,
    /// All training samples that the data set has, also those that the recipe's `samples` leave out, without their labels: an epoch
    /// draws as many of them as there are training samples. Bucila, Caruana, Niculescu-Mizil 2006, Model Compression.
    Unlabeled,
}

named!(TransferSource { Training => "training", Other => "other", Noise => "noise", Unlabeled => "unlabeled" });

impl TransferSource {
    /// The name that recipes use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Other => "other",
            Self::Noise => "noise",
            Self::Unlabeled => "unlabeled",
        }
    }

    /// Whether every batch is drawn afresh, so that the numbers of its samples say nothing of what is in it.
    pub(crate) fn draws_anew(self) -> bool {
        matches!(self, Self::Noise | Self::Unlabeled)
    }
}

/// The transfer set of a distillation as a recipe writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transfer {
    /// The share of each class's training samples that is used, by a choice that is the trial's.
    pub share: f64,
    /// Classes of which no sample is used.
    pub without: Vec<usize>,
    /// What the student is shown. Where that is not the training samples, no class is known, so all weight has to be on the teacher.
    pub source: TransferSource,
    /// After training, the biases of the classes in `without` are raised by the one amount with which the validation set comes out
    /// best.
    pub correct_bias: bool,
}

impl Default for Transfer {
    fn default() -> Self {
        Self { share: 1.0, without: Vec::new(), source: TransferSource::Training, correct_bias: false }
    }
}

impl Transfer {
    /// Whether it is the training set as it is.
    pub(crate) fn is_whole(&self) -> bool {
        self.share == 1.0 && self.without.is_empty() && self.source == TransferSource::Training
    }

    /// Checks what can be told without the data, for a weight on the teacher.
    pub(super) fn check(&self, alpha: f64) -> Result<(), String> {
        if !(0.001..=1.0).contains(&self.share) {
            return Err(format!("share {} is not allowed; it must lie between 0.001 and 1", self.share));
        }
        if self.correct_bias && self.without.is_empty() {
            return Err("correct_bias raises the biases of classes left out, and without names none".into());
        }
        let source = self.source.as_str();
        if self.source != TransferSource::Training && alpha != 1.0 {
            return Err(format!("source \"{source}\" gives no labels, so alpha must be 1, and it is {alpha}"));
        }
        if self.source != TransferSource::Training && !(self.without.is_empty() && self.share == 1.0) {
            return Err(format!("source \"{source}\" gives no classes to choose by; leave share and without out"));
        }
        Ok(())
    }

    /// Checks it against the data.
    pub(crate) fn check_for(&self, info: &DatasetInfo) -> Result<(), String> {
        let classes = info.labels.len();
        for (at, class) in self.without.iter().enumerate() {
            if *class >= classes {
                return Err(format!(
                    "without names class {class}; {} has the classes 0 to {}",
                    info.name.as_str(),
                    classes - 1
                ));
            }
            if self.without[..at].contains(class) {
                return Err(format!("without names class {class} twice"));
            }
        }
        if self.without.len() >= classes {
            return Err("without names every class; leave one to learn from".into());
        }
        if self.source != TransferSource::Training && info.is_points() {
            return Err(format!(
                "source \"{}\" gives images, and {} has points in the plane; choose training",
                self.source.as_str(),
                info.name.as_str()
            ));
        }
        if matches!(self.source, TransferSource::Other | TransferSource::Noise) && info.is_text() {
            return Err(format!(
                "source \"{}\" gives images, and {} has texts; choose training or unlabeled",
                self.source.as_str(),
                info.name.as_str()
            ));
        }
        if self.source == TransferSource::Other && info.shape != DatasetName::Mnist.info().shape {
            let [height, width, channels] = info.shape;
            return Err(format!(
                "source \"other\" gives grey images of 28 x 28 pixels, and this data has {height} x {width} x {channels}; choose training or noise"
            ));
        }
        Ok(())
    }

    /// Which samples are used, in rising order: of each class that is not left out the same share, rounded, at least one. A smaller
    /// share is part of a larger one.
    pub(crate) fn choose(&self, labels: &[u8], classes: usize, trial: &Key) -> Vec<u32> {
        let key = trial.fold("transfer");
        let mut chosen = Vec::new();
        for class in (0..classes).filter(|class| !self.without.contains(class)) {
            let of_class = (0..labels.len() as u32).filter(|&i| usize::from(labels[i as usize]) == class);
            let mut of_class: Vec<u32> = of_class.collect();
            key.fold_index(class as u64).rng().shuffle(&mut of_class);
            let count = ((of_class.len() as f64 * self.share).round() as usize).max(1);
            chosen.extend(of_class.into_iter().take(count));
        }
        chosen.sort_unstable();
        chosen
    }
}

/// What is to be added to the logits of the classes in `without` for the most of these samples to come out right: the middle of the
/// best stretch of values, of several that are as good the nearest to zero. `logits` has a row of `classes` for each label.
pub(crate) fn best_offset(logits: &[f32], labels: &[u8], classes: usize, without: &[usize]) -> f32 {
    // With an offset above a row's threshold, a class that was left out wins.
    let mut turns: Vec<(f32, i32)> = Vec::with_capacity(labels.len());
    let mut right = 0;
    for (row, &label) in logits.chunks_exact(classes).zip(labels) {
        let best = |left_out: bool| {
            let among = (0..classes).filter(|class| without.contains(class) == left_out);
            among.fold(None, |best: Option<usize>, class| match best {
                Some(best) if row[best] >= row[class] => Some(best),
                _ => Some(class),
            })
        };
        let (Some(kept), Some(left_out)) = (best(false), best(true)) else { return 0.0 };
        let is = |class: usize| i32::from(usize::from(label) == class);
        right += is(kept);
        turns.push((row[kept] - row[left_out], is(left_out) - is(kept)));
    }
    turns.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(first), Some(last)) = (turns.first(), turns.last()) else { return 0.0 };
    // Stretches between thresholds, each with how many come out right; those at the ends reach one further.
    let mut best = (right, first.0 - 1.0);
    let end = last.0 + 1.0;
    for (at, &(threshold, change)) in turns.iter().enumerate() {
        right += change;
        let next = turns.get(at + 1).map_or(end, |turn| turn.0);
        let middle = threshold + (next - threshold) / 2.0;
        let better = right > best.0 || (right == best.0 && middle.abs() < best.1.abs());
        if next > threshold && better {
            best = (right, middle);
        }
    }
    best.1
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_class_gives_the_same_share_and_those_left_out_none() {
        let labels: Vec<u8> = (0..1000).map(|i| (i * i % 7 % 4) as u8).collect();
        let transfer = Transfer { share: 0.1, without: vec![2], ..Transfer::default() };
        let chosen = transfer.choose(&labels, 4, &Key::new(1));
        assert!(chosen.is_sorted());
        for class in 0..4 {
            let of = |labels: &mut dyn Iterator<Item = u8>| labels.filter(|&label| label == class).count();
            let all = of(&mut labels.iter().copied());
            let got = of(&mut chosen.iter().map(|&i| labels[i as usize]));
            let wanted = if class == 2 { 0 } else { ((all as f64 * 0.1).round() as usize).max(1) };
            assert_eq!(got, if all == 0 { 0 } else { wanted }, "class {class}");
        }
        let more = Transfer { share: 0.3, ..transfer.clone() }.choose(&labels, 4, &Key::new(1));
        assert!(chosen.iter().all(|i| more.contains(i)), "a smaller share is part of a larger one");
        assert_ne!(chosen, transfer.choose(&labels, 4, &Key::new(2)), "another trial chooses others");
    }

    fn right(logits: &[f32], labels: &[u8], without: &[usize], offset: f32) -> usize {
        let rows = logits.chunks(3).zip(labels);
        rows.filter(|(row, label)| {
            let raised: Vec<f32> =
                (0..3).map(|class| row[class] + if without.contains(&class) { offset } else { 0.0 }).collect();
            (0..3).all(|class| class == usize::from(**label) || raised[class] < raised[usize::from(**label)])
        })
        .count()
    }

    proptest! {
        /// No offset of a fine grid does better than the one that is found.
        #[test]
        fn the_offset_is_the_best(
            logits in prop::collection::vec(-3.0f32..3.0, 30), labels in prop::collection::vec(0u8..3, 10),
            without in prop::sample::subsequence(vec![0usize, 1, 2], 1..3),
        ) {
            let found = best_offset(&logits, &labels, 3, &without);
            let reached = right(&logits, &labels, &without, found);
            for step in -70..=70 {
                let offset = step as f32 / 10.0 + 0.05;
                prop_assert!(right(&logits, &labels, &without, offset) <= reached, "{} beats {}", offset, found);
            }
        }
    }
}
