//! The words of the course that do not stand in its chapters: what surrounds them, and what their live drawings say.
//!
//! A sentence with values is a template, whose `{}` are filled in order.

pub(in crate::app) const TITLE: &str = "Learn";
pub(in crate::app) const ABOUT: &str = "A course in fifteen short chapters: why networks are made lighter, and how pruning, quantization and distillation do it. Each has something to move or to run, and a question with an answer folded away. What is run is computed on this device.";
pub(in crate::app) const START: &str = "Begin";
pub(in crate::app) const GO_ON: &str = "Go on";
pub(in crate::app) const ALL_CHAPTERS: &str = "All chapters";
pub(in crate::app) const CHAPTERS: &str = "Chapters";
pub(in crate::app) const AROUND: &str = "Before and after this chapter";
pub(in crate::app) const PREVIOUS: &str = "Previous";
pub(in crate::app) const NEXT: &str = "Next";
pub(in crate::app) const READ: &str = "I have read this chapter";
pub(in crate::app) const WAS_READ: &str = "read";
pub(in crate::app) const COMING: &str = "The chapter is loading…";
pub(in crate::app) const MISSING: &str =
    "The course did not load. Check the connection and try again; what you have read is still remembered.";
const NO_CHAPTER: &str = "There is no chapter \"{}\". All that there are stand below.";
const MINUTES: &str = "{} min";
const PROGRESS: &str = "{} of {} chapters read";

pub(in crate::app) const RUN_HERE: &str = "Run it here";
pub(in crate::app) const OPEN: &str = "Open in the playground";
pub(in crate::app) const NOT_YET: &str = "Not run on this device yet. What it comes to appears here.";
pub(in crate::app) const MEASURED: &str = "Measured here, on this device.";
pub(in crate::app) const MEASURED_PARTLY: &str = "Measured here, on this device; stopped early or still under way.";
const MEASURED_TRIALS: &str = "Means of {} trials; bars reach from the least to the greatest.";
pub(in crate::app) const NO_LESSON: &str = "This experiment is not part of this version of the page.";
pub(in crate::app) const IN_GALLERY: &str = "In the gallery";
pub(in crate::app) const TO_GALLERY: &str = "See it run";

pub(in crate::app) const VARIANT: &str = "Variant";
pub(in crate::app) const ACCURACY: &str = "test accuracy";
pub(in crate::app) const LOSS: &str = "loss on validation samples";
pub(in crate::app) const BYTES: &str = "Bytes";
pub(in crate::app) const LATENCY: &str = "One answer";
pub(in crate::app) const WEIGHTS_LEFT: &str = "weights left";
pub(in crate::app) const BITS: &str = "bits of a weight";
pub(in crate::app) const COMPUTING: &str = "multiply-accumulates spent on training";
pub(in crate::app) const FRONT: &str = "the front";
pub(in crate::app) const LOSS_AGAINST_COMPUTING: &str = "Loss against computing, a curve for each network";
pub(in crate::app) const ACCURACY_AGAINST_LEFT: &str = "Test accuracy against the share of weights left";
pub(in crate::app) const ACCURACY_AGAINST_BITS: &str = "Test accuracy against bits";
pub(in crate::app) const ACCURACY_BY_VARIANT: &str = "Test accuracy";
pub(in crate::app) const SIDE_BY_SIDE: &str = "Side by side";
pub(in crate::app) const PLANES: &str = "What each network says of the plane";
pub(in crate::app) const DRAG: &str = "Sparsity";
pub(in crate::app) const DRAG_LINE: &str = "After pruning";
pub(in crate::app) const DRAG_MOVE: &str = "Move the handle: the mask of the first layer appears here.";
const DRAGGED: &str = "Sparsity {}: accuracy {}, loss {}.";

pub(in crate::app) const TEMPERATURE: &str = "Temperature T";
pub(in crate::app) const SURENESS: &str = "Logit of the digit 3";
pub(in crate::app) const TARGETS: &str = "Probabilities of the ten digits";
pub(in crate::app) const TARGETS_NOTE: &str =
    "The other nine logits are an example: of an image of a 3 that looks a little like an 8 and a 5.";
const SOFTENED: &str = "At temperature {} the 3 has {}, the 8 has {}: the second has {} of the first.";

