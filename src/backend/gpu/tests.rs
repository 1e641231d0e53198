//! On whatever device there is natively; the browser's tests have one in any case.

use super::Gpu;
use super::check::{TOLERANCE, check};
use super::check_integer::{INTEGER_OPERATIONS, is_equal};
use super::kernels::{Extras, KERNELS, TILES};
use crate::backend::cpu::samples::Bits;
use proptest::prelude::{any, prop_assert};
use proptest::test_runner::{Config, TestRunner};

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

/// Whatever of it a device has, and with nothing of it.
#[test]
fn operations_agree_with_every_extra_and_without() {
    let Some(gpu) = device() else { return };
    let there = gpu.device.has();
    println!("{:?} has {there:?}", gpu.info());
    for extras in [Extras::default(), Extras { packed_dot: there.packed_dot, ..Extras::default() }, there] {
        gpu.device.use_extras(extras);
        for checked in pollster::block_on(check(&gpu, 4)).unwrap() {
            assert!(checked.agrees(), "with {extras:?}: {checked:?} is beyond {TOLERANCE}");
        }
    }
}

/// Integers over more shapes, in each form of the dot product.
#[test]
fn integers_are_the_processors_to_the_last_bit() {
    let Some(gpu) = device() else { return };
    let there = gpu.device.has();
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    let cases = (any::<u64>(), any::<bool>(), 0..TILES.len(), proptest::sample::select(INTEGER_OPERATIONS));
    let ran = runner.run(&cases, |(seed, packed_dot, tile, operation)| {
        gpu.device.use_extras(Extras { packed_dot: packed_dot && there.packed_dot, ..there });
        gpu.tile.set(tile);
        let equal = pollster::block_on(is_equal(&gpu, operation, &mut Bits(seed))).unwrap();
        prop_assert!(equal, "{operation} differs in {:?}", TILES[tile]);
        Ok(())
    });
    ran.unwrap();
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

/// What tuning chose, `cargo test -- --nocapture` tells.
#[test]
fn tuning_leaves_a_device_that_computes_the_same() {
    let Some(gpu) = device() else { return };
    let begun = std::time::Instant::now();
    pollster::block_on(gpu.tune(&|| begun.elapsed().as_secs_f64() * 1e6)).unwrap();
    println!("{:?}: tuned to {:?} and {:?}", gpu.info(), TILES[gpu.tile.get()], gpu.device.extras());
    for checked in pollster::block_on(check(&gpu, 2)).unwrap() {
        assert!(checked.agrees(), "{checked:?} is beyond {TOLERANCE}");
    }
}
