//! The words of the course that do not stand in its chapters: what surrounds them, and what their live drawings say.
//!
//! A sentence with values is a template, whose `{}` are filled in order.

use super::fill;
use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("Learn");
pub(in crate::app) const ABOUT: Text = Text(
    "A course in fifteen short chapters: why networks are made lighter, and how pruning, quantization and distillation do it. Each has something to move or to run, and a question with an answer folded away. What is run is computed on this device.",
);
pub(in crate::app) const START: Text = Text("Begin");
pub(in crate::app) const GO_ON: Text = Text("Go on");
pub(in crate::app) const ALL_CHAPTERS: Text = Text("All chapters");
pub(in crate::app) const CHAPTERS: Text = Text("Chapters");
pub(in crate::app) const AROUND: Text = Text("Before and after this chapter");
pub(in crate::app) const PREVIOUS: Text = Text("Previous");
pub(in crate::app) const NEXT: Text = Text("Next");
pub(in crate::app) const READ: Text = Text("I have read this chapter");
pub(in crate::app) const WAS_READ: Text = Text("read");
pub(in crate::app) const COMING: Text = Text("The chapter is loading…");
pub(in crate::app) const MISSING: Text =
    Text("The course did not load. Check the connection and try again; what you have read is still remembered.");
const NO_CHAPTER: Text = Text("There is no chapter \"{}\". All that there are stand below.");
const MINUTES: Text = Text("{} min");
const PROGRESS: Text = Text("{} of {} chapters read");

pub(in crate::app) const RUN_HERE: Text = Text("Run it here");
pub(in crate::app) const OPEN: Text = Text("Open in the playground");
pub(in crate::app) const NOT_YET: Text = Text("Not run on this device yet. What it comes to appears here.");
pub(in crate::app) const MEASURED: Text = Text("Measured here, on this device.");
pub(in crate::app) const MEASURED_PARTLY: Text =
    Text("Measured here, on this device; stopped early or still under way.");
const MEASURED_TRIALS: Text = Text("Means of {} trials; bars reach from the least to the greatest.");
pub(in crate::app) const NO_LESSON: Text = Text("This experiment is not part of this version of the page.");
pub(in crate::app) const IN_GALLERY: Text = Text("In the gallery");
pub(in crate::app) const TO_GALLERY: Text = Text("See it run");

pub(in crate::app) const VARIANT: Text = Text("Variant");
pub(in crate::app) const ACCURACY: Text = Text("test accuracy");
pub(in crate::app) const LOSS: Text = Text("loss on validation samples");
pub(in crate::app) const BYTES: Text = Text("Bytes");
pub(in crate::app) const LATENCY: Text = Text("One answer");
pub(in crate::app) const WEIGHTS_LEFT: Text = Text("weights left");
pub(in crate::app) const BITS: Text = Text("bits of a weight");
pub(in crate::app) const COMPUTING: Text = Text("multiply-accumulates spent on training");
pub(in crate::app) const FRONT: Text = Text("the front");
pub(in crate::app) const LOSS_AGAINST_COMPUTING: Text = Text("Loss against computing, a curve for each network");
pub(in crate::app) const ACCURACY_AGAINST_LEFT: Text = Text("Test accuracy against the share of weights left");
pub(in crate::app) const ACCURACY_AGAINST_BITS: Text = Text("Test accuracy against bits");
pub(in crate::app) const ACCURACY_BY_VARIANT: Text = Text("Test accuracy");
pub(in crate::app) const SIDE_BY_SIDE: Text = Text("Side by side");
pub(in crate::app) const PLANES: Text = Text("What each network says of the plane");
pub(in crate::app) const DRAG: Text = Text("Sparsity");
pub(in crate::app) const DRAG_LINE: Text = Text("After pruning");
pub(in crate::app) const DRAG_MOVE: Text = Text("Move the handle: the mask of the first layer appears here.");
const DRAGGED: Text = Text("Sparsity {}: accuracy {}, loss {}.");

pub(in crate::app) const TEMPERATURE: Text = Text("Temperature T");
pub(in crate::app) const SURENESS: Text = Text("Logit of the digit 3");
pub(in crate::app) const TARGETS: Text = Text("Probabilities of the ten digits");
pub(in crate::app) const TARGETS_NOTE: Text =
    Text("The other nine logits are an example: of an image of a 3 that looks a little like an 8 and a 5.");
const SOFTENED: Text = Text("At temperature {} the 3 has {}, the 8 has {}: the second has {} of the first.");

