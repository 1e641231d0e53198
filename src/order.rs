//! Putting things in order, by one function for all of them.
//!
//! The library's sorts are compiled anew for every type and every comparison, at four kilobytes each, and whoever opens the page
//! waits for them. So what a first run sorts is told as numbers, and one sort of numbers puts it in order.

/// The items from the lowest key to the highest; those of one key stay in the order that they came in.
pub fn sorted<T: Default>(mut items: Vec<T>, key: impl Fn(&T) -> u64) -> Vec<T> {
    let keys = items.iter().enumerate().map(|(place, item)| u128::from(key(item)) << 64 | place as u128);
    let mut keys: Vec<u128> = keys.collect();
    sort(&mut keys);
    keys.into_iter().map(|key| std::mem::take(&mut items[key as u64 as usize])).collect()
}

/// Sorts numbers as [`f64::total_cmp`] does.
pub fn sort_floats(values: &mut [f64]) {
    let sorted = sorted(values.to_vec(), |value| of_float(*value));
    values.copy_from_slice(&sorted);
}

/// A key in the order of [`f64::total_cmp`]: the larger a positive number the larger its bits, the other way round below zero.
pub fn of_float(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

#[inline(never)]
fn sort(keys: &mut [u128]) {
    keys.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_in_the_total_order() {
        let nan = f64::NAN;
        let mut values =
            [1.5, -0.0, nan, f64::INFINITY, -2.0, 0.0, -nan, f64::NEG_INFINITY, 5e-324, -5e-324, 1.25, -1e300];
        let mut expected = values;
        expected.sort_by(f64::total_cmp);
        sort_floats(&mut values);
        assert_eq!(values.map(f64::to_bits), expected.map(f64::to_bits));
    }

    #[test]
    fn equal_keys_keep_their_order() {
        // A stream with many ties, as scores of zero are.
        let items: Vec<(u64, usize)> = (0..1000u64).map(|i| (i * i % 7, i as usize)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|(key, _)| *key);
        assert_eq!(sorted(items, |(key, _)| *key), expected);
    }
}
