//! How texts travel in links: deflated against a dictionary that never changes, in base64url.

use super::recipe::RecipeError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The longest text that a link may hold, once decompressed.
const MAX_JSON: usize = 1 << 16;

/// What version 1's streams may refer to: the words of recipes, the likeliest last. It never changes, since links depend on it.
const DICTIONARY: &[u8] = br#"glorot-normalglorot-uniformhe-uniform"pooling":"average""nesterov":true,"schedule":{"step":{"every":,"factor":0."nesterov":true,"early_stopping":"weight_decay":0.000"logistic-regression""initialization":"batch_normalization":true"dropout":0."activation":"tanh"fashion-mnist"spirals""circles""blobs""moons""noise":0.{"dataset":"samples":10000"sweep":{"setting":"sparsity","step":0,"values":[0.5,0.8,0.9,0.95,0.98]"calibration":"granularity":"per-tensor""momentum":0."optimizer":"sgd","batch":128,"schedule":"constant""learning_rate":0.0005,"training":{"epochs":10,"learning_rate":0.002},"title":""scope":"layerwise""schedule":"one-shot""rounds":2"epochs":2"seeds":[1,2,3],"network":{"architecture":"lenet-5"},{"architecture":"mlp","widths":[300,100]{"from":"teacher","name":"student distilled","steps":[{"distill":{"alpha":0.7,"student":{"architecture":"mlp","widths":[30]},"teacher":"dense","temperature":4.0,"training":{"epochs":5}}}]},{"from":"dense","name":"int8","steps":[{"quantize":{}}]},{"from":"pruned","name":"pruned and int8","steps":[{"prune":{"epochs":1,"rounds":2,"sparsity":0.95}},{"quantize":{}}]},{"name":"student alone","network":{"architecture":"lenet-300-100"},"training":{"epochs":3},"variants":[{"name":"dense"},{"from":"dense","name":"pruned 90 %","steps":[{"prune":{}}]}],"version":1}"#;

/// A version byte and a text, as what stands behind `#a=` and `#s=`.
pub(super) fn seal(version: u8, json: &str) -> String {
    let mut bytes = vec![version];
    bytes.extend(deflate(json.as_bytes()));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The text that [`seal`] packed, of a version up to `newest`. `text` may be a whole address with `mark` in it, or what stands
/// behind the mark; `what` names the link in sentences.
pub(super) fn unseal(text: &str, mark: &str, what: &str, newest: u8) -> Result<String, RecipeError> {
    let fail =
        |how: &str| Err(RecipeError(format!("the {what} {how}; copy it again, whole, from where it was shared")));
    let code = text.split_once(mark).map_or(text, |(_, code)| code).trim();
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(code) else {
        return fail("is damaged: it holds characters that no link has, or is cut off");
    };
    let Some((version, stream)) = bytes.split_first() else { return fail("is empty") };
    if *version > newest {
        return Err(RecipeError(format!(
            "the {what} is of version {version}, newer than this program, which reads up to {newest}; open it with a newer Featherweight"
        )));
    }
    match inflate(stream).and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(json) if *version > 0 => Ok(json),
        _ => fail("is damaged or cut off: what it holds cannot be unpacked"),
    }
}

pub(super) fn deflate(text: &[u8]) -> Vec<u8> {
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

pub(super) fn inflate(stream: &[u8]) -> Option<Vec<u8>> {
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
