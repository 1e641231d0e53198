//! The file of own data: all three parts, their labels and what the labels are called, so that it stands for itself. Specified in
//! `docs/data-file.md`; a source has it compressed.
//!
//! | bytes           | content                                                                     |
//! |-----------------|-----------------------------------------------------------------------------|
//! | 4               | `FWOD`                                                                      |
//! | 1 + 1           | version, 1; the count of classes                                            |
//! | 2 + 2 + 2       | height, width and channels of a sample, little-endian as all that follows   |
//! | 4 + 4 + 4       | counts of samples that train, validate and test                             |
//! | classes         | of each class, a byte with the bytes of its label, and the label in UTF-8   |
//! | 8 x features    | where samples are no images: `f32` mean and deviation of each feature       |
//! | samples         | the class of each sample: those that train, validate, test                  |
//! | samples x values| a byte each value of an image; `f32` each feature, standardized             |

use super::dataset::Loaded;
use super::own::{check_counts, check_labels, check_shape};
use super::shard::{SHARD_SAMPLES, Shard};
use super::toys::Points;
use super::{DataError, Own, Split};
use std::hint::black_box;
use std::sync::OnceLock;

const MAGIC: [u8; 4] = *b"FWOD";
const VERSION: u8 = 1;

/// Own data in memory, all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnFile {
    /// Height, width and channels of a sample.
    pub shape: [usize; 3],
    /// What each class is called.
    pub labels: Vec<String>,
    /// Mean and deviation of each feature over the samples that train, by which all were standardized; none for images.
    pub scaling: Vec<[f32; 2]>,
    /// The samples that train, validate and test.
    pub splits: [OwnSplit; 3],
}

/// Samples of one purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnSplit {
    /// The class of each.
    pub classes: Vec<u8>,
    /// The values of images, 0 to 255, sample after sample, row by row, channels last.
    pub pixels: Vec<u8>,
    /// The values of others.
    pub features: Vec<f32>,
}

/// Whether these bytes, their compression undone, claim to be such a file.
#[must_use]
pub fn is_own_file(content: &[u8]) -> bool {
    content.starts_with(&MAGIC)
}

impl OwnFile {
    /// What a recipe says of these data under this title, and the file's bytes.
    ///
    /// # Errors
    /// A sentence, where something is out of its limits.
    pub fn describe(&self, title: &str) -> Result<(Own, Vec<u8>), String> {
        let file = self.encode()?;
        let [train, validation, test] = Split::ALL.map(|split| self.splits[split as usize].classes.len());
        let own = Own {
            title: title.trim().into(),
            digest: blake3::hash(&file).to_hex().to_string(),
            shape: self.shape,
            labels: self.labels.clone(),
            train,
            validation,
            test,
        };
        own.check().map_err(|error| error.to_string())?;
        Ok((own, file))
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// A sentence, where something is out of its limits or does not fit together.
    #[expect(clippy::cast_possible_truncation, reason = "the limits lie far below what the fields hold")]
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        let counts = Split::ALL.map(|split| self.splits[split as usize].classes.len());
        check_labels(&self.labels)?;
        check_shape(self.shape)?;
        check_counts(self.shape, counts)?;
        let mut file = [&MAGIC[..], &[VERSION, self.labels.len() as u8]].concat();
        self.shape.iter().for_each(|side| file.extend((*side as u16).to_le_bytes()));
        counts.iter().for_each(|count| file.extend((*count as u32).to_le_bytes()));
        for label in &self.labels {
            file.push(label.len() as u8);
            file.extend(label.as_bytes());
        }
        self.scaling.iter().flatten().for_each(|value| file.extend(value.to_le_bytes()));
        self.splits.iter().for_each(|split| file.extend(&split.classes));
        for split in &self.splits {
            file.extend(&split.pixels);
            split.features.iter().for_each(|value| file.extend(value.to_le_bytes()));
        }
        // Reading it back is what finds out whether the parts fit together.
        match Self::decode(&file)? == *self {
            true => Ok(file),
            false => Err("the samples do not fit their shape".into()),
        }
    }

