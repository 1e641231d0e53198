//! What variants are compared in.

use super::super::report::{Latency, LayerReport, Quartiles, VariantReport, VariantResult};

/// A figure that every variant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Share of the test set classified rightly.
    Accuracy,
    /// Mean cross-entropy on the test set.
    Loss,
    /// Length of the encoded file.
    Bytes,
    /// Bytes of the weights as the kernels hold them.
    Memory,
    /// Parameters that are not zero.
    Nonzero,
    /// Share of parameters that are zero.
    Sparsity,
    /// Multiply-accumulates of a sample.
    Macs,
    /// Time of one call with one sample, in microseconds.
    Latency1,
    /// Time of one call with 64 samples, in microseconds.
    Latency64,
}

impl Quantity {
    /// All, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::Accuracy,
        Self::Loss,
        Self::Bytes,
        Self::Memory,
        Self::Nonzero,
        Self::Sparsity,
        Self::Macs,
        Self::Latency1,
        Self::Latency64,
    ];

    /// As files and fields name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Loss => "loss",
            Self::Bytes => "bytes",
            Self::Memory => "memory_bytes",
            Self::Nonzero => "nonzero",
            Self::Sparsity => "sparsity",
            Self::Macs => "macs",
            Self::Latency1 => "latency_1_us",
            Self::Latency64 => "latency_64_us",
        }
    }

    /// The quantity of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quantity| quantity.name() == name)
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        matches!(self, Self::Accuracy | Self::Sparsity)
    }

    /// Whether ratios matter in it, more than differences.
    pub fn by_ratio(self) -> bool {
        !self.more_is_better()
    }

    /// What a variant has of it; none where it was not measured or cannot be told.
    pub fn of(self, v: &VariantReport) -> Option<f64> {
        match self {
            Self::Accuracy => Some(v.accuracy),
            Self::Loss => Some(v.loss).filter(|loss| loss.is_finite()),
            Self::Bytes => Some(v.bytes as f64),
            Self::Memory => v.trials.first().and_then(|trial| memory(&trial.layers)),
            Self::Nonzero => Some(v.nonzero as f64),
            Self::Sparsity => (v.parameters > 0).then(|| 1.0 - v.nonzero as f64 / v.parameters as f64),
            Self::Macs => Some(v.macs as f64),
            Self::Latency1 | Self::Latency64 => self.quartiles(v).map(|q| q.median_us),
        }
    }

    /// The least and the greatest: of several trials, or, for latencies, the quartiles of the windows timed.
    pub fn spread(self, v: &VariantReport) -> Option<(f64, f64)> {
        let of_trials = |read: fn(&VariantResult) -> f64| {
            let all = || v.trials.iter().map(read).filter(|value| value.is_finite());
            let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
            (low < high).then_some((low, high))
        };
        match self {
            Self::Accuracy => of_trials(|t| t.accuracy),
            Self::Loss => of_trials(|t| t.loss),
            Self::Bytes => of_trials(|t| t.bytes as f64),
            Self::Latency1 | Self::Latency64 => self.quartiles(v).map(|q| (q.q1_us, q.q3_us)),
            // Told of the first trial alone.
            Self::Memory | Self::Nonzero | Self::Sparsity | Self::Macs => None,
        }
    }

    fn quartiles(self, v: &VariantReport) -> Option<Quartiles> {
        let Latency { batch1, batch64 } = v.latency?;
        Some(if self == Self::Latency1 { batch1 } else { batch64 })
    }
}

/// Bytes of a network's weights as the kernels that run it hold them: each weight at its width, and on sparse kernels only those
/// that are not zero, with two bytes for the place of each. None where a kernel's name does not say how wide its weights are.
fn memory(layers: &[LayerReport]) -> Option<f64> {
    let bits: Option<usize> = layers.iter().map(bits).sum();
    bits.filter(|_| !layers.is_empty()).map(|bits| bits.div_ceil(8) as f64)
}

fn bits(layer: &LayerReport) -> Option<usize> {
    let (kind, values) = layer.kernel.rsplit_once(' ')?;
    let width = match (values, values.strip_prefix("int")) {
        ("f32", _) => 32,
        (_, Some("")) => 8,
        (_, Some(bits)) => bits.parse().ok()?,
        _ => return None,
    };
    let place = 16;
    Some(if kind == "sparse" { layer.nonzero * (width + place) } else { layer.parameters * width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn layer(kernel: &str) -> LayerReport {
        LayerReport {
            name: "1 dense 10 x 10".into(),
            parameters: 100,
            nonzero: 20,
            kernel: kernel.into(),
            bytes: 0,
            encoding: String::new(),
            codebook_bytes: 0,
            position_bytes: 0,
            value_bytes: 0,
            range: (0.0, 0.0),
            histogram: Vec::new(),
        }
    }

    #[test]
    fn memory_is_counted_by_kernel() {
        let of = |kernel| memory(&[layer(kernel)]);
        assert_eq!(of("dense f32"), Some(400.0));
        assert_eq!(of("sparse f32"), Some(120.0));
        assert_eq!(of("dense int8"), Some(100.0));
        assert_eq!(of("sparse int8"), Some(60.0));
        assert_eq!(of("packed int2"), Some(25.0));
        assert_eq!(of("affine int"), Some(100.0));
        assert_eq!(of("unheard of"), None);
        assert_eq!(memory(&[layer("dense f32"), layer("packed int4")]), Some(450.0));
        assert_eq!(memory(&[]), None);
    }

    #[test]
    fn names_lead_back() {
        for quantity in Quantity::ALL {
            assert_eq!(Quantity::named(quantity.name()), Some(quantity));
        }
        assert_eq!(Quantity::named("speed"), None);
    }
}
