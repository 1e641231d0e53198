//! Compressed sparse lines: the non-zero weights of a matrix, by input (CSR) or by output (CSC).
//!
//! A single row of activations runs over the lines by input, since it can pass over an input that is zero; a batch or a
//! convolution runs over the lines by output, many rows or pixels side by side, with the sums in registers. Both visit
//! the weights of one output in input order.

/// Lanes that one pass over a line by output computes.
pub const LANES: usize = 32;

/// The non-zero values of a matrix line by line, each with its index in the line.
#[derive(Clone, Debug)]
pub struct Lines<V> {
    starts: Vec<u32>,
    entries: Vec<(u16, V)>,
}

impl<V: Copy + Default + PartialEq> Lines<V> {
    /// One line for each of `inputs` rows of `w` (`inputs x outputs`); the index is the output.
    pub fn by_input(inputs: usize, outputs: usize, w: &[V]) -> Self {
        Self::new(inputs, outputs, 1, |input, output| w[input * outputs + output])
    }

    /// One line for each of `outputs` columns of `w`; the index is the input. Each line is filled up to a multiple of
    /// `multiple` entries with zeros.
    pub fn by_output(inputs: usize, outputs: usize, multiple: usize, w: &[V]) -> Self {
        Self::new(outputs, inputs, multiple, |output, input| w[input * outputs + output])
    }

    fn new(lines: usize, len: usize, multiple: usize, weight: impl Fn(usize, usize) -> V) -> Self {
        assert!(len <= 1 << 16, "a sparse layer has at most 65,536 inputs and outputs");
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for line in 0..lines {
            let of_line = (0..len).map(|index| (index as u16, weight(line, index)));
            entries.extend(of_line.filter(|(_, value)| *value != V::default()));
            while entries.len() % multiple != 0 {
                entries.push((0, V::default()));
            }
            starts.push(entries.len() as u32);
        }
        Self { starts, entries }
    }

    /// The lines in order.
    pub fn iter(&self) -> impl Iterator<Item = &[(u16, V)]> {
        self.starts.windows(2).map(|ends| &self.entries[ends[0] as usize..ends[1] as usize])
    }
}

/// Where a batch of rows or the pixels of an image lie, input by input: lane `p` of input `k` is
/// `values[offsets[k] + p]`, and `LANES` values may be read from any lane on.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a, V> {
    /// The values, input-major.
    pub values: &'a [V],
    /// The first lane of each input.
    pub offsets: &'a [u32],
}

impl<V> Side<'_, V> {
    /// `LANES` lanes of one input, from `lane` on.
    #[inline(always)]
    pub fn lanes(&self, input: u16, lane: usize) -> &[V] {
        &self.values[self.offsets[usize::from(input)] as usize + lane..][..LANES]
    }
}
