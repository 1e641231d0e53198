//! The encoding of weights that share values: what is different is stored once, and the rest is positions and indices.
//!
//! How many weights are not zero; the values they share (their number less one, then each in ascending order); the code of the
//! positions and its words; the code of the indices and its words. A position is the number of zeros before a weight, up to a limit
//! that is chosen by what is shortest; the limit itself stands for so many zeros and no weight. An index says which value it is.
//! Both are Huffman-coded ([`super::huffman`]).
//!
//! Source: Han, Mao, Dally, "Deep Compression", 2016, sections 2 and 4.

use super::huffman::{self, Decoder};
use super::wire::{FileError, Reader, Writer};

/// Values that can be shared, at most.
const MOST_VALUES: usize = 256;
/// Positions take an alphabet of two to this power, at most.
const MOST_GAP_BITS: u32 = 8;

/// Weights taken apart.
pub(super) struct Shared {
    codebook: Vec<f32>,
    /// Which value each weight that is not zero has.
    indices: Vec<u8>,
    index_lengths: Vec<u8>,
    gap_bits: u32,
    /// See the module.
    gaps: Vec<u8>,
    gap_lengths: Vec<u8>,
    positions: usize,
    values: usize,
}

impl Shared {
    /// Takes an array apart if its weights share values: at most 256 of them, and each used twice on average.
    pub fn new(values: &[f32]) -> Option<Self> {
        let stored = || values.iter().filter(|value| value.to_bits() != 0);
        let mut codebook: Vec<f32> = Vec::new();
        for value in stored() {
            if let Err(place) = codebook.binary_search_by(|known| known.total_cmp(value)) {
                if codebook.len() == MOST_VALUES {
                    return None;
                }
                codebook.insert(place, *value);
            }
        }
        let indices: Vec<u8> = stored()
            .filter_map(|value| codebook.binary_search_by(|known| known.total_cmp(value)).ok())
            .map(|i| i as u8)
            .collect();
        if codebook.is_empty() || 2 * codebook.len() > indices.len() {
            return None;
        }
        let index_counts = counts(&indices, codebook.len());
        let index_lengths = huffman::lengths(&index_counts);
        let index_bytes = index_lengths.len().div_ceil(2) + huffman::bits(&index_counts, &index_lengths).div_ceil(8);
        let zeros = zeros_before(values);
        let (positions, gap_bits, gaps, gap_lengths) = (1..=MOST_GAP_BITS)
            .map(|gap_bits| {
                let gaps = limited(&zeros, (1 << gap_bits) - 1);
                let counts = counts(&gaps, 1 << gap_bits);
                let lengths = huffman::lengths(&counts);
                let bytes = 1 + lengths.len().div_ceil(2) + huffman::bits(&counts, &lengths).div_ceil(8);
                (bytes, gap_bits, gaps, lengths)
            })
            .min_by_key(|(bytes, ..)| *bytes)?;
        Some(Self { codebook, indices, index_lengths, gap_bits, gaps, gap_lengths, positions, values: index_bytes })
    }

    /// Bytes of the values themselves, of the positions and of the indices, the codes included; and of the whole.
    pub fn bytes(&self) -> ([usize; 3], usize) {
        let parts = [1 + 4 * self.codebook.len(), self.positions, self.values];
        let mut head = Writer::default();
        head.count(self.indices.len());
        (parts, head.bytes.len() + parts.iter().sum::<usize>())
    }

    pub fn write(&self, to: &mut Writer) {
        to.count(self.indices.len());
        to.byte((self.codebook.len() - 1) as u8);
        self.codebook.iter().for_each(|&value| to.float(value));
        to.byte(self.gap_bits as u8);
        huffman::write_lengths(&self.gap_lengths, to);
        huffman::encode(self.gaps.iter().copied(), &self.gap_lengths, to);
        huffman::write_lengths(&self.index_lengths, to);
        huffman::encode(self.indices.iter().copied(), &self.index_lengths, to);
    }
}

