//! Building the page: Trunk makes `dist/` from `index.html` and what it names.

use crate::process::{program, run};
use crate::tools;

/// Makes `dist/`.
pub fn build() -> Result<(), String> {
    tools::for_building()?;
    println!("Building the page into dist/");
    let mut command = program("trunk", &["build", "--release"]);
    // Trunk takes any value of NO_COLOR but "true" and "false" for a mistake.
    command.env_remove("NO_COLOR");
    run(command)
}
