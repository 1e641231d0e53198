//! Mixed precision: which bits each layer gets, so that all weights fit into a budget and the loss rises least.
//!
//! Each layer's rise is measured with it alone quantized (as HAWQ's authors rank layers, Dong et al. 2019), and rises are taken to
//! add up. What is then to be solved is a knapsack with one choice for each layer; its whole front between bytes and rise is found by
//! going through the layers and leaving out whatever is both larger and worse than something else.

use serde::{Deserialize, Serialize};

/// What one layer would take, and cost, at some bits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Bits of its weights.
    pub bits: usize,
    /// Bytes of its weights, scales included.
    pub bytes: usize,
    /// By how much the loss rises with this layer alone at these bits; negative where it falls.
    pub rise: f64,
}

/// Bits for all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Of each layer.
    pub bits: Vec<usize>,
    /// Bytes of all weights.
    pub bytes: usize,
    /// The sum of the layers' rises.
    pub rise: f64,
}

/// The most assignments that are kept from layer to layer; of more, those nearest to each other give way.
const MOST: usize = 4096;

/// All assignments that no other one beats in both bytes and rise, from the smallest to the largest. `layers` holds the choices of each
/// layer, one at least.
pub fn front(layers: &[Vec<Choice>]) -> Vec<Assignment> {
    let mut front = vec![Assignment { bits: Vec::new(), bytes: 0, rise: 0.0 }];
    for choices in layers {
        let mut all: Vec<Assignment> = Vec::with_capacity(front.len() * choices.len());
        for before in &front {
            all.extend(choices.iter().map(|choice| Assignment {
                bits: before.bits.iter().copied().chain([choice.bits]).collect(),
                bytes: before.bytes + choice.bytes,
                rise: before.rise + choice.rise,
            }));
        }
        all.sort_by(|a, b| a.bytes.cmp(&b.bytes).then(a.rise.total_cmp(&b.rise)));
        front.clear();
        for one in all {
            if front.last().is_none_or(|last| one.rise < last.rise) {
                front.push(one);
            }
        }
        thin(&mut front);
    }
    front
}

/// Leaves [`MOST`] of them, spread evenly over their bytes, and the best of each stretch.
fn thin(front: &mut Vec<Assignment>) {
    let (Some(first), Some(last), true) = (front.first(), front.last(), front.len() > MOST) else { return };
    let (least, span) = (first.bytes, (last.bytes - first.bytes).max(1));
    let stretch = |of: &Assignment| (of.bytes - least) * (MOST - 1) / span;
    // Rises fall along the front: the last of a stretch is its best.
    let mut kept: Vec<Assignment> = Vec::with_capacity(MOST);
    for one in front.drain(..) {
        match kept.last_mut() {
            Some(before) if stretch(before) == stretch(&one) => *before = one,
            _ => kept.push(one),
        }
    }
    *front = kept;
}

/// The best assignment within a budget of bytes; the smallest, if none fits.
pub fn within(front: &[Assignment], budget: usize) -> Option<&Assignment> {
    front.iter().rev().find(|one| one.bytes <= budget).or(front.first())
}

/// The smallest assignment whose rise is at most this; the best, if none is.
pub fn no_worse(front: &[Assignment], rise: f64) -> Option<&Assignment> {
    front.iter().find(|one| one.rise <= rise).or(front.last())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layers() -> impl Strategy<Value = Vec<Vec<Choice>>> {
        let choice = (1usize..=8, 1usize..500, -10i32..1000);
        let choice = choice.prop_map(|(bits, bytes, rise)| Choice { bits, bytes, rise: f64::from(rise) / 100.0 });
        prop::collection::vec(prop::collection::vec(choice, 1..5), 1..6)
    }

    /// Every assignment there is.
    fn all(layers: &[Vec<Choice>]) -> Vec<(usize, f64)> {
        layers.iter().fold(vec![(0, 0.0)], |all, choices| {
            all.iter().flat_map(|(b, r)| choices.iter().map(move |c| (b + c.bytes, r + c.rise))).collect()
        })
    }

    proptest! {
        #[test]
        fn nothing_within_the_budget_is_better(layers in layers(), budget in 0usize..2500, floor in 0i32..3000) {
            let front = front(&layers);
            let all = all(&layers);
            let found = within(&front, budget).unwrap();
            let fits = all.iter().filter(|(bytes, _)| *bytes <= budget).map(|(_, rise)| *rise);
            match fits.min_by(f64::total_cmp) {
                Some(best) => prop_assert!(found.bytes <= budget && (found.rise - best).abs() < 1e-9),
                None => prop_assert_eq!(Some(found.bytes), all.iter().map(|(bytes, _)| *bytes).min()),
            }
            let limit = f64::from(floor) / 100.0 + 1e-9;
            let found = no_worse(&front, limit).unwrap();
            match all.iter().filter(|(_, rise)| *rise <= limit - 2e-9).map(|(bytes, _)| *bytes).min() {
                Some(least) => prop_assert!(found.rise <= limit && found.bytes <= least),
                None => prop_assert!(found.rise <= front.last().unwrap().rise + 1e-9 || found.rise <= limit),
            }
        }
    }

    #[test]
    fn a_sensitive_layer_keeps_its_bits() {
        let layer = |bytes: usize, rise: f64| -> Vec<Choice> {
            (2..=8).map(|bits| Choice { bits, bytes: bits * bytes / 8, rise: rise / f64::from(1 << bits) }).collect()
        };
        let front = front(&[layer(1000, 1.0), layer(1000, 30.0)]);
        let found = within(&front, 1250).unwrap();
        assert!(found.bits[1] > found.bits[0] + 2 && found.bytes <= 1250, "{found:?}");
    }

    #[test]
    fn long_fronts_are_thinned_and_keep_their_order_and_their_best() {
        let one = |at: usize| Assignment { bits: vec![at], bytes: 100 + 3 * at, rise: -(at as f64) };
        let mut front: Vec<Assignment> = (0..10_000).map(one).collect();
        thin(&mut front);
        assert!(front.len() > MOST / 2 && front.len() <= MOST, "{}", front.len());
        assert!(front.windows(2).all(|two| two[0].bytes < two[1].bytes && two[0].rise > two[1].rise));
        assert_eq!(front.last(), Some(&one(9_999)));
    }
}