pub(in crate::app) const WEIGHT_A: &str = "weight A";
pub(in crate::app) const WEIGHT_B: &str = "weight B";
pub(in crate::app) const VALUE_A: &str = "Value of A";
pub(in crate::app) const VALUE_B: &str = "Value of B";
pub(in crate::app) const CURVE_A: &str = "Curvature of A";
pub(in crate::app) const CURVE_B: &str = "Curvature of B";
pub(in crate::app) const VALLEYS: &str = "Rise of the loss along each weight";
pub(in crate::app) const WEIGHT_AXIS: &str = "value of the weight";
pub(in crate::app) const RISE_AXIS: &str = "rise of the loss";
pub(in crate::app) const AT_ZERO: &str = "at zero, A and B";
const SALIENCIES: &str = "Deleting A costs {}, deleting B costs {}. Magnitude deletes {}, saliency deletes {}: {}.";
pub(in crate::app) const AGREE: &str = "they agree";
pub(in crate::app) const DISAGREE: &str = "they disagree, and magnitude pays more";

pub(in crate::app) const ROUNDS: &str = "Rounds";
pub(in crate::app) const LEFT_OF_LAYERS: &str = "Weights left of LeNet-300-100";
pub(in crate::app) const FIRST_LAYER: &str = "784 × 300";
pub(in crate::app) const SECOND_LAYER: &str = "300 × 100";
pub(in crate::app) const OUTPUT_LAYER: &str = "100 × 10, the output";
pub(in crate::app) const WHOLE: &str = "all together";
const TICKET: &str = "After {} rounds, {} trainings: {} of 266,200 weights are left, {}.";

pub(in crate::app) const RULE: &str = "Rule";
pub(in crate::app) const BY_MAGNITUDE: &str = "magnitude";
pub(in crate::app) const BY_SYNFLOW: &str = "SynFlow";
pub(in crate::app) const REMOVED: &str = "Weights removed";
pub(in crate::app) const FLOW_LABEL: &str = "A network of 3 inputs, two hidden layers of 4 and 3 units, and 2 outputs";
pub(in crate::app) const FLOW_LAYERS: &str = "Weights left and the sum of scores, layer by layer";
pub(in crate::app) const FLOW_NOTE: &str = "At each hidden unit: the scores that flow in, above those that flow out. The thirty weights are an example; those of the last layer were drawn smaller.";
const LAYER: &str = "layer {}";
const LAYER_LEFT: &str = "{} left, sum {}";
const STILL_WHOLE: &str = "{} of 30 weights are left, and a way leads from the inputs to the outputs.";
const IS_CUT: &str =
    "{} of 30 weights are left, and no way leads from the inputs to the outputs: the network is cut. Layer {} has {}.";

pub(in crate::app) const NUMBER: &str = "Weight w";
pub(in crate::app) const RANGE: &str = "Range a";
pub(in crate::app) const NUMBER_BITS: &str = "Bits";
pub(in crate::app) const NUMBER_LABEL: &str = "The weight among its neighbours on the grid";
pub(in crate::app) const STEP: &str = "Step S";
pub(in crate::app) const INTEGER: &str = "Integer q";
pub(in crate::app) const STANDS_FOR: &str = "It stands for";
pub(in crate::app) const ERROR: &str = "Error";
const ROUNDED: &str = "{} becomes {}, which stands for {}; the error is {}, at most half a step, {}.";
const CLIPPED: &str = "{} lies beyond the range and is clipped to {}, which stands for {}; the error is {}.";

pub(in crate::app) const STAIRS: &str = "What the network computes with, against the weight itself";
pub(in crate::app) const STAIRCASE: &str = "forward: the staircase";
pub(in crate::app) const STRAIGHT: &str = "backward: as if it were this line";
pub(in crate::app) const ROUNDED_AXIS: &str = "rounded weight";
const PASSED: &str = "Forward, {} becomes {}. Backward, the gradient is multiplied by {}.";

pub(in crate::app) const DEVICE_NONE: &str = "This device has not been measured yet.";
pub(in crate::app) const DEVICE_PEAKS: &str = "Arithmetic in registers, on one core";
pub(in crate::app) const DEVICE_TIMES: &str = "One call of a network";
pub(in crate::app) const DEVICE_GO: &str = "Measure this device";

pub(in crate::app) const MEMBERS: &str = "Networks n";
pub(in crate::app) const EACH_RIGHT: &str = "Each is right with probability p";
pub(in crate::app) const MAJORITY: &str = "How often the majority is right";
pub(in crate::app) const MEMBERS_AXIS: &str = "networks";
pub(in crate::app) const RIGHT_AXIS: &str = "right";
pub(in crate::app) const CURVE_OF_P: &str = "majority of n";
const VOTED: &str =
    "A majority of {} networks, each right {} of the time and independent of the others, is right {} of the time.";

