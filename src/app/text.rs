//! Every word on the page that does not come from a method's own table, in one place.

pub(super) mod access;
pub(super) mod agreement;
pub(super) mod budget;
pub(super) mod classroom;
pub(super) mod compare;
pub(super) mod demo;
pub(super) mod device;
pub(super) mod ensemble;
pub(super) mod export;
pub(super) mod fields;
pub(super) mod gallery;
pub(super) mod learn;
pub(super) mod numbers;
pub(super) mod offline;
pub(super) mod precision;
pub(super) mod present;
pub(super) mod quantize;
pub(super) mod sensitivity;
pub(super) mod share;
pub(super) mod teaching;

use super::format;

/// Puts values into the places of a template, `{}`, one after another.
pub(super) fn fill(template: &str, values: &[&str]) -> String {
    let mut parts = template.split("{}");
    let mut out = String::from(parts.next().unwrap_or_default());
    for (i, part) in parts.enumerate() {
        out.push_str(values.get(i).copied().unwrap_or_default());
        out.push_str(part);
    }
    out
}

pub(super) const NAME: &str = "Featherweight";
pub(super) const TAGLINE: &str =
    "Train a neural network in this tab, make it lighter, and measure what that costs, on the device in front of you.";
pub(super) const SKIP: &str = "Skip to results";
pub(super) const PLACES: &str = "Places";
pub(super) const PLAYGROUND: &str = "Playground";
pub(super) const THEME_DARK: &str = "Dark";
pub(super) const THEME_LIGHT: &str = "Light";
pub(super) const THEME_HELP: &str = "Change between light and dark";
pub(super) const PRIVACY: &str = "Everything runs on this device: nothing is installed, nothing is uploaded. Results stay in this browser until you delete them.";
/// In place of a part of the page that is under way.
pub(super) const PART_COMING: &str = "Loading…";
pub(super) const PART_MISSING: &str = "A part of the page did not load. Check the connection and try again, or reload the page; nothing that you did is lost by trying.";
pub(super) const TRY_AGAIN: &str = "Try again";
pub(super) const NO_SCRIPT_STATE: &str = "The engine is starting…";

pub(super) const EXPERIMENT: &str = "Experiment";
pub(super) const RESULTS: &str = "Results";
pub(super) const PRESET: &str = "Start from";
pub(super) const PRESET_NONE: &str = "choose an experiment…";
pub(super) const RUN: &str = "Run";
pub(super) const RUN_AGAIN: &str = "Run again";
pub(super) const STOP: &str = "Stop";
pub(super) const STOPPING: &str = "Stopping…";
pub(super) const UNDO: &str = "Undo";
pub(super) const DISMISS: &str = "Dismiss";
pub(super) const REMOVE: &str = "Remove";
pub(super) const UP: &str = "Move up";
pub(super) const DOWN: &str = "Move down";
pub(super) const MORE: &str = "More settings";
pub(super) const UNTITLED: &str = "Untitled";
pub(super) const DATA_BEHIND: &str = "The numbers behind this chart, and files";

pub(super) const DATASET: &str = "Data";
pub(super) const SAMPLES: &str = "Training samples";
pub(super) const SAMPLES_HELP: &str = "Fewer train faster and generalize less.";
pub(super) const NOISE: &str = "Noise";
pub(super) const NOISE_HELP: &str = "How far points stray from their curve.";
pub(super) const SEEDS: &str = "Seeds";
pub(super) const SEEDS_HELP: &str =
    "One trial for each seed, such as 1, 2, 3. Several show how much is chance: tables give the mean and the range.";
pub(super) const NETWORK: &str = "Network";
pub(super) const WIDTHS: &str = "Units of each hidden layer";
pub(super) const WIDTHS_HELP: &str = "One number a layer, such as 300, 100.";
pub(super) const FILTERS: &str = "Widths";
pub(super) const FILTERS_HELP: &str =
    "Filters of the convolutions, one number a stage; for LeNet-5 the units behind them, too.";
