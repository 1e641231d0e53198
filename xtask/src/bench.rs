//! Measuring: the kernels natively, and the page's engine beside others in one Chromium.

use crate::process::{program, run};
use crate::{build, tools};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The kernels, then the peers.
    All,
    /// The kernels, natively.
    Kernels,
    /// The engine beside TensorFlow.js, ONNX Runtime Web and ConvNetJS, in Chromium.
    Peers,
}

/// Runs one part, or both. `quick` shortens the peers' windows.
pub fn bench(part: Part, quick: bool) -> Result<(), String> {
    if part != Part::Peers {
        run(program("cargo", &["bench", "--bench", "kernels"]))?;
    }
    if part != Part::Kernels {
        peers(quick)?;
    }
    Ok(())
}

fn peers(quick: bool) -> Result<(), String> {
    let chromium = tools::chromium()?;
    build::build()?;
    tools::peers()?;
    let mut words = vec!["bench/run.mjs"];
    if quick {
        words.push("--quick");
    }
    let mut command = program("node", &words);
    command.env("CHROMIUM", chromium);
    run(command)
}