    /// Reads a file, its compression undone.
    ///
    /// # Errors
    /// A sentence that says what in it is wrong.
    pub fn decode(content: &[u8]) -> Result<Self, String> {
        let mut rest = content;
        let [a, b, c, d, version, classes] = *take(&mut rest, "header")?;
        if [a, b, c, d] != MAGIC {
            return Err("it is no data file".into());
        }
        if version != VERSION {
            return Err(format!("it is a data file of version {version}, this program reads version {VERSION}"));
        }
        let mut shape = [0; 3];
        for side in &mut shape {
            *side = usize::from(u16::from_le_bytes(*take(&mut rest, "header")?));
        }
        let mut counts = [0; 3];
        for count in &mut counts {
            *count = u32::from_le_bytes(*take(&mut rest, "header")?) as usize;
        }
        check_shape(shape)?;
        check_counts(shape, counts)?;
        let mut labels = Vec::with_capacity(usize::from(classes));
        for _ in 0..classes {
            let [length] = *take(&mut rest, "labels")?;
            let text = take_some(&mut rest, usize::from(length), "labels")?;
            labels.push(String::from_utf8(text.to_vec()).map_err(|_| "a label is not UTF-8".to_string())?);
        }
        check_labels(&labels)?;
        // No products overflow: shape and counts are within their limits.
        let (image, features) = (shape[0] > 1, shape.iter().product::<usize>());
        let scaling = take_some(&mut rest, if image { 0 } else { 8 * features }, "scaling")?;
        let scaling = floats(scaling)?.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        let mut splits: [OwnSplit; 3] = Default::default();
        for (split, count) in splits.iter_mut().zip(counts) {
            split.classes = take_some(&mut rest, count, "classes")?.to_vec();
            if let Some(class) = split.classes.iter().find(|class| **class >= classes) {
                return Err(format!("a sample has class {class}, the last is {}", classes - 1));
            }
        }
        for (split, count) in splits.iter_mut().zip(counts) {
            let values = take_some(&mut rest, count * features * if image { 1 } else { 4 }, "samples")?;
            match image {
                true => split.pixels = values.to_vec(),
                false => split.features = floats(values)?,
            }
        }
        match rest.is_empty() {
            true => Ok(Self { shape, labels, scaling, splits }),
            false => Err("there is more in it than its samples".into()),
        }
    }

    /// In the forms that a data set has.
    fn loaded(self) -> Loaded {
        if self.shape[0] == 1 {
            return Loaded::Points(self.splits.map(|s| Points { labels: s.classes, coordinates: s.features }));
        }
        let image: usize = self.shape.iter().product();
        Loaded::Images(self.splits.map(|split| {
            let parts = split.classes.chunks(SHARD_SAMPLES).zip(split.pixels.chunks(SHARD_SAMPLES * image));
            parts.map(|(labels, pixels)| Some(Shard { labels: labels.to_vec(), pixels: pixels.to_vec() })).collect()
        }))
    }
}

fn too_short(part: &str) -> String {
    format!("its {part}: it ends too early")
}

fn take<'a, const N: usize>(rest: &mut &'a [u8], part: &str) -> Result<&'a [u8; N], String> {
    let (taken, behind) = rest.split_first_chunk().ok_or_else(|| too_short(part))?;
    *rest = behind;
    Ok(taken)
}

fn take_some<'a>(rest: &mut &'a [u8], count: usize, part: &str) -> Result<&'a [u8], String> {
    let (taken, behind) = rest.split_at_checked(count).ok_or_else(|| too_short(part))?;
    *rest = behind;
    Ok(taken)
}

fn floats(bytes: &[u8]) -> Result<Vec<f32>, String> {
    let values = bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four));
    let values: Vec<f32> = values.collect();
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(format!("it holds {value}, which is not a finite number")),
        None => Ok(values),
    }
}

/// Makes a data set's samples of the file that a recipe describes.
type Read = fn(&Own, &[u8]) -> Result<Loaded, DataError>;

static READ: OnceLock<Read> = OnceLock::new();

/// From here on own data can be read. Natively they always can; in a worker, few experiments need it.
pub fn bring_own_data() {
    // Seen through, the call would become a direct one, and the reader part of whatever opens data.
    READ.get_or_init(|| black_box(read as Read));
}

/// The reader, once it has been brought.
pub(super) fn reader() -> Option<Read> {
    #[cfg(any(test, not(target_arch = "wasm32")))]
    bring_own_data();
    READ.get().copied()
}

