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
pub(super) mod importing;
pub(super) mod learn;
pub(super) mod network;
pub(super) mod numbers;
pub(super) mod offline;
pub(super) mod own;
pub(super) mod precision;
pub(super) mod present;
pub(super) mod quantize;
pub(super) mod sensitivity;
pub(super) mod share;
pub(super) mod supplied;
pub(super) mod teaching;

use super::format;
use super::language::{Text, Value, Written, list, said};

/// Puts values into the places of a template, one after another: numbers, and what is written already.
pub(super) fn fill(template: Text, values: &[&str]) -> String {
    let values: Vec<_> = values.iter().map(|value| Written(value)).collect();
    template.with(&values.iter().map(|value| value as &dyn Value).collect::<Vec<_>>())
}

pub(super) const NAME: Text = Text("Featherweight");
pub(super) const TAGLINE: Text = Text(
    "Train a neural network in this tab, make it lighter, and measure what that costs, on the device in front of you.",
);
/// Between steps that follow each other.
pub(super) const THEN: Text = Text(" → ");
/// Between the words of a list.
pub(super) const COMMA: Text = Text(", ");
/// What the browser calls the page.
pub(super) const PAGE_TITLE: Text = Text("Featherweight: neural-network compression in your browser");
pub(super) const LANGUAGE_MISSING: Text =
    Text("The Persian texts did not load, so the page stays English. Check the connection and try again.");
pub(super) const SKIP: Text = Text("Skip to results");
pub(super) const PLACES: Text = Text("Places");
pub(super) const PLAYGROUND: Text = Text("Playground");
pub(super) const THEME_DARK: Text = Text("Dark");
pub(super) const THEME_LIGHT: Text = Text("Light");
pub(super) const THEME_HELP: Text = Text("Change between light and dark");
pub(super) const PRIVACY: Text = Text(
    "Everything runs on this device: nothing is installed, nothing is uploaded. Results stay in this browser until you delete them.",
);
/// In place of a part of the page that is under way.
pub(super) const PART_COMING: Text = Text("Loading…");
pub(super) const PART_MISSING: Text = Text(
    "A part of the page did not load. Check the connection and try again, or reload the page; nothing that you did is lost by trying.",
);
pub(super) const TRY_AGAIN: Text = Text("Try again");
pub(super) const NO_SCRIPT_STATE: Text = Text("The engine is starting…");

pub(super) const EXPERIMENT: Text = Text("Experiment");
pub(super) const RESULTS: Text = Text("Results");
pub(super) const PRESET: Text = Text("Start from");
pub(super) const PRESET_NONE: Text = Text("choose an experiment…");
pub(super) const RUN: Text = Text("Run");
pub(super) const RUN_AGAIN: Text = Text("Run again");
pub(super) const STOP: Text = Text("Stop");
pub(super) const STOPPING: Text = Text("Stopping…");
pub(super) const UNDO: Text = Text("Undo");
pub(super) const DISMISS: Text = Text("Dismiss");
pub(super) const REMOVE: Text = Text("Remove");
pub(super) const UP: Text = Text("Move up");
pub(super) const DOWN: Text = Text("Move down");
pub(super) const MORE: Text = Text("More settings");
pub(super) const UNTITLED: Text = Text("Untitled");
pub(super) const DATA_BEHIND: Text = Text("The numbers behind this chart, and files");

pub(super) const DATASET: Text = Text("Data");
pub(super) const SAMPLES: Text = Text("Training samples");
pub(super) const SAMPLES_HELP: Text = Text("Fewer train faster and generalize less.");
pub(super) const NOISE: Text = Text("Noise");
pub(super) const NOISE_HELP: Text = Text("How far points stray from their curve.");
pub(super) const SEEDS: Text = Text("Seeds");
pub(super) const SEEDS_HELP: Text = Text(
    "One trial for each seed, such as 1, 2, 3. Several show how much is chance: tables give the mean and the range.",
);
pub(super) const NETWORK: Text = Text("Network");
pub(super) const WIDTHS: Text = Text("Units of each hidden layer");
pub(super) const WIDTHS_HELP: Text = Text("One number a layer, such as 300, 100.");
pub(super) const FILTERS: Text = Text("Widths");
pub(super) const FILTERS_HELP: Text =
    Text("Filters of the convolutions, one number a stage; for LeNet-5 the units behind them, too.");
