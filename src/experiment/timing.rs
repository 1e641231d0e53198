//! Timing by a clock that is handed in: repeated calls in windows, and the median and quartiles of those.

use super::event::{Clock, Flow};
use super::report::Quartiles;
use crate::data::{Dataset, Split};
use crate::network::Executable;
use crate::order;

/// Windows timed; the median and the quartiles of them are reported.
pub(crate) const WINDOWS: usize = 11;
/// The least length of a window in microseconds: forty times the coarsest timer that browsers have (0.1 ms).
const WINDOW_US: f64 = 4000.0;

/// Different test samples that take turns: a kernel that skips zeros takes another time for each.
const SAMPLES: usize = 256;

/// The time of one call of a compiled model with `batch` test samples, which have been loaded; other samples each call, in
/// turn, as in use.
pub(crate) async fn latency(
    executable: &mut Executable,
    dataset: &Dataset,
    batch: usize,
    clock: &mut impl Clock,
) -> Quartiles {
    let features = dataset.features();
    let distinct = dataset.len(Split::Test).min(SAMPLES) as u32;
    let indices: Vec<u32> = (0..distinct).cycle().take(SAMPLES.next_multiple_of(batch)).collect();
    let mut samples = vec![0.0; indices.len() * features];
    dataset.gather(Split::Test, &indices, &mut samples);
    let mut batches = samples.chunks_exact(batch * features).cycle();
    windows(clock, || {
        if let Some(x) = batches.next() {
            executable.logits(batch, x);
        }
    })
    .await
}

/// Times `call` in [`WINDOWS`] windows, each of as many calls as make it long enough for the timer. A stop ends it after the
/// window under way.
pub(crate) async fn windows(clock: &mut impl Clock, mut call: impl FnMut()) -> Quartiles {
    let mut time = |now: &dyn Fn() -> f64, calls: usize| {
        let begin = now();
        for _ in 0..calls {
            call();
        }
        now() - begin
    };
    let mut calls = 1;
    // Doubling also warms caches and the browser's compiler. The shortest of three decides: one alone may have been held up
    // by something else on this core and look long enough.
    while (0..3).map(|_| time(&|| clock.now_us(), calls)).fold(f64::INFINITY, f64::min) < WINDOW_US && calls < 1 << 20 {
        calls *= 2;
    }
    let mut times = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        times.push(time(&|| clock.now_us(), calls) / calls as f64);
        if clock.pause().await == Flow::Stop {
            break;
        }
    }
    let [q1_us, median_us, q3_us] = quartiles(&mut times);
    Quartiles { q1_us, median_us, q3_us, windows: times.len(), calls }
}

/// The lower quartile, the median and the upper quartile of at least one value, each one of the values. Sorts them.
pub(crate) fn quartiles(values: &mut [f64]) -> [f64; 3] {
    order::sort_floats(values);
    [1, 2, 3].map(|share| values[(values.len() - 1) * share / 4])
}