fn read(own: &Own, content: &[u8]) -> Result<Loaded, DataError> {
    let damaged = |reason: String| DataError::OwnDamaged { title: own.title.clone(), reason };
    if blake3::hash(content).to_hex().as_str() != own.digest {
        return Err(damaged("its digest is another".into()));
    }
    let file = OwnFile::decode(content).map_err(damaged)?;
    let counts = Split::ALL.map(|split| file.splits[split as usize].classes.len());
    if file.shape != own.shape || counts != [own.train, own.validation, own.test] || file.labels != own.labels {
        return Err(damaged("its shape, counts or labels are not those that the recipe says".into()));
    }
    Ok(file.loaded())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn labels() -> Vec<String> {
        vec!["oak".into(), "Ulme".into(), "نارون".into()]
    }

    /// Images whose every value is the number of the sample.
    fn pictures(counts: [usize; 3]) -> OwnFile {
        let split = |count: usize| OwnSplit {
            classes: (0..count).map(|i| (i % 3) as u8).collect(),
            pixels: (0..count).flat_map(|i| [i as u8; 4 * 5 * 3]).collect(),
            features: Vec::new(),
        };
        OwnFile { shape: [4, 5, 3], labels: labels(), scaling: Vec::new(), splits: counts.map(split) }
    }

    fn rows(counts: [usize; 3]) -> OwnFile {
        let split = |count: usize| OwnSplit {
            classes: (0..count).map(|i| (i % 3) as u8).collect(),
            pixels: Vec::new(),
            features: (0..2 * count).map(|i| i as f32 / 8.0).collect(),
        };
        OwnFile {
            shape: [1, 1, 2],
            labels: labels(),
            scaling: vec![[0.5, 2.0], [-1.0, 1.0]],
            splits: counts.map(split),
        }
    }

    #[test]
    fn what_is_encoded_comes_back() {
        for file in [pictures([7, 2, 3]), rows([7, 2, 3])] {
            assert_eq!(OwnFile::decode(&file.encode().unwrap()), Ok(file));
        }
    }

    #[test]
    fn the_format_is_pinned() {
        let digest = |file: OwnFile| file.describe("x").unwrap().0.digest;
        assert_eq!(digest(pictures([7, 2, 3])), "cfe0129d80f7e20b7695c58ca7ba0c41bdad680da37f5bbf0134eb5b22726273");
        assert_eq!(digest(rows([7, 2, 3])), "bfa6561efb637435a3017cda812866cb683ec979c37ca8bc89e2dd841191d5bf");
    }

    #[test]
    fn every_truncation_is_an_error() {
        for content in [pictures([4, 1, 1]), rows([4, 1, 1])].map(|file| file.encode().unwrap()) {
            for length in 0..content.len() {
                assert!(OwnFile::decode(&content[..length]).unwrap_err().contains("ends too early"), "{length}");
            }
            assert!(OwnFile::decode(&[content, vec![0]].concat()).unwrap_err().contains("more in it"));
        }
    }

    #[test]
    fn what_does_not_fit_together_is_not_encoded() {
        let refused = |change: fn(&mut OwnFile)| {
            let mut file = rows([4, 1, 1]);
            change(&mut file);
            file.encode().unwrap_err()
        };
        assert!(refused(|f| f.splits[0].features.truncate(3)).contains("ends too early"));
        assert!(refused(|f| f.splits[2].features[0] = f32::NAN).contains("holds NaN"));
        assert!(refused(|f| f.splits[1].classes[0] = 3).contains("class 3, the last is 2"));
        assert!(!refused(|f| f.scaling.clear()).is_empty());
        assert!(refused(|f| f.labels[1] = "oak".into()).contains("twice"));
    }

    #[test]
    fn a_file_that_is_not_the_one_described_is_told() {
        let (own, content) = pictures([4, 1, 1]).describe("Leaves").unwrap();
        assert!(read(&own, &content).is_ok());
        let said = |own: &Own, content: &[u8]| read(own, content).unwrap_err().to_string();
        assert!(said(&own, &content[1..]).contains("digest is another"));
        assert!(
            said(&Own { train: 3, validation: 2, ..own.clone() }, &content).contains("not those that the recipe says")
        );
        let renamed = Own { labels: vec!["a".into(), "b".into(), "c".into()], ..own };
        assert!(said(&renamed, &content).contains("not those that the recipe says"));
    }
}
