//! Pictures in folders that are named after their classes, brought to one size.

use super::stock::{Stock, is_picture};
use super::{Samples, Settings};
use crate::data::Split;
use crate::data::own::{CLASSES, MAX_BYTES, MAX_SAMPLES};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The most pixels of a picture, and its longest side.
const MAX_PIXELS: u64 = 24_000_000;
const MAX_SIDE: u32 = 12_000;
/// The most bytes that reading a picture may take.
const MAX_MEMORY: u64 = 256 << 20;

/// A picture, whatever its size.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    /// Red, green, blue and opacity of each pixel, row by row.
    pub rgba: Vec<u8>,
}

/// Reads all pictures; a folder's name is the class of those in it, and a folder above it may say which part they belong to.
pub(super) fn read(stock: &mut Stock, settings: &Settings, left_out: &mut Vec<String>) -> Result<Samples, String> {
    let places = placed(stock, left_out)?;
    let mut labels: Vec<String> = places.iter().map(|place| place.class.clone()).collect();
    sort_labels(&mut labels);
    if labels.len() > *CLASSES.end() {
        return Err(format!(
            "there are pictures in {} folders, each a class; at most {} are allowed, so leave some out",
            labels.len(),
            CLASSES.end()
        ));
    }
    let shape = [settings.side, settings.side, if settings.colour { 3 } else { 1 }];
    let mut samples = Samples { shape, labels, ..Samples::default() };
    for place in places {
        let bytes = stock.read(place.index)?;
        match decode(&bytes) {
            Ok(picture) => {
                samples.pixels.extend(bring_to(&picture, settings.side, settings.colour));
                samples.given.push(place.split);
                // There are no more labels than a byte counts.
                samples.classes.push(samples.labels.iter().position(|l| *l == place.class).unwrap_or_default() as u8);
            }
            Err(reason) => left_out.push(format!("{}: {reason}", stock.files[place.index].path)),
        }
        if samples.pixels.len() > MAX_BYTES || samples.classes.len() > MAX_SAMPLES {
            return Err(
                "the pictures are more than 64 MiB at this size; choose a smaller side or leave some out".into()
            );
        }
    }
    match (samples.classes.is_empty(), left_out.first()) {
        (true, Some(first)) => Err(format!("none of the pictures can be read; {first}")),
        _ => Ok(samples),
    }
}

/// A picture's place in the stock, and what its folders say.
struct Placed {
    index: usize,
    split: Option<Split>,
    class: String,
}

fn placed(stock: &Stock, left_out: &mut Vec<String>) -> Result<Vec<Placed>, String> {
    let mut paths: Vec<(usize, Vec<&str>)> = Vec::new();
    for (index, file) in stock.files.iter().enumerate() {
        match is_picture(&file.path) {
            true => paths.push((index, file.path.split('/').collect())),
            false => left_out.push(format!("{}: it is no picture", file.path)),
        }
    }
    // Folders around all of them say nothing, as long as a folder is left.
    while let Some((_, first)) = paths.first()
        && paths.iter().all(|(_, parts)| parts.len() > 2 && parts[0] == first[0])
    {
        paths.iter_mut().for_each(|(_, parts)| {
            parts.remove(0);
        });
    }
    let place = |(index, parts): (usize, Vec<&str>)| {
        let split = split_of(parts[0]).filter(|_| parts.len() > 2);
        let folders = &parts[usize::from(split.is_some())..parts.len() - 1];
        let class = folders.first().ok_or_else(|| {
            let path = &stock.files[index].path;
            format!("{path} lies in no folder; put the pictures of each class into a folder that is named after it")
        })?;
        Ok(Placed { index, split, class: (*class).into() })
    };
    paths.into_iter().map(place).collect()
}

/// The part that a word stands for.
pub(super) fn split_of(word: &str) -> Option<Split> {
    match word.trim().to_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        "validation" | "valid" | "val" | "dev" => Some(Split::Validation),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

/// Each label once: numbers by their value, others by their letters.
pub(super) fn sort_labels(labels: &mut Vec<String>) {
    labels.sort();
    labels.dedup();
    let numbers: Option<Vec<f64>> =
        labels.iter().map(|label| label.parse().ok().filter(|n: &f64| n.is_finite())).collect();
    if let Some(numbers) = numbers {
        let mut both: Vec<(f64, String)> = numbers.into_iter().zip(std::mem::take(labels)).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        *labels = both.into_iter().map(|(_, label)| label).collect();
    }
}

/// Reads a picture, turned as its camera noted. How large it claims to be is checked before anything is unpacked.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, String> {
    let (mut image, orientation) = match bytes.starts_with(&[0xff, 0xd8]) {
        true => jpeg(bytes)?,
        false => other(bytes)?,
    };
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let image = image.into_rgba8();
    Ok(Picture { width: image.width() as usize, height: image.height() as usize, rgba: image.into_raw() })
}

fn unreadable(error: impl std::fmt::Display) -> String {
    format!("it cannot be read as a picture ({error})")
}

fn check_size(width: u64, height: u64) -> Result<(), String> {
    let side = u64::from(MAX_SIDE);
    match (1..=side).contains(&width) && (1..=side).contains(&height) && width * height <= MAX_PIXELS {
        true => Ok(()),
        false => Err(format!("it has {width} x {height} pixels; at most 24 million are read, so make it smaller")),
    }
}

fn jpeg(bytes: &[u8]) -> Result<(DynamicImage, Option<Orientation>), String> {
    let options = DecoderOptions::default().set_strict_mode(false).jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(unreadable)?;
    let info = decoder.info().ok_or_else(|| unreadable("it has no header"))?;
    check_size(info.width.into(), info.height.into())?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = decoder.decode().map_err(unreadable)?;
    let image = RgbImage::from_raw(info.width.into(), info.height.into(), pixels);
    image.map(|image| (image.into(), orientation)).ok_or_else(|| unreadable("it ends too early"))
}

