//! Points in the plane, drawn on the spot: datasets small enough to see what a network does.
//!
//! Sample `i` has class `i` modulo the number of classes and is drawn before sample `i + 1`, so a smaller training set
//! is the beginning of a larger one. The shape is drawn first, then the noise in x and in y; more noise moves the
//! same points further.

use std::f64::consts::{PI, TAU};

use super::{DatasetName, Key, Rng, Split};

/// All toys are drawn from this seed: a recipe's own seed chooses weights and orders, not the data.
const SEED: u64 = 1989;

/// Turns of each spiral arm, and its radius at the start and at the end.
const SPIRAL_TURNS: f64 = 1.5;
const SPIRAL_RADIUS: [f64; 2] = [0.15, 1.3];

/// Labelled points: x and y of each, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Points {
    pub labels: Vec<u8>,
    pub coordinates: Vec<f32>,
}

/// Draws `count` points of `name`, the classes in turn; `noise` is the standard deviation in x and y.
#[expect(clippy::cast_possible_truncation, reason = "a toy has few classes, and points are rounded to f32 once")]
pub(super) fn draw(name: DatasetName, split: Split, count: usize, noise: f32) -> Points {
    let mut rng = Key::new(SEED).fold(name.as_str()).fold(split.as_str()).rng();
    let classes = name.info().classes();
    let mut points = Points { labels: Vec::with_capacity(count), coordinates: Vec::with_capacity(2 * count) };
    for i in 0..count {
        let class = i % classes;
        let place = place(name, class, &mut rng);
        points.labels.push(class as u8);
        for coordinate in place {
            points.coordinates.push((coordinate + f64::from(noise) * f64::from(rng.normal())) as f32);
        }
    }
    points
}

/// A point of the class before noise.
fn place(name: DatasetName, class: usize, rng: &mut Rng) -> [f64; 2] {
    let t = f64::from(rng.uniform());
    match (name, class) {
        (DatasetName::Moons, 0) => [libm::cos(PI * t) - 0.5, libm::sin(PI * t) - 0.25],
        (DatasetName::Moons, _) => [0.5 - libm::cos(PI * t), 0.25 - libm::sin(PI * t)],
        (DatasetName::Circles, 0) => polar(1.2, TAU * t),
        (DatasetName::Circles, _) => polar(0.6, TAU * t),
        (DatasetName::Spirals, arm) => {
            let [start, end] = SPIRAL_RADIUS;
            polar(start + (end - start) * t, TAU * SPIRAL_TURNS * t + if arm == 0 { 0.0 } else { PI })
        }
        // Only toys get here, and the blobs are the last of them: a corner for each class.
        (_, corner) => [if corner % 2 == 0 { -0.8 } else { 0.8 }, if corner < 2 { -0.8 } else { 0.8 }],
    }
}

fn polar(radius: f64, angle: f64) -> [f64; 2] {
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}

#[cfg(test)]
mod tests {
    use super::super::DATASETS;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn toys() -> impl Iterator<Item = (DatasetName, f32)> {
        DATASETS.iter().filter_map(|info| Some((info.name, info.noise?)))
    }

    #[test]
    fn points_are_pinned() {
        let bits: Vec<[u32; 4]> = toys()
            .map(|(name, noise)| {
                let points = draw(name, Split::Train, 2, noise);
                [0, 1, 2, 3].map(|i| points.coordinates[i].to_bits())
            })
            .collect();
        let pinned = [
            [3186300868, 1059420885, 1068043957, 3204001207],
            [1064837119, 1050676111, 1059447734, 3172487125],
            [1036312228, 1045990760, 3211225226, 3173750073],
            [3213895018, 3209016439, 1059718716, 3215467825],
        ];
        assert_eq!(bits, pinned);
    }

    #[test]
    fn a_smaller_set_is_the_beginning_of_a_larger() {
        for (name, noise) in toys() {
            let (small, large) = (draw(name, Split::Test, 10, noise), draw(name, Split::Test, 20, noise));
            assert_eq!(small.coordinates, large.coordinates[..20]);
            assert_eq!(small.labels, large.labels[..10]);
        }
    }

    #[test]
    fn splits_have_no_point_in_common() {
        for (name, noise) in toys() {
            let [train, test] = [Split::Train, Split::Test].map(|split| draw(name, split, 500, noise));
            for point in test.coordinates.chunks(2) {
                assert!(!train.coordinates.chunks(2).any(|other| other == point), "{name}");
            }
        }
    }

    /// The nearest training point has the right class nearly always, so there is something to learn.
    #[test]
    fn the_classes_can_be_told_apart() {
        for (name, noise) in toys() {
            let (train, test) = (draw(name, Split::Train, 1000, noise), draw(name, Split::Test, 1000, noise));
            let right = test.coordinates.chunks(2).zip(&test.labels).filter(|&(point, label)| {
                let distance = |other: &[f32]| (other[0] - point[0]).powi(2) + (other[1] - point[1]).powi(2);
                let nearest = (0..1000).min_by(|&a, &b| {
                    distance(&train.coordinates[2 * a..]).total_cmp(&distance(&train.coordinates[2 * b..]))
                });
                nearest.map(|i| train.labels[i]) == Some(*label)
            });
            let right = right.count();
            assert!(right >= 980, "{name}: {right} of 1000");
        }
    }

    #[test]
    fn points_lie_in_the_picture() {
        for (name, noise) in toys() {
            let points = draw(name, Split::Train, 1000, noise);
            let furthest = points.coordinates.iter().fold(0f32, |most, c| most.max(c.abs()));
            assert!((1.0..2.0).contains(&furthest), "{name}: {furthest}");
        }
    }
}
