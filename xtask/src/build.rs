//! Building the page: Trunk makes `dist/` from `index.html` and what it names; then its files are compressed.

use crate::process::{program, root, run, run_both};
use crate::tools::{self, WASM};
use crate::{learn, texts};
use std::fs;

/// Makes `dist/`, with a `.br` and a `.gz` beside every file that gains by it.
pub fn build() -> Result<(), String> {
    tools::for_building()?;
    println!("Building the page into dist/");
    // Trunk builds one worker after the other, and each ends in a long link on one core; these are both at once, beside the page.
    let workers =
        ["build", "--quiet", "--target", WASM, "--profile", "worker", "--bin", "worker", "--bin", "worker-relaxed"];
    let mut command = program("trunk", &["build", "--release"]);
    // Trunk takes any value of NO_COLOR but "true" and "false" for a mistake.
    command.env_remove("NO_COLOR");
    run_both(command, program("cargo", &workers))?;
    texts::build()?;
    let dist = root().join("dist");
    learn::write(&dist)?;
    println!("File, its bytes, with brotli, with gzip");
    run(program("node", &["xtask/compress.mjs", &dist.to_string_lossy()]))
}

/// Makes the page in `dist/` anew, in seconds: neither parted nor optimized, and beside the workers that are there.
pub fn quick() -> Result<(), String> {
    let dist = root().join("dist");
    if !dist.join("worker_bg.wasm").exists() {
        return build();
    }
    tools::for_building()?;
    run(program("cargo", &["build", "--target", WASM, "--profile", "quick", "--bin", "page", "--features", "whole"]))?;
    let built = root().join("target").join(WASM).join("quick").join("page.wasm");
    let to = dist.to_string_lossy();
    let words =
        ["--target", "web", "--no-typescript", "--out-name", "page", "--out-dir", &*to, &*built.to_string_lossy()];
    run(program("wasm-bindgen", &words))?;
    learn::write(&dist)?;
    let failed = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
    let www = root().join("www");
    for entry in fs::read_dir(&www).map_err(failed("www"))?.flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), dist.join(entry.file_name())).map_err(failed("www"))?;
        }
    }
    let index = fs::read_to_string(root().join("index.html")).map_err(failed("index.html"))?;
    let index: Vec<&str> = index.lines().filter(|line| !line.contains("data-trunk")).collect();
    fs::write(dist.join("index.html"), index.join("\n")).map_err(failed("dist/index.html"))?;
    texts::build()?;
    // What is compressed is of an earlier build, and would be served in place of this one.
    for entry in fs::read_dir(&dist).map_err(failed("dist"))?.flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "br" || ending == "gz") {
            fs::remove_file(entry.path()).map_err(failed("dist"))?;
        }
    }
    run(program("node", &["xtask/offline.mjs", &to]))
}