pub(in crate::app) const WEIGHT_A: Text = Text("weight A");
pub(in crate::app) const WEIGHT_B: Text = Text("weight B");
pub(in crate::app) const VALUE_A: Text = Text("Value of A");
pub(in crate::app) const VALUE_B: Text = Text("Value of B");
pub(in crate::app) const CURVE_A: Text = Text("Curvature of A");
pub(in crate::app) const CURVE_B: Text = Text("Curvature of B");
pub(in crate::app) const VALLEYS: Text = Text("Rise of the loss along each weight");
pub(in crate::app) const WEIGHT_AXIS: Text = Text("value of the weight");
pub(in crate::app) const RISE_AXIS: Text = Text("rise of the loss");
pub(in crate::app) const AT_ZERO: Text = Text("at zero, A and B");
const SALIENCIES: Text =
    Text("Deleting A costs {}, deleting B costs {}. Magnitude deletes {}, saliency deletes {}: {}.");
pub(in crate::app) const AGREE: Text = Text("they agree");
pub(in crate::app) const DISAGREE: Text = Text("they disagree, and magnitude pays more");

pub(in crate::app) const ROUNDS: Text = Text("Rounds");
pub(in crate::app) const LEFT_OF_LAYERS: Text = Text("Weights left of LeNet-300-100");
pub(in crate::app) const FIRST_LAYER: Text = Text("784 × 300");
pub(in crate::app) const SECOND_LAYER: Text = Text("300 × 100");
pub(in crate::app) const OUTPUT_LAYER: Text = Text("100 × 10, the output");
pub(in crate::app) const WHOLE: Text = Text("all together");
const TICKET: Text = Text("After {} rounds, {} trainings: {} of 266,200 weights are left, {}.");

pub(in crate::app) const RULE: Text = Text("Rule");
pub(in crate::app) const BY_MAGNITUDE: Text = Text("magnitude");
pub(in crate::app) const BY_SYNFLOW: Text = Text("SynFlow");
pub(in crate::app) const REMOVED: Text = Text("Weights removed");
pub(in crate::app) const FLOW_LABEL: Text =
    Text("A network of 3 inputs, two hidden layers of 4 and 3 units, and 2 outputs");
pub(in crate::app) const FLOW_LAYERS: Text = Text("Weights left and the sum of scores, layer by layer");
pub(in crate::app) const FLOW_NOTE: Text = Text(
    "At each hidden unit: the scores that flow in, above those that flow out. The thirty weights are an example; those of the last layer were drawn smaller.",
);
const LAYER: Text = Text("layer {}");
const LAYER_LEFT: Text = Text("{} left, sum {}");
const STILL_WHOLE: Text = Text("{} of 30 weights are left, and a way leads from the inputs to the outputs.");
const IS_CUT: Text = Text(
    "{} of 30 weights are left, and no way leads from the inputs to the outputs: the network is cut. Layer {} has {}.",
);

pub(in crate::app) const NUMBER: Text = Text("Weight w");
pub(in crate::app) const RANGE: Text = Text("Range a");
pub(in crate::app) const NUMBER_BITS: Text = Text("Bits");
pub(in crate::app) const NUMBER_LABEL: Text = Text("The weight among its neighbours on the grid");
pub(in crate::app) const STEP: Text = Text("Step S");
pub(in crate::app) const INTEGER: Text = Text("Integer q");
pub(in crate::app) const STANDS_FOR: Text = Text("It stands for");
pub(in crate::app) const ERROR: Text = Text("Error");
const ROUNDED: Text = Text("{} becomes {}, which stands for {}; the error is {}, at most half a step, {}.");
const CLIPPED: Text = Text("{} lies beyond the range and is clipped to {}, which stands for {}; the error is {}.");

pub(in crate::app) const STAIRS: Text = Text("What the network computes with, against the weight itself");
pub(in crate::app) const STAIRCASE: Text = Text("forward: the staircase");
pub(in crate::app) const STRAIGHT: Text = Text("backward: as if it were this line");
pub(in crate::app) const ROUNDED_AXIS: Text = Text("rounded weight");
const PASSED: Text = Text("Forward, {} becomes {}. Backward, the gradient is multiplied by {}.");

pub(in crate::app) const DEVICE_NONE: Text = Text("This device has not been measured yet.");
pub(in crate::app) const DEVICE_PEAKS: Text = Text("Arithmetic in registers, on one core");
pub(in crate::app) const DEVICE_TIMES: Text = Text("One call of a network");
pub(in crate::app) const DEVICE_GO: Text = Text("Measure this device");

