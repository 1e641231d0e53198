//! Measuring: the kernels natively, the page's engine beside others in one Chromium, and the GPU in both ways.

use crate::process::{program, run};
use crate::{build, tools};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The kernels, then the peers; the GPU only where it is named.
    All,
    /// The kernels, natively.
    Kernels,
    /// The engine beside TensorFlow.js, ONNX Runtime Web and ConvNetJS, in Chromium.
    Peers,
    /// The engine's GPU natively, and in Chromium beside TensorFlow.js's WebGPU backend.
    Gpu,
    /// How long the page's own thread is held up: while workers train, and with hundreds of results and curves of thousands of
    /// points.
    Page,
}

/// Runs one part, or the kernels and the peers. `quick` shortens the windows in Chromium.
pub fn bench(part: Part, quick: bool) -> Result<(), String> {
    if matches!(part, Part::All | Part::Kernels) {
        run(program("cargo", &["bench", "--bench", "kernels"]))?;
    }
    match part {
        Part::Kernels => Ok(()),
        Part::All | Part::Peers => in_chromium("bench/run.mjs", quick),
        Part::Gpu => {
            kernels_of_the_gpu();
            in_chromium("bench/gpu.mjs", quick)
        }
        Part::Page => page(),
    }
}

/// Measures the built page, which it needs no peers for; a link comes from the command line.
fn page() -> Result<(), String> {
    let chromium = tools::chromium()?;
    build::build()?;
    run(program("cargo", &["build", "--release", "--bin", "featherweight"]))?;
    ["bench/longtasks.mjs", "bench/page.mjs"].into_iter().try_for_each(|script| {
        let mut command = program("node", &[script]);
        command.env("CHROMIUM", &chromium);
        run(command)
    })
}

/// Prints what each product of training reaches of the GPU natively, before tuning and after. Many machines have none, which
/// is said, and the rest goes on.
fn kernels_of_the_gpu() {
    let words = ["run", "--release", "--bin", "featherweight", "--", "device", "--works", "gpu-kernels"];
    if let Err(why) = run(program("cargo", &words)) {
        println!("The GPU's kernels were not measured natively: {why}");
    }
}

/// Runs one of the scripts that measure the built page beside its peers.
fn in_chromium(script: &str, quick: bool) -> Result<(), String> {
    let chromium = tools::chromium()?;
    build::build()?;
    tools::peers()?;
    let mut words = vec![script];
    if quick {
        words.push("--quick");
    }
    let mut command = program("node", &words);
    command.env("CHROMIUM", chromium);
    run(command)
}
