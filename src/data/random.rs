//! Random numbers that depend on names alone.
//!
//! A [`Key`] never runs out and has no position: it is folded with names and indices into child keys, and each purpose
//! (one layer's initial weights, one epoch's order) draws from the stream of its own child. So a draw added in one
//! place moves no other, and the numbers are the same on every platform.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// Sets these keys apart from any other use of the same hash.
const CONTEXT: &str = "featherweight random key, version 1";

/// The root or a branch of a tree of random streams. Equal keys give equal streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The root of the tree that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(blake3::derive_key(CONTEXT, &seed.to_le_bytes()))
    }

    /// The child called `name`.
    #[must_use]
    pub fn fold(&self, name: &str) -> Self {
        self.child(b'n', name.as_bytes())
    }

    /// The child numbered `index`. Never the same as a child that has a name.
    #[must_use]
    pub fn fold_index(&self, index: u64) -> Self {
        self.child(b'i', &index.to_le_bytes())
    }

    /// The stream of this key, from its beginning.
    #[must_use]
    pub fn rng(&self) -> Rng {
        Rng { stream: ChaCha8Rng::from_seed(self.0), spare_normal: None }
    }

    fn child(&self, kind: u8, bytes: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[kind]).update(bytes);
        Self(*hasher.finalize().as_bytes())
    }
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng {
    stream: ChaCha8Rng,
    /// Box-Muller makes normal deviates in pairs; the second waits here.
    spare_normal: Option<f32>,
}

impl Rng {
    /// The next 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        self.stream.next_u32()
    }

    /// A multiple of 2^-24, uniform in [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit an f32 exactly")]
    pub fn uniform(&mut self) -> f32 {
        const STEP: f32 = 1.0 / (1u32 << 24) as f32;
        (self.next_u32() >> 8) as f32 * STEP
    }

    /// Uniform in `0..n`, without bias; 0 if `n` is 0.
    ///
    /// Lemire, "Fast Random Integer Generation in an Interval" (2019): the high half of a product, where the low half
    /// tells which draws would favour some results.
    pub fn below(&mut self, n: u32) -> u32 {
        loop {
            let product = u64::from(self.next_u32()) * u64::from(n);
            let (high, low) = ((product >> 32) as u32, product as u32);
            if low >= n || low >= n.wrapping_neg() % n.max(1) {
                return high;
            }
        }
    }

    /// A standard normal deviate (mean 0, standard deviation 1), by Box-Muller in f64, rounded to f32.
    #[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is the last step")]
    pub fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        const STEP: f64 = 1.0 / (1u64 << 32) as f64;
        // In (0, 1], so that the logarithm is finite.
        let u = (f64::from(self.next_u32()) + 1.0) * STEP;
        let angle = std::f64::consts::TAU * (f64::from(self.next_u32()) * STEP);
        let radius = (-2.0 * libm::log(u)).sqrt();
        self.spare_normal = Some((radius * libm::sin(angle)) as f32);
        (radius * libm::cos(angle)) as f32
    }

    /// Puts `items` into a uniformly random order (Fisher-Yates, from the end).
    ///
    /// # Panics
    /// If there are more than `u32::MAX` items.
    #[expect(clippy::expect_used, reason = "documented under Panics")]
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        let count = u32::try_from(items.len()).expect("a shuffle takes at most 2^32 - 1 items");
        for last in (1..count).rev() {
            items.swap(last as usize, self.below(last + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The first draws of every kind. A change here changes the result of every recipe ever shared.
    #[test]
    fn streams_are_pinned() {
        let mut rng = Key::new(0).rng();
        assert_eq!([rng.next_u32(), rng.next_u32(), rng.next_u32()], [3283103679, 165914853, 1779214642]);
        let mut rng = Key::new(1).fold("weights").fold_index(2).rng();
        assert_eq!([rng.next_u32(), rng.next_u32(), rng.next_u32()], [1068605690, 2646532188, 3824038598]);
        let mut rng = Key::new(2).rng();
        assert_eq!(
            [rng.uniform(), rng.uniform(), rng.uniform()].map(f32::to_bits),
            [1044295248, 1046792240, 1043513688]
        );
        let mut rng = Key::new(3).rng();
        assert_eq!([rng.below(10), rng.below(1000), rng.below(u32::MAX)], [2, 883, 2922458059]);
        let mut rng = Key::new(4).rng();
        assert_eq!([rng.normal(), rng.normal(), rng.normal()].map(f32::to_bits), [1058702317, 3215754278, 3176365480]);
        let mut items: Vec<u32> = (0..10).collect();
        Key::new(5).rng().shuffle(&mut items);
        assert_eq!(items, [2, 7, 1, 0, 5, 3, 6, 4, 9, 8]);
    }

    #[test]
    fn children_differ_from_each_other_and_from_their_parent() {
        let key = Key::new(7);
        let index_bytes_as_name = "\0\0\0\0\0\0\0\0";
        let keys = [
            key,
            key.fold(""),
            key.fold("a"),
            key.fold("ab"),
            key.fold("a").fold("b"),
            key.fold_index(0),
            key.fold_index(1),
            key.fold(index_bytes_as_name),
            Key::new(8),
        ];
        for (i, a) in keys.iter().enumerate() {
            assert!(!keys[i + 1..].contains(a), "key {i} appears twice");
        }
    }

    #[test]
    fn below_stays_below_and_reaches_everything() {
        let mut rng = Key::new(9).rng();
        let mut seen = [0; 7];
        for _ in 0..7000 {
            seen[rng.below(7) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
        assert_eq!((rng.below(0), rng.below(1)), (0, 0));
    }

    #[test]
    fn uniform_and_normal_have_their_moments() {
        let mut rng = Key::new(10).rng();
        let n = 40_000;
        let uniform: Vec<f64> = (0..n).map(|_| f64::from(rng.uniform())).collect();
        let normal: Vec<f64> = (0..n).map(|_| f64::from(rng.normal())).collect();
        let moments = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / f64::from(n);
            (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / f64::from(n))
        };
        assert!(uniform.iter().all(|v| (0.0..1.0).contains(v)));
        let (mean, variance) = moments(&uniform);
        assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.002, "{mean} {variance}");
        let (mean, variance) = moments(&normal);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn shuffle_is_a_permutation() {
        let mut items: Vec<u32> = (0..1000).collect();
        Key::new(11).rng().shuffle(&mut items);
        assert_ne!(items, (0..1000).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
    }
}
