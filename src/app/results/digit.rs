//! From a drawing to what a network reads: scaled into 20 x 20 and centred by its mass in 28 x 28, as MNIST was.

/// Side of the images.
pub(in crate::app) const SIDE: usize = 28;
/// Side of the box that the drawing is scaled into.
const BOX: f32 = 20.0;
/// Ink below this is not there.
const FAINT: f32 = 0.1;

/// The image of a square drawing of `side` pixels whose ink goes from 0 to 1; nothing if it is empty.
pub(super) fn centre(ink: &[f32], side: usize) -> Option<Vec<f32>> {
    let inked = || ink.iter().enumerate().filter(|(_, v)| **v > FAINT).map(|(i, _)| (i % side, i / side));
    let (left, right) = (inked().map(|p| p.0).min()?, inked().map(|p| p.0).max()? + 1);
    let (top, bottom) = (inked().map(|p| p.1).min()?, inked().map(|p| p.1).max()? + 1);
    // Pixels of the drawing to one of the image.
    let scale = (right - left).max(bottom - top) as f32 / BOX;
    let width = (((right - left) as f32 / scale).ceil() as usize).clamp(1, BOX as usize);
    let height = (((bottom - top) as f32 / scale).ceil() as usize).clamp(1, BOX as usize);
    let mut small = vec![0.0; width * height];
    for y in 0..height {
        for x in 0..width {
            let span = |at: usize, first: usize, last: usize| {
                let from = first + (at as f32 * scale) as usize;
                from..(first + ((at + 1) as f32 * scale).ceil() as usize).clamp(from + 1, last.max(from + 1))
            };
            let (xs, ys) = (span(x, left, right), span(y, top, bottom));
            let area = (xs.len() * ys.len()) as f32;
            let sum: f32 = ys
                .map(|row| ink.get(row * side + xs.start..row * side + xs.end).map_or(0.0, |r| r.iter().sum::<f32>()))
                .sum();
            small[y * width + x] = sum / area;
        }
    }
    let mass: f32 = small.iter().sum();
    let moment = |coordinate: fn(usize, usize) -> usize| {
        small.iter().enumerate().map(|(i, v)| v * (coordinate(i, width) as f32 + 0.5)).sum::<f32>() / mass.max(1e-6)
    };
    let middle = SIDE as f32 / 2.0;
    let dx = (middle - moment(|i, w| i % w)).round().clamp(0.0, (SIDE - width) as f32) as usize;
    let dy = (middle - moment(|i, w| i / w)).round().clamp(0.0, (SIDE - height) as f32) as usize;
    let mut image = vec![0.0; SIDE * SIDE];
    for y in 0..height {
        let row = (y + dy) * SIDE + dx;
        image[row..row + width].copy_from_slice(&small[y * width..(y + 1) * width]);
    }
    Some(image)
}
