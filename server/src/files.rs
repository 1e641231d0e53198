//! What of a folder is served under which address, and in which form.

use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Encodings by their name in headers and the ending of their files, the best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A folder that is served.
pub(crate) struct Site {
    /// With no links left in it.
    folder: PathBuf,
}

/// What a request is answered.
pub(crate) enum Answer {
    /// A file, or a compressed one in its place.
    File { file: File, kind: &'static str, encoding: Option<&'static str>, tag: String },
    /// The browser has it already.
    Unchanged { tag: String },
    /// There is none.
    Missing,
}

impl Site {
    /// A folder with a page in it.
    pub fn new(folder: &Path) -> Result<Self, String> {
        let whole = folder.canonicalize().ok().filter(|whole| whole.is_dir());
        let whole = whole
            .ok_or_else(|| format!("there is no folder {}; name the one with the built page", folder.display()))?;
        if !whole.join("index.html").is_file() {
            return Err(format!(
                "{} holds no index.html; name the folder with the built page, as `cargo xtask build` makes it in dist",
                folder.display()
            ));
        }
        Ok(Self { folder: whole })
    }

    /// The answer to a request for an address, by what the browser takes and what it has.
    pub fn answer(&self, url: &str, accepted: &str, known_tag: &str) -> Answer {
        let Some(path) = self.file_of(url) else { return Answer::Missing };
        let packed = ENCODINGS.iter().filter(|(name, _)| accepts(accepted, name)).find_map(|&(name, ending)| {
            let mut beside = path.as_os_str().to_owned();
            beside.push(ending);
            Some((Some(name), File::open(beside).ok()?))
        });
        let plain = || Some((None, File::open(&path).ok()?));
        let Some((encoding, file)) = packed.or_else(plain) else { return Answer::Missing };
        let Some(tag) = tag(&file) else { return Answer::Missing };
        if known_tag.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
            return Answer::Unchanged { tag };
        }
        Answer::File { file, kind: content_type(&path), encoding, tag }
    }

    /// The file that an address names, if it lies in the folder: neither `..` nor a link leads out of it.
    fn file_of(&self, url: &str) -> Option<PathBuf> {
        let path = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        // The page's names need no escapes, so none are undone.
        if !plain || path.contains(['%', '\\']) {
            return None;
        }
        let mut file = self.folder.join(path);
        if file.is_dir() {
            file.push("index.html");
        }
        let whole = file.canonicalize().ok()?;
        (whole.starts_with(&self.folder) && whole.is_file()).then_some(whole)
    }
}

/// What changes when a file does: its length and when it was written.
fn tag(file: &File) -> Option<String> {
    let about = file.metadata().ok()?;
    let written = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some(format!("\"{:x}-{:x}\"", about.len(), written.unwrap_or_default().as_millis()))
}

/// Whether an `Accept-Encoding` header takes this encoding: named, or under `*`, and not with a weight of zero.
fn accepts(header: &str, encoding: &str) -> bool {
    let weight = |name: &str| {
        header.split(',').find_map(|entry| {
            let (named, settings) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = settings.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            named.trim().eq_ignore_ascii_case(name).then_some(weight.unwrap_or(0.0))
        })
    };
    weight(encoding).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    /// A folder of this test's own, with these files.
    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("featherweight-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let outer = folder("outside", &[("secret.txt", "s"), ("in/index.html", "i"), ("in/sub/a.js", "a")]);
        let site = Site::new(&outer.join("in")).unwrap();
        let served = |url: &str| site.file_of(url).and_then(|path| std::fs::read_to_string(path).ok());
        assert_eq!(served("/").as_deref(), Some("i"));
        assert_eq!(served("/sub/a.js?x#y").as_deref(), Some("a"));
        for url in [
            "/../secret.txt",
            "/sub/../../secret.txt",
            "/%2e%2e/secret.txt",
            "//etc/passwd",
            "/nothing",
            "/sub",
            "/..\\secret.txt",
            "/./../secret.txt",
        ] {
            assert_eq!(served(url), None, "{url}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.join("secret.txt"), outer.join("in/link.txt")).unwrap();
            assert_eq!(served("/link.txt"), None);
        }
        std::fs::remove_dir_all(&outer).unwrap();
    }

    #[test]
    fn a_folder_without_a_page_is_refused() {
        let empty = folder("empty", &[("readme.txt", "r")]);
        assert!(Site::new(&empty).err().unwrap().contains("holds no index.html"));
        assert!(Site::new(&empty.join("nowhere")).err().unwrap().starts_with("there is no folder"));
        std::fs::remove_dir_all(&empty).unwrap();
    }

    #[test]
    fn encodings_are_taken_as_the_header_says() {
        for (header, br, gzip) in [
            ("", false, false),
            ("gzip, deflate, br, zstd", true, true),
            ("GZIP", false, true),
            ("br;q=0, *", false, true),
            ("*;q=0.5, gzip;q=0", true, false),
            ("identity", false, false),
            ("br;q=nonsense", false, false),
        ] {
            assert_eq!((accepts(header, "br"), accepts(header, "gzip")), (br, gzip), "{header}");
        }
    }

    #[test]
    fn a_compressed_neighbour_is_served_in_place_of_the_file_and_once() {
        let pages = [("index.html", "i"), ("page.js", "plain text"), ("page.js.br", "brotli"), ("page.js.gz", "gz")];
        let folder = folder("compressed", &pages);
        let site = Site::new(&folder).unwrap();
        let served = |accepted: &str| match site.answer("/page.js", accepted, "") {
            Answer::File { file, kind, encoding, tag } => {
                assert_eq!(kind, "text/javascript; charset=utf-8");
                (encoding, file.metadata().unwrap().len(), tag)
            }
            _ => panic!("{accepted}"),
        };
        assert_eq!(served("gzip, br").0, Some("br"));
        assert_eq!(served("gzip").1, 2);
        let (encoding, bytes, tag) = served("");
        assert_eq!((encoding, bytes), (None, 10));
        assert!(matches!(site.answer("/page.js", "", &format!("\"x\", W/{tag}")), Answer::Unchanged { .. }));
        assert!(matches!(site.answer("/page.js", "br", &tag), Answer::File { .. }));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