pub(super) const CHANNELS_HELP: &str = "Channels of a token; the heads share them out.";
pub(super) const DEPTH: &str = "Blocks";
pub(super) const HEADS: &str = "Heads";
pub(super) const PATCH: &str = "Pixels of a patch's side";
pub(super) const PATCH_HELP: &str = "For images: smaller patches are more tokens, and slower.";
pub(super) const ACTIVATION: &str = "Activation";
pub(super) const POOLING: &str = "Pooling";
pub(super) const BATCH_NORM: &str = "Batch normalization";
pub(super) const DROPOUT: &str = "Dropout";
pub(super) const DROPOUT_HELP: &str =
    "Share of hidden units left out at random in each training step, against overfitting.";
pub(super) const INITIALIZATION: &str = "Initialization";

pub(super) const TRAINING: &str = "Training";
pub(super) const EPOCHS: &str = "Epochs";
pub(super) const EPOCHS_HELP: &str = "Passes over the training set: more are slower and, up to a point, better.";
pub(super) const RATE: &str = "Learning rate";
pub(super) const RATE_HELP: &str = "How far each step goes: too small learns slowly, too large never settles.";
pub(super) const OPTIMIZER: &str = "Optimizer";
pub(super) const BATCH: &str = "Batch size";
pub(super) const BATCH_HELP: &str = "Samples that share one step.";
pub(super) const MOMENTUM: &str = "Momentum";
pub(super) const MOMENTUM_HELP: &str = "The share of the last step that carries over to the next.";
pub(super) const NESTEROV: &str = "Nesterov momentum";
pub(super) const SCHEDULE: &str = "Learning-rate schedule";
pub(super) const EVERY: &str = "Epochs between drops";
pub(super) const FACTOR: &str = "Factor of each drop";
pub(super) const DECAY: &str = "Weight decay";
pub(super) const DECAY_HELP: &str = "Pulls weights toward zero, against overfitting.";
pub(super) const PATIENCE: &str = "Early stopping";
pub(super) const PATIENCE_HELP: &str =
    "Stops after so many epochs without a better validation loss; 0 never stops early.";

pub(super) const BACKEND: &str = "Trained by";
pub(super) const BACKENDS: &[(&str, &str, &str)] = &[
    (
        "auto",
        "Automatic",
        "The processor, unless the GPU was measured here to be at least twice as fast as all the workers of a run together.",
    ),
    ("cpu", "Processor", "The same bits on every device, so that a link can be checked by its digest."),
    (
        "gpu",
        "GPU",
        "Through WebGPU. Results agree within rounding and carry no digest. If the GPU is lost, the processor goes on.",
    ),
];
pub(super) const COMPARE: &str = "Measure which is faster";
pub(super) const COMPARING: &str = "Measuring both with this network and batch…";
pub(super) const NO_WEBGPU: &str = "This browser offers no WebGPU, so the processor trains.";

/// Samples a second on one core and on the GPU, in training and in classifying.
pub(super) fn compared(training: [f64; 2], inference: [f64; 2]) -> String {
    let times = |[cpu, gpu]: [f64; 2]| format::fixed(gpu / cpu, if gpu < 10.0 * cpu { 2 } else { 0 });
    format!(
        "Measured here with this network and batch: the GPU trains {} times as fast as one core ({} beside {}) and classifies {} times as fast.",
        times(training),
        rate(training[1]),
        rate(training[0]),
        times(inference)
    )
}

pub(super) fn gpu_chosen(ratio: f64) -> String {
    format!(
        "The GPU trains this: it was measured to be {} times as fast as one core. Its results carry no digest; under Training you can choose the processor instead.",
        format::fixed(ratio, 1)
    )
}

pub(super) const VARIANTS: &str = "Variants to compare";
pub(super) const VARIANTS_HELP: &str =
    "Each variant trains a network afresh or goes on from another one; what they share is computed once.";