pub(super) const CHANNELS_HELP: Text = Text("Channels of a token; the heads share them out.");
pub(super) const DEPTH: Text = Text("Blocks");
pub(super) const HEADS: Text = Text("Heads");
pub(super) const PATCH: Text = Text("Pixels of a patch's side");
pub(super) const PATCH_HELP: Text = Text("For images: smaller patches are more tokens, and slower.");
pub(super) const ACTIVATION: Text = Text("Activation");
pub(super) const POOLING: Text = Text("Pooling");
pub(super) const BATCH_NORM: Text = Text("Batch normalization");
pub(super) const DROPOUT: Text = Text("Dropout");
pub(super) const DROPOUT_HELP: Text =
    Text("Share of hidden units left out at random in each training step, against overfitting.");
pub(super) const INITIALIZATION: Text = Text("Initialization");

pub(super) const TRAINING: Text = Text("Training");
pub(super) const EPOCHS: Text = Text("Epochs");
pub(super) const EPOCHS_HELP: Text = Text("Passes over the training set: more are slower and, up to a point, better.");
pub(super) const RATE: Text = Text("Learning rate");
pub(super) const RATE_HELP: Text = Text("How far each step goes: too small learns slowly, too large never settles.");
pub(super) const OPTIMIZER: Text = Text("Optimizer");
pub(super) const BATCH: Text = Text("Batch size");
pub(super) const BATCH_HELP: Text = Text("Samples that share one step.");
pub(super) const MOMENTUM: Text = Text("Momentum");
pub(super) const MOMENTUM_HELP: Text = Text("The share of the last step that carries over to the next.");
pub(super) const NESTEROV: Text = Text("Nesterov momentum");
pub(super) const SCHEDULE: Text = Text("Learning-rate schedule");
pub(super) const EVERY: Text = Text("Epochs between drops");
pub(super) const FACTOR: Text = Text("Factor of each drop");
pub(super) const DECAY: Text = Text("Weight decay");
pub(super) const DECAY_HELP: Text = Text("Pulls weights toward zero, against overfitting.");
pub(super) const PATIENCE: Text = Text("Early stopping");
pub(super) const PATIENCE_HELP: Text =
    Text("Stops after so many epochs without a better validation loss; 0 never stops early.");

pub(super) const BACKEND: Text = Text("Trained by");
pub(super) const BACKENDS: &[(&str, Text, Text)] = &[
    (
        "auto",
        Text("Automatic"),
        Text(
            "The processor, unless the GPU was measured here to be at least twice as fast as all the workers of a run together.",
        ),
    ),
    ("cpu", Text("Processor"), Text("The same bits on every device, so that a link can be checked by its digest.")),
    (
        "gpu",
        Text("GPU"),
        Text(
            "Through WebGPU. Results agree within rounding and carry no digest. If the GPU is lost, the processor goes on.",
        ),
    ),
];
pub(super) const COMPARE: Text = Text("Measure which is faster");
pub(super) const COMPARING: Text = Text("Measuring both with this network and batch…");
pub(super) const NO_WEBGPU: Text = Text("This browser offers no WebGPU, so the processor trains.");

/// Samples a second on one core and on the GPU, in training and in classifying.
pub(super) fn compared(training: [f64; 2], inference: [f64; 2]) -> String {
    let times = |[cpu, gpu]: [f64; 2]| format::fixed(gpu / cpu, if gpu < 10.0 * cpu { 2 } else { 0 });
    Text("Measured here with this network and batch: the GPU trains {} times as fast as one core ({} beside {}) and classifies {} times as fast.").with(&[&times(training), &rate(training[1]), &rate(training[0]), &times(inference)])
}