fn other(bytes: &[u8]) -> Result<(DynamicImage, Option<Orientation>), String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    check_size(width.into(), height.into())?;
    let orientation = decoder.orientation().ok();
    Ok((DynamicImage::from_decoder(decoder).map_err(unreadable)?, orientation))
}

/// The middle square of a picture, on white where it is not opaque, at `side` x `side` pixels: each the mean of the area that it
/// covers, rounded. In whole numbers, so that it is the same everywhere.
pub(super) fn bring_to(picture: &Picture, side: usize, colour: bool) -> Vec<u8> {
    let square = picture.width.min(picture.height);
    let (left, top) = ((picture.width - square) / 2, (picture.height - square) / 2);
    let area = (square * square) as u64;
    let mut values = Vec::with_capacity(side * side * if colour { 3 } else { 1 });
    for y in 0..side {
        for x in 0..side {
            // In 255ths of a value, for the opacity; a square of 12,000 pixels is far from the end of 64 bits.
            let mut sums = [0u64; 3];
            for (row, high) in covered(y, side, square) {
                for (column, wide) in covered(x, side, square) {
                    let at = 4 * ((top + row) * picture.width + left + column);
                    let [red, green, blue, opacity] = [0, 1, 2, 3].map(|i| u64::from(picture.rgba[at + i]));
                    for (sum, value) in sums.iter_mut().zip([red, green, blue]) {
                        *sum += high * wide * (value * opacity + 255 * (255 - opacity));
                    }
                }
            }
            let [red, green, blue] = sums;
            let mean = |sum: u64, of: u64| ((sum + of / 2) / of) as u8;
            match colour {
                true => values.extend([red, green, blue].map(|sum| mean(sum, 255 * area))),
                // The weights of ITU-R BT.601, in thousandths.
                false => values.push(mean((299 * red + 587 * green + 114 * blue) / 1000, 255 * area)),
            }
        }
    }
    values
}

/// Which of `many` pixels lie below pixel `at` of `few`, and how much of each, where a pixel has the length `few`.
fn covered(at: usize, few: usize, many: usize) -> impl Iterator<Item = (usize, u64)> {
    let (from, to) = (at * many, (at + 1) * many);
    (from / few..to.div_ceil(few)).map(move |i| (i, (to.min((i + 1) * few) - from.max(i * few)) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn grey(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Picture {
        let pixel = |i: usize| {
            let value = value(i % width, i / width);
            [value, value, value, 255]
        };
        Picture { width, height, rgba: (0..width * height).flat_map(pixel).collect() }
    }

    #[test]
    fn a_picture_of_the_wanted_size_stays_as_it_is() {
        let picture = grey(6, 6, |x, y| (x * 40 + y) as u8);
        let values: Vec<u8> = picture.rgba.chunks(4).map(|rgba| rgba[0]).collect();
        assert_eq!(bring_to(&picture, 6, false), values);
        assert_eq!(bring_to(&picture, 6, true), values.iter().flat_map(|v| [*v; 3]).collect::<Vec<u8>>());
    }

    #[test]
    fn the_mean_is_kept_at_any_size() {
        for square in [4, 7, 28, 61, 300] {
            let picture = grey(square, square, |x, y| ((x * 7 + y * 13) % 256) as u8);
            let mean = |values: &[u8]| values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
            let whole: Vec<u8> = picture.rgba.chunks(4).map(|rgba| rgba[0]).collect();
            for side in [4, 5, 28, 64] {
                let small = bring_to(&picture, side, false);
                assert!((mean(&small) - mean(&whole)).abs() < 0.6, "{square} to {side}");
            }
        }
    }

    #[test]
    fn the_middle_is_taken() {
        let picture = grey(12, 4, |x, _| if (4..8).contains(&x) { 200 } else { 0 });
        assert_eq!(bring_to(&picture, 4, false), [200; 16]);
    }

    #[test]
    fn what_is_not_opaque_lies_on_white() {
        let half = Picture { width: 4, height: 4, rgba: [0, 0, 0, 0, 0, 0, 0, 255].repeat(8) };
        assert_eq!(bring_to(&half, 4, false), [255, 0].repeat(8));
    }

    #[test]
    fn colours_become_grey_by_their_brightness() {
        let red = Picture { width: 4, height: 4, rgba: [255, 0, 0, 255].repeat(16) };
        assert_eq!(bring_to(&red, 4, false), [76; 16]);
        assert_eq!(bring_to(&red, 4, true), [255, 0, 0].repeat(16));
    }

    /// Here and in a browser, on any processor.
    #[test]
    fn a_jpeg_has_the_same_pixels_everywhere() {
        let picture = decode(include_bytes!("tests.jpg")).unwrap();
        assert_eq!((picture.width, picture.height), (20, 16));
        assert_eq!(
            blake3::hash(&picture.rgba).to_hex().as_str(),
            "a4cff06ed9aa8a73e32b7d78715e4b4353476988eeaac4832ccced55b9c9b57b"
        );
    }

    #[test]
    fn labels_that_are_numbers_stand_in_their_order() {
        let sorted = |labels: &[&str]| {
            let mut labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            sort_labels(&mut labels);
            labels
        };
        assert_eq!(sorted(&["10", "9", "1", "9"]), ["1", "9", "10"]);
        assert_eq!(sorted(&["oak", "10", "elm", "9"]), ["10", "9", "elm", "oak"]);
    }
}
