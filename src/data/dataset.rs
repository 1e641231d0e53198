//! A dataset in memory, all of it or the shards that have arrived so far.

use super::shard::{Expected, SHARD_SAMPLES, Shard};
use super::toys::{self, Points};
use super::{DataError, DatasetInfo, DatasetName, Key, Own, Source, own_file};

/// The most noise of a toy, as a standard deviation; at 1 no class can be told from another.
const MAX_NOISE: f32 = 1.0;

/// What samples are for. Training sees only the first, choices are made on the second, figures come from the third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// Fits the weights.
    Train,
    /// Chooses between settings, and calibrates.
    Validation,
    /// Gives the reported figures.
    Test,
}

named!(Split { Train => "train", Validation => "validation", Test => "test" });

impl Split {
    /// The three, in the order of the files.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The name as files and recipes spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// A dataset with its three splits.
#[derive(Clone, Debug)]
pub struct Dataset {
    info: &'static DatasetInfo,
    /// Samples of each split.
    lengths: [usize; 3],
    samples: Loaded,
    /// Own data that have not arrived; they come in one file.
    awaited: Option<Box<Own>>,
}

/// Samples as far as they are there.
#[derive(Clone, Debug)]
pub(super) enum Loaded {
    /// The shards of each split; one that has not arrived is none.
    Images([Vec<Option<Shard>>; 3]),
    Points([Points; 3]),
}

impl Dataset {
    /// Opens a dataset: a toy is drawn, of an image dataset nothing is loaded yet.
    ///
    /// `samples` limits the training split to its first so many images, or says how many points of a toy to draw;
    /// `noise` is the standard deviation of a toy's noise. The other splits do not depend on `samples`.
    ///
    /// # Errors
    /// If `samples` or `noise` is not something this dataset can give.
    pub fn open(name: DatasetName, samples: Option<usize>, noise: Option<f32>) -> Result<Self, DataError> {
        let (lengths, noise) = Self::check(name.info(), samples, noise)?;
        let samples = match noise {
            None => Loaded::Images(lengths.map(|length| vec![None; length.div_ceil(SHARD_SAMPLES)])),
            Some(noise) => {
                Loaded::Points(Split::ALL.map(|split| toys::draw(name, split, lengths[split as usize], noise)))
            }
        };
        Ok(Self { info: name.info(), lengths, samples, awaited: None })
    }

    /// Opens own data: nothing is loaded yet. As [`Dataset::open`].
    ///
    /// # Errors
    /// If `samples` is more than there are.
    pub fn open_own(own: &Own, samples: Option<usize>) -> Result<Self, DataError> {
        let info = own.info();
        let (lengths, _) = Self::check(info, samples, None)?;
        let samples = Loaded::Images(Default::default());
        Ok(Self { info, lengths, samples, awaited: Some(Box::new(own.clone())) })
    }

    /// What [`Dataset::open`] would open, without drawing anything: the length of each split, and a toy's noise.
    ///
    /// # Errors
    /// See [`Dataset::open`].
    pub fn check(
        info: &DatasetInfo,
        samples: Option<usize>,
        noise: Option<f32>,
    ) -> Result<([usize; 3], Option<f32>), DataError> {
        let name = info.name;
        let mut lengths = Split::ALL.map(|split| info.len(split));
        if let Some(samples) = samples {
            let max = info.max_train;
            if !(1..=max).contains(&samples) {
                return Err(DataError::Samples { dataset: name, samples, max });
            }
            lengths[Split::Train as usize] = samples;
        }
        let noise = match (info.noise, noise) {
            (None, Some(_)) => return Err(DataError::NoNoise { dataset: name }),
            (None, None) => None,
            (Some(default), noise) => Some(noise.unwrap_or(default)),
        };
        match noise {
            Some(noise) if !(0.0..=MAX_NOISE).contains(&noise) => {
                Err(DataError::Noise { dataset: name, noise, max: MAX_NOISE })
            }
            _ => Ok((lengths, noise)),
        }
    }

    /// What is known of this dataset.
    #[must_use]
    pub const fn info(&self) -> &'static DatasetInfo {
        self.info
    }

    /// The number of samples in `split`, loaded or not.
    #[must_use]
    pub const fn len(&self, split: Split) -> usize {
        self.lengths[split as usize]
    }