pub(super) const ADD_VARIANT: &str = "Add a variant";
pub(super) const NEW_VARIANT: &str = "new variant";
pub(super) const VARIANT_NAME: &str = "Name";
pub(super) const FROM: &str = "Starts from";
pub(super) const FROM_FRESH: &str = "a freshly trained network";
pub(super) const OWN_NETWORK: &str = "Another network than the experiment's";
pub(super) const OWN_TRAINING: &str = "Another training than the experiment's";
pub(super) const STEPS: &str = "Steps, in this order";
pub(super) const NO_STEPS: &str = "No steps: this is the network as it was trained.";
pub(super) const ADD_STEP: &str = "Add a step:";
pub(super) const METHOD: &str = "Method";
pub(super) const STUDENT: &str = "Who learns";
pub(super) const STUDENT_FRESH: &str = "a new network, the student";
pub(super) const STUDENT_SELF: &str = "this variant itself, its mask held";
pub(super) const TEACHER: &str = "Teacher";
pub(super) const TEACHER_SELF: &str = "this variant so far";
pub(super) const TEACHER_CHOOSE: &str = "choose one…";
pub(super) const SWEEP: &str = "Repeat with other values";
pub(super) const SWEEP_SETTING: &str = "Setting";
pub(super) const SWEEP_NONE: &str = "no repetition";
pub(super) const SWEEP_VALUES: &str = "Values";
pub(super) const SWEEP_HELP: &str = "One variant for each value, such as 0.5, 0.8, 0.9.";

pub(super) const BUDGETS: &str = "Sparsity of each layer";
pub(super) const BUDGETS_HELP: &str = "One number a weight matrix, from the input on, such as 0.92, 0.91, 0.74; they take the place of the sparsity and the scope. Empty: one sparsity for all.";
pub(super) const EXCLUDE: &str = "Layers left out";
pub(super) const EXCLUDE_HELP: &str = "Weight matrices that stay whole, counted from 1, such as 3.";

/// Kinds of step: name in recipes, title, one sentence.
pub(super) const STEP_KINDS: &[(&str, &str, &str)] = &[
    ("prune", "Prune", "Sets weights to zero and keeps them there."),
    ("quantize", "Quantize", "Turns weights and activations into integers of a few bits."),
    ("share", "Share weights", "Lets the weights of a layer share a few values, and trains those."),
    ("distill", "Distill", "Lets a student learn from the predictions of a teacher."),
    ("train", "Train on", "Trains further, removed weights staying removed."),
];

/// A setting of a step that is one of a few words.
pub(super) struct Choice {
    pub kind: &'static str,
    pub name: &'static str,
    pub title: &'static str,
    /// Name in recipes, title, one sentence.
    pub options: &'static [(&'static str, &'static str, &'static str)],
}

