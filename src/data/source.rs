//! Where shards come from: a folder natively, the page's own server in a browser.

use super::DataError;

/// Hands out files by their path relative to the site's root, as `data/mnist/train-00.shard`.
pub trait Source {
    /// The whole content of the file at `path`, its compression undone.
    ///
    /// # Errors
    /// [`DataError::Missing`] or [`DataError::Unreadable`].
    fn fetch(&self, path: &str) -> impl Future<Output = Result<Vec<u8>, DataError>>;
}

/// A folder that holds `data/`: the project's `www`, or the `dist` built from it.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Debug)]
pub struct Folder(pub std::path::PathBuf);

#[cfg(not(target_arch = "wasm32"))]
impl Source for Folder {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        let full = self.0.join(path);
        let file = std::fs::read(&full).map_err(|error| {
            let path = full.display().to_string();
            match error.kind() {
                std::io::ErrorKind::NotFound => DataError::Missing { path },
                _ => DataError::Unreadable { path, reason: error.to_string() },
            }
        })?;
        super::shard::unpack(&file).map_err(|reason| DataError::Damaged { path: full.display().to_string(), reason })
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named_with_the_way_out() {
        let error = pollster::block_on(Folder("/nowhere".into()).fetch("data/mnist/train-00.shard")).unwrap_err();
        let text = error.to_string();
        for part in ["/nowhere", "train-00.shard", "--data", "cargo xtask data"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
