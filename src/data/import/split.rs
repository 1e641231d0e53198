//! Which samples train, validate and test: as the files say, and of the rest a share of each class, drawn with a seed.

use super::{Samples, Settings};
use crate::data::own::{check_counts, check_labels, check_shape};
use crate::data::{Key, OwnFile, OwnSplit, Split};

/// Parts samples and, where they are no images, standardizes their features.
pub(super) fn part(samples: Samples, settings: &Settings) -> Result<OwnFile, String> {
    check_labels(&samples.labels)?;
    let places = assign(&samples, settings)?;
    check_shape(samples.shape)?;
    check_counts(samples.shape, [0, 1, 2].map(|split: usize| places[split].len()))?;
    let features: usize = samples.shape.iter().product();
    let image = samples.shape[0] > 1;
    let scaling = if image { Vec::new() } else { scaling(&samples.features, features, &places[0]) };
    let splits = places.map(|places| {
        let mut split = OwnSplit::default();
        for at in places {
            split.classes.push(samples.classes[at]);
            match image {
                true => split.pixels.extend(&samples.pixels[at * features..][..features]),
                false => {
                    let row = samples.features[at * features..][..features].iter();
                    split.features.extend(row.zip(&scaling).map(|(value, scaling)| standard(*value, *scaling)));
                }
            }
        }
        split
    });
    Ok(OwnFile { shape: samples.shape, labels: samples.labels, scaling, splits })
}

/// The samples of each part. What the files give to no part is drawn for those parts that they name none for.
fn assign(samples: &Samples, settings: &Settings) -> Result<[Vec<usize>; 3], String> {
    let mut places: [Vec<usize>; 3] = Default::default();
    for (at, split) in samples.given.iter().enumerate() {
        if let Some(split) = split {
            places[*split as usize].push(at);
        }
    }
    let share = |split: Split, share: f64| if places[split as usize].is_empty() { share } else { 0.0 };
    let shares = [share(Split::Test, settings.test), share(Split::Validation, settings.validation)];
    // What the files say trains is drawn from, too, where they name no others.
    let mut open: Vec<usize> = (0..samples.given.len()).filter(|at| samples.given[*at].is_none()).collect();
    if open.is_empty() && shares.iter().any(|share| *share > 0.0) {
        open = std::mem::take(&mut places[Split::Train as usize]);
    }
    let key = Key::new(settings.seed).fold("own data");
    for class in 0..samples.labels.len() {
        let mut of_class: Vec<usize> =
            open.iter().copied().filter(|at| usize::from(samples.classes[*at]) == class).collect();
        let least = 1 + shares.iter().filter(|share| **share > 0.0).count();
        if !of_class.is_empty() && of_class.len() < least {
            return Err(format!(
                "\"{}\" has {} samples; it needs at least {least}, so that each part has one: add some or leave it out",
                samples.labels[class],
                of_class.len()
            ));
        }
        key.fold("parts").fold_index(class as u64).rng().shuffle(&mut of_class);
        let all = of_class.len();
        for (share, split) in shares.into_iter().zip([Split::Test, Split::Validation]) {
            // At least one, and at least as many left as the parts behind need.
            let wanted = (all as f64 * share).round() as usize;
            let count = if share > 0.0 { wanted.clamp(1, of_class.len().max(3) - 2).min(of_class.len()) } else { 0 };
            places[split as usize].extend(of_class.drain(..count));
        }
        places[Split::Train as usize].append(&mut of_class);
    }
    for (split, places) in Split::ALL.into_iter().zip(&mut places) {
        // In the order of the files first, so that the order in which they were named does not matter; then mixed, since a training
        // may take the first samples alone.
        places.sort_unstable();
        key.fold(split.as_str()).rng().shuffle(places);
    }
    Ok(places)
}

