//! Canonical Huffman codes of up to 256 symbols, no longer than 15 bits.
//!
//! A code is told by the length of each symbol's word alone: the words of one length count up in the order of the symbols, and
//! go on from those that are shorter (as in RFC 1951). Lengths are found by package-merge (Larmore, Hirschberg, "A Fast Algorithm
//! for Optimal Length-Limited Huffman Codes", 1990).

use super::wire::{FileError, Reader, Writer};
use crate::order;

/// The longest word, so that a length takes four bits.
const MOST_BITS: usize = 15;

/// The length of each symbol's word; 0 for those that do not occur.
pub(super) fn lengths(counts: &[u32]) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let leaves: Vec<(u64, Vec<usize>)> =
        counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(s, &count)| (count.into(), vec![s])).collect();
    // Those that are as frequent stay in the order of the symbols.
    let leaves = order::sorted(leaves, |(count, _)| *count);
    if let [(_, only)] = &leaves[..] {
        lengths[only[0]] = 1;
        return lengths;
    }
    // Of each length the words are bought at their count; what two cost together is offered one bit further up.
    let mut packages: Vec<(u64, Vec<usize>)> = Vec::new();
    for _ in 0..MOST_BITS {
        let pairs =
            packages.chunks_exact(2).map(|two| (two[0].0 + two[1].0, [two[0].1.clone(), two[1].1.clone()].concat()));
        packages = order::sorted(leaves.iter().cloned().chain(pairs).collect(), |(count, _)| *count);
    }
    for (_, symbols) in packages.iter().take((2 * leaves.len()).saturating_sub(2)) {
        symbols.iter().for_each(|&symbol| lengths[symbol] += 1);
    }
    lengths
}

/// Bits that so many of each symbol take.
pub(super) fn bits(counts: &[u32], lengths: &[u8]) -> usize {
    counts.iter().zip(lengths).map(|(&count, &length)| count as usize * usize::from(length)).sum()
}

/// Writes a code: a length in four bits each, two to a byte, the first lowest.
pub(super) fn write_lengths(lengths: &[u8], to: &mut Writer) {
    lengths.chunks(2).for_each(|two| to.byte(two[0] | two.get(1).map_or(0, |second| second << 4)));
}

/// Reads the code of so many symbols.
pub(super) fn read_lengths(symbols: usize, from: &mut Reader) -> Result<Vec<u8>, FileError> {
    let bytes = from.bytes(symbols.div_ceil(2))?;
    Ok((0..symbols).map(|symbol| bytes[symbol / 2] >> (4 * (symbol % 2)) & 15).collect())
}

/// The words of each length, counted, and the symbols in the order of their words.
struct Canonical {
    counts: [u32; MOST_BITS + 1],
    symbols: Vec<u8>,
}

impl Canonical {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; MOST_BITS + 1];
        let symbols: Vec<u8> = (0..lengths.len()).filter(|&symbol| lengths[symbol] > 0).map(|s| s as u8).collect();
        let symbols = order::sorted(symbols, |&symbol| lengths[usize::from(symbol)].into());
        symbols.iter().for_each(|&symbol| counts[usize::from(lengths[usize::from(symbol)])] += 1);
        Self { counts, symbols }
    }
}

/// Writes symbols as their words, the highest bit first, and fills up the last byte.
pub(super) fn encode(symbols: impl Iterator<Item = u8>, lengths: &[u8], to: &mut Writer) {
    let code = Canonical::new(lengths);
    let mut words = vec![0u32; lengths.len()];
    let (mut word, mut at) = (0, 0);
    for length in 1..=MOST_BITS {
        word <<= 1;
        for _ in 0..code.counts[length] {
            words[usize::from(code.symbols[at])] = word;
            word += 1;
            at += 1;
        }
    }
    let (mut waiting, mut bits) = (0u32, 0);
    for symbol in symbols {
        let length = u32::from(lengths[usize::from(symbol)]);
        waiting = waiting << length | words[usize::from(symbol)];
        bits += length;
        while bits >= 8 {
            bits -= 8;
            to.byte((waiting >> bits) as u8);
        }
        waiting &= (1 << bits) - 1;
    }
    if bits > 0 {
        to.byte((waiting << (8 - bits)) as u8);
    }
}

/// Reads symbols of one code, bit by bit.
pub(super) struct Decoder {
    code: Canonical,
    byte: u8,
    left: u8,
}

