//! Each header is compiled and run: its logits are the engine's, bit for bit.

use super::c_header;
use crate::data::Key;
use crate::export::drawn::{IMAGES, drawn, integers};
use crate::network::{
    ActivationName, ArchitectureName, Executable, IntegerLayer, IntegerLinear, IntegerModel, PoolingName, TrainedModel,
};
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads samples, writes the class and the logits of each.
const PROGRAM: &str = r#"
#include <stdio.h>
#include "model.h"
int main(void) {
    static float sample[FW_INPUTS], logits[FW_CLASSES];
    while (fread(sample, sizeof sample, 1, stdin) == 1) {
        int32_t label = fw_classify(sample, logits);
        fwrite(&label, sizeof label, 1, stdout);
        fwrite(logits, sizeof logits, 1, stdout);
    }
    return 0;
}
"#;

/// Compiles the header with every warning an error, and compares it with the engine on random samples.
fn compare(name: &str, model: IntegerModel) {
    let folder = std::env::temp_dir().join(format!("featherweight-c-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let model = TrainedModel::Integer(model);
    std::fs::write(folder.join("model.h"), c_header(&model).unwrap()).unwrap();
    std::fs::write(folder.join("main.c"), PROGRAM).unwrap();
    let flags = [
        "-std=c99",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
        "-fsanitize=undefined",
        "-fno-sanitize-recover",
    ];
    let compiled = Command::new("cc").args(flags).args(["-o", "main", "main.c"]).current_dir(&folder).output().unwrap();
    assert!(compiled.status.success(), "{name}: {}", String::from_utf8_lossy(&compiled.stderr));
    let mut rng = Key::new(5).rng();
    // Beyond the grid of the input, too.
    let samples: Vec<f32> = (0..20 * model.shape().len()).map(|_| 4.0 * rng.uniform() - 1.5).collect();
    let mut program = Command::new(folder.join("main")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = program.stdin.take().unwrap();
    let bytes: Vec<u8> = samples.iter().flat_map(|value| value.to_le_bytes()).collect();
    let writer = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let told = program.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(told.status.success(), "{name}");
    let mut executable = Executable::new(&model);
    let wanted = executable.logits(20, &samples);
    let rows: Vec<&[u8]> = told.stdout.chunks(4 * (1 + model.classes())).collect();
    assert_eq!(rows.len(), 20);
    for (row, wanted) in rows.iter().zip(wanted.chunks(model.classes())) {
        let words: Vec<[u8; 4]> = row.as_chunks::<4>().0.to_vec();
        let logits: Vec<f32> = words[1..].iter().map(|word| f32::from_le_bytes(*word)).collect();
        assert_eq!(logits, wanted, "{name}");
        let class = usize::try_from(i32::from_le_bytes(words[0])).unwrap();
        assert!(wanted.iter().all(|logit| *logit <= wanted[class]), "{name}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn every_architecture_computes_in_c_what_it_computes_here() {
    for (number, architecture) in IMAGES.into_iter().enumerate() {
        for (activation, pooling) in
            [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
        {
            // Dense layers pool nothing; once is enough.
            if architecture == ArchitectureName::LeNet300100 && pooling == PoolingName::Average {
                continue;
            }
            compare(&format!("{number}-{activation:?}"), integers(&drawn(architecture, activation, pooling)));
        }
    }
}

/// A small network, with one thing that few networks have.
fn changed(change: impl Fn(&mut IntegerLinear)) -> IntegerModel {
    let mut model = integers(&drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max));
    for layer in &mut model.layers {
        if let IntegerLayer::Linear(linear) = layer {
            change(linear);
        }
    }
    model
}

#[test]
fn grids_that_end_early_are_kept() {
    compare("top", changed(|linear| linear.output.iter_mut().for_each(|grid| grid.top = 15)));
}

#[test]
fn weights_of_few_bits_are_kept() {
    compare(
        "bits",
        changed(|linear| {
            linear.codes.bits = 4;
            linear.codes.weights.iter_mut().for_each(|w| *w = (*w).clamp(-8, 7));
        }),
    );
}

#[test]
fn zero_points_of_weights_are_kept() {
    compare(
        "zeros",
        changed(|linear| linear.codes.zero_points = (0..linear.outputs()).map(|i| (i % 5) as i8 - 2).collect()),
    );
}

#[test]
fn floats_are_refused_with_the_way_out() {
    let model = drawn(ArchitectureName::LeNet300100, ActivationName::Relu, PoolingName::Max);
    assert!(c_header(&TrainedModel::Float(model)).unwrap_err().contains("quantize it"));
}