pub(super) const CHOICES: &[Choice] = &[
    Choice {
        kind: "prune",
        name: "scope",
        title: "Scope",
        options: &[
            ("global", "global", "All layers compete: sensitive ones keep more."),
            ("layerwise", "layerwise", "Every layer loses the same share."),
        ],
    },
    Choice {
        kind: "prune",
        name: "schedule",
        title: "Schedule",
        options: &[
            (
                "iterative",
                "iterative",
                "In rounds, each removing the same share of what is left, with training between.",
            ),
            ("exponential", "iterative, from here", "The same, counted from what earlier steps left."),
            ("one-shot", "one-shot", "All at once."),
            ("polynomial", "polynomial", "In rounds along a cubic curve: most goes first, with training between."),
            (
                "gradual",
                "gradual, while training",
                "Along a cubic curve within one training; the mask is left as it is for its last third.",
            ),
        ],
    },
    Choice {
        kind: "prune",
        name: "granularity",
        title: "Granularity",
        options: &[
            ("weight", "single weights", "The most accurate for a sparsity; fast only on sparse kernels."),
            ("n-of-4", "N of 4", "Of each four neighbouring inputs of a unit as many go: 2 of 4 at a sparsity of 0.5."),
            ("block", "blocks of 4 by 4", "Neighbouring weights go together."),
            (
                "unit",
                "whole units",
                "Neurons and filters go, and the layers are smaller afterwards: faster everywhere.",
            ),
        ],
    },
    Choice {
        kind: "prune",
        name: "rewind",
        title: "Weights that stay",
        options: &[
            ("none", "go on from where they are", "Fine-tuning."),
            (
                "initialization",
                "are rewound to their initialization",
                "The lottery ticket: what was drawn, under the mask that training found.",
            ),
            (
                "step",
                "are rewound to an early step",
                "Late rewinding, for networks on which the lottery ticket falters.",
            ),
            ("random", "are drawn anew", "The control: is it the mask alone?"),
        ],
    },
    Choice {
        kind: "prune",
        name: "ablation",
        title: "Ablation",
        options: &[
            ("none", "none", ""),
            (
                "shuffled",
                "masks shuffled within layers",
                "As many weights go from each layer, but others: does it matter which?",
            ),
            ("inverted", "scores inverted", "The highest scores go first."),
        ],
    },
    Choice {
        kind: "share",
        name: "initialization",
        title: "First values",
        options: &[
            (
                "linear",
                "linear",
                "Evenly from the least weight to the largest: large weights, which matter most, have values near them.",
            ),
            ("density", "by density", "More values where there are more weights."),
            ("random", "random", "At weights drawn at random."),
        ],
    },
];

pub(super) const COLLAPSE: &str = "Layer collapse";
pub(super) const COLLAPSE_HELP: &str = "Pruning left these layers without a single weight: nothing that the network is shown passes them any more, and no training can bring it back. Prune less, leave the layer out, choose the layerwise scope, or a method that keeps every layer alive, such as SynFlow with 100 iterations.";

/// A variant, and its layers of which nothing is left.
pub(super) fn collapsed(variant: &str, layers: &[String]) -> String {
    format!("{variant}: no weight is left of {}.", layers.join(" and of "))
}

pub(super) const RECIPE: &str = "Recipe as JSON";
pub(super) const RECIPE_HELP: &str =
    "The same experiment as text, for files and for the command line. Edit it, paste one, or drop a file here.";
pub(super) const APPLY: &str = "Use this text";
pub(super) const COPY: &str = "Copy";
pub(super) const DOWNLOAD: &str = "Download";
pub(super) const OPEN_FILE: &str = "Open a file";
pub(super) const COPIED: &str = "Copied.";
pub(super) const COPY_REFUSED: &str = "The browser does not let the page copy; select the text and copy it yourself.";

pub(super) const HINT_TITLE: &str = "Press Run: a network learns to read handwriting, here, in this tab.";
pub(super) const HINTS: &[(&str, &str)] = &[
    ("It learns", "Loss falls and accuracy rises, live, while the rest of the data still arrives."),
    (
        "It gets lighter",
        "The same network is pruned and turned into 8-bit integers. Each variant is a real file and runs on kernels made for it.",
    ),
    (
        "You judge",
        "Accuracy, bytes and microseconds side by side. Then draw a digit yourself and see which variants still read it.",
    ),
];

pub(super) const PROGRESS: &str = "Progress";
pub(super) const CURVES: &str = "Learning curves";
pub(super) const CURVES_HELP: &str = "Thin lines: training samples as they pass. Lines with marks: the validation set after each epoch, which no weight was trained on.";
pub(super) const CURVE: &str = "Curve";
pub(super) const LEAST: &str = "Least";
pub(super) const GREATEST: &str = "Greatest";
pub(super) const LOSS: &str = "Loss";
pub(super) const ACCURACY: &str = "Accuracy";
pub(super) const EPOCH: &str = "Epoch";
pub(super) const BOUNDARY: &str = "Decision boundary";
pub(super) const BOUNDARY_HELP: &str =
    "The class that each network gives to every point of the plane, after its latest epoch.";

