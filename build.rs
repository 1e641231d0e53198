//! Has the page and the workers linked in a way that lets them be parted after (see ARCHITECTURE.md, "Code in parts").

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        // The splitter follows the linker's relocations from function to function and to their data.
        for bin in ["page", "worker", "worker-relaxed"] {
            println!("cargo:rustc-link-arg-bin={bin}=--emit-relocs");
        }
    }
}