/// Reads an array of `len` values.
pub(super) fn read(len: usize, from: &mut Reader) -> Result<Vec<f32>, FileError> {
    let nonzero = from.count(len)?;
    let size = usize::from(from.byte()?) + 1;
    let codebook = (0..size).map(|_| from.float()).collect::<Result<Vec<f32>, _>>()?;
    let gap_bits = u32::from(from.byte()?);
    if !(1..=MOST_GAP_BITS).contains(&gap_bits) {
        return Err(FileError(format!("positions of {gap_bits} bits cannot be")));
    }
    let limit = (1 << gap_bits) - 1;
    let mut positions = Decoder::new(&huffman::read_lengths(limit + 1, from)?)?;
    let mut places = Vec::new();
    let mut at = 0;
    while places.len() < nonzero {
        let zeros = usize::from(positions.next(from)?);
        at += zeros;
        if at >= len {
            return Err(FileError(format!("weight {at} is named where there are {len}")));
        }
        if zeros < limit {
            places.push(at);
            at += 1;
        }
    }
    let mut indices = Decoder::new(&huffman::read_lengths(size, from)?)?;
    let mut values = vec![0.0; len];
    for place in places {
        values[place] = codebook[usize::from(indices.next(from)?)];
    }
    Ok(values)
}

/// The zeros before each value that is stored.
fn zeros_before(values: &[f32]) -> Vec<usize> {
    let mut all = Vec::new();
    let mut zeros = 0;
    for value in values {
        if value.to_bits() == 0 {
            zeros += 1;
        } else {
            all.push(zeros);
            zeros = 0;
        }
    }
    all
}

/// Numbers of zeros as symbols up to a limit, which stands for as many and no value.
fn limited(zeros: &[usize], limit: usize) -> Vec<u8> {
    let mut symbols = Vec::with_capacity(zeros.len());
    for &zeros in zeros {
        symbols.extend(std::iter::repeat_n(limit as u8, zeros / limit));
        symbols.push((zeros % limit) as u8);
    }
    symbols
}

fn counts(symbols: &[u8], size: usize) -> Vec<u32> {
    let mut counts = vec![0; size];
    symbols.iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
    counts
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(values: &[f32]) -> Option<Vec<u8>> {
        let shared = Shared::new(values)?;
        let mut writer = Writer::default();
        shared.write(&mut writer);
        assert_eq!(shared.bytes().1, writer.bytes.len());
        Some(writer.bytes)
    }

    /// Few values with many zeros between them.
    fn sparse() -> impl Strategy<Value = Vec<f32>> {
        let value = (0u32..40, -100i16..100).prop_map(|(dice, v)| if dice < 2 { f32::from(v) * 0.37 } else { 0.0 });
        prop_oneof![
            prop::collection::vec(value, 0..3000),
            prop::collection::vec(prop_oneof![Just(-0.0f32), Just(1.5), Just(f32::NAN), Just(0.0)], 0..100),
        ]
    }

    proptest! {
        #[test]
        fn arrays_come_back_bit_for_bit(values in sparse()) {
            if let Some(bytes) = written(&values) {
                let mut reader = Reader::new(&bytes);
                let back = read(values.len(), &mut reader).unwrap();
                prop_assert!(back.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits()));
                prop_assert!(reader.finished().is_ok());
            }
        }

        #[test]
        fn damage_is_refused_with_a_sentence_or_read(values in sparse(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            if let Some(mut bytes) = written(&values) {
                let end = at.index(bytes.len());
                let error = read(values.len(), &mut Reader::new(&bytes[..end])).unwrap_err().to_string();
                prop_assert!(error.contains("cannot be read"), "{}", error);
                bytes[end] = byte;
                if let Ok(back) = read(values.len(), &mut Reader::new(&bytes)) {
                    prop_assert_eq!(back.len(), values.len());
                }
            }
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), len in 0usize..5000) {
            if let Ok(back) = read(len, &mut Reader::new(&bytes)) {
                prop_assert_eq!(back.len(), len);
            }
        }
    }

    #[test]
    fn weights_that_share_nothing_are_left_to_others() {
        let values: Vec<f32> = (0..200).map(|i| i as f32 + 0.5).collect();
        assert!(Shared::new(&values).is_none());
        assert!(Shared::new(&[0.0; 50]).is_none());
        assert!(Shared::new(&[]).is_none());
        assert!(
            Shared::new(&(0..600).map(|i| (i / 2) as f32 + 0.5).collect::<Vec<_>>()).is_none(),
            "300 values are too many"
        );
    }
}
