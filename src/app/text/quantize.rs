//! The words of a quantization step's form.

use super::Choice;
use crate::app::language::Text;

/// Settings that are one of a few words.
pub(in crate::app) const CHOICES: &[Choice] = &[
    Choice {
        kind: "quantize",
        name: "scheme",
        title: Text("Arithmetic"),
        options: &[
            (
                "full-integer",
                Text("integers throughout"),
                Text("The fastest, and the only one for devices without floats."),
            ),
            (
                "dynamic-range",
                Text("integer weights, activations rounded as they come"),
                Text("Needs no calibration; each sample gets a grid of its own, layer by layer."),
            ),
            (
                "weight-only",
                Text("integer weights, float arithmetic"),
                Text("Smaller, hardly faster: weights become floats as they are multiplied."),
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "granularity",
        title: Text("Granularity"),
        options: &[
            ("per-channel", Text("per channel"), Text("A scale for every unit: more exact.")),
            ("per-tensor", Text("per tensor"), Text("One scale for a whole layer.")),
            (
                "per-group",
                Text("per group"),
                Text("A scale for every few weights of a unit: for weights alone, at few bits."),
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "mapping",
        title: Text("Grid of weights"),
        options: &[
            ("symmetric", Text("symmetric"), Text("Zero in the middle: what integer kernels like.")),
            (
                "affine",
                Text("affine"),
                Text("From the least weight to the largest, with a zero point that costs one more sum."),
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "clip",
        title: Text("Reach of the weights' grid"),
        options: &[
            ("max", Text("to the largest weight"), Text("Nothing is cut off.")),
            (
                "mse",
                Text("where the squared error is least"),
                Text("Better below 8 bits: the many small weights come out nearer."),
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "rounding",
        title: Text("Rounding"),
        options: &[
            ("nearest", Text("to the nearest"), Text("Each weight for itself.")),
            (
                "ada-round",
                Text("AdaRound"),
                Text("Up or down, found so that the layer's outputs change least (Nagel et al. 2020)."),
            ),
            (
                "second-order",
                Text("second-order"),
                Text("One weight after another, the rest making up for it, as GPTQ does (Frantar et al. 2022)."),
            ),
        ],
    },
    Choice {
        kind: "quantize",
        name: "observer",
        title: Text("Range of activations"),
        options: &[
            ("min-max", Text("least and largest"), Text("Whatever calibration saw.")),
            ("moving-average", Text("moving average"), Text("Of each batch's least and largest: outliers weigh less.")),
            ("percentile", Text("percentile"), Text("All but the outermost values.")),
            (
                "entropy",
                Text("entropy"),
                Text("Where the rounded distribution is nearest to the true one (KL divergence)."),
            ),
            ("mse", Text("squared error"), Text("Where the squared error is least.")),
        ],
    },
    Choice {
        kind: "quantize",
        name: "activation_mapping",
        title: Text("Grid of activations"),
        options: &[
            ("affine", Text("affine"), Text("From the least to the largest.")),
            ("symmetric", Text("symmetric"), Text("Zero in the middle; after ReLU half of it stays unused.")),
        ],
    },
];

/// Settings that are on or off: name in recipes, title.
pub(in crate::app) const SWITCHES: &[(&str, Text)] = &[
    ("narrow_range", Text("Symmetric grids leave out their least integer (at 2 bits: ternary)")),
    ("equalize", Text("Even out channels across layers first (Nagel et al. 2019)")),
    ("correct_bias", Text("Correct biases for the mean error (Nagel et al. 2019)")),
    ("learned_step", Text("Train the scales, too (LSQ, Esser et al. 2020)")),
];

pub(in crate::app) const LAYER_BITS: Text = Text("Bits of each layer");
pub(in crate::app) const LAYER_BITS_HELP: Text = Text(
    "One number a weight matrix, from the input on, such as 4, 4, 8; they take the place of the bits. Empty: the same for all.",
);

/// A step in a few words.
pub(in crate::app) fn summary(aware: bool, bits: &str) -> String {
    if aware { Text("int{bits}, aware").with(&[&bits]) } else { Text("int{bits}").with(&[&bits]) }
}

/// Bits that differ from layer to layer.
pub(in crate::app) const MIXED: Text = Text(" mixed");
