//! Building the page: Trunk makes `dist/` from `index.html` and what it names; then its files are compressed.

use crate::process::{program, root, run};
use crate::tools;

/// Makes `dist/`, with a `.br` and a `.gz` beside every file that gains by it.
pub fn build() -> Result<(), String> {
    tools::for_building()?;
    println!("Building the page into dist/");
    let mut command = program("trunk", &["build", "--release"]);
    // Trunk takes any value of NO_COLOR but "true" and "false" for a mistake.
    command.env_remove("NO_COLOR");
    run(command)?;
    println!("File, its bytes, with brotli, with gzip");
    let dist = root().join("dist");
    run(program("node", &["xtask/compress.mjs", &dist.to_string_lossy()]))
}
