//! Runs of neighbouring inputs that are not zero, and the stretches of weights that belong to them.

use std::ops::Range;

/// Where each input's weights end in a list that is in the order of the inputs.
#[derive(Clone, Debug)]
pub struct Stretches(Vec<u32>);

/// Weights that are rather multiplied by zero than jumped over: the jump would be mispredicted.
const BRIDGE: usize = 10;

impl Default for Stretches {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Stretches {
    /// The next input's weights end here.
    pub fn push_end(&mut self, end: usize) {
        self.0.push(end as u32);
    }

    /// Lengthens a stretch of weights by those of a run of inputs. If they lie too far off, `visit` is given what there
    /// was, and another stretch begins.
    #[inline(always)]
    pub fn extend(&self, stretch: &mut Range<usize>, run: Range<usize>, visit: &mut impl FnMut(Range<usize>)) {
        let start = self.0[run.start] as usize;
        if start > stretch.end + BRIDGE {
            visit(stretch.clone());
            stretch.start = start;
        }
        stretch.end = self.0[run.end] as usize;
    }
}

/// Calls `visit` with each run of values that are not zero, in order; one that is long comes in parts. `bits` tells of 16
/// values which are not zero.
#[inline(always)]
pub fn for_each_run<T: Copy + Default>(
    values: &[T],
    bits: impl Fn(&[T; 16]) -> u32,
    mut visit: impl FnMut(Range<usize>),
) {
    for first in (0..values.len()).step_by(16) {
        let mut left = match values[first..].first_chunk::<16>() {
            Some(chunk) => bits(chunk),
            None => {
                let mut last = [T::default(); 16];
                last[..values.len() - first].copy_from_slice(&values[first..]);
                bits(&last)
            }
        };
        while left != 0 {
            let begin = left.trailing_zeros();
            let end = begin + (!(left >> begin)).trailing_zeros();
            visit(first + begin as usize..first + end as usize);
            left &= u32::MAX << end;
        }
    }
}
