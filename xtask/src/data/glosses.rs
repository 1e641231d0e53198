//! The text data set: what dictionary entries of WordNet say, and which kind of thing they say it of.
//!
//! A gloss is taken up to its first semicolon, in ASCII, if it has at least three words; one that stands for two kinds is left
//! out, and so is one that stands twice. A fixed seed shuffles each kind, and as many are taken of each. The pieces of words are
//! learned from those that train.

use super::{SPLIT_SEED, check_sum, hex, read};
use crate::process::root;
use featherweight::data::{DatasetName, Key, Pieces, Shard, Split, words};
use md5::{Digest, Md5};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The package's nouns, and their md5 sum.
const FILE: (&str, &str) = ("data.noun", "0af906f37ae44cc117bafdfdf06bb75b");

/// The number of each class's lexicographer file (`lexnames(5WN)` of WordNet), in the order of the classes.
const KINDS: [usize; 10] = [5, 20, 18, 15, 13, 8, 6, 27, 4, 26];
/// Pieces there are, the two first included.
const PIECES: usize = 256;

/// Writes the shards and the pieces; `texts` cut into train, validation and test.
pub fn make(folder: &Path) -> Result<(Shard, Shard), String> {
    let file = read(&folder.join(FILE.0))?;
    check_sum(FILE.0, &hex(&Md5::digest(&file)), FILE.1)?;
    let text = String::from_utf8_lossy(&file);
    let mut kinds: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("  ")) {
        if let Some((kind, gloss)) = entry(line) {
            kinds.entry(gloss).or_default().insert(kind);
        }
    }
    let info = DatasetName::Glosses.info();
    let of_class = |split| info.len(split) / KINDS.len();
    let [train, validation, test] = Split::ALL.map(of_class);
    let key = Key::new(SPLIT_SEED);
    let (mut fits, mut judges, mut tests) = (Vec::new(), Vec::new(), Vec::new());
    for (class, kind) in KINDS.iter().enumerate() {
        let of_kind = kinds.iter().filter(|(_, of)| of.len() == 1 && of.contains(kind));
        let mut glosses: Vec<(u8, String)> = of_kind.map(|(gloss, _)| (class as u8, gloss.clone())).collect();
        if glosses.len() < train + validation + test {
            return Err(format!("there are {} glosses of {}, too few", glosses.len(), info.labels[class]));
        }
        key.fold("kind").fold_index(class as u64).rng().shuffle(&mut glosses);
        glosses.truncate(train + validation + test);
        tests.extend(glosses.split_off(train + validation));
        judges.extend(glosses.split_off(train));
        fits.extend(glosses);
    }
    for (name, texts) in [("train", &mut fits), ("validation", &mut judges), ("test", &mut tests)] {
        key.fold(name).rng().shuffle(texts);
    }
    let pieces = learn(fits.iter().map(|(_, gloss)| gloss.as_str()));
    let path = root().join("www").join("data").join(info.name.as_str()).join("pieces.txt");
    std::fs::create_dir_all(path.parent().unwrap_or(&path))
        .map_err(|e| format!("{} cannot be made: {e}", path.display()))?;
    std::fs::write(&path, &pieces).map_err(|e| format!("{} cannot be written: {e}", path.display()))?;
    let pieces = Pieces::from_lines(&pieces);
    let shard = |texts: &[(u8, String)]| Shard {
        labels: texts.iter().map(|(class, _)| *class).collect(),
        pixels: texts.iter().flat_map(|(_, gloss)| pieces.encode(gloss, info.features())).collect(),
    };
    // As the other data sets have it: those that validate behind those that train.
    fits.extend(judges);
    Ok((shard(&fits), shard(&tests)))
}

/// The number of a noun's lexicographer file, and its gloss.
fn entry(line: &str) -> Option<(usize, String)> {
    let (entry, gloss) = line.split_once(" | ")?;
    let kind = entry.split(' ').nth(1)?.parse().ok()?;
    let gloss = gloss.split(';').next()?.trim().to_lowercase();
    let fits = gloss.is_ascii() && !gloss.contains('"') && gloss.split_whitespace().count() >= 3;
    fits.then_some((kind, gloss))
}

/// Byte pair encoding: characters first, in their order, then again and again the two neighbours that are most often side by side
/// (the first in the alphabet, if tied), until there are enough pieces.
fn learn<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    texts.flat_map(words).for_each(|word| *counts.entry(word).or_default() += 1);
    let mut split: Vec<(Vec<String>, usize)> =
        counts.into_iter().map(|(word, count)| (word.chars().map(String::from).collect(), count)).collect();
    let characters: BTreeSet<String> = split.iter().flat_map(|(parts, _)| parts.iter().cloned()).collect();
    let mut pieces: Vec<String> = [String::new(), "?".into()].into_iter().chain(characters).collect();
    // The sign for what is unknown is a character, too; it stands once more among those, where it is found.
    while pieces.len() < PIECES {
        let mut pairs: BTreeMap<String, usize> = BTreeMap::new();
        for (parts, count) in &split {
            parts.windows(2).for_each(|two| *pairs.entry(two.concat()).or_default() += count);
        }
        let Some((best, _)) = pairs.into_iter().rev().max_by_key(|(_, count)| *count) else { break };
        for (parts, _) in &mut split {
            let mut at = 0;
            while at + 1 < parts.len() {
                if parts[at..at + 2].concat() == best {
                    parts.splice(at..at + 2, [best.clone()]);
                }
                at += 1;
            }
        }
        pieces.push(best);
    }
    pieces.iter().map(|piece| format!("{piece}\n")).collect()
}
