//! Layers in integers, as [`crate::backend::cpu::inference`] has them on the processor, and with the same results bit for bit.
//!
//! Activations and weights are signed bytes, four neighbouring channels to a word: an activation is 128 less than on the
//! processor, which the biases make good. Channels that fill no whole word are followed by bytes whose weights are zero.

use super::{Buffer, Gpu, k};
use crate::backend::cpu::inference::Requant;
use crate::backend::{Conv, DeviceError, Pool, PoolKind};

/// Images of integers as they lie on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Pixels of an image.
    pub pixels: usize,
    /// Channels of a pixel.
    pub channels: usize,
}

impl Packed {
    /// Words of a pixel.
    fn words_a_pixel(self) -> usize {
        self.channels.div_ceil(4)
    }

    /// Words of an image.
    pub fn words(self) -> usize {
        self.pixels * self.words_a_pixel()
    }

    /// Bytes as the processor has them, image after image, as words.
    pub fn pack(self, values: &[u8]) -> Vec<u32> {
        let word = |bytes: &[u8]| {
            bytes.iter().enumerate().fold(0, |word, (at, byte)| word | u32::from(byte ^ 128) << (8 * at))
        };
        values.chunks_exact(self.channels.max(1)).flat_map(|pixel| pixel.chunks(4).map(word)).collect()
    }

    /// The other way.
    pub fn unpack(self, words: &[u32]) -> Vec<u8> {
        let pixel = |words: &[u32]| {
            let bytes = words.iter().flat_map(|word| word.to_le_bytes().map(|byte| byte ^ 128));
            bytes.take(self.channels).collect::<Vec<_>>()
        };
        words.chunks_exact(self.words_a_pixel().max(1)).flat_map(pixel).collect()
    }
}

/// A dense layer or a convolution on the device.
#[derive(Debug)]
pub struct IntegerProduct {
    /// Of a dense layer, an image of one pixel whose channels are words.
    conv: Conv,
    outside: u32,
    weights: Buffer,
    bias: Buffer,
}

impl IntegerProduct {
    /// Images of sums: their height, width, and channels.
    pub fn sums(&self) -> [usize; 3] {
        [self.conv.out_height(), self.conv.out_width(), self.conv.filters]
    }
}

/// How sums become activations, on the device.
#[derive(Debug)]
pub struct IntegerFactors {
    factors: Buffer,
    range: [u8; 2],
}

impl Gpu {
    /// Brings weights to the device; they are laid out as the processor's. `conv` is none for a dense layer.
    pub fn integer_product(
        &self,
        input: Packed,
        conv: Option<Conv>,
        weights: &[i8],
        bias: &[i32],
        zero_point: u8,
    ) -> IntegerProduct {
        let outputs = bias.len();
        let (taps, channels) = (conv.map_or(input.pixels, |conv| conv.kernel * conv.kernel), input.channels);
        let words = Packed { pixels: taps, channels }.words();
        let mut packed = vec![0u32; words * outputs];
        let mut sums = bias.to_vec();
        for (row, weights) in weights.chunks_exact(outputs.max(1)).enumerate() {
            let (tap, channel) = (row / channels, row % channels);
            let word = tap * channels.div_ceil(4) + channel / 4;
            for (at, weight) in weights.iter().enumerate() {
                packed[word * outputs + at] |= u32::from(*weight as u8) << (channel % 4 * 8);
                let off = i32::from(*weight).wrapping_mul(128 - i32::from(zero_point));
                sums[at] = sums[at].wrapping_add(off);
            }
        }
        let one_pixel = Conv { height: 1, width: 1, channels: words, kernel: 1, padding: 0, filters: outputs };
        let conv = conv.map_or(one_pixel, |conv| Conv { channels: channels.div_ceil(4), ..conv });
        let (w, b) = (self.device.buffer(packed.len(), 1), self.device.buffer(outputs, 1));
        self.device.write(&w, 0, &packed);
        self.device.write(&b, 0, &sums);
        let outside = u32::from(zero_point ^ 128) * 0x0101_0101;
        IntegerProduct { conv, outside, weights: w, bias: b }
    }

    /// Brings the factors of requantization to the device.
    pub fn integer_factors(&self, requant: &Requant) -> IntegerFactors {
        let words: Vec<u32> = requant.factors().flatten().collect();
        let factors = self.device.buffer(words.len(), 1);
        self.device.write(&factors, 0, &words);
        IntegerFactors { factors, range: requant.range() }
    }

    /// Brings words to the device; a table's values are one to a word.
    pub fn integer_words(&self, words: &[u32]) -> Buffer {
        let buffer = self.device.buffer(words.len(), 1);
        self.device.write(&buffer, 0, words);
        buffer
    }

    /// Overwrites the leading words of a buffer.
    pub fn integer_write(&self, buffer: &mut Buffer, words: &[u32]) {
        self.device.write(buffer, 0, words);
    }

    /// The first `len` words of a buffer.
    pub async fn integer_read(&self, buffer: &Buffer, len: usize) -> Result<Vec<u32>, DeviceError> {
        self.device.read(buffer, 1, len).await
    }

    /// `sums = bias + x (*) w` for `batch` images.
    pub fn integer_linear(&self, product: &IntegerProduct, batch: usize, x: &Buffer, sums: &mut Buffer) {
        let op = product.conv;
        let geometry = [op.height, op.width, op.channels, op.kernel, op.padding, op.out_height(), op.out_width()]
            .map(|n| n as u32);
        let sizes = [batch * op.out_pixels(), op.patch(), op.filters];
        let parameters = [&geometry[..], &[product.outside]].concat();
        let buffers = [x, &product.weights, &product.bias, sums];
        self.product(&k::INTEGER_LINEAR, 0, sizes, 1, &buffers, &parameters);
    }

    /// Activations of `batch` images of sums of this height, width and channels, the largest of each window of `size x size`.
    pub fn integer_requantize(
        &self,
        by: &IntegerFactors,
        batch: usize,
        [height, width, channels]: [usize; 3],
        size: usize,
        sums: &Buffer,
        y: &mut Buffer,
    ) {
        let pixels = (height / size) * (width / size);
        let [zero_point, floor] = by.range.map(usize::from);
        let parameters = [channels, height, width, size, zero_point, floor].map(|n| n as u32);
        let len = batch * Packed { pixels, channels }.words();
        self.each(&k::INTEGER_REQUANTIZE, len, &[sums, &by.factors, y], &parameters);
    }

    /// Pools `batch` images of activations.
    pub fn integer_pool(&self, op: Pool, batch: usize, x: &Buffer, y: &mut Buffer) {
        let words = op.channels.div_ceil(4);
        let kind = usize::from(op.kind == PoolKind::Average);
        let len = batch * (op.height / op.size) * (op.width / op.size) * words;
        let parameters = [kind, op.height, op.width, words, op.size].map(|n| n as u32);
        self.each(&k::INTEGER_POOL, len, &[x, y], &parameters);
    }

    /// A nonlinearity as a table of 256 words, on `len` words in place.
    pub fn integer_table(&self, table: &Buffer, len: usize, x: &mut Buffer) {
        self.each(&k::INTEGER_TABLE, len, &[table, x], &[]);
    }

    /// What multiplies bytes here: the language's function for it, or its parts.
    pub fn integer_kernel(&self) -> &'static str {
        if self.device.extras().packed_dot { "dot4I8Packed" } else { "bytes taken apart" }
    }
}
