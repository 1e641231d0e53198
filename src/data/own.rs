//! Data that a visitor brought: what a recipe says of them, so that it can be checked where the data are not.

use super::{DataError, DatasetInfo, DatasetName};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Fewest and most classes.
pub const CLASSES: std::ops::RangeInclusive<usize> = 2..=100;
/// The most characters of a label.
pub const MAX_LABEL: usize = 40;
/// The most characters of a title.
pub const MAX_TITLE: usize = 60;
/// The least and the greatest height and width of an image.
pub const SIDES: std::ops::RangeInclusive<usize> = 4..=64;
/// The most numbers of a sample that is no image.
pub const MAX_FEATURES: usize = 256;
/// The most samples, all parts together.
pub const MAX_SAMPLES: usize = 200_000;
/// The most bytes of all samples together.
pub const MAX_BYTES: usize = 64 << 20;
/// Characters of a digest.
const DIGEST: usize = 64;

/// Own data as a recipe names them. The samples themselves stay with whoever has them; their digest says which they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// What their owner calls them.
    pub title: String,
    /// BLAKE3 of the data file, its compression undone; 64 hexadecimal digits.
    pub digest: String,
    /// Height, width and channels of an image; 1, 1 and the count of features of anything else.
    pub shape: [usize; 3],
    /// What each class is called.
    pub labels: Vec<String>,
    /// Samples that train.
    pub train: usize,
    /// Samples that validate.
    pub validation: usize,
    /// Samples that test.
    pub test: usize,
}

/// What is known of each own data set that this program has come by. It is kept for good, as the table of the others is, so that
/// both are handed out alike; there are few, and a recipe's limits hold each to some kilobytes.
static KNOWN: Mutex<Vec<(Own, &'static DatasetInfo)>> = Mutex::new(Vec::new());

impl Own {
    /// Where a source has the data file. It lies there compressed, as all that sources have.
    #[must_use]
    pub fn path(&self) -> String {
        own_path(&self.digest)
    }

    /// All samples together.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.train.saturating_add(self.validation).saturating_add(self.test)
    }

    /// Whether a sample is an image, not a row of features.
    #[must_use]
    pub const fn is_image(&self) -> bool {
        self.shape[0] > 1
    }

    /// As the table of data sets has it for others; what is known of none where this keeps no limits.
    #[must_use]
    pub fn info(&self) -> &'static DatasetInfo {
        if self.labels.len() > *CLASSES.end()
            || [&self.title].into_iter().chain(&self.labels).any(|t| t.len() > 4 * MAX_TITLE)
        {
            return DatasetName::Own.info();
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, info)) = known.iter().find(|(own, _)| own == self) {
            return info;
        }
        let kept = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
        let info: &'static DatasetInfo = Box::leak(Box::new(DatasetInfo {
            title: kept(&self.title),
            shape: self.shape,
            labels: Box::leak(self.labels.iter().map(kept).collect()),
            train: self.train,
            max_train: self.train,
            validation: self.validation,
            test: self.test,
            ..DatasetName::Own.info().clone()
        }));
        known.push((self.clone(), info));
        info
    }

    /// Whether everything is within its limits.
    ///
    /// # Errors
    /// A sentence that begins with the field.
    pub fn check(&self) -> Result<(), DataError> {
        self.fault().map_or(Ok(()), |sentence| Err(DataError::Own(sentence)))
    }

    fn fault(&self) -> Option<String> {
        check_title(&self.title)
            .and_then(|()| check_labels(&self.labels))
            .and_then(|()| check_shape(self.shape))
            .and_then(|()| check_counts(self.shape, [self.train, self.validation, self.test]))
            .and_then(|()| match is_digest(&self.digest) {
                true => Ok(()),
                false => Err("digest is not 64 digits from 0 to f; copy it from where the data were made".into()),
            })
            .err()
    }
}

/// Where a source has the data file of this digest.
#[must_use]
pub fn own_path(digest: &str) -> String {
    format!("own/{digest}.gz")
}

