//! What the tests of quantization share.

use super::{Clip, Moments, Quantize, codes, levels};
use crate::data::Key;
use crate::network::{Architecture, Codes, Layer, Model, Shape, fold_batch_norm};

/// Images that the tests' networks take.
pub(super) const SHAPE: Shape = Shape { height: 16, width: 16, channels: 1 };

/// A drawn network of ten classes, without batch normalization.
pub(super) fn model(spec: &Architecture) -> Model {
    fold_batch_norm(&Model::initialize(spec, SHAPE, 10, &Key::new(5)).unwrap())
}

/// So many samples: each pixel is like its neighbours, as in images.
pub(super) fn samples(count: usize) -> Vec<f32> {
    let mut rng = Key::new(6).rng();
    let mut samples = Vec::with_capacity(count * SHAPE.len());
    for _ in 0..count {
        let mut value = rng.uniform();
        for _ in 0..SHAPE.len() {
            value = 0.8 * value + 0.2 * rng.uniform();
            samples.push(value);
        }
    }
    samples
}

/// Columns of [`Rounded`].
pub(super) const COLUMNS: usize = 12;

/// A layer to be rounded: normal weights, some of them removed, inputs that are like their neighbours, and one that is always zero.
pub(super) struct Rounded {
    pub weights: Vec<f32>,
    pub moments: Moments,
    pub settings: Quantize,
    pub bits: usize,
}

impl Rounded {
    /// A layer of so many inputs at so many bits.
    pub fn new(inputs: usize, bits: usize, settings: Quantize, seed: u64) -> Self {
        let mut rng = Key::new(seed).rng();
        let mut weight = |_| if rng.below(5) == 0 { 0.0 } else { rng.normal() };
        let weights = (0..inputs * COLUMNS).map(&mut weight).collect();
        let mut moments = Moments::new(0, &Layer::Dense { inputs, outputs: COLUMNS }).unwrap();
        for _ in 0..4 * inputs {
            let mut value = rng.normal();
            let mut row = Vec::new();
            for input in 0..inputs {
                value = 0.9 * value + 0.4 * rng.normal();
                row.push(if input == 3 { 0.0 } else { value.max(0.0) });
            }
            moments.observe(&row);
        }
        Self { weights, moments, settings, bits }
    }

    /// All that rounding is tried on.
    pub fn cases() -> impl Iterator<Item = Self> {
        let clips = [Clip::Max, Clip::Mse];
        let of = move |(seed, bits): (usize, usize)| {
            clips.map(|clip| Self::new(40, bits, Quantize { clip, ..Quantize::default() }, seed as u64))
        };
        [1, 2, 3, 4, 8].into_iter().enumerate().flat_map(of)
    }

    /// Each weight rounded to the nearest.
    pub fn nearest(&self) -> Codes {
        codes(&self.weights, COLUMNS, self.bits, &self.settings)
    }

    /// `d^T H d`, summed over the columns.
    pub fn error(&self, codes: &Codes) -> f64 {
        let real = codes.real(COLUMNS);
        let off: Vec<f64> = real.iter().zip(&self.weights).map(|(q, w)| f64::from(*q) - f64::from(*w)).collect();
        let inputs = self.moments.sum.len();
        let mut sum = 0.0;
        for (i, j) in (0..inputs).flat_map(|i| (0..inputs).map(move |j| (i, j))) {
            let h = self.moments.sum[i.min(j)][i.max(j)];
            sum += (0..COLUMNS).map(|c| off[i * COLUMNS + c] * h * off[j * COLUMNS + c]).sum::<f64>();
        }
        sum
    }

    /// Fails where a removed weight came back, or an integer is none of its grid.
    pub fn check(&self, codes: &Codes) {
        let levels = levels(self.bits, &self.settings);
        for ((q, real), w) in codes.weights.iter().zip(codes.real(COLUMNS)).zip(&self.weights) {
            assert!((levels.low..=levels.high).contains(q));
            assert!(*w != 0.0 || real == 0.0, "a removed weight came back");
            assert!(self.bits > 1 || (*q != 0) == (*w != 0.0), "a sign became zero");
        }
    }
}