impl Decoder {
    /// Refuses lengths that no code can have.
    pub fn new(lengths: &[u8]) -> Result<Self, FileError> {
        let code = Canonical::new(lengths);
        // Each word takes up its share of all words of 15 bits.
        let taken: u64 =
            code.counts.iter().enumerate().map(|(length, &count)| u64::from(count) << (MOST_BITS - length)).sum();
        match taken > 1 << MOST_BITS {
            true => Err(FileError("the lengths of a code's words are too short for so many words".into())),
            false => Ok(Self { code, byte: 0, left: 0 }),
        }
    }

    /// The next symbol.
    pub fn next(&mut self, from: &mut Reader) -> Result<u8, FileError> {
        let (mut word, mut first, mut at) = (0, 0, 0);
        for &count in &self.code.counts[1..] {
            if self.left == 0 {
                (self.byte, self.left) = (from.byte()?, 8);
            }
            self.left -= 1;
            word = word << 1 | u32::from(self.byte >> self.left & 1);
            first <<= 1;
            if word < first + count {
                // Words of a length count up from the first, so that none lies below it.
                return Ok(self.code.symbols[(at + word - first) as usize]);
            }
            at += count;
            first += count;
        }
        Err(FileError("a word stands there that its code does not have".into()))
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(symbols: &[u8], size: usize) {
        let mut counts = vec![0; size];
        symbols.iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
        let lengths = lengths(&counts);
        let mut writer = Writer::default();
        write_lengths(&lengths, &mut writer);
        let head = writer.bytes.len();
        encode(symbols.iter().copied(), &lengths, &mut writer);
        assert_eq!(writer.bytes.len() - head, bits(&counts, &lengths).div_ceil(8));
        let mut reader = Reader::new(&writer.bytes);
        let read = read_lengths(size, &mut reader).unwrap();
        assert_eq!(read, lengths);
        let mut decoder = Decoder::new(&read).unwrap();
        for symbol in symbols {
            assert_eq!(decoder.next(&mut reader).unwrap(), *symbol);
        }
        assert!(reader.finished().is_ok());
    }

    proptest! {
        #[test]
        fn symbols_come_back(symbols in prop::collection::vec(prop_oneof![3 => 0u8..3, 1 => any::<u8>()], 0..600)) {
            round_trip(&symbols, 256);
        }

        #[test]
        fn hostile_codes_are_refused_or_read_but_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), symbols in 1usize..=256) {
            let mut reader = Reader::new(&bytes);
            let Ok(lengths) = read_lengths(symbols, &mut reader) else { return Ok(()) };
            let Ok(mut decoder) = Decoder::new(&lengths) else { return Ok(()) };
            while let Ok(symbol) = decoder.next(&mut reader) {
                prop_assert!(usize::from(symbol) < symbols);
            }
        }

        /// The words fill all there are, and their mean length is within a bit of the entropy.
        #[test]
        fn codes_are_whole_and_near_the_entropy(counts in prop::collection::vec(prop_oneof![Just(0u32), 1u32..10, 1u32..100_000], 2..256)) {
            let lengths = lengths(&counts);
            let some = counts.iter().filter(|c| **c > 0).count();
            prop_assert!(counts.iter().zip(&lengths).all(|(c, l)| (*c > 0) == (*l > 0) && *l <= 15));
            if some > 1 {
                let taken: f64 = lengths.iter().filter(|l| **l > 0).map(|l| 0.5f64.powi(i32::from(*l))).sum();
                prop_assert_eq!(taken, 1.0);
                let total: f64 = counts.iter().map(|c| f64::from(*c)).sum();
                let entropy: f64 = counts.iter().filter(|c| **c > 0).map(|c| f64::from(*c) * (total / f64::from(*c)).log2()).sum();
                prop_assert!(bits(&counts, &lengths) as f64 <= entropy + total);
            }
        }
    }

    /// Counts that grow as Fibonacci's numbers would have words of 30 bits.
    #[test]
    fn no_word_is_longer_than_fifteen_bits() {
        let mut counts = vec![1u32, 1];
        while counts.len() < 32 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        assert!(lengths(&counts).iter().all(|l| (1..=15).contains(l)));
        round_trip(&(0..32).flat_map(|s| vec![s; counts[usize::from(s)].min(2000) as usize]).collect::<Vec<u8>>(), 32);
    }

    #[test]
    fn one_symbol_takes_a_bit() {
        round_trip(&[5; 9], 8);
        round_trip(&[], 8);
    }
}