fn is_digest(text: &str) -> bool {
    text.len() == DIGEST && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_title(title: &str) -> Result<(), String> {
    if title.trim().is_empty() {
        return Err("title is missing; give the data a name".into());
    }
    match title.chars().count() > MAX_TITLE {
        true => Err(format!("title is longer than {MAX_TITLE} characters; shorten it")),
        false => Ok(()),
    }
}

/// Whether these can be the labels of a data set.
///
/// # Errors
/// A sentence that begins with the field.
pub fn check_labels(labels: &[String]) -> Result<(), String> {
    if !CLASSES.contains(&labels.len()) {
        let (least, most) = (CLASSES.start(), CLASSES.end());
        return Err(format!("labels has {} classes; between {least} and {most} are allowed", labels.len()));
    }
    for (i, label) in labels.iter().enumerate() {
        if label.trim().is_empty() {
            return Err(format!("labels[{i}] is empty; name the class"));
        }
        if label.chars().count() > MAX_LABEL {
            return Err(format!("labels[{i}] is longer than {MAX_LABEL} characters; shorten it"));
        }
        if labels[..i].contains(label) {
            return Err(format!("labels[{i}] \"{label}\" stands there twice; give each class its own name"));
        }
    }
    Ok(())
}

/// Whether samples can have this shape.
pub(super) fn check_shape(shape: [usize; 3]) -> Result<(), String> {
    let [height, width, channels] = shape;
    let (least, most) = (SIDES.start(), SIDES.end());
    let image = SIDES.contains(&height) && SIDES.contains(&width) && matches!(channels, 1 | 3);
    let row = height == 1 && width == 1 && (1..=MAX_FEATURES).contains(&channels);
    match image || row {
        true => Ok(()),
        false => Err(format!(
            "shape {height} x {width} x {channels} is not allowed; images have {least} to {most} pixels a side and 1 or 3 channels, and others are 1 x 1 x the count of features, of which there are at most {MAX_FEATURES}"
        )),
    }
}

/// Whether so many samples of this shape are within the limits.
pub(super) fn check_counts(shape: [usize; 3], counts: [usize; 3]) -> Result<(), String> {
    for (count, name) in counts.into_iter().zip(["train", "validation", "test"]) {
        if !(1..=MAX_SAMPLES).contains(&count) {
            return Err(format!("{name} {count} is not allowed; it must lie between 1 and {MAX_SAMPLES}"));
        }
    }
    let samples: usize = counts.iter().sum();
    if samples > MAX_SAMPLES {
        return Err(format!("{samples} samples are too many; at most {MAX_SAMPLES} are allowed, so leave some out"));
    }
    // Within their limits neither product overflows.
    let bytes = samples * (1 + shape.iter().product::<usize>() * if shape[0] > 1 { 1 } else { 4 });
    match bytes > MAX_BYTES {
        true => Err(format!(
            "{samples} samples of {} x {} x {} are {} MiB; at most {} are allowed, so choose a smaller side or fewer samples",
            shape[0],
            shape[1],
            shape[2],
            bytes.div_ceil(1 << 20),
            MAX_BYTES >> 20
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn leaves() -> Own {
        Own {
            title: "Leaves".into(),
            digest: "0123456789abcdef".repeat(4),
            shape: [28, 28, 1],
            labels: vec!["oak".into(), "elm".into()],
            train: 80,
            validation: 10,
            test: 20,
        }
    }

    #[test]
    fn what_is_known_of_own_data_is_found_again() {
        let info = leaves().info();
        assert_eq!((info.title, info.labels, info.shape), ("Leaves", &["oak", "elm"][..], [28, 28, 1]));
        assert_eq!((info.train, info.max_train, info.validation, info.test), (80, 80, 10, 20));
        assert!(std::ptr::eq(info, leaves().info()));
        assert_ne!(Own { train: 81, ..leaves() }.info(), info);
    }

    #[test]
    fn what_keeps_no_limits_is_not_kept() {
        for own in [
            Own { title: "x".repeat(1 << 20), ..leaves() },
            Own { labels: vec!["x".repeat(1 << 20)], ..leaves() },
            Own { labels: (0..1000).map(|i| i.to_string()).collect(), ..leaves() },
        ] {
            assert!(std::ptr::eq(own.info(), DatasetName::Own.info()));
            assert!(own.check().is_err());
        }
    }

    #[test]
    fn each_field_has_its_limits() {
        assert_eq!(leaves().check(), Ok(()));
        let labels = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let cases: [(Own, &str); 14] = [
            (Own { title: " ".into(), ..leaves() }, "own.title is missing"),
            (Own { title: "x".repeat(61), ..leaves() }, "own.title is longer than 60"),
            (Own { digest: "AB".repeat(32), ..leaves() }, "own.digest is not 64"),
            (Own { digest: "ab".into(), ..leaves() }, "own.digest is not 64"),
            (Own { labels: labels(&["oak"]), ..leaves() }, "own.labels has 1 classes"),
            (Own { labels: labels(&["oak", ""]), ..leaves() }, "own.labels[1] is empty"),
            (Own { labels: labels(&["oak", "oak"]), ..leaves() }, "own.labels[1] \"oak\" stands there twice"),
            (Own { shape: [28, 28, 2], ..leaves() }, "own.shape 28 x 28 x 2"),
            (Own { shape: [1, 28, 1], ..leaves() }, "own.shape 1 x 28 x 1"),
            (Own { shape: [65, 28, 1], ..leaves() }, "own.shape 65 x 28 x 1"),
            (Own { shape: [1, 1, 257], ..leaves() }, "own.shape 1 x 1 x 257"),
            (Own { shape: [usize::MAX; 3], ..leaves() }, "own.shape"),
            (Own { validation: 0, ..leaves() }, "own.validation 0 is not allowed"),
            (Own { shape: [64, 64, 3], train: 10_000, ..leaves() }, "own.10030 samples of 64 x 64 x 3 are 118 MiB"),
        ];
        for (own, begin) in cases {
            let said = own.check().unwrap_err().to_string();
            assert!(said.starts_with(begin), "{said}");
        }
        assert!(Own { train: usize::MAX, ..leaves() }.check().is_err());
        assert!(Own { train: 150_000, test: 60_000, ..leaves() }.check().is_err());
    }
}
