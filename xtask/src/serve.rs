//! A small server of static files for the page's own use on this machine.

use crate::{build, process::root};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Request, Response, Server};

/// Ports tried one after another.
const TRIES: u16 = 20;
/// Requests answered side by side: a browser opens six connections.
const THREADS: usize = 6;

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
    let file = file_of(folder, request.url());
    let answered = match file.as_ref().and_then(|path| Some((path, File::open(path).ok()?))) {
        Some((path, file)) => {
            let response = Response::from_file(file)
                .with_header(header("Content-Type", content_type(path)))
                .with_header(header("Cache-Control", "no-cache"));
            request.respond(response)
        }
        None => request.respond(Response::from_string("There is no such file.").with_status_code(404)),
    };
    // A browser that has gone away wants no answer.
    drop(answered);
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
}
