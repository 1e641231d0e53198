//! The Pareto front.

/// The points that no other beats: none is at least as good in both coordinates and better in one. `more` says of each coordinate
/// whether more of it is better. Indices into `points`, from the best first coordinate to the worst; points that are not numbers
/// are left out.
pub fn front(points: &[(f64, f64)], more: (bool, bool)) -> Vec<usize> {
    // Turned so that less is better.
    let cost = |i: usize| {
        let (x, y) = points[i];
        // A negative zero would be ordered before zero, which it equals.
        (if more.0 { -x } else { x } + 0.0, if more.1 { -y } else { y } + 0.0)
    };
    let mut order: Vec<usize> =
        (0..points.len()).filter(|&i| points[i].0.is_finite() && points[i].1.is_finite()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (cost(a), cost(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    // The last of the front so far; what equals it in both is not beaten by it.
    let mut best: Option<(f64, f64)> = None;
    order.retain(|&i| {
        let mine = cost(i);
        let stays = best.is_none_or(|best| mine.1 < best.1 || mine == best);
        if stays {
            best = Some(mine);
        }
        stays
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn small_and_good_are_kept() {
        // Bytes and accuracy: less of the first, more of the second.
        let points = [(100.0, 0.9), (10.0, 0.8), (50.0, 0.7), (10.0, 0.6), (200.0, 0.9), (f64::NAN, 1.0)];
        assert_eq!(front(&points, (false, true)), [1, 0]);
        assert_eq!(front(&points[..1], (false, true)), [0]);
        assert_eq!(front(&[], (true, true)), Vec::<usize>::new());
        // Equal points do not beat each other.
        assert_eq!(front(&[(1.0, 1.0), (1.0, 1.0)], (false, false)), [0, 1]);
        assert_eq!(front(&[(0.0, 1.0), (-0.0, 1.0)], (false, false)).len(), 2);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Held against the definition, pair by pair; small whole numbers, so that many are equal.
        #[test]
        fn is_what_no_other_beats(points in prop::collection::vec((0..8u8, 0..8u8), 0..40), more: (bool, bool)) {
            let points: Vec<(f64, f64)> = points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let turned = |v: f64, more: bool| if more { v } else { -v };
            let good = |i: usize| (turned(points[i].0, more.0), turned(points[i].1, more.1));
            let beats = |a: usize, b: usize| {
                let (a, b) = (good(a), good(b));
                a.0 >= b.0 && a.1 >= b.1 && a != b
            };
            let expected: Vec<usize> =
                (0..points.len()).filter(|&i| (0..points.len()).all(|other| !beats(other, i))).collect();
            let found = front(&points, more);
            prop_assert!(found.windows(2).all(|pair| good(pair[0]).0 >= good(pair[1]).0));
            let mut sorted = found;
            sorted.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}
