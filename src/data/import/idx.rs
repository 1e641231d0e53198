//! IDX files, as MNIST came in: images in one, their labels in another.
//!
//! Two zeros, the type of the values (8: bytes), the count of dimensions; then each dimension in four bytes, the greatest first;
//! then the values.

use super::images::{Picture, bring_to, sort_labels};
use super::stock::{Stock, name};
use super::{Samples, Settings};
use crate::data::Split;
use crate::data::own::{CLASSES, MAX_BYTES, MAX_SAMPLES, SIDES};

/// A file and its path.
type Named = (String, Vec<u8>);

/// Values with their dimensions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Idx<'a> {
    pub dims: Vec<usize>,
    pub values: &'a [u8],
}

/// Reads a file, and holds what it claims against what is there.
pub(super) fn parse(file: &[u8]) -> Result<Idx<'_>, String> {
    let short = || "its header ends too early".to_string();
    let (&[zero, nought, kind, count], mut rest) = file.split_first_chunk().ok_or_else(short)?;
    if (zero, nought) != (0, 0) || !(1..=4).contains(&count) {
        return Err("it is no IDX file".into());
    }
    if kind != 8 {
        return Err(format!("its values are of type {kind}, and only bytes (type 8) are read"));
    }
    let mut dims = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (dim, behind) = rest.split_first_chunk().ok_or_else(short)?;
        dims.push(u32::from_be_bytes(*dim) as usize);
        rest = behind;
    }
    let claimed = dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
    match claimed == Some(rest.len()) {
        true => Ok(Idx { dims, values: rest }),
        false => {
            let dims: Vec<String> = dims.iter().map(ToString::to_string).collect();
            Err(format!("it claims {} values and holds {}", dims.join(" x "), rest.len()))
        }
    }
}

/// Reads a pair of files, or two: what has `t10k` or `test` in its name tests.
pub(super) fn read(stock: &mut Stock, settings: &Settings, left_out: &mut Vec<String>) -> Result<Samples, String> {
    // Images and labels of what trains, and of what tests.
    let mut parts: [[Option<Named>; 2]; 2] = Default::default();
    for index in 0..stock.files.len() {
        let path = stock.files[index].path.clone();
        let file = stock.read_plain(index)?;
        if !file.starts_with(&[0, 0]) {
            left_out.push(format!("{path}: it is no IDX file"));
            continue;
        }
        let idx = parse(&file).map_err(|reason| format!("{path}: {reason}; fetch it again"))?;
        let tests = ["t10k", "test"].iter().any(|word| name(&path).contains(word));
        let place = &mut parts[usize::from(tests)][usize::from(idx.dims.len() == 1)];
        if let Some((other, _)) = place {
            return Err(format!(
                "{path} and {other} are both of one kind; choose the images and the labels of one data set"
            ));
        }
        *place = Some((path, file));
    }
    let several = parts.iter().filter(|pair| pair.iter().any(Option::is_some)).count() == 2;
    let mut samples = Samples::default();
    let mut names = Vec::new();
    for (pair, split) in parts.into_iter().zip([Split::Train, Split::Test]) {
        match pair {
            [None, None] => {}
            [Some(images), Some(labels)] => {
                add(&mut samples, &mut names, &images, &labels, several.then_some(split), settings)?;
            }
            [Some((path, _)), None] => {
                return Err(format!("the labels that belong to {path} are missing; choose both files"));
            }
            [None, Some((path, _))] => {
                return Err(format!("the images that belong to {path} are missing; choose both files"));
            }
        }
    }
    let mut labels: Vec<String> = names.iter().map(u8::to_string).collect();
    sort_labels(&mut labels);
    if labels.len() > *CLASSES.end() {
        return Err(format!(
            "there are {} classes; at most {} are allowed, so leave some out",
            labels.len(),
            CLASSES.end()
        ));
    }
    let class = |name: &u8| labels.iter().position(|label| *label == name.to_string()).unwrap_or_default() as u8;
    samples.classes = names.iter().map(class).collect();
    samples.labels = labels;
    Ok(samples)
}

fn add(
    samples: &mut Samples,
    names: &mut Vec<u8>,
    (images_path, images): &Named,
    (labels_path, labels): &Named,
    split: Option<Split>,
    settings: &Settings,
) -> Result<(), String> {
    // Both have been read before.
    let (images, labels) = (parse(images)?, parse(labels)?);
    let (count, height, width, channels) = match images.dims[..] {
        [count, height, width] => (count, height, width, 1),
        [count, height, width, channels @ (1 | 3)] => (count, height, width, channels),
        _ => return Err(format!("{images_path}: it has {} dimensions and no images", images.dims.len())),
    };
    if count != labels.values.len() {
        return Err(format!(
            "{images_path} has {count} images and {labels_path} has {} labels; choose two that belong together",
            labels.values.len()
        ));
    }
    if count == 0 || height == 0 || width == 0 {
        return Err(format!("{images_path}: there are no images in it"));
    }
    // Images that are small enough stay as they are.
    let fits = SIDES.contains(&height) && SIDES.contains(&width);
    let shape = if fits { [height, width, channels] } else { [settings.side, settings.side, channels] };
    if !samples.given.is_empty() && samples.shape != shape {
        return Err(format!("{images_path}: its images have another size than those that train"));
    }
    let bytes = shape.iter().product::<usize>().saturating_mul(count);
    if samples.pixels.len().saturating_add(bytes) > MAX_BYTES || samples.given.len() + count > MAX_SAMPLES {
        return Err(format!("{images_path}: {count} images are too many; choose a smaller side or leave some out"));
    }
    samples.shape = shape;
    samples.given.extend(std::iter::repeat_n(split, count));
    names.extend(labels.values);
    if fits {
        samples.pixels.extend(images.values);
        return Ok(());
    }
    for image in images.values.chunks_exact(height * width * channels) {
        let pixel = |values: &[u8]| [values[0], values[values.len() / 2], values[values.len() - 1], 255];
        let rgba = image.chunks_exact(channels).flat_map(pixel).collect();
        samples.pixels.extend(bring_to(&Picture { width, height, rgba }, settings.side, channels == 3));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_header_is_held_against_the_values() {
        let file = [&[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[1, 2, 3, 4, 5, 6]].concat();
        assert_eq!(parse(&file), Ok(Idx { dims: vec![2, 3], values: &[1, 2, 3, 4, 5, 6] }));
        let said = |file: &[u8]| parse(file).unwrap_err();
        assert_eq!(said(&file[..17]), "it claims 2 x 3 values and holds 5");
        assert!(said(&file[..9]).contains("header ends too early"));
        assert!(said(&[0, 0, 8, 4].into_iter().chain([255; 16]).collect::<Vec<u8>>()).contains("claims 4294967295 x"));
        assert!(said(&[0, 0, 13, 1, 0, 0, 0, 0]).contains("type 13"));
        assert!(said(b"<!doctype html>").contains("no IDX file"));
    }
}