pub(super) fn gpu_chosen(ratio: f64) -> String {
    Text("The GPU trains this: it was measured to be {} times as fast as one core. Its results carry no digest; under Training you can choose the processor instead.").with(&[&format::fixed(ratio, 1)])
}

pub(super) const VARIANTS: Text = Text("Variants to compare");
pub(super) const VARIANTS_HELP: Text =
    Text("Each variant trains a network afresh or goes on from another one; what they share is computed once.");
pub(super) const ADD_VARIANT: Text = Text("Add a variant");
pub(super) const NEW_VARIANT: Text = Text("new variant");
pub(super) const VARIANT_NAME: Text = Text("Name");
pub(super) const FROM: Text = Text("Starts from");
pub(super) const FROM_FRESH: Text = Text("a freshly trained network");
pub(super) const OWN_NETWORK: Text = Text("Another network than the experiment's");
pub(super) const OWN_TRAINING: Text = Text("Another training than the experiment's");
pub(super) const STEPS: Text = Text("Steps, in this order");
pub(super) const NO_STEPS: Text = Text("No steps: this is the network as it was trained.");
pub(super) const ADD_STEP: Text = Text("Add a step:");
pub(super) const METHOD: Text = Text("Method");
pub(super) const STUDENT: Text = Text("Who learns");
pub(super) const STUDENT_FRESH: Text = Text("a new network, the student");
pub(super) const STUDENT_SELF: Text = Text("this variant itself, its mask held");
pub(super) const TEACHER: Text = Text("Teacher");
pub(super) const TEACHER_SELF: Text = Text("this variant so far");
pub(super) const TEACHER_CHOOSE: Text = Text("choose one…");
pub(super) const SWEEP: Text = Text("Repeat with other values");
pub(super) const SWEEP_SETTING: Text = Text("Setting");
pub(super) const SWEEP_NONE: Text = Text("no repetition");
pub(super) const SWEEP_VALUES: Text = Text("Values");
pub(super) const SWEEP_HELP: Text = Text("One variant for each value, such as 0.5, 0.8, 0.9.");

pub(super) const BUDGETS: Text = Text("Sparsity of each layer");
pub(super) const BUDGETS_HELP: Text = Text(
    "One number a weight matrix, from the input on, such as 0.92, 0.91, 0.74; they take the place of the sparsity and the scope. Empty: one sparsity for all.",
);
pub(super) const EXCLUDE: Text = Text("Layers left out");
pub(super) const EXCLUDE_HELP: Text = Text("Weight matrices that stay whole, counted from 1, such as 3.");

/// Kinds of step: name in recipes, title, one sentence.
pub(super) const STEP_KINDS: &[(&str, Text, Text)] = &[
    ("prune", Text("Prune"), Text("Sets weights to zero and keeps them there.")),
    ("quantize", Text("Quantize"), Text("Turns weights and activations into integers of a few bits.")),
    ("share", Text("Share weights"), Text("Lets the weights of a layer share a few values, and trains those.")),
    ("distill", Text("Distill"), Text("Lets a student learn from the predictions of a teacher.")),
    ("train", Text("Train on"), Text("Trains further, removed weights staying removed.")),
];

/// A setting of a step that is one of a few words.
pub(super) struct Choice {
    pub kind: &'static str,
    pub name: &'static str,
    pub title: Text,
    /// Name in recipes, title, one sentence.
    pub options: &'static [(&'static str, Text, Text)],
}

