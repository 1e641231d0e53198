//! What building and testing need, at pinned versions, in folders of the project that git ignores.

use crate::process::{output, program, root, run, tools};
use std::path::{Path, PathBuf};

/// What the page and its workers are compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";
/// Newer ones want a newer compiler.
const TRUNK: &str = "0.21.14";
/// What drives Firefox in the tests.
const GECKODRIVER: &str = "0.37.1";

/// What `cargo xtask build` needs.
pub fn for_building() -> Result<(), String> {
    wasm_target()?;
    // It fetches nothing, so it needs no encryption.
    cargo_tool("trunk", "trunk", TRUNK, "0", &["--locked", "--no-default-features"])?;
    // Its output fits only the library of the same version. It reads and writes megabytes, so it is optimized somewhat.
    cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &locked_version("wasm-bindgen")?, "1", &["--no-default-features"])?;
    npm_packages()
}

fn wasm_target() -> Result<(), String> {
    let installed = output(program("rustc", &["--print", "target-libdir", "--target", WASM]));
    if installed.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    println!("Installing the compiler's target {WASM}");
    run(program("rustup", &["target", "add", WASM]))
}

/// Installs a Rust program into `.tools` unless it is there in that version. A tool that runs once a build need not be optimized,
/// and takes a third of the time to build.
fn cargo_tool(name: &str, package: &str, version: &str, level: &str, more: &[&str]) -> Result<(), String> {
    let path = tools().join("bin").join(name);
    let path = path.to_string_lossy();
    if output(program(&path, &["--version"])).is_some_and(|said| said.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    println!("Installing {package} {version} (some minutes, once)");
    let folder = tools();
    let folder = folder.to_string_lossy();
    let mut arguments = vec!["install", package, "--version", version, "--root", &folder, "--force"];
    arguments.extend(more);
    let mut command = program("cargo", &arguments);
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    // The builds of tools are kept apart from the project's, whose flags do not apply to them.
    command.env("CARGO_TARGET_DIR", root().join("target").join("tools"));
    run(command)
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String, String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"')).map(|(version, _)| version);
    version.map(String::from).ok_or_else(|| format!("Cargo.lock has no {package}; run `cargo update -p {package}`"))
}

/// Installs what the project's package-lock.json names, unless that has been done.
fn npm_packages() -> Result<(), String> {
    npm_ci(&root(), "binaryen and the browser tests' packages")
}

/// The engines that `cargo xtask bench peers` measures beside this one; nothing else needs them.
pub fn peers() -> Result<(), String> {
    npm_ci(&root().join("bench"), "the peers")
}

/// Installs what a folder's package-lock.json names, unless that has been done.
fn npm_ci(folder: &Path, what: &str) -> Result<(), String> {
    let stamp = folder.join("node_modules").join(".installed-lock");
    let lock_path = folder.join("package-lock.json");
    let lock = std::fs::read(&lock_path).map_err(|e| format!("{} cannot be read: {e}", lock_path.display()))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("Installing {what}");
    let mut command = program("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    command.current_dir(folder);
    run(command)?;
    std::fs::write(&stamp, lock).map_err(|e| format!("{} cannot be written: {e}", stamp.display()))
}

/// A Python with the packages that judge exported models, at the versions of `tests/judges/requirements.txt`.
pub fn python() -> Result<PathBuf, String> {
    let (folder, list) = (tools().join("python"), root().join("tests").join("judges").join("requirements.txt"));
    let wanted = std::fs::read(&list).map_err(|e| format!("{} cannot be read: {e}", list.display()))?;
    let (python, stamp) = (folder.join("bin").join("python"), folder.join(".installed-requirements"));
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    println!("Installing the Python packages that judge exported models");
    run(program("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
    let list = list.to_string_lossy();
    run(program(&python.to_string_lossy(), &["-m", "pip", "install", "--quiet", "-r", &list]))?;
    std::fs::write(&stamp, wanted).map_err(|e| format!("{} cannot be written: {e}", stamp.display()))?;
    Ok(python)
}

/// A Chromium for the browser tests: the one named by `CHROMIUM`, one on the path, or on Debian one that is installed.
pub fn chromium() -> Result<PathBuf, String> {
    browser(&Browser {
        name: "Chromium",
        variable: "CHROMIUM",
        programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
        package: "chromium",
    })
}

/// A Firefox for the browser tests, found or installed likewise, and what drives it.
pub fn firefox() -> Result<(PathBuf, PathBuf), String> {
    let firefox = browser(&Browser {
        name: "Firefox",
        variable: "FIREFOX",
        programs: &["firefox-esr", "firefox"],
        package: "firefox-esr",
    })?;
    cargo_tool("geckodriver", "geckodriver", GECKODRIVER, "0", &["--locked"])?;
    Ok((firefox, tools().join("bin").join("geckodriver")))
}

/// A browser: its name, the environment variable that names one, its programs, and its package on Debian.
struct Browser {
    name: &'static str,
    variable: &'static str,
    programs: &'static [&'static str],
    package: &'static str,
}

fn browser(wanted: &Browser) -> Result<PathBuf, String> {
    let &Browser { name, variable, package, .. } = wanted;
    if let Some(named) = std::env::var_os(variable) {
        let path = PathBuf::from(named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("{variable} names {}, which is no file", path.display()))
        };
    }
    if let Some(found) = find(wanted.programs) {
        return Ok(found);
    }
    let advice = format!("no {name} was found; install it, or name one with the environment variable {variable}");
    if !Path::new("/etc/debian_version").exists() {
        return Err(advice);
    }
    println!("Installing {name}");
    let root_user = output(program("id", &["-u"])).is_some_and(|id| id == "0");
    let apt = |arguments: &[&str]| {
        let mut words = vec!["apt-get"];
        words.extend(arguments);
        let mut command = if root_user { program("apt-get", arguments) } else { program("sudo", &words) };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        run(command)
    };
    apt(&["update", "-q"]).and_then(|()| apt(&["install", "-y", "-q", "--no-install-recommends", package]))?;
    find(wanted.programs).ok_or(advice)
}

fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    programs
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}
