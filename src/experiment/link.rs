//! Links: a recipe, and the digest of what it came to, in the fragment of a URL.
//!
//! Version 1: base64url without padding of the byte 1, a byte for the digest's length (0 or 16), the digest, and the recipe's
//! compact JSON as a raw deflate stream that may refer to [`DICTIONARY`].

use super::recipe::{Recipe, RecipeError};
use super::report::Report;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The version that this program writes, and the newest it reads.
const VERSION: u8 = 1;

/// The longest recipe that a link may hold, once decompressed.
const MAX_JSON: usize = 1 << 16;

/// What version 1's streams may refer to: the words of recipes, the likeliest last. It never changes, since links depend on it.
const DICTIONARY: &[u8] = br#"glorot-normalglorot-uniformhe-uniform"pooling":"average""nesterov":true,"schedule":{"step":{"every":,"factor":0."nesterov":true,"early_stopping":"weight_decay":0.000"logistic-regression""initialization":"batch_normalization":true"dropout":0."activation":"tanh"fashion-mnist"spirals""circles""blobs""moons""noise":0.{"dataset":"samples":10000"sweep":{"setting":"sparsity","step":0,"values":[0.5,0.8,0.9,0.95,0.98]"calibration":"granularity":"per-tensor""momentum":0."optimizer":"sgd","batch":128,"schedule":"constant""learning_rate":0.0005,"training":{"epochs":10,"learning_rate":0.002},"title":""scope":"layerwise""schedule":"one-shot""rounds":2"epochs":2"seeds":[1,2,3],"network":{"architecture":"lenet-5"},{"architecture":"mlp","widths":[300,100]{"from":"teacher","name":"student distilled","steps":[{"distill":{"alpha":0.7,"student":{"architecture":"mlp","widths":[30]},"teacher":"dense","temperature":4.0,"training":{"epochs":5}}}]},{"from":"dense","name":"int8","steps":[{"quantize":{}}]},{"from":"pruned","name":"pruned and int8","steps":[{"prune":{"epochs":1,"rounds":2,"sparsity":0.95}},{"quantize":{}}]},{"name":"student alone","network":{"architecture":"lenet-300-100"},"training":{"epochs":3},"variants":[{"name":"dense"},{"from":"dense","name":"pruned 90 %","steps":[{"prune":{}}]}],"version":1}"#;

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

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    // A raw stream takes any dictionary; were it refused, the stream would merely be longer and unreadable to tests.
    let _ = stream.set_dictionary(DICTIONARY);
    let mut out = Vec::with_capacity(text.len() + 64);
    while !matches!(
        stream.compress_vec(&text[stream.total_in() as usize..], &mut out, FlushCompress::Finish),
        Ok(Status::StreamEnd)
    ) {
        out.reserve(256);
    }
    out
}

fn inflate(stream: &[u8]) -> Option<Vec<u8>> {
    let mut state = Decompress::new(false);
    state.set_dictionary(DICTIONARY).ok()?;
    let mut out = Vec::with_capacity(4096);
    loop {
        let (taken, made) = (state.total_in(), out.len());
        match state.decompress_vec(&stream[taken as usize..], &mut out, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) if state.total_in() as usize == stream.len() => return Some(out),
            Ok(_) if out.len() == out.capacity() && out.len() < MAX_JSON => out.reserve(out.len()),
            Ok(_) if state.total_in() > taken || out.len() > made => {}
            _ => return None,
        }
    }
}