pub(super) const CHOICES: &[Choice] = &[
    Choice {
        kind: "prune",
        name: "scope",
        title: Text("Scope"),
        options: &[
            ("global", Text("global"), Text("All layers compete: sensitive ones keep more.")),
            ("layerwise", Text("layerwise"), Text("Every layer loses the same share.")),
        ],
    },
    Choice {
        kind: "prune",
        name: "schedule",
        title: Text("Schedule"),
        options: &[
            (
                "iterative",
                Text("iterative"),
                Text("In rounds, each removing the same share of what is left, with training between."),
            ),
            ("exponential", Text("iterative, from here"), Text("The same, counted from what earlier steps left.")),
            ("one-shot", Text("one-shot"), Text("All at once.")),
            (
                "polynomial",
                Text("polynomial"),
                Text("In rounds along a cubic curve: most goes first, with training between."),
            ),
            (
                "gradual",
                Text("gradual, while training"),
                Text("Along a cubic curve within one training; the mask is left as it is for its last third."),
            ),
        ],
    },
    Choice {
        kind: "prune",
        name: "granularity",
        title: Text("Granularity"),
        options: &[
            ("weight", Text("single weights"), Text("The most accurate for a sparsity; fast only on sparse kernels.")),
            (
                "n-of-4",
                Text("N of 4"),
                Text("Of each four neighbouring inputs of a unit as many go: 2 of 4 at a sparsity of 0.5."),
            ),
            ("block", Text("blocks of 4 by 4"), Text("Neighbouring weights go together.")),
            (
                "unit",
                Text("whole units"),
                Text("Neurons and filters go, and the layers are smaller afterwards: faster everywhere."),
            ),
        ],
    },
    Choice {
        kind: "prune",
        name: "rewind",
        title: Text("Weights that stay"),
        options: &[
            ("none", Text("go on from where they are"), Text("Fine-tuning.")),
            (
                "initialization",
                Text("are rewound to their initialization"),
                Text("The lottery ticket: what was drawn, under the mask that training found."),
            ),
            (
                "step",
                Text("are rewound to an early step"),
                Text("Late rewinding, for networks on which the lottery ticket falters."),
            ),
            ("random", Text("are drawn anew"), Text("The control: is it the mask alone?")),
        ],
    },
    Choice {
        kind: "prune",
        name: "ablation",
        title: Text("Ablation"),
        options: &[
            ("none", Text("none"), Text("")),
            (
                "shuffled",
                Text("masks shuffled within layers"),
                Text("As many weights go from each layer, but others: does it matter which?"),
            ),
            ("inverted", Text("scores inverted"), Text("The highest scores go first.")),
        ],
    },
    Choice {
        kind: "share",
        name: "initialization",
        title: Text("First values"),
        options: &[
            (
                "linear",
                Text("linear"),
                Text(
                    "Evenly from the least weight to the largest: large weights, which matter most, have values near them.",
                ),
            ),
            ("density", Text("by density"), Text("More values where there are more weights.")),
            ("random", Text("random"), Text("At weights drawn at random.")),
        ],
    },
];

pub(super) const COLLAPSE: Text = Text("Layer collapse");
pub(super) const COLLAPSE_HELP: Text = Text(
    "Where no chain of weights leads from the input to the output, nothing that the network is shown reaches its answer, and no training can bring it back. Prune less, leave the layer out, choose the layerwise scope, or a method that keeps every layer alive, such as SynFlow with 100 iterations.",
);

/// A variant, its layers of which nothing is left, and whether that, or what is left of them, lets nothing pass.
pub(super) fn collapsed(variant: &str, layers: &[String], cut: bool) -> String {
    if layers.is_empty() {
        return Text("{variant}: no chain of weights leads from its input to its output.").with(&[&variant]);
    }
    let layers = layers.iter().map(|layer| said(layer)).collect::<Vec<_>>().join(Text(" and of ").tr());
    let sentence = if cut {
        Text("{variant}: no weight is left of {}.")
    } else {
        Text("{variant}: no weight is left of {}; a skip connection leads past it.")
    };
    sentence.with(&[&variant, &layers])
}

pub(super) const RECIPE: Text = Text("Recipe as JSON");
pub(super) const RECIPE_HELP: Text =
    Text("The same experiment as text, for files and for the command line. Edit it, paste one, or drop a file here.");
pub(super) const APPLY: Text = Text("Use this text");
pub(super) const COPY: Text = Text("Copy");
pub(super) const DOWNLOAD: Text = Text("Download");
pub(super) const OPEN_FILE: Text = Text("Open a file");
pub(super) const COPIED: Text = Text("Copied.");
pub(super) const COPY_REFUSED: Text =
    Text("The browser does not let the page copy; select the text and copy it yourself.");

