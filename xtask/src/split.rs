//! Parts the page's code into what the first view needs and what may come later (see ARCHITECTURE.md, "The page in parts").
//!
//! Trunk knows of no parts, and they have to be made before wasm-bindgen throws away the linker's relocations. So this
//! starts again from what cargo linked, and puts its files in place of those that Trunk made of the whole.

use crate::process::{program, root, run};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// The script that fetches parts; generated. The page imports it by this name, so it has to begin as a relative address.
const LINKS: &str = "./page-parts.js";

/// What the page's code may use, as in index.html.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Parts the page in the folder that Trunk is filling.
pub fn split() -> Result<(), String> {
    let dist = std::env::var_os("TRUNK_STAGING_DIR").ok_or("TRUNK_STAGING_DIR is not set; run `cargo xtask build`")?;
    let dist = Path::new(&dist);
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let linked = target.join("wasm32-unknown-unknown").join("page").join("page.wasm");
    let whole = std::fs::read(&linked).map_err(|e| told(&linked, e))?;

    let folder = target.join("wasm-split");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| told(&folder, e))?;
    }
    let main = folder.join("page.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LINKS;
    options.main_module = "./page.js";
    let parts = transform(options).map_err(|e| format!("the page could not be parted: {e:#}"))?.split_modules;

    let out = format!("--out-dir={}", folder.join("bindgen").display());
    let main = main.to_string_lossy();
    // The parts share the table of functions, which wasm-bindgen would hide.
    let words = ["--target=web", "--no-typescript", "--keep-lld-exports", "--out-name=page", &out, &main];
    run(program("wasm-bindgen", &words))?;
    copy(&folder.join("bindgen").join("page.js"), &dist.join("page.js"))?;
    optimize(&folder.join("bindgen").join("page_bg.wasm"), &dist.join("page_bg.wasm"))?;

    // A part of another build than the rest of the page would do anything at all; so it is not found under the same name.
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let build = &format!("{:016x}", hasher.finish())[..8];
    let mut links = std::fs::read_to_string(folder.join(LINKS)).map_err(|e| told(&folder.join(LINKS), e))?;
    for part in &parts {
        let given = part.file_name().unwrap_or_default().to_string_lossy();
        let name = match given.strip_prefix("split_") {
            Some(name) => format!("page-{}-{build}.wasm", name.trim_end_matches(".wasm")),
            None => format!("page-{}-{build}.wasm", given.trim_end_matches(".wasm").replace('_', "-")),
        };
        if !links.contains(&format!("\"./{given}\"")) {
            continue; // an empty part, which is never asked for
        }
        links = links.replace(&format!("\"./{given}\""), &format!("\"./{name}\""));
        optimize(part, &dist.join(name))?;
    }
    let path = dist.join(LINKS);
    std::fs::write(&path, links).map_err(|e| told(&path, e))
}

fn optimize(from: &Path, to: &Path) -> Result<(), String> {
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    run(program("wasm-opt", &[&WASM_OPT[..], &[&from, "-o", &to]].concat()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::copy(from, to).map(drop).map_err(|e| told(to, e))
}

fn told(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