pub(in crate::app) const SPARSITY: &str = "Sparsity s";
pub(in crate::app) const WEIGHT_BITS: &str = "Bits b";
pub(in crate::app) const STUDENT_FACTOR: &str = "Student smaller by r";
pub(in crate::app) const SIZES: &str = "LeNet-300-100, 266,200 weights, at best";
pub(in crate::app) const AS_TRAINED: &str = "as trained";
pub(in crate::app) const THEN_STUDENT: &str = "a smaller student";
pub(in crate::app) const THEN_PRUNED: &str = "then pruned";
pub(in crate::app) const THEN_QUANTIZED: &str = "then quantized";
const SMALLER: &str = "{} × {} × {} = {} times smaller at best.";

/// A template with its `{}` filled in order.
fn filled(template: &str, values: &[&str]) -> String {
    let mut parts = template.split("{}");
    let mut text = parts.next().unwrap_or_default().to_string();
    for (part, value) in parts.zip(values.iter().chain(std::iter::repeat(&""))) {
        text.push_str(value);
        text.push_str(part);
    }
    text
}

pub(in crate::app) fn no_chapter(name: &str) -> String {
    filled(NO_CHAPTER, &[name])
}

pub(in crate::app) fn minutes(count: usize) -> String {
    filled(MINUTES, &[&count.to_string()])
}

pub(in crate::app) fn progress(read: usize, all: usize) -> String {
    filled(PROGRESS, &[&read.to_string(), &all.to_string()])
}

/// How figures came to be.
pub(in crate::app) fn measured(trials: usize, partly: bool) -> String {
    let whole = if partly { MEASURED_PARTLY } else { MEASURED };
    if trials > 1 { format!("{whole} {}", filled(MEASURED_TRIALS, &[&trials.to_string()])) } else { whole.into() }
}

pub(in crate::app) fn dragged(sparsity: &str, accuracy: &str, loss: &str) -> String {
    filled(DRAGGED, &[sparsity, accuracy, loss])
}

pub(in crate::app) fn softened(temperature: &str, first: &str, second: &str, share: &str) -> String {
    filled(SOFTENED, &[temperature, first, second, share])
}

/// What deleting either weight costs, and which of them magnitude and saliency delete.
pub(in crate::app) fn saliencies(costs: [&str; 2], deleted: [usize; 2]) -> String {
    let name = |which: usize| ["A", "B"][which.min(1)];
    let verdict = if deleted[0] == deleted[1] { AGREE } else { DISAGREE };
    filled(SALIENCIES, &[costs[0], costs[1], name(deleted[0]), name(deleted[1]), verdict])
}

pub(in crate::app) fn ticket(rounds: usize, left: &str, share: &str) -> String {
    filled(TICKET, &[&rounds.to_string(), &(rounds + 1).to_string(), left, share])
}

pub(in crate::app) fn layer(number: usize) -> String {
    filled(LAYER, &[&number.to_string()])
}

pub(in crate::app) fn layer_left(left: usize, sum: &str) -> String {
    filled(LAYER_LEFT, &[&left.to_string(), sum])
}

/// Whether a way leads through the network; else the layer with the fewest weights and how many it has.
pub(in crate::app) fn flow(left: usize, cut: Option<(usize, usize)>) -> String {
    match cut {
        None => filled(STILL_WHOLE, &[&left.to_string()]),
        Some((layer, of_layer)) => filled(IS_CUT, &[&left.to_string(), &layer.to_string(), &of_layer.to_string()]),
    }
}

pub(in crate::app) fn rounded(weight: &str, integer: &str, value: &str, error: &str, half: &str) -> String {
    filled(ROUNDED, &[weight, integer, value, error, half])
}

pub(in crate::app) fn clipped(weight: &str, integer: &str, value: &str, error: &str) -> String {
    filled(CLIPPED, &[weight, integer, value, error])
}

pub(in crate::app) fn passed(weight: &str, value: &str, slope: &str) -> String {
    filled(PASSED, &[weight, value, slope])
}

pub(in crate::app) fn voted(members: usize, each: &str, majority: &str) -> String {
    filled(VOTED, &[&members.to_string(), each, majority])
}

pub(in crate::app) fn smaller(factors: [&str; 3], product: &str) -> String {
    filled(SMALLER, &[factors[0], factors[1], factors[2], product])
}