pub(super) const HINT_TITLE: Text = Text("Press Run: a network learns to read handwriting, here, in this tab.");
pub(super) const HINTS: &[(Text, Text)] = &[
    (Text("It learns"), Text("Loss falls and accuracy rises, live, while the rest of the data still arrives.")),
    (
        Text("It gets lighter"),
        Text(
            "The same network is pruned and turned into 8-bit integers. Each variant is a real file and runs on kernels made for it.",
        ),
    ),
    (
        Text("You judge"),
        Text(
            "Accuracy, bytes and microseconds side by side. Then draw a digit yourself and see which variants still read it.",
        ),
    ),
];

pub(super) const PROGRESS: Text = Text("Progress");
pub(super) const CURVES: Text = Text("Learning curves");
pub(super) const CURVES_HELP: Text = Text(
    "Thin lines: training samples as they pass. Lines with marks: the validation set after each epoch, which no weight was trained on.",
);
pub(super) const CURVE: Text = Text("Curve");
pub(super) const LEAST: Text = Text("Least");
pub(super) const GREATEST: Text = Text("Greatest");
pub(super) const LOSS: Text = Text("Loss");
pub(super) const ACCURACY: Text = Text("Accuracy");
pub(super) const EPOCH: Text = Text("Epoch");
pub(super) const BOUNDARY: Text = Text("Decision boundary");
pub(super) const BOUNDARY_HELP: Text =
    Text("The class that each network gives to every point of the plane, after its latest epoch.");

pub(super) const TABLE: Text = Text("Variants side by side");
pub(super) const TABLE_HELP: Text = Text("Choose a variant to look inside it below.");
pub(super) const VARIANT: Text = Text("Variant");
pub(super) const ON_TEST: Text = Text("on the test set");
pub(super) const FROM_FILE: Text = Text("encoded file");
pub(super) const COUNTED: Text = Text("counted");
pub(super) const MEASURED: Text = Text("measured on this device");
pub(super) const BYTES: Text = Text("Bytes");
pub(super) const NONZERO: Text = Text("Non-zero");
pub(super) const SPARSITY: Text = Text("Sparsity");
pub(super) const MACS: Text = Text("MACs");
pub(super) const LATENCY_1: Text = Text("Latency, 1 sample");
pub(super) const LATENCY_64: Text = Text("Latency, 64");
pub(super) const PARTIAL: Text = Text("partial");
pub(super) const WAITS: Text = Text("waits for its turn");
pub(super) const LOST: Text = Text("not reached: a stage on its way failed");
pub(super) const NOT_TIMED_YET: Text = Text("to be timed");
pub(super) const TIMED_ALONE: Text = Text("A variant is timed when nothing else runs, so that its latency is its own.");
pub(super) const NOT_TIMED: Text = Text("not timed");
pub(super) const TIMING: Text = Text("Timing the variants while nothing else runs…");
pub(super) const TRADEOFF: Text = Text("What accuracy costs");
pub(super) const TRADEOFF_HELP: Text =
    Text("Up and to the left is better. The line joins the variants that no other beats in both: the Pareto front.");
pub(super) const AGAINST_BYTES: Text = Text("Accuracy against bytes");
pub(super) const AGAINST_LATENCY: Text = Text("Accuracy against latency, 1 sample");
pub(super) const LATENCY: Text = Text("Latency");

pub(super) const INSIDE: Text = Text("Look inside");
pub(super) const LAYER: Text = Text("Layer");
pub(super) const WEIGHTS: Text = Text("Weights that are not zero, by value");
pub(super) const MASK: Text = Text("The weights as a picture");
pub(super) const MASK_HELP: Text =
    Text("One dot a weight, a row for each unit. Blue is negative, orange positive; empty is zero.");
