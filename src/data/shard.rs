//! The file format of the images that come with the program: a gzip file named `.shard`, so that no server decompresses it on the way.
//!
//! | bytes         | content                                             |
//! |---------------|-----------------------------------------------------|
//! | 4             | `FWSH`                                              |
//! | 1             | version, 1                                          |
//! | 3             | zero                                                |
//! | 4             | count of images, little-endian                      |
//! | 2 + 2         | rows and columns, little-endian                     |
//! | count         | one label an image                                  |
//! | count x r x c | one grey value (0 black to 255) a pixel, row by row |

use flate2::bufread::GzDecoder;
use flate2::{Compression, write::GzEncoder};
use std::cmp::Ordering;
use std::io::{Read, Write};

const MAGIC: [u8; 4] = *b"FWSH";
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 16;
/// No file is longer, whatever it unpacks to: the limit of own data, with room for what stands before the samples.
const LONGEST: u64 = (1 << 26) + (1 << 17);

/// Images in each shard but the last of a split.
pub const SHARD_SAMPLES: usize = 5_000;

/// A run of labelled grey images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shard {
    /// The class of each image.
    pub labels: Vec<u8>,
    /// The grey values, image after image, row by row.
    pub pixels: Vec<u8>,
}

/// What a shard must hold to be the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub count: usize,
    pub rows: u16,
    pub columns: u16,
    pub classes: usize,
}

impl Shard {
    /// The file's bytes.
    ///
    /// # Errors
    /// A sentence if there are more than 2^32 - 1 images or if the pixels are not `labels` images of that size.
    pub fn encode(&self, rows: u16, columns: u16) -> Result<Vec<u8>, String> {
        let image = usize::from(rows) * usize::from(columns);
        let count = u32::try_from(self.labels.len()).map_err(|_| "too many images for a shard".to_string())?;
        if self.pixels.len() != self.labels.len() * image {
            return Err(format!("{} pixels are not {count} images of {rows} x {columns}", self.pixels.len()));
        }
        let [rows, columns] = [rows, columns].map(u16::to_le_bytes);
        let parts =
            [&MAGIC[..], &[VERSION, 0, 0, 0], &count.to_le_bytes(), &rows, &columns, &self.labels, &self.pixels];
        pack(&parts.concat())
    }

    /// Reads what [`unpack`], or the browser, makes of a file.
    pub(super) fn decode(content: &[u8], expected: Expected) -> Result<Self, String> {
        let (header, rest) = content.split_first_chunk().ok_or("its header: it ends too early")?;
        check_header(*header, expected)?;
        let image = usize::from(expected.rows) * usize::from(expected.columns);
        let (labels, pixels) = rest.split_at_checked(expected.count).ok_or("its labels: it ends too early")?;
        if let Some((i, label)) = labels.iter().enumerate().find(|&(_, &l)| usize::from(l) >= expected.classes) {
            return Err(format!("image {i} has class {label}, the last is {}", expected.classes - 1));
        }
        match pixels.len().cmp(&(expected.count * image)) {
            Ordering::Less => Err("its pixels: it ends too early".into()),
            Ordering::Greater => Err("there is more in it than its images".into()),
            Ordering::Equal => Ok(Self { labels: labels.to_vec(), pixels: pixels.to_vec() }),
        }
    }
}

/// A file as a [`super::Source`] has it: compressed, so that no server does it on the way.
///
/// # Errors
/// A sentence, where memory ends.
pub fn pack(content: &[u8]) -> Result<Vec<u8>, String> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content).map_err(|error| error.to_string())?;
    gzip.finish().map_err(|error| error.to_string())
}

