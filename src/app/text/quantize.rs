//! The words of a quantization step's form.

use super::Choice;

/// Settings that are one of a few words.
pub(in crate::app) const CHOICES: &[Choice] = &[
    Choice {
        kind: "quantize",
        name: "scheme",
        title: "Arithmetic",
        options: &[
            ("full-integer", "integers throughout", "The fastest, and the only one for devices without floats."),
            (
                "dynamic-range",
                "integer weights, activations rounded as they come",
                "Needs no calibration; each sample gets a grid of its own, layer by layer.",
            ),
            (
                "weight-only",
                "integer weights, float arithmetic",
                "Smaller, hardly faster: weights become floats as they are multiplied.",
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "granularity",
        title: "Granularity",
        options: &[
            ("per-channel", "per channel", "A scale for every unit: more exact."),
            ("per-tensor", "per tensor", "One scale for a whole layer."),
            ("per-group", "per group", "A scale for every few weights of a unit: for weights alone, at few bits."),
        ],
    },
    Choice {
        kind: "quantize",
        name: "mapping",
        title: "Grid of weights",
        options: &[
            ("symmetric", "symmetric", "Zero in the middle: what integer kernels like."),
            ("affine", "affine", "From the least weight to the largest, with a zero point that costs one more sum."),
        ],
    },
    Choice {
        kind: "quantize",
        name: "clip",
        title: "Reach of the weights' grid",
        options: &[
            ("max", "to the largest weight", "Nothing is cut off."),
            ("mse", "where the squared error is least", "Better below 8 bits: the many small weights come out nearer."),
        ],
    },
    Choice {
        kind: "quantize",
        name: "rounding",
        title: "Rounding",
        options: &[
            ("nearest", "to the nearest", "Each weight for itself."),
            (
                "ada-round",
                "AdaRound",
                "Up or down, found so that the layer's outputs change least (Nagel et al. 2020).",
            ),
            (
                "second-order",
                "second-order",
                "One weight after another, the rest making up for it, as GPTQ does (Frantar et al. 2022).",
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "observer",
        title: "Range of activations",
        options: &[
            ("min-max", "least and largest", "Whatever calibration saw."),
            ("moving-average", "moving average", "Of each batch's least and largest: outliers weigh less."),
            ("percentile", "percentile", "All but the outermost values."),
            ("entropy", "entropy", "Where the rounded distribution is nearest to the true one (KL divergence)."),
            ("mse", "squared error", "Where the squared error is least."),
        ],
    },
    Choice {
        kind: "quantize",
        name: "activation_mapping",
        title: "Grid of activations",
        options: &[
            ("affine", "affine", "From the least to the largest."),
            ("symmetric", "symmetric", "Zero in the middle; after ReLU half of it stays unused."),
        ],
    },
];

/// Settings that are on or off: name in recipes, title.
pub(in crate::app) const SWITCHES: &[(&str, &str)] = &[
    ("narrow_range", "Symmetric grids leave out their least integer (at 2 bits: ternary)"),
    ("equalize", "Even out channels across layers first (Nagel et al. 2019)"),
    ("correct_bias", "Correct biases for the mean error (Nagel et al. 2019)"),
    ("learned_step", "Train the scales, too (LSQ, Esser et al. 2020)"),
];

pub(in crate::app) const LAYER_BITS: &str = "Bits of each layer";
pub(in crate::app) const LAYER_BITS_HELP: &str = "One number a weight matrix, from the input on, such as 4, 4, 8; they take the place of the bits. Empty: the same for all.";

/// A step in a few words.
pub(in crate::app) fn summary(aware: bool, bits: &str) -> String {
    if aware { format!("int{bits}, aware") } else { format!("int{bits}") }
}

/// Bits that differ from layer to layer.
pub(in crate::app) const MIXED: &str = " mixed";
