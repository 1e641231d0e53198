//! The checks and all tests, step by step.

use crate::build;
use crate::process::{program, root, run, run_both, tools as tools_folder};
use crate::tools::{self, WASM};
use std::process::Command;
use std::time::Instant;

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Everything.
    All,
    /// Format and lints.
    Lint,
    /// The native tests.
    Native,
    /// The engine's tests as wasm, in Node.
    Wasm,
    /// The page in Chromium, with and without WebGPU, and in Firefox.
    Browser,
}

/// Runs a part of the tests, or all.
pub fn test(part: Part) -> Result<(), String> {
    let wants = |one: Part| part == Part::All || part == one;
    if wants(Part::Lint) {
        tools::for_building()?;
        step("Format", program("cargo", &["fmt", "--all", "--check"]))?;
        const DENY: [&str; 3] = ["--", "-D", "warnings"];
        let native = ["clippy", "--quiet", "--workspace", "--all-targets", "--features", "xtask/split"];
        step("Lints, native", program("cargo", &[&native[..], &DENY].concat()))?;
        let wasm = ["clippy", "--quiet", "--target", WASM, "--lib", "--bins", "--tests"];
        step("Lints, wasm", program("cargo", &[&wasm[..], &DENY].concat()))?;
    }
    if wants(Part::Native) {
        // The command line ends in a long link on one core.
        println!("== Building the native tests and the command line");
        run_both(program("cargo", &["test", "--quiet", "--workspace", "--no-run"]), command_line())?;
        step("Native tests", program("cargo", &["test", "--quiet", "--workspace"]))?;
        let mut command = program("cargo", &["test", "--quiet", "--test", "mnist", "--", "--ignored"]);
        command.env("FEATHERWEIGHT", root().join("target").join("release").join("featherweight"));
        step("The recipes on MNIST", command)?;
    }
    if wants(Part::Wasm) {
        tools::for_building()?;
        let mut command = program("cargo", &["test", "--target", WASM, "--lib"]);
        let runner = tools_folder().join("bin").join("wasm-bindgen-test-runner");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
        step("Engine tests on wasm", command)?;
    }
    if wants(Part::Browser) {
        let chromium = tools::chromium()?;
        let (firefox, geckodriver) = tools::firefox()?;
        step("The benchmark's tables", program("node", &["--test", "bench/bench.test.mjs"]))?;
        build::build()?;
        step("The command line", command_line())?;
        step("Exported models in ONNX Runtime", program("node", &["--test", "tests/onnx.test.mjs"]))?;
        let python = tools::python()?;
        let judges = ["-m", "unittest", "discover", "-v", "tests/judges"];
        step("Exported models in Python and C", program(&python.to_string_lossy(), &judges))?;
        for webgpu in ["off", "on"] {
            let files = browser_tests(webgpu)?;
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            let mut command = program("node", &[&["--test", "--test-concurrency=2"][..], &files].concat());
            command.env("CHROMIUM", &chromium).env("WEBGPU", webgpu).env("DIST", root().join("dist"));
            command.env("FIREFOX", &firefox).env("GECKODRIVER", &geckodriver);
            step(&format!("The page in its browsers, WebGPU {webgpu}"), command)?;
        }
    }
    println!("All is well.");
    Ok(())
}

/// What the GPU has no part in, and so is tested once.
const WITHOUT_GPU: &[&str] = &[
    "access",
    "compare",
    "firefox",
    "flows",
    "import",
    "language",
    "learn",
    "lighthouse",
    "offline",
    "parts",
    "size",
    "teach",
    "trouble",
];

/// The files of tests for a Chromium with WebGPU, or without.
fn browser_tests(webgpu: &str) -> Result<Vec<String>, String> {
    let folder = root().join("tests").join("browser");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{} cannot be read: {e}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let tests = names.filter(|name| {
        let of = name.strip_suffix(".test.mjs");
        of.is_some_and(|of| webgpu == "off" || !WITHOUT_GPU.contains(&of))
    });
    let mut tests: Vec<String> = tests.map(|name| format!("tests/browser/{name}")).collect();
    tests.sort();
    Ok(tests)
}

/// The command line as it is released: what tests compare the browsers with, and what runs the recipes on MNIST.
fn command_line() -> Command {
    program("cargo", &["build", "--quiet", "--release", "--bin", "featherweight"])
}

fn step(name: &str, command: Command) -> Result<(), String> {
    println!("== {name}");
    let begun = Instant::now();
    run(command)?;
    println!("== {name}: {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}
