//! An integer network as one C99 header: its weights as `int8_t`, and loops that run it, for microcontrollers and whatever else has
//! a C compiler and nothing more. The loops are written to be read; every integer is the engine's, and so are the logits.

mod loops;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use crate::network::{Grid, IntegerAdd, IntegerLayer, IntegerLinear, IntegerModel, Layer, TrainedModel};
use loops::Loop;
use std::fmt::{Display, Write};

/// Values of an array on a line.
const A_LINE: usize = 24;

/// The header. Fails with a sentence where the network is not in integers from its input to its logits.
pub(super) fn c_header(model: &TrainedModel) -> Result<Vec<u8>, String> {
    match model {
        TrainedModel::Integer(model) => Ok(Header::new(model).finish().into_bytes()),
        TrainedModel::Float(_) => {
            Err("a C header holds networks in int8, and this one computes in floats; quantize it and export that variant".into())
        }
        TrainedModel::Ensemble(_) => {
            Err("a C header holds one network in int8, and this is an ensemble; distill it into one network and quantize that".into())
        }
    }
}

/// The header as it grows.
struct Header<'m> {
    model: &'m IntegerModel,
    /// Arrays of constants.
    constants: String,
    /// What `fw_classify` does, layer by layer.
    body: String,
    /// The loops that the body calls, in the order of [`Loop::ALL`].
    used: [bool; Loop::ALL.len()],
    /// Values of the largest layer, and of what each skip connection keeps: its layer and its values.
    largest: usize,
    kept: Vec<(usize, usize)>,
}

impl<'m> Header<'m> {
    fn new(model: &'m IntegerModel) -> Self {
        Self {
            model,
            constants: String::new(),
            body: String::new(),
            used: [false; Loop::ALL.len()],
            largest: model.shape.len(),
            kept: Vec::new(),
        }
    }

    fn finish(mut self) -> String {
        let mut width = self.model.shape.len();
        for (index, layer) in self.model.layers.iter().enumerate() {
            let number = index + 1;
            if self.model.layers.iter().any(|later| later.skips_from() == Some(index)) {
                self.kept.push((number, width));
                self.say(format!("memcpy(fw_kept{number}, from, {width});"));
            }
            match layer {
                IntegerLayer::Linear(linear) => width = self.linear(number, linear),
                IntegerLayer::Pool(pool) => {
                    let kind =
                        if pool.kind == crate::backend::PoolKind::Max { Loop::MaxPool } else { Loop::AveragePool };
                    self.call(kind, &[&"from", &"to", &pool.height, &pool.width, &pool.channels, &pool.size]);
                    self.say("swap = from; from = to; to = swap;");
                    width = pool.outputs();
                }
                IntegerLayer::Table(table) => {
                    self.array("uint8_t", &format!("fw_table{number}"), table);
                    self.say(format!("for (i = 0; i < {width}; i++) from[i] = fw_table{number}[from[i]];"));
                }
                IntegerLayer::Add(add) => self.add(width, add),
            }
            self.largest = self.largest.max(width);
        }
        self.text()
    }

    fn say(&mut self, line: impl Display) {
        // Writing into a string does not fail.
        let _ = writeln!(self.body, "    {line}");
    }

    fn call(&mut self, which: Loop, arguments: &[&dyn Display]) {
        self.used[which as usize] = true;
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        self.say(format!("{}({});", which.name(), arguments.join(", ")));
    }

    fn array<T: Display>(&mut self, kind: &str, name: &str, values: &[T]) {
        let _ = write!(self.constants, "static const {kind} {name}[{}] = {{", values.len());
        for (index, value) in values.iter().enumerate() {
            let gap = if index % A_LINE == 0 { "\n  " } else { " " };
            let _ = write!(self.constants, "{gap}{value},");
        }
        self.constants += "\n};\n";
    }

