//! K-means over the weights of a matrix: the values that the weights share are those for which the sum of squared changes is
//! least, as far as Lloyd's iterations find them.
//!
//! Source: Han, Mao, Dally, "Deep Compression", 2016, section 3.1 (the objective) and 3.2 (how it begins).

use super::Initialization;
use crate::compression::About;
use crate::data::Rng;

pub(super) const ABOUT: About = About {
    name: "k-means",
    title: "K-means",
    help: "Lets the weights of a layer share a few values, which are then trained: a weight costs a few bits, and files shrink severalfold after pruning.",
    paper: "Han, Mao, Dally 2016, Deep Compression: Compressing Deep Neural Networks with Pruning, Trained Quantization and Huffman Coding",
};

/// Iterations at most; weights of trained layers settle in fewer.
const MOST_ITERATIONS: usize = 300;

/// The values that weights share.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// In ascending order.
    pub centroids: Vec<f32>,
    /// Of each weight, counted from 1; 0 for zeros.
    pub clusters: Vec<u16>,
    /// The sum of squared changes after each iteration.
    pub objective: Vec<f64>,
}

/// Finds `count` values for the weights that are not zero, or as many as there are different weights, if those are fewer.
///
/// Weights that are no numbers, which only a training that diverged leaves, go to either end. Everything is summed in `f64` in ascending order of the weights, so that the result is the same everywhere.
pub fn cluster(weights: &[f32], count: usize, initialization: Initialization, rng: &mut Rng) -> Clustering {
    let mut sorted: Vec<f32> = weights.iter().copied().filter(|w| *w != 0.0 && w.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let (centroids, objective) = if distinct.len() <= count {
        (distinct, vec![0.0])
    } else {
        let sorted: Vec<f64> = sorted.into_iter().map(f64::from).collect();
        let (centroids, objective) = lloyd(&sorted, begin(&sorted, count, initialization, rng));
        (centroids.into_iter().map(|c| c as f32).collect(), objective)
    };
    let real: Vec<f64> = centroids.iter().copied().map(f64::from).collect();
    let nearest = |w: f32| match w == 0.0 || real.is_empty() {
        true => 0,
        false => 1 + real.windows(2).take_while(|pair| f64::from(w) > 0.5 * (pair[0] + pair[1])).count() as u16,
    };
    let clusters = weights.iter().map(|&w| nearest(w)).collect();
    Clustering { centroids, clusters, objective }
}

/// Where the centroids begin, in ascending order.
fn begin(sorted: &[f64], count: usize, initialization: Initialization, rng: &mut Rng) -> Vec<f64> {
    let (least, largest) = (sorted[0], sorted[sorted.len() - 1]);
    let mut centroids: Vec<f64> = match initialization {
        Initialization::Linear => {
            let step = (largest - least) / (count - 1).max(1) as f64;
            (0..count).map(|i| if i + 1 == count { largest } else { least + step * i as f64 }).collect()
        }
        Initialization::Density => (0..count).map(|i| sorted[(2 * i + 1) * sorted.len() / (2 * count)]).collect(),
        Initialization::Random => (0..count).map(|_| sorted[rng.below(sorted.len() as u32) as usize]).collect(),
    };
    centroids.sort_by(f64::total_cmp);
    centroids
}

/// Lloyd's iterations on ascending values, of which more are different than there are centroids. The objective after each.
fn lloyd(sorted: &[f64], mut centroids: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
    let mut objective = Vec::new();
    let mut ends = fill(sorted, &mut centroids);
    for _ in 0..MOST_ITERATIONS {
        for ((centroid, &end), start) in centroids.iter_mut().zip(&ends).zip(starts(&ends)) {
            let members = &sorted[start..end];
            *centroid = members.iter().sum::<f64>() / members.len() as f64;
        }
        let before = ends;
        ends = fill(sorted, &mut centroids);
        objective.push(squares(sorted, &centroids, &ends));
        if ends == before {
            break;
        }
    }
    (centroids, objective)
}

/// Where each centroid's stretch of the values ends. A centroid that has none moves to the value that is farthest from its own.
fn fill(sorted: &[f64], centroids: &mut [f64]) -> Vec<usize> {
    let mut ends = assign(sorted, centroids);
    // Each move gives one value a centroid of its own, so there are at most as many as centroids.
    for _ in 0..centroids.len() {
        let Some(empty) = starts(&ends).zip(&ends).position(|(start, &end)| start == end) else { break };
        let mut farthest = (0.0, sorted[0]);
        for ((&centroid, &end), start) in centroids.iter().zip(&ends).zip(starts(&ends)) {
            for &value in &sorted[start..end] {
                if (value - centroid).abs() > farthest.0 {
                    farthest = ((value - centroid).abs(), value);
                }
            }
        }
        centroids[empty] = farthest.1;
        centroids.sort_by(f64::total_cmp);
        ends = assign(sorted, centroids);
    }
    ends
}

/// Where each centroid's stretch of the values ends: each value goes to the nearest, the lower one if two are as near.
fn assign(sorted: &[f64], centroids: &[f64]) -> Vec<usize> {
    let middles = centroids.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    let mut ends: Vec<usize> = middles.map(|middle| sorted.partition_point(|&value| value <= middle)).collect();
    ends.push(sorted.len());
    ends
}

fn starts(ends: &[usize]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(ends.iter().copied())
}

/// The sum of squared distances.
fn squares(sorted: &[f64], centroids: &[f64], ends: &[usize]) -> f64 {
    let mut sum = 0.0;
    for ((centroid, &end), start) in centroids.iter().zip(ends).zip(starts(ends)) {
        sum += sorted[start..end].iter().map(|value| (value - centroid).powi(2)).sum::<f64>();
    }
    sum
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use proptest::prelude::*;

    const ALL: [Initialization; 3] = [Initialization::Linear, Initialization::Density, Initialization::Random];

    proptest! {
        #[test]
        fn the_objective_falls_and_no_cluster_is_empty(
            weights in prop::collection::vec(prop_oneof![Just(0.0f32), -1.0f32..1.0, -0.01f32..0.01, (-3i8..4).prop_map(f32::from)], 1..400),
            bits in 1usize..9,
            which in 0usize..3,
        ) {
            let found = cluster(&weights, 1 << bits, ALL[which], &mut Key::new(1).rng());
            for pair in found.objective.windows(2) {
                prop_assert!(pair[1] <= pair[0] * (1.0 + 1e-12), "{} rose to {}", pair[0], pair[1]);
            }
            let mut distinct: Vec<f32> = weights.iter().copied().filter(|w| *w != 0.0).collect();
            distinct.sort_by(f32::total_cmp);
            distinct.dedup();
            prop_assert_eq!(found.centroids.len(), distinct.len().min(1 << bits));
            for cluster in 1..=found.centroids.len() {
                prop_assert!(found.clusters.contains(&(cluster as u16)), "cluster {} is empty", cluster);
            }
            for (weight, &cluster) in weights.iter().zip(&found.clusters) {
                prop_assert_eq!(*weight == 0.0, cluster == 0);
                if cluster > 0 {
                    let off = |c: f32| (f64::from(c) - f64::from(*weight)).abs();
                    let mine = off(found.centroids[usize::from(cluster) - 1]);
                    prop_assert!(found.centroids.iter().all(|&other| mine <= off(other) + 1e-12));
                }
            }
        }
    }

    #[test]
    fn linear_initialization_spans_least_to_largest_and_density_follows_the_count() {
        let sorted: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0).chain([9.0]).collect();
        let mut rng = Key::new(1).rng();
        let linear = begin(&sorted, 4, Initialization::Linear, &mut rng);
        assert_eq!(linear, [0.0, 3.0, 6.0, 9.0]);
        let density = begin(&sorted, 4, Initialization::Density, &mut rng);
        assert_eq!(density, [0.125, 0.375, 0.625, 0.875]);
    }

    /// Two heaps: the best two values are their means.
    #[test]
    fn heaps_are_found() {
        let weights = [0.9, -1.1, 0.0, 1.0, -1.0, 1.1, -0.9];
        for initialization in ALL {
            let found = cluster(&weights, 2, initialization, &mut Key::new(1).rng());
            assert_eq!(found.clusters, [2, 1, 0, 2, 1, 2, 1]);
            assert!((found.centroids[0] + 1.0).abs() < 1e-6 && (found.centroids[1] - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn what_is_no_number_does_no_harm() {
        assert_eq!(cluster(&[f32::NAN; 3], 2, Initialization::Linear, &mut Key::new(1).rng()).clusters, [0, 0, 0]);
        let weights: Vec<f32> =
            (0..40).map(|i| if i % 7 == 3 { f32::NAN } else { i as f32 }).chain([f32::INFINITY]).collect();
        for initialization in ALL {
            let found = cluster(&weights, 4, initialization, &mut Key::new(1).rng());
            assert_eq!(found.clusters.len(), weights.len());
            assert!(found.clusters.iter().all(|&cluster| usize::from(cluster) <= found.centroids.len()));
            assert!(found.centroids.iter().all(|centroid| centroid.is_finite()));
        }
    }
}