pub(super) const TABLE: &str = "Variants side by side";
pub(super) const TABLE_HELP: &str = "Choose a variant to look inside it below.";
pub(super) const VARIANT: &str = "Variant";
pub(super) const ON_TEST: &str = "on the test set";
pub(super) const FROM_FILE: &str = "encoded file";
pub(super) const COUNTED: &str = "counted";
pub(super) const MEASURED: &str = "measured on this device";
pub(super) const BYTES: &str = "Bytes";
pub(super) const NONZERO: &str = "Non-zero";
pub(super) const SPARSITY: &str = "Sparsity";
pub(super) const MACS: &str = "MACs";
pub(super) const LATENCY_1: &str = "Latency, 1 sample";
pub(super) const LATENCY_64: &str = "Latency, 64";
pub(super) const PARTIAL: &str = "partial";
pub(super) const WAITS: &str = "waits for its turn";
pub(super) const LOST: &str = "not reached: a stage on its way failed";
pub(super) const NOT_TIMED_YET: &str = "to be timed";
pub(super) const TIMED_ALONE: &str = "A variant is timed when nothing else runs, so that its latency is its own.";
pub(super) const NOT_TIMED: &str = "not timed";
pub(super) const TIMING: &str = "Timing the variants while nothing else runs…";
pub(super) const TRADEOFF: &str = "What accuracy costs";
pub(super) const TRADEOFF_HELP: &str =
    "Up and to the left is better. The line joins the variants that no other beats in both: the Pareto front.";
pub(super) const AGAINST_BYTES: &str = "Accuracy against bytes";
pub(super) const AGAINST_LATENCY: &str = "Accuracy against latency, 1 sample";
pub(super) const LATENCY: &str = "Latency";

pub(super) const INSIDE: &str = "Look inside";
pub(super) const LAYER: &str = "Layer";
pub(super) const WEIGHTS: &str = "Weights that are not zero, by value";
pub(super) const MASK: &str = "The weights as a picture";
pub(super) const MASK_HELP: &str =
    "One dot a weight, a row for each unit. Blue is negative, orange positive; empty is zero.";
pub(super) const MASK_ONLY: &str = "Mask only";
pub(super) const MASK_WAIT: &str = "The picture appears when the worker has drawn it.";
pub(super) const CONFUSION: &str = "What it takes for what";
pub(super) const TRUE_CLASS: &str = "True class";
pub(super) const CONFUSION_HELP: &str = "Rows: what it is. Columns: what the network says. Test set, first trial.";
pub(super) const WEIGHT: &str = "Weight";
pub(super) const HOW_MANY: &str = "Count";

pub(super) const WRITE: &str = "Write something";
pub(super) const WRITE_HELP: &str =
    "Describe a thing as a dictionary would; each variant says what kind of thing it takes it for.";
pub(super) const WRITE_LABEL: &str = "A definition";
pub(super) const WRITE_EXAMPLE: &str = "a small bird with a red breast";
pub(super) const DRAW: &str = "Draw a digit";
pub(super) const DRAW_OTHER: &str = "Draw something";
pub(super) const DRAW_HELP: &str =
    "Every variant reads it as you draw. It is centred and scaled as the training images are.";
pub(super) const DRAW_PAD: &str = "Drawing area. Draw with a pointer, or use the buttons that write a digit for you.";
pub(super) const DRAW_CLEAR: &str = "Clear";
pub(super) const DRAW_WRITE: &str = "Write for me:";
pub(super) const DRAW_SEEN: &str = "What the networks see";
pub(super) const DRAW_EMPTY: &str = "Draw, and each variant's reading appears here.";
pub(super) const DRAW_NO_MODELS: &str = "The models of this run are not kept; run it again to draw.";

