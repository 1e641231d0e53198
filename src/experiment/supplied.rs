//! Files that a recipe names by their digests and does not hold: whoever runs it supplies them.
//!
//! Each lies compressed under `folder/digest.gz`, as all that a [`crate::data::Source`] has; the digest is that of what it unpacks
//! to, so that the path alone says whether a file is the right one.

use super::recipe::{Recipe, Step, Variant};
use crate::data::{Own, pack, unpack};
use crate::export;
use crate::network::TrainedModel;

/// Where a source has the model file of this digest.
pub fn imported_path(digest: &str) -> String {
    format!("models/{digest}.gz")
}

/// The digest in an [`imported_path`]; none if it is another path.
pub fn imported_digest(path: &str) -> Option<&str> {
    path.strip_prefix("models/")?.strip_suffix(".gz")
}

/// An imported model as a source has it: its digest, and what lies at [`imported_path`].
pub fn imported_file(model: &TrainedModel) -> Result<(String, Vec<u8>), String> {
    let file = export::encode(model).file;
    Ok((digest(&file), pack(&file)?))
}

/// What names a file: the BLAKE3 hash of what it unpacks to.
pub fn digest(file: &[u8]) -> String {
    blake3::hash(file).to_hex().to_string()
}

/// What is to lie at `path`, of a file that somebody supplies for it, compressed or not; none if it is another file.
pub fn supplied(path: &str, file: &[u8]) -> Option<Vec<u8>> {
    let belongs = |content: &[u8]| {
        let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".gz"));
        name == Some(digest(content).as_str())
    };
    if belongs(file) {
        return pack(file).ok();
    }
    let content = unpack(file).ok()?;
    belongs(&content).then(|| file.to_vec())
}

/// The variant that begins with the imported model of this digest.
pub fn imported_variant(digest: &str) -> Variant {
    Variant { name: "imported".into(), imported: Some(digest.into()), ..Variant::default() }
}

/// What one would try first with a variant: it as it is, pruned, and in integers.
pub fn beginning_with(first: Variant) -> Vec<Variant> {
    let variant = |name: &str, from: &str, step: &Step| Variant {
        name: name.into(),
        from: Some(from.into()),
        steps: vec![step.clone()],
        ..Variant::default()
    };
    let (prune, quantize) = (Step::Prune(Default::default()), Step::Quantize(Default::default()));
    let [pruned, int8] = [variant("pruned", &first.name, &prune), variant("int8", &first.name, &quantize)];
    vec![first, pruned, int8, variant("pruned, int8", "pruned", &quantize)]
}

impl Recipe {
    /// The paths of all that a source is asked for and no site has, each once.
    pub fn files(&self) -> Vec<String> {
        let mut files: Vec<String> = self.data.described().map(Own::path).into_iter().collect();
        for path in self.variants.iter().filter_map(|variant| variant.imported.as_deref()).map(imported_path) {
            if !files.contains(&path) {
                files.push(path);
            }
        }
        files
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_compressed_or_not_and_no_other_is() {
        let file = b"a model".to_vec();
        let path = imported_path(&digest(&file));
        assert_eq!(supplied(&path, &file).map(|gzip| unpack(&gzip)), Some(Ok(file.clone())));
        assert_eq!(supplied(&path, &pack(&file).unwrap()), Some(pack(&file).unwrap()));
        assert_eq!(supplied(&path, b"another"), None);
        assert_eq!(supplied(&path, &pack(b"another").unwrap()), None);
        assert_eq!(supplied("nowhere", &file), None);
    }

    #[test]
    fn what_unpacks_to_more_than_any_file_is_left_alone() {
        let bomb = pack(&vec![0; 70 << 20]).unwrap();
        assert!(bomb.len() < 100_000 && unpack(&bomb).is_err());
        assert_eq!(supplied(&imported_path(&digest(b"")), &bomb), None);
    }

    #[test]
    fn a_recipe_says_once_which_files_it_needs() {
        let variant = |digest: &str| Variant { imported: Some(digest.into()), ..Variant::default() };
        let bare = r#"{"version":1,"network":{"architecture":"lenet-300-100"},"variants":[{"name":"dense"}]}"#;
        let mut recipe = Recipe::from_json(bare).unwrap();
        assert!(recipe.files().is_empty());
        recipe.variants = vec![variant("b"), variant("a"), variant("b")];
        assert_eq!(recipe.files(), ["models/b.gz", "models/a.gz"]);
    }
}
