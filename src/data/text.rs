//! Texts as rows of numbers: a vocabulary of pieces of words, the longest of which stand for what is often written.
//!
//! Byte pair encoding (Gage 1994; Sennrich, Haddow, Birch 2016): a text begins as characters, and the two neighbours that make the
//! piece of the lowest number are joined until none do. Pieces stand in the order in which they were learned, and none reaches over
//! a space but at its begin.

/// Stands in the places behind a text's end.
pub const NOTHING: u8 = 0;
/// Stands for a character that is no piece.
const UNKNOWN: u8 = 1;

/// Pieces of words by their numbers, at most 256. The first two stand for nothing and for what is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces(Vec<String>);

impl Pieces {
    /// Reads a file with a piece a line.
    pub fn from_lines(lines: &str) -> Self {
        Self(lines.lines().take(256).map(String::from).collect())
    }

    /// The pieces of a text in lower case, cut or filled up to `tokens` numbers.
    pub fn encode(&self, text: &str, tokens: usize) -> Vec<u8> {
        let mut numbers = Vec::with_capacity(tokens);
        for word in words(text) {
            numbers.extend(self.join(&word));
            if numbers.len() >= tokens {
                break;
            }
        }
        numbers.resize(tokens, NOTHING);
        numbers
    }

    /// The numbers of a word's pieces.
    fn join(&self, word: &str) -> Vec<u8> {
        let mut parts: Vec<String> = word.chars().map(String::from).collect();
        loop {
            let joined = |two: &[String]| self.number(&two.concat());
            let best =
                parts.windows(2).enumerate().filter_map(|(at, two)| joined(two).map(|number| (number, at))).min();
            let Some((number, at)) = best else { break };
            parts.splice(at..at + 2, [self.0[usize::from(number)].clone()]);
        }
        parts.iter().map(|part| self.number(part).unwrap_or(UNKNOWN)).collect()
    }

    fn number(&self, piece: &str) -> Option<u8> {
        // A line of the file each, so there are no more than a byte counts.
        self.0.iter().skip(2).position(|other| other == piece).map(|at| (at + 2) as u8)
    }

    /// The text of these numbers.
    pub fn decode(&self, numbers: &[u8]) -> String {
        let pieces = numbers.iter().filter(|number| **number != NOTHING);
        pieces
            .filter_map(|number| self.0.get(usize::from(*number)).map(String::as_str))
            .collect::<String>()
            .trim()
            .into()
    }
}

/// The words of a text in lower case, each with a space before it.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(|word| format!(" {}", word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn pieces() -> Pieces {
        Pieces::from_lines("\n?\n \na\nc\nr\nt\n c\nar\n car\n cart")
    }

    #[test]
    fn neighbours_are_joined_in_the_order_in_which_pieces_were_learned() {
        let numbers = pieces().encode("Cart  art cat", 12);
        // " cart", then " ", "ar", "t", then " c", "a", "t".
        assert_eq!(numbers, [10, 2, 8, 6, 7, 3, 6, 0, 0, 0, 0, 0]);
        assert_eq!(pieces().decode(&numbers), "cart art cat");
    }

    #[test]
    fn what_is_no_piece_is_unknown_and_what_is_too_long_is_cut() {
        assert_eq!(pieces().encode("a§c", 3), [2, 3, 1]);
        assert_eq!(pieces().encode("", 2), [0, 0]);
    }
}