pub(in crate::app) const MEMBERS: Text = Text("Networks n");
pub(in crate::app) const EACH_RIGHT: Text = Text("Each is right with probability p");
pub(in crate::app) const MAJORITY: Text = Text("How often the majority is right");
pub(in crate::app) const MEMBERS_AXIS: Text = Text("networks");
pub(in crate::app) const RIGHT_AXIS: Text = Text("right");
pub(in crate::app) const CURVE_OF_P: Text = Text("majority of n");
const VOTED: Text = Text(
    "A majority of {} networks, each right {} of the time and independent of the others, is right {} of the time.",
);

pub(in crate::app) const SPARSITY: Text = Text("Sparsity s");
pub(in crate::app) const WEIGHT_BITS: Text = Text("Bits b");
pub(in crate::app) const STUDENT_FACTOR: Text = Text("Student smaller by r");
pub(in crate::app) const SIZES: Text = Text("LeNet-300-100, 266,200 weights, at best");
pub(in crate::app) const AS_TRAINED: Text = Text("as trained");
pub(in crate::app) const THEN_STUDENT: Text = Text("a smaller student");
pub(in crate::app) const THEN_PRUNED: Text = Text("then pruned");
pub(in crate::app) const THEN_QUANTIZED: Text = Text("then quantized");
const SMALLER: Text = Text("{} × {} × {} = {} times smaller at best.");

pub(in crate::app) fn no_chapter(name: &str) -> String {
    fill(NO_CHAPTER, &[name])
}

pub(in crate::app) fn minutes(count: usize) -> String {
    fill(MINUTES, &[&count.to_string()])
}

pub(in crate::app) fn progress(read: usize, all: usize) -> String {
    fill(PROGRESS, &[&read.to_string(), &all.to_string()])
}

/// How figures came to be.
pub(in crate::app) fn measured(trials: usize, partly: bool) -> String {
    let whole = if partly { MEASURED_PARTLY } else { MEASURED };
    if trials > 1 { format!("{whole} {}", fill(MEASURED_TRIALS, &[&trials.to_string()])) } else { whole.into() }
}

pub(in crate::app) fn dragged(sparsity: &str, accuracy: &str, loss: &str) -> String {
    fill(DRAGGED, &[sparsity, accuracy, loss])
}

pub(in crate::app) fn softened(temperature: &str, first: &str, second: &str, share: &str) -> String {
    fill(SOFTENED, &[temperature, first, second, share])
}

/// What deleting either weight costs, and which of them magnitude and saliency delete.
pub(in crate::app) fn saliencies(costs: [&str; 2], deleted: [usize; 2]) -> String {
    let name = |which: usize| ["A", "B"][which.min(1)];
    let verdict = if deleted[0] == deleted[1] { AGREE.tr() } else { DISAGREE.tr() };
    fill(SALIENCIES, &[costs[0], costs[1], name(deleted[0]), name(deleted[1]), verdict])
}

pub(in crate::app) fn ticket(rounds: usize, left: &str, share: &str) -> String {
    fill(TICKET, &[&rounds.to_string(), &(rounds + 1).to_string(), left, share])
}

pub(in crate::app) fn layer(number: usize) -> String {
    fill(LAYER, &[&number.to_string()])
}

pub(in crate::app) fn layer_left(left: usize, sum: &str) -> String {
    fill(LAYER_LEFT, &[&left.to_string(), sum])
}

/// Whether a way leads through the network; else the layer with the fewest weights and how many it has.
pub(in crate::app) fn flow(left: usize, cut: Option<(usize, usize)>) -> String {
    match cut {
        None => fill(STILL_WHOLE, &[&left.to_string()]),
        Some((layer, of_layer)) => fill(IS_CUT, &[&left.to_string(), &layer.to_string(), &of_layer.to_string()]),
    }
}

pub(in crate::app) fn rounded(weight: &str, integer: &str, value: &str, error: &str, half: &str) -> String {
    fill(ROUNDED, &[weight, integer, value, error, half])
}

pub(in crate::app) fn clipped(weight: &str, integer: &str, value: &str, error: &str) -> String {
    fill(CLIPPED, &[weight, integer, value, error])
}

pub(in crate::app) fn passed(weight: &str, value: &str, slope: &str) -> String {
    fill(PASSED, &[weight, value, slope])
}

pub(in crate::app) fn voted(members: usize, each: &str, majority: &str) -> String {
    fill(VOTED, &[&members.to_string(), each, majority])
}

pub(in crate::app) fn smaller(factors: [&str; 3], product: &str) -> String {
    fill(SMALLER, &[factors[0], factors[1], factors[2], product])
}
