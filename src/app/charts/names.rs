//! Where the names of points stand, so that they can be read.

use super::frame::{LEFT, RIGHT};

/// The middle of the drawing, where names change sides.
const MIDDLE: f64 = (LEFT + RIGHT) / 2.0;
/// From a point's middle to its name.
const GAP: f64 = 12.0;
/// About as wide as a letter, and as high as a line.
const LETTER: f64 = 7.0;
const LINE: f64 = 14.0;

/// A point as it is drawn, in pixels, and its name.
pub(super) struct Named<'a> {
    pub name: &'a str,
    pub x: f64,
    pub y: f64,
}

/// Where the name of a point at `x` begins or ends, and which: right of it in the left half, left of it in the right half.
pub(super) fn side(x: f64) -> (f64, &'static str) {
    if x < MIDDLE { (x + GAP, "start") } else { (x - GAP, "end") }
}

/// A height for each name: its point's, or further down where it would lie on another name or point.
pub(super) fn heights(points: &[Named]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[a].y.total_cmp(&points[b].y));
    let mut heights = vec![0.0; points.len()];
    // What is taken: from, to, height.
    let mut taken: Vec<(f64, f64, f64)> = points.iter().map(|p| (p.x - 7.0, p.x + 7.0, p.y)).collect();
    for i in order {
        let Named { name, x, y } = points[i];
        let width = LETTER * name.chars().count() as f64;
        let (end, anchor) = side(x);
        let (from, to) = if anchor == "start" { (end, end + width) } else { (end - width, end) };
        let mut height = y;
        let lies_on = |height: f64| {
            let on =
                |&&(left, right, at): &&(f64, f64, f64)| left < to && right > from && (at - height).abs() < LINE - 0.5;
            taken.iter().find(on).map(|&(.., at)| at)
        };
        while let Some(other) = lies_on(height) {
            height = other + LINE;
        }
        taken.push((from, to, height));
        heights[i] = height;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_lie_neither_on_points_nor_on_each_other() {
        let at = |name, x, y| Named { name, x, y };
        let points = [
            at("dense", 390.0, 30.0),
            at("pruned 50 %", 370.0, 31.0),
            at("pruned 80 %", 300.0, 32.0),
            at("far", 80.0, 200.0),
        ];
        let heights = heights(&points);
        assert_eq!(heights[3], 200.0, "nothing is in its way");
        let spans: Vec<(f64, f64, f64)> = points
            .iter()
            .zip(&heights)
            .map(|(p, &height)| {
                let width = LETTER * p.name.len() as f64;
                let (begin, anchor) = side(p.x);
                if anchor == "start" { (begin, begin + width, height) } else { (begin - width, begin, height) }
            })
            .collect();
        for (i, a) in spans.iter().enumerate() {
            for b in &spans[i + 1..] {
                assert!(a.1 <= b.0 || b.1 <= a.0 || (a.2 - b.2).abs() >= LINE - 0.5, "{a:?} {b:?}");
            }
            for p in &points {
                assert!(p.x + 7.0 <= a.0 || a.1 <= p.x - 7.0 || (p.y - a.2).abs() >= LINE - 0.5, "{a:?} {}", p.name);
            }
        }
    }
}