pub(super) const MASK_ONLY: Text = Text("Mask only");
pub(super) const MASK_WAIT: Text = Text("The picture appears when the worker has drawn it.");
pub(super) const CONFUSION: Text = Text("What it takes for what");
pub(super) const TRUE_CLASS: Text = Text("True class");
pub(super) const CONFUSION_HELP: Text =
    Text("Rows: what it is. Columns: what the network says. Test set, first trial.");
pub(super) const WEIGHT: Text = Text("Weight");
pub(super) const HOW_MANY: Text = Text("Count");

pub(super) const WRITE: Text = Text("Write something");
pub(super) const WRITE_HELP: Text =
    Text("Describe a thing as a dictionary would; each variant says what kind of thing it takes it for.");
pub(super) const WRITE_LABEL: Text = Text("A definition");
pub(super) const WRITE_EXAMPLE: &str = "a small bird with a red breast";
pub(super) const DRAW: Text = Text("Draw a digit");
pub(super) const DRAW_OTHER: Text = Text("Draw something");
pub(super) const DRAW_HELP: Text =
    Text("Every variant reads it as you draw. It is centred and scaled as the training images are.");
pub(super) const DRAW_PAD: Text =
    Text("Drawing area. Draw with a pointer, or use the buttons that write a digit for you.");
pub(super) const DRAW_CLEAR: Text = Text("Clear");
pub(super) const DRAW_WRITE: Text = Text("Write for me:");
pub(super) const DRAW_SEEN: Text = Text("What the networks see");
pub(super) const DRAW_EMPTY: Text = Text("Draw, and each variant's reading appears here.");
pub(super) const DRAW_NO_MODELS: Text = Text("The models of this run are not kept; run it again to draw.");

pub(super) const REPRODUCE: Text = Text("How this is reproduced");
pub(super) const REPRODUCE_HELP: Text = Text(
    "A link holds the whole experiment and the digest of its result. Whoever opens it can run it again, in any browser or on the command line, and is told whether every bit is the same.",
);
pub(super) const SHARE: Text = Text("Copy link");
pub(super) const SHARE_TEXT: Text = Text("Link");
pub(super) const SHARE_COPIED: Text = Text("The link is copied.");
pub(super) const DIGEST: Text = Text("Digest");
pub(super) const DIGEST_NONE: Text = Text("none yet: a digest stands for a run that went to its end");
pub(super) const DIGEST_GPU: Text = Text(
    "none: the GPU trained, and its bits are those of this device alone. Trained by the processor, the same experiment has one",
);
pub(super) const EDITED: Text = Text("The link holds the run that is shown, not the edits made since.");
pub(super) const DOWNLOAD_MODEL: Text = Text("Download the model");
pub(super) const NO_MODEL_FILE: Text =
    Text("This variant's file is not at hand in this browser; run the experiment again, then download.");
pub(super) const COMMAND: Text = Text("On the command line");

pub(super) const RUNS: Text = Text("Runs");
pub(super) const LIVE_RUN: Text = Text("running now");
pub(super) const RUN_MENU: Text = Text("Rename, edit or delete this run");
pub(super) const RENAME: Text = Text("Name of this run");
pub(super) const DELETE_RUN: Text = Text("Delete this run");
pub(super) const EDIT_RUN: Text = Text("Lay out this experiment");
pub(super) const RUN_DELETED: Text = Text("Run deleted.");
pub(super) const REMOVED: Text = Text("Removed.");
pub(super) const REPLACED: Text = Text("Another experiment is laid out. The one you edited can come back.");
pub(super) const STOPPED: Text = Text("stopped early");

pub(super) const NO_STORAGE: Text = Text(
    "This browser keeps no database for the page (a private window, perhaps), so results last until it is closed.",
);
pub(super) const STORAGE_FULL: Text = Text(
    "The browser's storage is full or closed to the page: results stay here until the page is closed. Delete old runs to make room; what was not kept is then kept by itself.",
);
pub(super) const NOT_DELETED: Text = Text(
    "The browser's storage is closed to the page just now, so what you deleted is there again at the next visit. Reload the page, and delete it then.",
);
pub(super) const NOTHING_REACHED: Text = Text("The run ended before any variant was finished; run it again.");

