//! Parts the code of the page and the workers into what is needed first and what may come later (see ARCHITECTURE.md, "Code
//! in parts").
//!
//! Trunk knows of no parts, and they have to be made before wasm-bindgen throws away the linker's relocations. So this
//! starts again from what cargo linked, and puts its files in place of those that Trunk made of the whole.

use crate::process::{program, root, run};
use crate::tools::WASM;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// A binary to be parted: its name, the profile it is built with, and how wasm-opt treats it.
struct Parted {
    name: &'static str,
    profile: &'static str,
    options: &'static [&'static str],
}

const PARTED: [Parted; 3] = [
    Parted { name: "page", profile: "page", options: &["-Oz"] },
    Parted { name: "worker", profile: "worker", options: &["-O3"] },
    Parted { name: "worker-relaxed", profile: "worker", options: &["-O3", "--enable-relaxed-simd"] },
];

/// What all of them may use.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Parts the binaries in the folder that Trunk is filling.
pub fn split() -> Result<(), String> {
    let dist = std::env::var_os("TRUNK_STAGING_DIR").ok_or("TRUNK_STAGING_DIR is not set; run `cargo xtask build`")?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let (target, dist) = (target.as_path(), Path::new(&dist));
    // wasm-opt keeps to one core, so all of them are at once.
    std::thread::scope(|scope| {
        let parting = PARTED.each_ref().map(|parted| scope.spawn(move || split_one(parted, target, dist)));
        let ended = parting.map(|one| one.join().unwrap_or_else(|_| Err("parting was broken off".into())));
        ended.into_iter().collect()
    })
}

fn split_one(parted: &Parted, target: &Path, dist: &Path) -> Result<(), String> {
    let &Parted { name, profile, options: treatment } = parted;
    let linked = target.join(WASM).join(profile).join(format!("{name}.wasm"));
    let whole = std::fs::read(&linked).map_err(|e| told(&linked, e))?;

    let folder = target.join("wasm-split").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| told(&folder, e))?;
    }
    let main = folder.join(format!("{name}.wasm"));
    // The generated script that fetches parts. The binary imports it by this name, so it begins as a relative address.
    let links = format!("./{name}-parts.js");
    let main_module = format!("./{name}.js");
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = &links;
    options.main_module = &main_module;
    let parts = transform(options).map_err(|e| format!("{name} could not be parted: {e:#}"))?.split_modules;

    let bound = folder.join("bindgen");
    let (to, main, out_name) =
        (format!("--out-dir={}", bound.display()), main.to_string_lossy(), format!("--out-name={name}"));
    // The parts share the table of functions, which wasm-bindgen would hide.
    run(program("wasm-bindgen", &["--target=web", "--no-typescript", "--keep-lld-exports", &out_name, &to, &main]))?;
    let script = dist.join(format!("{name}.js"));
    std::fs::copy(bound.join(format!("{name}.js")), &script).map_err(|e| told(&script, e))?;
    let binary = format!("{name}_bg.wasm");
    optimize(&bound.join(&binary), &dist.join(&binary), treatment)?;

    // A part of another build than the rest would do anything at all; so it is not found under the same name.
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let build = &format!("{:016x}", hasher.finish())[..8];
    let mut text = std::fs::read_to_string(folder.join(&links)).map_err(|e| told(&folder.join(&links), e))?;
    let mut names = Vec::new();
    for part in &parts {
        let given = part.file_stem().unwrap_or_default().to_string_lossy();
        let quoted = format!("\"./{given}.wasm\"");
        if !text.contains(&quoted) {
            continue; // an empty part, which is never asked for
        }
        // What several parts need is a chunk with a number; there is one at most where there are two parts.
        let role = given.strip_prefix("split_").unwrap_or("shared");
        let own = format!("{name}-{role}-{build}.wasm");
        if names.contains(&own) {
            return Err(format!(
                "{name} has two parts that would be called {own}; xtask/src/split.rs should tell them apart"
            ));
        }
        text = text.replace(&quoted, &format!("\"./{own}\""));
        optimize(part, &dist.join(&own), treatment)?;
        names.push(own);
    }
    let path = dist.join(&links);
    std::fs::write(&path, text).map_err(|e| told(&path, e))
}

fn optimize(from: &Path, to: &Path, treatment: &[&str]) -> Result<(), String> {
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    run(program("wasm-opt", &[treatment, &FEATURES, &[&from, "-o", &to]].concat()))
}

fn told(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