    /// Height, width and channels of a sample.
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.info.shape
    }

    /// The numbers in a sample.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.info.features()
    }

    /// The number of classes.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.info.classes()
    }

    /// The files of this dataset in the order in which they are needed, for a source that fetches ahead; none for a
    /// toy.
    #[must_use]
    pub fn shard_paths(&self) -> Vec<String> {
        if let Some(own) = &self.awaited {
            return vec![own.path()];
        }
        let Loaded::Images(splits) = &self.samples else { return Vec::new() };
        Split::ALL
            .into_iter()
            .flat_map(|split| (0..splits[split as usize].len()).map(move |i| (split, i)))
            .map(|(split, i)| self.shard_path(split, i))
            .collect()
    }

    /// Loads from `source`, in order, the shards of `split` up to the one that holds sample `index`, those that are
    /// not there yet. A toy is always there.
    ///
    /// # Errors
    /// If a shard cannot be fetched or is damaged; the shards loaded before it stay.
    pub async fn ensure(&mut self, source: &impl Source, split: Split, index: usize) -> Result<(), DataError> {
        if let Some(own) = &self.awaited {
            let absent =
                || DataError::Absent { title: own.title.clone(), samples: own.samples(), digest: own.digest.clone() };
            let content = source.fetch(&own.path()).await.map_err(|_| absent())?;
            self.samples = own_file::reader().ok_or_else(absent)?(own, &content)?;
            self.awaited = None;
        }
        for i in 0..=index / SHARD_SAMPLES {
            let Loaded::Images(splits) = &self.samples else { return Ok(()) };
            if !matches!(splits[split as usize].get(i), Some(None)) {
                continue;
            }
            let path = self.shard_path(split, i);
            let shard = Shard::decode(&source.fetch(&path).await?, self.expected(split, i))
                .map_err(|reason| DataError::Damaged { path, reason })?;
            if let Loaded::Images(splits) = &mut self.samples {
                splits[split as usize][i] = Some(shard);
            }
        }
        Ok(())
    }

    /// Loads all of `split`.
    ///
    /// # Errors
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_all(&mut self, source: &impl Source, split: Split) -> Result<(), DataError> {
        self.ensure(source, split, self.len(split).saturating_sub(1)).await
    }

    /// How many files have been loaded.
    #[must_use]
    pub fn loaded(&self) -> usize {
        match &self.samples {
            Loaded::Images(splits) => splits.iter().flatten().flatten().count(),
            Loaded::Points(_) => 0,
        }
    }

    /// How many files there are to load; 0 for a toy.
    #[must_use]
    pub fn total(&self) -> usize {
        match &self.samples {
            Loaded::Images(splits) => splits.iter().flatten().count() + usize::from(self.awaited.is_some()),
            Loaded::Points(_) => 0,
        }
    }

    /// Writes the samples `indices` of `split` one after the other into `out`: grey values from 0 to 1 row by row,
    /// numbers of words, or x and y.
    ///
    /// # Panics
    /// If `out` is not `indices.len()` x [`features`](Self::features) long, or if a sample does not exist or has not
    /// been loaded with [`ensure`](Self::ensure).
    pub fn gather(&self, split: Split, indices: &[u32], out: &mut [f32]) {
        let features = self.features();
        let white = if self.info.is_text() { 1.0 } else { 255.0 };
        assert_eq!(out.len(), indices.len() * features, "room for {} samples of {features} numbers", indices.len());
        for (&index, out) in indices.iter().zip(out.chunks_exact_mut(features)) {
            match &self.samples {
                Loaded::Images(_) => {
                    let (shard, i) = self.locate(split, index as usize);
                    for (out, &grey) in out.iter_mut().zip(&shard.pixels[i * features..][..features]) {
                        *out = f32::from(grey) / white;
                    }
                }
                Loaded::Points(splits) => {
                    out.copy_from_slice(&splits[split as usize].coordinates[index as usize * features..][..features]);
                }
            }
        }
    }

    /// The class of sample `index` of `split`.
    ///
    /// # Panics
    /// If the sample does not exist or has not been loaded with [`ensure`](Self::ensure).
    #[must_use]
    pub fn label(&self, split: Split, index: usize) -> u8 {
        match &self.samples {
            Loaded::Images(_) => {
                let (shard, i) = self.locate(split, index);
                shard.labels[i]
            }
            Loaded::Points(splits) => splits[split as usize].labels[index],
        }
    }

    /// The order in which an epoch visits the training samples.
    ///
    /// The first epoch (0) takes the shards one after the other and shuffles within each, so that it can run while
    /// later shards are on their way and comes out the same whenever they arrive. Later epochs shuffle everything.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a split has far fewer than 2^32 samples")]
    pub fn epoch_order(&self, key: &Key, epoch: usize) -> Vec<u32> {
        let length = self.len(Split::Train);
        let mut order: Vec<u32> = (0..length as u32).collect();
        // Own data arrive at once, and what they are is not known before.
        let arrives_in_shards = self.info.name != DatasetName::Own && matches!(self.samples, Loaded::Images(_));
        let run = if epoch == 0 && arrives_in_shards { SHARD_SAMPLES } else { length };
        let key = key.fold("epoch order").fold_index(epoch as u64);
        for (i, shard) in order.chunks_mut(run).enumerate() {
            key.fold_index(i as u64).rng().shuffle(shard);
        }
        order
    }

    /// The order in which an epoch visits these of the training samples. Of all of them it is that of [`Dataset::epoch_order`], but
    /// for images in the first epoch.
    #[must_use]
    pub fn order_of(samples: &[u32], key: &Key, epoch: usize) -> Vec<u32> {
        let mut order = samples.to_vec();
        key.fold("epoch order").fold_index(epoch as u64).fold_index(0).rng().shuffle(&mut order);
        order
    }

    /// The shard that holds a sample, and the sample's place in it.
    fn locate(&self, split: Split, index: usize) -> (&Shard, usize) {
        assert!(index < self.len(split), "{} has no {} sample {index}", self.info.name, split.as_str());
        let Loaded::Images(splits) = &self.samples else { unreachable!("only images come in shards") };
        let Some(Some(shard)) = splits[split as usize].get(index / SHARD_SAMPLES) else {
            panic!("{} sample {index} of {} was used before it was loaded", split.as_str(), self.info.name)
        };
        (shard, index % SHARD_SAMPLES)
    }

    fn shard_path(&self, split: Split, i: usize) -> String {
        format!("data/{}/{}-{i:02}.shard", self.info.name, split.as_str())
    }

    /// What shard `i` of `split` must hold: the file is whole even where `samples` uses only part of it.
    #[expect(clippy::cast_possible_truncation, reason = "images are far smaller than 2^16 pixels a side")]
    fn expected(&self, split: Split, i: usize) -> Expected {
        let [rows, columns, _] = self.info.shape;
        Expected {
            count: (self.info.len(split) - i * SHARD_SAMPLES).min(SHARD_SAMPLES),
            rows: rows as u16,
            columns: columns as u16,
            classes: self.classes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Serves shards whose images are all of the grey value of their shard's number, and notes what was asked for.
    #[derive(Default)]
    struct Fake {
        asked: RefCell<Vec<String>>,
    }

    impl Source for Fake {
        async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
            self.asked.borrow_mut().push(path.into());
            let number: u8 = path[path.len() - 8..path.len() - 6].parse().unwrap();
            let labels = (0..SHARD_SAMPLES).map(|i| (i % 10) as u8).collect();
            let shard = Shard { labels, pixels: vec![number; SHARD_SAMPLES * 784] };
            Ok(crate::data::shard::unpack(&shard.encode(28, 28).unwrap()).unwrap())
        }
    }

    /// Runs a future that never waits.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("the future waits"),
        }
    }

    fn mnist(samples: Option<usize>) -> Dataset {
        Dataset::open(DatasetName::Mnist, samples, None).unwrap()
    }

    #[test]
    fn shards_are_loaded_as_needed_and_once() {
        let (mut data, source) = (mnist(None), Fake::default());
        assert_eq!((data.loaded(), data.total()), (0, 14));
        now(data.ensure(&source, Split::Train, 4_999)).unwrap();
        now(data.ensure(&source, Split::Train, 5_000)).unwrap();
        now(data.ensure_all(&source, Split::Test)).unwrap();
        assert_eq!(data.loaded(), 4);
        let asked = source.asked.into_inner();
        assert_eq!(asked, ["train-00", "train-01", "test-00", "test-01"].map(|n| format!("data/mnist/{n}.shard")));
        let mut out = vec![0.0; 2 * 784];
        data.gather(Split::Train, &[5_003, 3], &mut out);
        assert_eq!((out[0], out[783], out[784]), (1.0 / 255.0, 1.0 / 255.0, 0.0));
        assert_eq!(data.label(Split::Train, 5_003), 3);
    }

    #[test]
    fn samples_limit_the_shards_of_training_only() {
        let mut data = mnist(Some(5_001));
        assert_eq!(data.len(Split::Train), 5_001);
        assert_eq!(data.shard_paths().len(), 2 + 1 + 2);
        now(data.ensure_all(&Fake::default(), Split::Train)).unwrap();
        assert_eq!(data.label(Split::Train, 5_000), 0);
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    #[should_panic(expected = "train sample 7 of mnist was used before it was loaded")]
    fn using_what_is_not_loaded_is_named() {
        let _ = mnist(None).label(Split::Train, 7);
    }

    /// Training cannot reach a held-out sample: each split has files of its own, and an index past the end is refused
    /// even where the file goes on.
    #[test]
    fn splits_share_no_file() {
        let paths = mnist(None).shard_paths();
        assert_eq!(paths.len(), 14);
        let mut unique = paths.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), paths.len());
        for (i, path) in paths.iter().enumerate() {
            let split = ["train", "validation", "test"][usize::from(i > 10) + usize::from(i > 11)];
            assert!(path.contains(&format!("/{split}-")), "{path}");
        }
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    #[should_panic(expected = "mnist has no train sample 100")]
    fn a_sample_past_the_limit_is_refused() {
        let mut data = mnist(Some(100));
        now(data.ensure_all(&Fake::default(), Split::Train)).unwrap();
        let _ = data.label(Split::Train, 100);
    }

    #[test]
    fn a_damaged_shard_is_named() {
        struct Html;
        impl Source for Html {
            async fn fetch(&self, _: &str) -> Result<Vec<u8>, DataError> {
                Ok(b"<!doctype html>".to_vec())
            }
        }
        let error = now(mnist(None).ensure(&Html, Split::Validation, 0)).unwrap_err().to_string();
        assert!(error.starts_with("data/mnist/validation-00.shard is damaged"), "{error}");
    }

    #[test]
    fn the_first_epoch_keeps_the_order_of_shards() {
        let (data, key) = (mnist(Some(12_000)), Key::new(3));
        let first = data.epoch_order(&key, 0);
        for (i, shard) in first.chunks(SHARD_SAMPLES).enumerate() {
            assert!(shard.iter().all(|&index| index as usize / SHARD_SAMPLES == i));
            assert!(!shard.is_sorted());
        }
        let second = data.epoch_order(&key, 1);
        assert!(second[..100].iter().any(|&index| index as usize >= SHARD_SAMPLES));
        assert_ne!(second, data.epoch_order(&key, 2));
        assert_eq!(second, data.epoch_order(&key, 1));
        for mut order in [first, second] {
            order.sort_unstable();
            assert!(order.into_iter().eq(0..12_000));
        }
    }

    #[test]
    fn a_part_of_the_samples_has_an_order_of_its_own() {
        let (data, key) = (mnist(Some(6_000)), Key::new(3));
        let all: Vec<u32> = (0..6_000).collect();
        assert_eq!(Dataset::order_of(&all, &key, 2), data.epoch_order(&key, 2));
        let part: Vec<u32> = (0..6_000).step_by(7).collect();
        let mut order = Dataset::order_of(&part, &key, 0);
        assert_ne!(order, Dataset::order_of(&part, &key, 1));
        assert_ne!(order, part);
        order.sort_unstable();
        assert_eq!(order, part);
    }

    #[test]
    fn toys_are_there_at_once() {
        let mut data = Dataset::open(DatasetName::Moons, Some(60), None).unwrap();
        assert_eq!(Split::ALL.map(|split| data.len(split)), [60, 500, 1_000]);
        assert_eq!((data.features(), data.classes(), data.total()), (2, 2, 0));
        let source = Fake::default();
        now(data.ensure_all(&source, Split::Train)).unwrap();
        assert!(source.asked.into_inner().is_empty());
        let mut out = [0.0; 4];
        data.gather(Split::Train, &[1, 0], &mut out);
        assert_ne!(out[..2], out[2..]);
        assert_eq!(data.label(Split::Train, 1), 1);
        assert_eq!(data.epoch_order(&Key::new(0), 0).len(), 60);
    }

    #[test]
    fn what_a_dataset_cannot_give_is_refused() {
        let refused = |name, samples, noise| Dataset::open(name, samples, noise).unwrap_err().to_string();
        let text = refused(DatasetName::Mnist, Some(60_000), None);
        assert_eq!(text, "mnist cannot train on 60000 samples: choose between 1 and 55000");
        assert!(refused(DatasetName::Moons, Some(0), None).contains("between 1 and 20000"));
        assert!(refused(DatasetName::Moons, None, Some(f32::NAN)).contains("noise of NaN"));
        assert!(refused(DatasetName::Moons, None, Some(-0.1)).contains("noise of -0.1"));
        assert!(refused(DatasetName::FashionMnist, None, Some(0.1)).contains("takes no noise"));
    }
}
