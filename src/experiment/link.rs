//! Links: a recipe, and the digest of what it came to, in the fragment of a URL.
//!
//! Version 1: base64url without padding of the byte 1, a byte for the digest's length (0 or 16), the digest, and the recipe's
//! compact JSON as a raw deflate stream that may refer to the dictionary of `packing`.

use super::packing::{deflate, inflate};
use super::recipe::{Recipe, RecipeError};
use super::report::Report;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The version that this program writes, and the newest it reads.
const VERSION: u8 = 1;

/// A recipe and the digest of its report, if it has been run.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What to run.
    pub recipe: Recipe,
    /// What it came to for whoever shared it: 32 hex digits.
    pub digest: Option<String>,
}

/// A report's experiment, and its digest if it has one.
impl From<&Report> for Link {
    fn from(report: &Report) -> Self {
        let digest = (!report.digest.is_empty()).then(|| report.digest.clone());
        Self { recipe: report.recipe.clone(), digest }
    }
}

impl Link {
    /// The text behind `#x=`.
    pub fn to_text(&self) -> String {
        let digest = self.digest.as_deref().and_then(from_hex).unwrap_or_default();
        let mut bytes = vec![VERSION, digest.len() as u8];
        bytes.extend(digest);
        bytes.extend(deflate(self.recipe.to_compact_json().as_bytes()));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a link: the whole address, the fragment, or the text behind `#x=` alone.
    pub fn from_text(text: &str) -> Result<Self, RecipeError> {
        let fail =
            |what: &str| Err(RecipeError(format!("the link {what}; copy it again, whole, from where it was shared")));
        let code = text.trim();
        let code = code.split_once("#x=").map_or(code, |(_, code)| code);
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(code) else {
            return fail("is damaged: it holds characters that no link has, or is cut off");
        };
        let [version, length, rest @ ..] = bytes.as_slice() else { return fail("is too short") };
        if *version > VERSION {
            return Err(RecipeError(format!(
                "the link is of version {version}, newer than this program, which reads up to {VERSION}; open it with a newer Featherweight"
            )));
        }
        if *version == 0 || !matches!(length, 0 | 16) || rest.len() < usize::from(*length) {
            return fail("is damaged: its first bytes make no sense");
        }
        let (digest, stream) = rest.split_at(usize::from(*length));
        let Some(json) = inflate(stream).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return fail("is damaged or cut off: its recipe cannot be unpacked");
        };
        let digest = (!digest.is_empty()).then(|| digest.iter().map(|b| format!("{b:02x}")).collect());
        Ok(Self { recipe: Recipe::from_json(&json)?, digest })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let bytes: Option<Vec<u8>> =
        (0..text.len() / 2).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    bytes.filter(|b| b.len() == 16)
}