pub(super) fn unread(count: usize) -> String {
    Text("{count} kept runs are of another version and could not be read.").with(&[&count])
}

pub(super) fn bad_link(reason: &str) -> String {
    Text("The link could not be opened: {reason}. What was laid out stays.").with(&[&said(reason)])
}

pub(super) fn bad_recipe(reason: &str) -> String {
    Text("The recipe was not taken: {reason}.").with(&[&said(reason)])
}

pub(super) fn cost(variants: usize, stages: usize, samples: usize, seeds: usize) -> String {
    let times = if seeds > 1 { Text(", times {seeds} seeds").with(&[&seeds]) } else { String::new() };
    Text("{}, {}, {} training samples{times}").with(&[
        &plural(variants, Text("{count} variant"), Text("{count} variants")),
        &plural(stages, Text("{count} stage"), Text("{count} stages")),
        &format::count(samples as f64),
        &times,
    ])
}

pub(super) fn data_line(title: &str, samples: usize, seeds: usize) -> String {
    let seeds = if seeds == 1 { String::new() } else { Text(", {seeds} seeds").with(&[&seeds]) };
    Text("{title}, {} samples{seeds}").with(&[&title, &format::count(samples as f64), &seeds])
}

pub(super) fn training_line(epochs: usize, optimizer: &str, rate: f64, on_gpu: bool) -> String {
    let optimizer = if optimizer == "sgd" { Text("sgd") } else { Text("adam") };
    let gpu = if on_gpu { Text(", on the GPU") } else { Text("") };
    Text("{}, {optimizer}, rate {rate}{gpu}").with(&[
        &plural(epochs, Text("{count} epoch"), Text("{count} epochs")),
        &optimizer,
        &rate,
        &gpu,
    ])
}

pub(super) fn plural(count: usize, one: Text, many: Text) -> String {
    (if count == 1 { one } else { many }).with(&[&count])
}

/// `4 variants`
pub(super) fn variants(count: usize) -> String {
    plural(count, Text("{count} variant"), Text("{count} variants"))
}

pub(super) fn opened(title: &str, digest: Option<&str>) -> String {
    let title =
        if title.is_empty() { Text("an experiment").into() } else { Text("“{title}”").with(&[&said(title)]) };
    match digest {
        Some(digest) => Text("This link holds {title} and the digest of its result, {digest}. Run it to see whether this device comes to the same.").with(&[&title, &digest]),
        None => Text("This link holds {title}, without a result. Nothing runs until you press Run.").with(&[&title]),
    }
}

pub(super) fn stages_at(ended: usize, all: usize, current: &str) -> String {
    Text("{ended} of {} done; now: {current}").with(&[
        &ended,
        &plural(all, Text("{count} stage"), Text("{count} stages")),
        &current,
    ])
}

/// `prune to 90 % (trials 1, 2)`
pub(super) fn in_trials(label: &str, trials: &[usize]) -> String {
    let numbers: Vec<String> = trials.iter().map(|trial| (trial + 1).written()).collect();
    let trials =
        if numbers.len() == 1 { Text("{label} (trial {numbers})") } else { Text("{label} (trials {numbers})") };
    trials.with(&[&label, &list(&numbers)])
}

pub(super) fn rate(samples: f64) -> String {
    Text("{} samples/s").with(&[&format::count(samples)])
}

pub(super) fn left(seconds: f64) -> String {
    Text("about {} left").with(&[&format::seconds(seconds)])
}

pub(super) fn loading_data(loaded: usize, total: usize) -> String {
    Text("{} of {} images have arrived").with(&[&format::count(loaded as f64), &format::count(total as f64)])
}

pub(super) fn done(stopped: bool, seconds: f64, variants: usize) -> String {
    let how =
        if stopped { Text("Stopped after {time}: {variants}.") } else { Text("Finished after {time}: {variants}.") };
    how.with(&[&format::seconds(seconds), &plural(variants, Text("{count} variant"), Text("{count} variants"))])
}

