//! Compressed sparse columns: the non-zero weights of a matrix, output by output, for a batch or a convolution: many rows
//! or pixels side by side, with the sums in registers. The weights of an output are visited in input order.

use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;

/// Lanes that one pass over a line by output computes.
pub const LANES: usize = 32;

/// Batches below this run row by row: most of the lanes would compute nothing.
pub const FEW_ROWS: usize = 8;

/// The non-zero values of a matrix, a line for each output, each with its input.
#[derive(Clone, Debug)]
pub struct Lines<V> {
    starts: Vec<u32>,
    entries: Vec<(u16, V)>,
}

impl<V: Copy + Default + PartialEq> Lines<V> {
    /// One line for each of `outputs` columns of `w` (`inputs x outputs`). Each line is filled up to a multiple of
    /// `multiple` entries with zeros.
    pub fn by_output(inputs: usize, outputs: usize, multiple: usize, w: &[V]) -> Self {
        assert!(inputs <= 1 << 16, "a sparse layer has at most 65,536 inputs");
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for output in 0..outputs {
            let of_line = (0..inputs).map(|input| (input as u16, w[input * outputs + output]));
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

/// A lane whose result belongs to no row or pixel.
const NOWHERE: u32 = u32::MAX;

/// The rows of a batch, or the pixels of an image, side by side: lane `p` of input `k` is `values[offsets[k] + p]`, and
/// [`LANES`] values may be read from any multiple of [`LANES`] on. What lane `p` comes to belongs to row `targets[p]`.
#[derive(Clone, Debug, Default)]
pub struct Side<T> {
    values: Vec<T>,
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

impl<T: Copy + Default> Side<T> {
    /// Lays out `rows` rows of `inputs` values, one lane a row.
    pub fn lay_rows<V: Copy>(&mut self, rows: usize, inputs: usize, x: &[V], convert: impl Fn(V) -> T) {
        let lanes = rows.next_multiple_of(LANES);
        let values = grown(&mut self.values, inputs * lanes);
        for (input, plane) in values.chunks_exact_mut(lanes).enumerate() {
            for (lane, value) in plane[..rows].iter_mut().enumerate() {
                *value = convert(x[lane * inputs + input]);
            }
            plane[rows..].fill(T::default());
        }
        self.offsets.clear();
        self.offsets.extend((0..inputs).map(|input| (input * lanes) as u32));
        self.targets.clear();
        self.targets.extend((0..lanes).map(|lane| if lane < rows { lane as u32 } else { NOWHERE }));
    }

    /// Lays out one image channel by channel with its padding, one lane an output pixel: a kernel's weight then reads
    /// the plane of its channel at a fixed offset, and no patches are made. Each row of output pixels is followed by
    /// `kernel - 1` lanes that belong nowhere.
    pub fn lay_image<V: Copy>(&mut self, op: Conv, image: &[V], convert: impl Fn(V) -> T) {
        let (height, width) = (op.height + 2 * op.padding, op.width + 2 * op.padding);
        let lanes = (op.out_height() * width).next_multiple_of(LANES);
        let plane = height * width;
        let values = grown(&mut self.values, op.channels * plane + op.kernel + LANES);
        values.fill(T::default());
        for (y, row) in image[..op.inputs()].chunks_exact(op.width * op.channels).enumerate() {
            let start = (y + op.padding) * width + op.padding;
            for (x, pixel) in row.chunks_exact(op.channels).enumerate() {
                for (channel, value) in pixel.iter().enumerate() {
                    values[channel * plane + start + x] = convert(*value);
                }
            }
        }
        self.offsets.clear();
        for kernel_y in 0..op.kernel {
            for kernel_x in 0..op.kernel {
                let offset = kernel_y * width + kernel_x;
                self.offsets.extend((0..op.channels).map(|channel| (channel * plane + offset) as u32));
            }
        }
        self.targets.clear();
        self.targets.extend((0..lanes).map(|lane| {
            let (y, x) = (lane / width, lane % width);
            if y < op.out_height() && x < op.out_width() { (y * op.out_width() + x) as u32 } else { NOWHERE }
        }));
    }

    /// [`LANES`] lanes of one input, from `lane` on.
    #[inline(always)]
    pub fn lanes(&self, input: u16, lane: usize) -> &[T] {
        &self.values[self.offsets[usize::from(input)] as usize + lane..][..LANES]
    }

    /// Runs `sum` over each line for each block of lanes, and puts what comes of it into column `line` of `y`
    /// (`rows x lines`).
    #[inline(always)]
    pub fn run<W: Copy + Default + PartialEq, S: Copy>(
        &self,
        lines: &Lines<W>,
        count: usize,
        y: &mut [S],
        sum: impl Fn(&Self, &[(u16, W)], usize) -> [S; LANES],
    ) {
        for (block, targets) in self.targets.chunks_exact(LANES).enumerate() {
            for (output, line) in lines.iter().enumerate() {
                let sums = sum(self, line, block * LANES);
                for (target, sum) in targets.iter().zip(sums) {
                    if *target != NOWHERE {
                        y[*target as usize * count + output] = sum;
                    }
                }
            }
        }
    }
}
