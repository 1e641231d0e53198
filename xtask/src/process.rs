//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The project's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where tools are installed: first on the path of every program that is run.
pub fn tools() -> PathBuf {
    root().join(".tools")
}

/// A program to be run in the project's folder, with the project's tools on its path.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    let own = [tools().join("bin"), root().join("node_modules").join(".bin")];
    let others = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = own.into_iter().chain(std::env::split_paths(&others)).collect();
    let path = std::env::join_paths(all).unwrap_or(others);
    command.args(arguments).current_dir(root()).env("PATH", path);
    command
}

/// Runs a program to its end; an error names the command, for whoever wants to run it alone.
pub fn run(mut command: Command) -> Result<(), String> {
    let text = text_of(&command);
    let status = command.status().map_err(|e| not_found(&text, &e))?;
    if status.success() { Ok(()) } else { Err(format!("`{text}` failed ({status}); its message stands above")) }
}

/// Runs two programs at once, to the end of both.
pub fn run_both(one: Command, other: Command) -> Result<(), String> {
    let other = std::thread::spawn(move || run(other));
    let one = run(one);
    let other = other.join().unwrap_or_else(|_| Err("what ran beside it was broken off".into()));
    one.and(other)
}

/// What a program prints; nothing if it cannot be run or fails.
pub fn output(mut command: Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn text_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_found(text: &str, error: &std::io::Error) -> String {
    format!("`{text}` cannot be run ({error}); install it and make sure that it is on the PATH")
}
