//! On whatever device there is natively; the browser's tests have one in any case.

use super::Gpu;
use super::check::{TOLERANCE, check};
use super::kernels::{KERNELS, TILES};

/// A device, or nothing where the machine has none.
pub(crate) fn device() -> Option<Gpu> {
    let device = pollster::block_on(Gpu::open());
    if let Err(error) = &device {
        eprintln!("not tried: {error}");
    }
    device.ok()
}

#[test]
fn operations_agree_with_the_processor() {
    let Some(gpu) = device() else { return };
    for (tile, form) in TILES.iter().enumerate() {
        gpu.tile.set(tile);
        for checked in pollster::block_on(check(&gpu, 6)).unwrap() {
            println!("{tile} {checked:?}");
            assert!(checked.agrees(), "in {form:?}: {checked:?} is beyond {TOLERANCE}");
        }
    }
}

#[test]
fn kernels_are_named_once() {
    let mut names: Vec<_> = KERNELS.iter().map(|kernel| kernel.name).collect();
    names.dedup();
    assert_eq!(names.len(), KERNELS.len());
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted, "the table is in the order of names");
}
