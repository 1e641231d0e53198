//! From values to pixels, with ticks at round numbers.

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Kind {
    /// Equal differences are equally long.
    Linear,
    /// Equal ratios are equally long.
    Log,
}

/// A mapping of values to pixels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    kind: Kind,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    ticks: Vec<f64>,
}

impl Scale {
    /// A scale over all `values`, widened to round numbers, that puts the lowest at `from` and the highest at `to`.
    pub fn new(kind: Kind, values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let usable = |v: &f64| v.is_finite() && (kind == Kind::Linear || *v > 0.0);
        let (low, high) = values.filter(usable).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low > high { (if kind == Kind::Log { 1.0 } else { 0.0 }, 1.0) } else { (low, high) };
        match kind {
            Kind::Linear => Self::linear(low, high, from, to),
            Kind::Log => Self::log(low, high, from, to),
        }
    }

    fn linear(low: f64, high: f64, from: f64, to: f64) -> Self {
        let span = if high > low { high - low } else { low.abs().max(1e-3) * 0.1 };
        // Values that are all the same lie at the top: an accuracy of 100 % has nothing above it.
        let low = high - span;
        let step = round_step(span / 4.0);
        let first = (low / step).floor();
        let last = (high / step).ceil().max(first + 1.0);
        let ticks: Vec<f64> = (0..=(last - first) as usize).map(|i| (first + i as f64) * step).collect();
        Self { kind: Kind::Linear, low: first * step, high: last * step, from, to, ticks }
    }

    /// Ticks at 1, 2 and 5 of each decade; at 1 alone over many decades, at every digit where few would be left.
    fn log(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = (low / 1.3, high * 1.3);
        let mantissas: &[f64] = if (high / low).log10() > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let ticks_at = |mantissas: &[f64]| {
            let mut ticks = Vec::new();
            let mut decade = 10f64.powf(low.log10().floor());
            while decade <= high {
                ticks.extend(mantissas.iter().map(|m| m * decade).filter(|t| (low..=high).contains(t)));
                decade *= 10.0;
            }
            ticks
        };
        let mut ticks = ticks_at(mantissas);
        if ticks.len() < 3 {
            ticks = ticks_at(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        }
        Self { kind: Kind::Log, low, high, from, to, ticks }
    }

    /// Where a value lies.
    pub fn at(&self, value: f64) -> f64 {
        let share = match self.kind {
            Kind::Linear => (value - self.low) / (self.high - self.low),
            Kind::Log => (value.max(self.low) / self.low).log10() / (self.high / self.low).log10(),
        };
        self.from + (self.to - self.from) * share
    }

    /// Round values to name on the axis.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }
}

/// The next of 1, 2, 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let unit = [1.0, 2.0, 5.0, 10.0].into_iter().find(|u| u * power >= rough * 0.999).unwrap_or(10.0);
    unit * power
}
