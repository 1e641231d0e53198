//! Sentences with holes: `{}` takes the next value, `{name}` the one of that name, in whatever order a language wants them.
//!
//! English is the key of every translation, so the page fills a translation by its English template, and reads the values out of a
//! sentence that was filled elsewhere, such as an error of the engine.

/// A stretch of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Words(&'t str),
    /// A hole and its name, which may be empty.
    Hole(&'t str),
}

/// A template's stretches, in their order. A brace without its partner is a word.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    // Split and not indexed: what tells of an index that cannot be is code, and this is part of the page's first view.
    let (mut rest, mut hole) = (template, None);
    std::iter::from_fn(move || {
        if let Some(name) = hole.take() {
            return Some(Piece::Hole(name));
        }
        let found = rest.split_once('{').and_then(|(words, behind)| Some((words, behind.split_once('}')?)));
        let words = match found {
            Some((words, (inner, behind))) => {
                (rest, hole) = (behind, Some(name(inner)));
                words
            }
            None => std::mem::take(&mut rest),
        };
        if words.is_empty() { hole.take().map(Piece::Hole) } else { Some(Piece::Words(words)) }
    })
}

/// What stands in a hole, without the way that its value is written.
fn name(hole: &str) -> &str {
    hole.split(':').next().unwrap_or_default()
}

/// The names of a template's holes, in their order.
pub(crate) fn holes(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|piece| match piece {
        Piece::Hole(name) => Some(name),
        Piece::Words(_) => None,
    })
}

/// A translation with the values of the English template that it stands for, which come in the order of the English holes.
pub(crate) fn fill(english: &str, translation: &str, values: &[String]) -> String {
    let mut text = String::with_capacity(translation.len());
    let mut unnamed = holes(english).zip(values).filter(|(name, _)| name.is_empty());
    for piece in pieces(translation) {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Hole("") => text.extend(unnamed.next().map(|(_, value)| value.as_str())),
            Piece::Hole(name) => {
                let place = holes(english).position(|other| other == name);
                text.extend(place.and_then(|place| values.get(place)).map(String::as_str));
            }
        }
    }
    text
}

/// What stands in the holes of a template, in a sentence that ends with it; and what stands before it.
pub(crate) fn captures<'s>(template: &str, sentence: &'s str) -> Option<(&'s str, Vec<&'s str>)> {
    let mut found = Vec::new();
    let mut stretches = pieces(template).peekable();
    let (before, mut rest) = match stretches.peek().copied() {
        Some(Piece::Words(words)) => {
            stretches.next();
            // A place in a recipe may stand before it: `variants[1].prune.sparsity`.
            let starts = sentence.match_indices(words).map(|(at, _)| at);
            let at = starts.into_iter().find(|&at| at == 0 || sentence[..at].ends_with(['.', ' ', '"', '(']))?;
            (&sentence[..at], &sentence[at + words.len()..])
        }
        _ => ("", sentence),
    };
    while let Some(piece) = stretches.next() {
        match (piece, stretches.peek().copied()) {
            (Piece::Hole(_), Some(Piece::Words(words))) => {
                stretches.next();
                // The last words are the sentence's end.
                let at = if stretches.peek().is_none() { rest.strip_suffix(words)?.len() } else { rest.find(words)? };
                found.push(&rest[..at]);
                rest = &rest[at + words.len()..];
            }
            (Piece::Hole(_), _) => {
                found.push(rest);
                rest = "";
            }
            (Piece::Words(_), _) => return None, // two of them never follow each other
        }
    }
    rest.is_empty().then_some((before, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(english: &str, translation: &str, values: &[&str]) -> String {
        fill(english, translation, &values.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn holes_are_filled_by_order_and_by_name() {
        assert_eq!(filled("{} of {} and {name}", "{name}: {} / {}", &["1", "2", "3"]), "3: 1 / 2");
        assert_eq!(filled("{loss:.3} at {step}", "{step}, {loss}, {step}", &["0.5", "7"]), "7, 0.5, 7");
        assert_eq!(filled("nothing", "هیچ", &[]), "هیچ");
    }

    #[test]
    fn a_hole_without_a_value_stays_empty() {
        assert_eq!(filled("{a}", "{a}{b}{}", &["x"]), "x");
    }

    #[test]
    fn a_brace_alone_is_a_word() {
        assert_eq!(filled("{", "a { b", &[]), "a { b");
    }

    #[test]
    fn values_are_read_out_of_a_sentence() {
        let template = "sparsity {} is not allowed; between {low} and {high}";
        let sentence = "sparsity 1.5 is not allowed; between 0 and 0.99";
        assert_eq!(captures(template, sentence), Some(("", vec!["1.5", "0", "0.99"])));
        let placed = format!("variants[2].prune.{sentence}");
        assert_eq!(captures(template, &placed), Some(("variants[2].prune.", vec!["1.5", "0", "0.99"])));
        assert_eq!(captures(template, "sparsity 1.5 is allowed"), None);
        assert_eq!(captures(template, "a sparsity"), None);
        assert_eq!(captures("{name} is used twice", "a b is used twice"), Some(("", vec!["a b"])));
        assert_eq!(captures("whole", "whole and more"), None);
        assert_eq!(captures("cat", "concat"), None);
    }
}
