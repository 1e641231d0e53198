//! Numbers as decimals. The standard library's `{}` can do this for any float, with eleven kilobytes of code that would stand before
//! the page's first view; what recipes hold are short decimals, for which two dozen lines do.

/// A value as `{}` writes it: the shortest decimal that is read back as the same value. Exactly so for at most fifteen digits, of
/// which at most twenty-two stand behind the point; beyond, what is read back is the same up to rounding.
pub(crate) fn shortest(value: f64) -> String {
    let (sign, mut size) = (if value.is_sign_negative() { "-" } else { "" }, value.abs());
    if !size.is_finite() {
        return if size.is_nan() { "NaN".into() } else { format!("{sign}inf") };
    }
    // Ten to the twenty-second is the last power of ten that is exact, so up to there the quotient is the float next to the decimal.
    let mut scale = 1.0;
    for places in 0..=22 {
        let units = (size * scale).round();
        if units >= LARGEST {
            break;
        }
        if units / scale == size {
            return format!("{sign}{}", with_point(units as u64, places));
        }
        scale *= 10.0;
    }
    let mut power = 0;
    while size >= LARGEST {
        (size, power) = (size / 10.0, power + 1);
    }
    while size < LARGEST / 100.0 {
        (size, power) = (size * 10.0, power - 1);
    }
    format!("{sign}{}e{power}", size.round() as u64)
}

/// What a `u64` holds, and a float exactly.
const LARGEST: f64 = 1e18;

/// A share in per cent: whole, or with four digits behind the point.
pub(crate) fn percent(share: f64) -> String {
    let text = with_point((share * 1_000_000.0).round() as u64, 4);
    text.strip_suffix(".0000").map_or(text.clone(), String::from)
}

/// So many of the smallest units, of which ten to the `places` make one.
fn with_point(units: u64, places: usize) -> String {
    let mut text = units.to_string();
    while text.len() <= places {
        text.insert(0, '0');
    }
    if places > 0 {
        text.insert(text.len() - places, '.');
    }
    text
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimals_of_fifteen_digits_are_written_as_the_standard_library_does(units in 0_u64..1_000_000_000_000_000, places in 0..23, negative: bool) {
            let value: f64 = format!("{}{units}e-{places}", if negative { "-" } else { "" }).parse().unwrap();
            prop_assert_eq!(shortest(value), format!("{value}"));
        }

        #[test]
        fn anything_else_is_read_back_nearly(bits: u64) {
            let value = f64::from_bits(bits);
            let read: f64 = shortest(value).parse().unwrap();
            prop_assert!(value.is_nan() && read.is_nan() || read == value || (read / value - 1.0).abs() < 1e-12, "{value} became {read}");
        }

        #[test]
        fn shares_are_written_with_four_digits_or_none(units in 0_u64..1_000_000) {
            let share = units as f64 / 1e6;
            prop_assert_eq!(percent(share), format!("{:.4}", share * 100.0).replace(".0000", ""));
        }
    }

    #[test]
    fn what_recipes_hold() {
        for (value, text) in
            [(0.0, "0"), (0.001, "0.001"), (1e-6, "0.000001"), (20.0, "20"), (0.9375, "0.9375"), (-2.5, "-2.5")]
        {
            assert_eq!(shortest(value), text);
        }
        assert_eq!([percent(0.9), percent(0.9375), percent(0.99999)], ["90", "93.7500", "99.9990"]);
        assert_eq!([shortest(f64::NAN), shortest(f64::NEG_INFINITY)], ["NaN", "-inf"]);
    }
}