/// Undoes [`pack`], as browsers do by themselves. Nothing may follow it, and it ends at what own data may come to.
///
/// # Errors
/// A sentence that goes on behind the file's name, and says what in it is damaged.
pub fn unpack(file: &[u8]) -> Result<Vec<u8>, String> {
    let mut gzip = GzDecoder::new(file).take(LONGEST);
    let mut content = Vec::new();
    gzip.read_to_end(&mut content).map_err(|error| format!("its compression: {error}"))?;
    if gzip.limit() == 0 || !gzip.get_ref().get_ref().is_empty() {
        return Err("there is more in it than its images".into());
    }
    Ok(content)
}

fn check_header(header: [u8; HEADER_BYTES], expected: Expected) -> Result<(), String> {
    let [a, b, c, d, version, _, _, _, c0, c1, c2, c3, r0, r1, w0, w1] = header;
    if [a, b, c, d] != MAGIC {
        return Err("it is not a shard".into());
    }
    if version != VERSION {
        return Err(format!("it is a shard of version {version}, this program reads version {VERSION}"));
    }
    let count = u32::from_le_bytes([c0, c1, c2, c3]);
    let (rows, columns) = (u16::from_le_bytes([r0, r1]), u16::from_le_bytes([w0, w1]));
    if (count as usize, rows, columns) != (expected.count, expected.rows, expected.columns) {
        return Err(format!(
            "it holds {count} images of {rows} x {columns} where {} of {} x {} belong",
            expected.count, expected.rows, expected.columns
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const EXPECTED: Expected = Expected { count: 5, rows: 2, columns: 3, classes: 4 };

    fn shard() -> Shard {
        Shard { labels: vec![0, 3, 1, 2, 3], pixels: (0..30).map(|i| i * 8).collect() }
    }

    fn read(file: &[u8], expected: Expected) -> Result<Shard, String> {
        Shard::decode(&unpack(file)?, expected)
    }

    fn file() -> Vec<u8> {
        shard().encode(2, 3).unwrap()
    }

    /// The same content with one byte changed before compression.
    fn changed(position: usize, value: u8) -> Vec<u8> {
        let mut content = Vec::new();
        GzDecoder::new(&file()[..]).read_to_end(&mut content).unwrap();
        content[position] = value;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&content).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn what_is_encoded_comes_back() {
        assert_eq!(read(&file(), EXPECTED), Ok(shard()));
    }

    #[test]
    fn images_that_do_not_fit_their_labels_are_not_encoded() {
        assert!(shard().encode(2, 4).unwrap_err().contains("30 pixels are not 5 images of 2 x 4"));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let file = file();
        for length in 0..file.len() {
            assert!(read(&file[..length], EXPECTED).is_err(), "{length} of {} bytes", file.len());
        }
    }

    #[test]
    fn no_damaged_byte_changes_an_image_unnoticed() {
        let file = file();
        for position in 0..file.len() {
            let mut damaged = file.clone();
            damaged[position] ^= 0x10;
            // Some bits mean nothing: gzip's own notes of time and system, the padding after the last block.
            let decoded = read(&damaged, EXPECTED);
            assert!(decoded.is_err() || decoded == Ok(shard()), "byte {position}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let reason = |file: &[u8], expected| read(file, expected).unwrap_err();
        assert!(reason(&changed(0, b'X'), EXPECTED).contains("not a shard"));
        assert!(reason(&changed(4, 9), EXPECTED).contains("version 9"));
        assert!(reason(&changed(8, 6), EXPECTED).contains("6 images of 2 x 3 where 5 of 2 x 3"));
        assert!(reason(&changed(17, 4), EXPECTED).contains("image 1 has class 4, the last is 3"));
        assert!(reason(&[file(), vec![0]].concat(), EXPECTED).contains("more in it"));
        assert!(reason(b"<!doctype html>", EXPECTED).contains("compression"));
        let content = unpack(&file()).unwrap();
        for (length, part) in [(10, "header"), (18, "labels"), (40, "pixels")] {
            assert!(Shard::decode(&content[..length], EXPECTED).unwrap_err().contains(part));
        }
        assert!(Shard::decode(&[content, vec![0]].concat(), EXPECTED).unwrap_err().contains("more in it"));
    }
}