pub(super) const REPRODUCE: &str = "How this is reproduced";
pub(super) const REPRODUCE_HELP: &str = "A link holds the whole experiment and the digest of its result. Whoever opens it can run it again, in any browser or on the command line, and is told whether every bit is the same.";
pub(super) const SHARE: &str = "Copy link";
pub(super) const SHARE_TEXT: &str = "Link";
pub(super) const SHARE_COPIED: &str = "The link is copied.";
pub(super) const DIGEST: &str = "Digest";
pub(super) const DIGEST_NONE: &str = "none yet: a digest stands for a run that went to its end";
pub(super) const DIGEST_GPU: &str = "none: the GPU trained, and its bits are those of this device alone. Trained by the processor, the same experiment has one";
pub(super) const EDITED: &str = "The link holds the run that is shown, not the edits made since.";
pub(super) const DOWNLOAD_MODEL: &str = "Download the model";
pub(super) const NO_MODEL_FILE: &str =
    "This variant's file is not at hand in this browser; run the experiment again, then download.";
pub(super) const COMMAND: &str = "On the command line";

pub(super) const RUNS: &str = "Runs";
pub(super) const LIVE_RUN: &str = "running now";
pub(super) const RUN_MENU: &str = "Rename, edit or delete this run";
pub(super) const RENAME: &str = "Name of this run";
pub(super) const DELETE_RUN: &str = "Delete this run";
pub(super) const EDIT_RUN: &str = "Lay out this experiment";
pub(super) const RUN_DELETED: &str = "Run deleted.";
pub(super) const REMOVED: &str = "Removed.";
pub(super) const REPLACED: &str = "Another experiment is laid out. The one you edited can come back.";
pub(super) const STOPPED: &str = "stopped early";

pub(super) const NO_STORAGE: &str =
    "This browser keeps no database for the page (a private window, perhaps), so results last until it is closed.";
pub(super) const STORAGE_FULL: &str = "The browser's storage is full or closed to the page: results stay here until the page is closed. Delete old runs to make room; what was not kept is then kept by itself.";
pub(super) const NOTHING_REACHED: &str = "The run ended before any variant was finished; run it again.";

pub(super) fn unread(count: usize) -> String {
    format!("{count} kept runs are of another version and could not be read.")
}

pub(super) fn bad_link(reason: &str) -> String {
    format!("The link could not be opened: {reason}. What was laid out stays.")
}

pub(super) fn bad_recipe(reason: &str) -> String {
    format!("The recipe was not taken: {reason}.")
}

pub(super) fn cost(variants: usize, stages: usize, samples: usize, seeds: usize) -> String {
    let times = if seeds > 1 { format!(", times {seeds} seeds") } else { String::new() };
    format!(
        "{}, {}, {} training samples{times}",
        plural(variants, "variant", "variants"),
        plural(stages, "stage", "stages"),
        format::count(samples as f64),
    )
}

pub(super) fn data_line(title: &str, samples: usize, seeds: usize) -> String {
    let seeds = if seeds == 1 { String::new() } else { format!(", {seeds} seeds") };
    format!("{title}, {} samples{seeds}", format::count(samples as f64))
}

pub(super) fn training_line(epochs: usize, optimizer: &str, rate: f64, on_gpu: bool) -> String {
    let gpu = if on_gpu { ", on the GPU" } else { "" };
    format!("{}, {optimizer}, rate {rate}{gpu}", plural(epochs, "epoch", "epochs"))
}

pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

pub(super) fn opened(title: &str, digest: Option<&str>) -> String {
    let title = if title.is_empty() { "an experiment".into() } else { format!("“{title}”") };
    match digest {
        Some(digest) => format!(
            "This link holds {title} and the digest of its result, {digest}. Run it to see whether this device comes to the same."
        ),
        None => format!("This link holds {title}, without a result. Nothing runs until you press Run."),
    }
}

pub(super) fn stages_at(ended: usize, all: usize, current: &str) -> String {
    format!("{ended} of {} done; now: {current}", plural(all, "stage", "stages"))
}

