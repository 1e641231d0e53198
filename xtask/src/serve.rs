//! A small server of static files for the page's own use on this machine.

use crate::{build, process::root};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Request, Response, Server};

/// Ports tried one after another.
const TRIES: u16 = 20;
/// Requests answered side by side: a browser opens six connections.
const THREADS: usize = 6;
/// Encodings by their name in headers and the ending of their files, the best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Builds, serves `dist/` on 127.0.0.1 and prints the address.
pub fn serve(port: u16, no_build: bool) -> Result<(), String> {
    if !no_build {
        build::build()?;
    }
    let folder = root().join("dist");
    if !folder.join("index.html").is_file() {
        return Err(format!("{} holds no page; run `cargo xtask build` first", folder.display()));
    }
    let server = (port..=port.saturating_add(TRIES)).find_map(|port| Server::http(("127.0.0.1", port)).ok());
    let server = server.ok_or_else(|| {
        format!("ports {port} to {} are all taken; choose another with --port", port.saturating_add(TRIES))
    })?;
    println!("Featherweight is at http://{}/ (end with Ctrl-C)", server.server_addr());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    answer(&folder, request);
                }
            });
        }
    });
    Ok(())
}

fn answer(folder: &Path, request: Request) {
    let accepted = request.headers().iter().find(|h| h.field.equiv("Accept-Encoding"));
    let accepted = accepted.map_or(String::new(), |header| header.value.to_string());
    let answered = match file_of(folder, request.url()).and_then(|path| response(&path, &accepted)) {
        Some(response) => request.respond(response),
        None => request.respond(Response::from_string("There is no such file.").with_status_code(404)),
    };
    // A browser that has gone away wants no answer.
    drop(answered);
}

/// A file as the browser takes it: one of its compressed neighbours where there is one that is accepted.
fn response(path: &Path, accepted: &str) -> Option<Response<File>> {
    let packed = ENCODINGS.iter().filter(|(name, _)| accepts(accepted, name)).find_map(|&(name, ending)| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        Some((name, File::open(beside).ok()?))
    });
    let (encoding, file) = match packed {
        Some((name, file)) => (Some(name), file),
        None => (None, File::open(path).ok()?),
    };
    let response = Response::from_file(file)
        .with_header(header("Content-Type", content_type(path)))
        .with_header(header("Cache-Control", "no-cache"))
        .with_header(header("Vary", "Accept-Encoding"));
    Some(match encoding {
        Some(name) => response.with_header(header("Content-Encoding", name)),
        None => response,
    })
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

/// The file that an address names, if it lies in the folder.
fn file_of(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let mut file = folder.join(path);
    if file.is_dir() {
        file.push("index.html");
    }
    (inside && !path.contains('%') && file.is_file()).then_some(file)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[allow(clippy::expect_used)] // only called with the constants above, all of them valid
fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values are ASCII")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let folder = root().join("xtask");
        assert_eq!(file_of(&folder, "/Cargo.toml?x#y"), Some(folder.join("Cargo.toml")));
        for url in ["/../Cargo.toml", "/src/../../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd", "/nothing", "/src"]
        {
            assert_eq!(file_of(&folder, url), None, "{url}");
        }
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
    fn a_compressed_neighbour_is_served_in_place_of_the_file() {
        let folder = std::env::temp_dir().join(format!("featherweight-serve-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let plain = folder.join("page.js");
        for (name, bytes) in [("page.js", "plain text"), ("page.js.br", "brotli"), ("page.js.gz", "gz")] {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        let served = |accepted| {
            let response = response(&plain, accepted).unwrap();
            let value = |name: &'static str| {
                response.headers().iter().find(|h| h.field.equiv(name)).map(|h| h.value.to_string())
            };
            let kinds = [value("Content-Type"), value("Vary")].map(Option::unwrap_or_default);
            assert_eq!(kinds, ["text/javascript; charset=utf-8", "Accept-Encoding"]);
            (value("Content-Encoding"), response.data_length().unwrap())
        };
        assert_eq!(served("gzip, br"), (Some("br".into()), 6));
        assert_eq!(served("gzip"), (Some("gzip".into()), 2));
        assert_eq!(served(""), (None, 10));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