    /// A dense layer or a convolution; values that leave it.
    fn linear(&mut self, number: usize, linear: &IntegerLinear) -> usize {
        let (rows, outputs, zero) = (linear.rows(), linear.outputs(), linear.input.zero_point);
        let of = |part: &str| format!("fw_{part}{number}");
        let (weights, bias, sums) = (of("weights"), of("bias"), "sums");
        self.array("int8_t", &weights, &linear.codes.weights);
        self.array("int32_t", &bias, &linear.bias);
        // Weights on a grid that is not symmetric have zero points.
        let zeros = match linear.codes.zero_points.is_empty() {
            true => "NULL".to_string(),
            false => {
                let zeros: Vec<i8> = (0..outputs).map(|output| linear.codes.zero_point(output)).collect();
                self.array("int8_t", &of("zeros"), &zeros);
                of("zeros")
            }
        };
        let (pixels, kernel) = match linear.layer {
            Layer::Convolution(conv) => (conv.out_pixels(), Some(conv)),
            _ => (1, None),
        };
        match linear.requant() {
            Some(requant) => {
                let (mantissas, shifts): (Vec<u32>, Vec<u32>) =
                    requant.factors().map(|[by, shift]| (by, shift)).unzip();
                self.array("int32_t", &of("mantissas"), &mantissas);
                self.array("uint8_t", &of("shifts"), &shifts);
            }
            None => {
                let scales: Vec<String> = linear.logit_scales().iter().map(float).collect();
                self.array("float", &of("scales"), &scales);
            }
        }
        match kernel {
            Some(conv) => {
                let sizes = [conv.height, conv.width, conv.channels, conv.kernel, conv.padding, conv.filters];
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                self.say(format!("for (i = 0; i < {pixels}; i++) {{"));
                self.call(Loop::Patch, &[&"from", &weights, &bias, &zeros, &zero, &"i", &sizes.join(", "), &sums]);
            }
            None => self.call(Loop::Dense, &[&"from", &weights, &bias, &zeros, &zero, &rows, &outputs, &sums]),
        }
        match (linear.output, linear.requant()) {
            (Some(grid), Some(requant)) => {
                let [zero_point, floor] = requant.range();
                let to = format!("to + i * {outputs}");
                let to = if kernel.is_some() { to.as_str() } else { "to" };
                self.call(
                    Loop::Requantize,
                    &[&sums, &of("mantissas"), &of("shifts"), &outputs, &zero_point, &floor, &grid.top, &to],
                );
            }
            _ => {
                let at = if kernel.is_some() { format!("i * {outputs} + k") } else { "k".into() };
                self.say(format!(
                    "for (k = 0; k < {outputs}; k++) logits[{at}] = (float)sums[k] * {}[k];",
                    of("scales")
                ));
            }
        }
        if kernel.is_some() {
            self.say("}");
        }
        self.say("swap = from; from = to; to = swap;");
        pixels * outputs
    }

    /// A skip connection.
    fn add(&mut self, width: usize, add: &IntegerAdd) {
        let IntegerAdd { from, input, skipped, output, .. } = *add;
        let (factors, shift, floor) = add.addition().parts();
        let kept = format!("fw_kept{}", from + 1);
        self.call(
            Loop::Add,
            &[
                &"from",
                &kept,
                &width,
                &input.zero_point,
                &skipped.zero_point,
                &factors[0],
                &factors[1],
                &shift,
                &output.zero_point,
                &floor,
                &output.top,
            ],
        );
    }

    fn text(&self) -> String {
        let Self { model, constants, body, used, largest, kept } = self;
        let Grid { scale, zero_point, top } = model.input;
        let shape = model.shape;
        let sums = model.linears().map(IntegerLinear::outputs).max().unwrap_or(1);
        let mut text = format!(
            "/* A neural network in 8-bit integers, written by Featherweight {version}.\n\
             \n   C99, no other files, no memory beyond what stands here: {bytes} bytes of constants, {room} bytes of variables.\n\
             \n     #include \"model.h\"\n     float logits[FW_CLASSES];\n     int label = fw_classify(sample, logits);\n\
             \n   A sample is FW_INPUTS floats: {height} rows of {width} pixels of {channels} values, lowest first. Not to be called by two\n   threads at once: its variables are static. */\n\
             #ifndef FEATHERWEIGHT_MODEL_H\n#define FEATHERWEIGHT_MODEL_H\n\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n\
             #define FW_INPUTS {inputs}\n#define FW_CLASSES {classes}\n\n",
            version = env!("CARGO_PKG_VERSION"),
            bytes = model.linears().map(|l| l.codes.weights.len() + l.outputs() * 9).sum::<usize>(),
            room = 2 * largest + 4 * sums + kept.iter().map(|(_, width)| width).sum::<usize>(),
            height = shape.height,
            width = shape.width,
            channels = shape.channels,
            inputs = shape.len(),
            classes = model.classes,
        );
        text += constants;
        text += "\n";
        for which in Loop::ALL.into_iter().filter(|which| used[*which as usize]) {
            text += which.text();
            text += "\n";
        }
        text +=
            "/* Classifies one sample: the class with the largest logit. The logits are those before the softmax. */\n";
        text += "static int fw_classify(const float sample[FW_INPUTS], float logits[FW_CLASSES]) {\n";
        let _ = write!(text, "    static uint8_t room[2][{largest}];\n    static int32_t sums[{sums}];\n");
        for (number, width) in kept {
            let _ = writeln!(text, "    static uint8_t fw_kept{number}[{width}];");
        }
        let _ = write!(
            text,
            "    uint8_t *from = room[0], *to = room[1], *swap;\n    int i, k, most = 0;\n\
             \x20   for (i = 0; i < FW_INPUTS; i++) {{\n\
             \x20       /* Floats from 2^23 on are whole numbers, so the addition rounds, halves to the even one. */\n\
             \x20       volatile float place = sample[i] / {scale} + {zero_point};\n\
             \x20       place = place < 0 ? 0 : place > {top} ? {top} : place;\n\
             \x20       place = place + 8388608.0f;\n\
             \x20       from[i] = (uint8_t)(place - 8388608.0f);\n    }}\n",
            scale = float(&scale),
        );
        text += body;
        text += "    (void)swap;\n    (void)to;\n    for (k = 1; k < FW_CLASSES; k++)\n        if (logits[k] > logits[most]) most = k;\n    return most;\n}\n\n#endif\n";
        text
    }
}

/// A float as C reads the same one again.
fn float(value: &f32) -> String {
    format!("{value:e}f")
}