/// Mean and deviation of each feature over these samples, summed in their order. What does not vary is only moved.
fn scaling(values: &[f32], features: usize, places: &[usize]) -> Vec<[f32; 2]> {
    let count = places.len().max(1) as f64;
    let of = |feature: usize| places.iter().map(move |at| f64::from(values[at * features + feature]));
    (0..features)
        .map(|feature| {
            let mean = of(feature).sum::<f64>() / count;
            let deviation = (of(feature).map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
            [mean as f32, if deviation as f32 > 0.0 { deviation as f32 } else { 1.0 }]
        })
        .collect()
}

/// Features are finite, and their distance from the mean in deviations is held to what a float of 32 bits has.
fn standard(value: f32, [mean, deviation]: [f32; 2]) -> f32 {
    let standard = (f64::from(value) - f64::from(mean)) / f64::from(deviation);
    standard.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Points whose first feature is their number.
    fn points(counts: &[usize], given: impl Fn(usize) -> Option<Split>) -> Samples {
        let classes: Vec<u8> = counts.iter().enumerate().flat_map(|(c, n)| std::iter::repeat_n(c as u8, *n)).collect();
        Samples {
            shape: [1, 1, 1],
            labels: (0..counts.len()).map(|class| format!("class {class}")).collect(),
            given: (0..classes.len()).map(given).collect(),
            features: (0..classes.len()).map(|i| i as f32).collect(),
            classes,
            pixels: Vec::new(),
        }
    }

    #[test]
    fn each_class_is_parted_in_the_same_shares() {
        let samples = points(&[100, 50, 10, 3], |_| None);
        let places = assign(&samples, &Settings::default()).unwrap();
        let count =
            |split: Split, class: u8| places[split as usize].iter().filter(|at| samples.classes[**at] == class).count();
        let counts = |class| Split::ALL.map(|split| count(split, class));
        assert_eq!([0, 1, 2, 3].map(counts), [[70, 10, 20], [35, 5, 10], [7, 1, 2], [1, 1, 1]]);
        let mut all = places.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..163), "each sample is in one part");
    }

    #[test]
    fn another_seed_is_another_split() {
        let samples = points(&[100, 100], |_| None);
        let with = |seed| assign(&samples, &Settings { seed, ..Settings::default() }).unwrap();
        assert_eq!(with(1), with(1));
        assert_ne!(with(1)[2], with(2)[2]);
        assert!(!with(1)[0].is_sorted());
    }

    #[test]
    fn what_the_files_say_is_kept() {
        let given = |at: usize| match at % 10 {
            0 => Some(Split::Test),
            1 => Some(Split::Validation),
            2 => None,
            _ => Some(Split::Train),
        };
        let places = assign(&points(&[50, 50], given), &Settings::default()).unwrap();
        assert!(places[2].len() == 10 && places[2].iter().all(|at| at % 10 == 0));
        assert!(places[1].len() == 10 && places[1].iter().all(|at| at % 10 == 1));
        assert_eq!(places[0].len(), 80);
        // MNIST has files that train and files that test: what validates is drawn from the first.
        let given = |at: usize| Some(if at.is_multiple_of(5) { Split::Test } else { Split::Train });
        let places = assign(&points(&[50, 50], given), &Settings::default()).unwrap();
        assert_eq!(places.each_ref().map(Vec::len), [72, 8, 20]);
        assert!(places[2].iter().all(|at| at % 5 == 0));
    }

    #[test]
    fn a_class_of_too_few_samples_is_named() {
        let said = assign(&points(&[10, 2], |_| None), &Settings::default()).unwrap_err();
        assert!(said.starts_with("\"class 1\" has 2 samples; it needs at least 3"), "{said}");
    }

    #[test]
    fn features_are_standardized_by_what_trains() {
        let file = part(points(&[40, 40], |_| None), &Settings::default()).unwrap();
        let values: Vec<f64> = file.splits[0].features.iter().map(|v| f64::from(*v)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-6, "{mean}, {variance}");
        let [mean, deviation] = file.scaling[0];
        let back: Vec<f32> =
            file.splits.iter().flat_map(|s| &s.features).map(|v| (v * deviation + mean).round()).collect();
        let mut back: Vec<usize> = back.into_iter().map(|v| v as usize).collect();
        back.sort_unstable();
        assert!(back.into_iter().eq(0..80));
    }

    #[test]
    fn what_does_not_vary_is_only_moved() {
        let mut samples = points(&[5, 5], |_| None);
        samples.features.fill(7.0);
        let file = part(samples, &Settings::default()).unwrap();
        assert_eq!(file.scaling, [[7.0, 1.0]]);
        assert!(file.splits.iter().flat_map(|split| &split.features).all(|value| *value == 0.0));
    }
}
