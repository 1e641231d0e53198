//! Has the page linked in a way that lets it be parted after (see ARCHITECTURE.md, "The page in parts").

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        // The splitter follows the linker's relocations from function to function and to their data.
        println!("cargo:rustc-link-arg-bin=page=--emit-relocs");
    }
}