/// `prune to 90 % (trials 1, 2)`
pub(super) fn in_trials(label: &str, trials: &[usize]) -> String {
    let numbers: Vec<String> = trials.iter().map(|trial| (trial + 1).to_string()).collect();
    format!("{label} ({} {})", if numbers.len() == 1 { "trial" } else { "trials" }, numbers.join(", "))
}

pub(super) fn rate(samples: f64) -> String {
    format!("{} samples/s", format::count(samples))
}

pub(super) fn left(seconds: f64) -> String {
    format!("about {} left", format::seconds(seconds))
}

pub(super) fn loading_data(loaded: usize, total: usize) -> String {
    format!("{} of {} images have arrived", format::count(loaded as f64), format::count(total as f64))
}

pub(super) fn done(stopped: bool, seconds: f64, variants: usize) -> String {
    let how = if stopped { "Stopped" } else { "Finished" };
    format!("{how} after {}: {}.", format::seconds(seconds), plural(variants, "variant", "variants"))
}

pub(super) fn ratio_to(name: &str) -> String {
    format!("Size and speed are against “{name}”.")
}

pub(super) fn in_work(stage: &str, accuracy: Option<f64>) -> String {
    match accuracy {
        Some(accuracy) => format!("{stage}: {} right so far", format::short_percent(accuracy)),
        None => format!("{stage}…"),
    }
}

pub(super) fn goes_on_from(name: &str) -> String {
    format!("after “{name}”")
}

pub(super) fn size(share: f64) -> String {
    format!("{}× the size", format::fixed(share, 2))
}

pub(super) fn speed(factor: f64) -> String {
    format!("{}× the speed", format::fixed(factor, if factor < 10.0 { 2 } else { 1 }))
}

pub(super) fn of_all(parameters: usize) -> String {
    format!("of {}", format::count(parameters as f64))
}

pub(super) fn trials(count: usize) -> String {
    format!("Mean of {count} seeds, with the worst and the best.")
}

pub(super) fn same_as_link(digest: &str) -> String {
    format!("Same, bit for bit: this device came to {digest}, as the link says.")
}

pub(super) fn same_as_run(name: &str) -> String {
    format!("Same, bit for bit, as the earlier run “{name}”.")
}

pub(super) fn differs_from_link(link: &str, here: &str) -> String {
    format!("Different: the link says {link}, this device came to {here}.")
}

pub(super) fn differs_from_run(name: &str, variants: &[String]) -> String {
    format!("Different from the run “{name}” in: {}.", variants.join(", "))
}

pub(super) fn verdict_waiting(digest: &str) -> String {
    format!("The link says {digest}. Run the experiment to its end to compare.")
}

pub(super) fn looks_like(label: &str, share: f64) -> String {
    format!("{label}, {} sure", format::short_percent(share))
}

pub(super) fn layer_facts(kernel: &str, nonzero: usize, all: usize, bytes: usize, encoding: &str) -> String {
    // Runs that were kept before encodings were told have none.
    let encoding = if encoding.is_empty() { String::new() } else { format!(" ({encoding})") };
    format!(
        "{} of {} weights are not zero; {} in the file{encoding}; runs on the {kernel} kernel",
        format::count(nonzero as f64),
        format::count(all as f64),
        format::bytes(bytes as f64)
    )
}

pub(super) fn train_on(epochs: usize) -> String {
    format!("train on, {}", plural(epochs, "epoch", "epochs"))
}

pub(super) fn prune(sparsity: f64) -> String {
    format!("prune {}", format::short_percent(sparsity))
}

/// What an ensemble is made of.
pub(super) fn mean_of(names: &[String]) -> String {
    format!("mean of {}", names.join(", "))
}

/// A network that is drawn several times.
pub(super) fn members(count: usize) -> String {
    format!("{count} times")
}

pub(super) fn share(bits: usize) -> String {
    format!("share weights, {}", plural(bits, "bit", "bits"))
}

pub(super) fn distill(student: Option<&str>) -> String {
    match student {
        Some(student) => format!("distill into {student}"),
        None => "distill".into(),
    }
}