pub(super) fn ratio_to(name: &str) -> String {
    Text("Size and speed are against “{name}”.").with(&[&name])
}

pub(super) fn in_work(stage: &str, accuracy: Option<f64>) -> String {
    match accuracy {
        Some(accuracy) => Text("{stage}: {} right so far").with(&[&stage, &format::short_percent(accuracy)]),
        None => Text("{stage}…").with(&[&stage]),
    }
}

pub(super) fn goes_on_from(name: &str) -> String {
    Text("after “{name}”").with(&[&name])
}

pub(super) fn size(share: f64) -> String {
    Text("{}× the size").with(&[&format::fixed(share, 2)])
}

pub(super) fn speed(factor: f64) -> String {
    Text("{}× the speed").with(&[&format::fixed(factor, if factor < 10.0 { 2 } else { 1 })])
}

pub(super) fn of_all(parameters: usize) -> String {
    Text("of {}").with(&[&format::count(parameters as f64)])
}

pub(super) fn trials(count: usize) -> String {
    Text("Mean of {count} seeds, with the worst and the best.").with(&[&count])
}

pub(super) fn same_as_link(digest: &str) -> String {
    Text("Same, bit for bit: this device came to {digest}, as the link says.").with(&[&digest])
}

pub(super) fn same_as_run(name: &str) -> String {
    Text("Same, bit for bit, as the earlier run “{name}”.").with(&[&name])
}

pub(super) fn differs_from_link(link: &str, here: &str) -> String {
    Text("Different: the link says {link}, this device came to {here}.").with(&[&link, &here])
}

pub(super) fn differs_from_run(name: &str, variants: &[String]) -> String {
    Text("Different from the run “{name}” in: {}.").with(&[&name, &list(variants)])
}

pub(super) fn verdict_waiting(digest: &str) -> String {
    Text("The link says {digest}. Run the experiment to its end to compare.").with(&[&digest])
}

pub(super) fn looks_like(label: &str, share: f64) -> String {
    Text("{label}, {} sure").with(&[&label, &format::short_percent(share)])
}

pub(super) fn layer_facts(kernel: &str, nonzero: usize, all: usize, bytes: usize, encoding: &str) -> String {
    // Runs that were kept before encodings were told have none.
    let encoding = if encoding.is_empty() { String::new() } else { Text(" ({encoding})").with(&[&said(encoding)]) };
    Text("{} of {} weights are not zero; {} in the file{encoding}; runs on the {kernel} kernel").with(&[
        &format::count(nonzero as f64),
        &format::count(all as f64),
        &format::bytes(bytes as f64),
        &encoding,
        &said(kernel),
    ])
}

pub(super) fn train_on(epochs: usize) -> String {
    Text("train on, {}").with(&[&plural(epochs, Text("{count} epoch"), Text("{count} epochs"))])
}

pub(super) fn prune(sparsity: f64) -> String {
    Text("prune {}").with(&[&format::short_percent(sparsity)])
}

pub(super) const PRUNE_BY_LAYER: Text = Text("prune layer by layer");

/// Where something else was typed.
pub(super) fn no_list(text: &str) -> String {
    Text("“{text}” is no list of numbers; write them with commas between, such as 4, 2. Until then it stays as it was.")
        .with(&[&text])
}

/// What an ensemble is made of.
pub(super) fn mean_of(names: &[String]) -> String {
    Text("mean of {}").with(&[&list(names)])
}

/// A network that is drawn several times.
pub(super) fn members(count: usize) -> String {
    Text("{count} times").with(&[&count])
}

pub(super) fn share(bits: usize) -> String {
    Text("share weights, {}").with(&[&plural(bits, Text("{count} bit"), Text("{count} bits"))])
}

pub(super) fn distill(student: Option<&str>) -> String {
    match student {
        Some(student) => Text("distill into {student}").with(&[&student]),
        None => Text("distill").into(),
    }
}
