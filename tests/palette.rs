//! The page's colours, as `www/style.css` has them: readable on what they lie on, and series told apart also by eyes that lack
//! one kind of cone. Marks differ in shape beside that.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::collections::HashMap;

/// Linear red, green and blue.
type Rgb = [f64; 3];

/// Least contrast of text (WCAG 2.2, 1.4.3), and of what is no text (1.4.11).
const TEXT: f64 = 4.5;
const SHAPES: f64 = 3.0;

/// Least distance of two series in OKLab, and of two of the first four, which most charts make do with. 0.02 is just seen side
/// by side.
const APART: f64 = 0.07;
const FIRST_APART: f64 = 0.09;

/// What eyes without the cones for long waves (protanopia) and for middle waves (deuteranopia) make of linear colours: Machado,
/// Oliveira and Fernandes 2009, severity 1.
const EYES: [(&str, [Rgb; 3]); 3] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
];

/// The named colours of the style sheet, light and dark.
fn colours() -> [HashMap<String, Rgb>; 2] {
    let style = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/www/style.css")).unwrap();
    let mut found = [HashMap::new(), HashMap::new()];
    for line in style.lines() {
        let Some((name, rest)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": light-dark(#"))
        else {
            continue;
        };
        let (light, dark) = rest.trim_end_matches(");").split_once(", #").unwrap();
        for (theme, hex) in found.iter_mut().zip([light, dark]) {
            theme.insert(name.to_string(), linear(hex));
        }
    }
    found
}

fn linear(hex: &str) -> Rgb {
    [0, 2, 4].map(|at| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn product(rows: &[Rgb; 3], of: Rgb) -> Rgb {
    rows.map(|row| row.iter().zip(of).map(|(a, b)| a * b).sum())
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let light = |rgb: Rgb| 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

/// Ottosson 2020.
fn oklab(rgb: Rgb) -> Rgb {
    let cones = product(
        &[
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ],
        rgb.map(|value| value.clamp(0.0, 1.0)),
    );
    product(
        &[
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ],
        cones.map(f64::cbrt),
    )
}

fn distance(a: Rgb, b: Rgb) -> f64 {
    oklab(a).iter().zip(oklab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn words_and_shapes_stand_out_from_what_they_lie_on() {
    for (theme, colours) in ["light", "dark"].iter().zip(colours()) {
        let enough = |what: &str, on: &str, least: f64| {
            let reached = contrast(colours[what], colours[on]);
            assert!(
                reached >= least,
                "{theme}: --{what} on --{on} has a contrast of {reached:.2}; {least} is the least"
            );
        };
        for ground in ["ground", "card", "sunk"] {
            ["ink", "soft", "accent", "bad", "good"].iter().for_each(|words| enough(words, ground, TEXT));
            ["focus", "strong-line"].iter().for_each(|line| enough(line, ground, SHAPES));
            (0..8).for_each(|series| enough(&format!("s{series}"), ground, SHAPES));
        }
        for (words, ground) in
            [("accent-ink", "accent"), ("ink", "accent-soft"), ("bad", "bad-soft"), ("good", "good-soft")]
        {
            enough(words, ground, TEXT);
        }
    }
}

#[test]
fn series_are_told_apart_by_all_eyes() {
    for (theme, colours) in ["light", "dark"].iter().zip(colours()) {
        for (eyes, matrix) in &EYES {
            let seen: Vec<Rgb> = (0..8).map(|series| product(matrix, colours[&format!("s{series}")])).collect();
            for (a, b) in (0..8).flat_map(|a| (0..a).map(move |b| (b, a))) {
                let least = if a < 4 && b < 4 { FIRST_APART } else { APART };
                let reached = distance(seen[a], seen[b]);
                assert!(
                    reached >= least,
                    "{theme}, {eyes}: --s{b} and --s{a} are {reached:.3} apart; {least} is the least"
                );
            }
        }
    }
}

/// That these measures mean what they are taken for.
#[test]
fn red_and_green_are_alike_to_eyes_that_lack_a_cone() {
    let [black, white] = [[0.0; 3], [1.0; 3]];
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((distance(black, white) - 1.0).abs() < 1e-3);
    let (red, green) = (linear("b05a00"), linear("7a6a00"));
    assert!(distance(red, green) > 0.1);
    assert!(distance(product(&EYES[1].1, red), product(&EYES[1].1, green)) < 0.02);
}
