//! The words of the place where results stand side by side.

use super::fill;
use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("Compare");
pub(in crate::app) const ABOUT: Text = Text(
    "Every result that this browser keeps, of all runs. Tick some, and they stand side by side below: curves, mistakes, weights, times, and where their predictions differ.",
);
pub(in crate::app) const NONE: Text =
    Text("Nothing is kept here yet. Run an experiment in the playground; its results appear here.");
pub(in crate::app) const TO_PLAYGROUND: Text = Text("To the playground");
pub(in crate::app) const RESULTS: Text = Text("All results");
pub(in crate::app) const FILTER: Text = Text("Filter");
pub(in crate::app) const FILTER_HELP: Text =
    Text("Words of a variant's name, its run or its data; a result stays if it has all of them.");
pub(in crate::app) const ONLY_TICKED: Text = Text("Only ticked");
pub(in crate::app) const TICK_LISTED: Text = Text("Tick what is listed");
pub(in crate::app) const UNTICK_ALL: Text = Text("Untick all");
pub(in crate::app) const TICK: Text = Text("Compare {} of {}");
pub(in crate::app) const TICKED: Text = Text("Compared");
pub(in crate::app) const RUN: Text = Text("Run");
pub(in crate::app) const PIN: Text = Text("Pin {}: keep it on top");
pub(in crate::app) const MORE: Text = Text("Rename or delete {}");
pub(in crate::app) const ACTIONS: Text = Text("Pin and more");
pub(in crate::app) const NAME: Text = Text("Name of this result");
pub(in crate::app) const NAME_OF_RUN: Text = Text("Name of its run");
pub(in crate::app) const SHOW_RUN: Text = Text("Show its run");
pub(in crate::app) const DELETE_RUN: Text = Text("Delete its run, with {}");
pub(in crate::app) const ONE_RESULT: Text = Text("this result");
pub(in crate::app) const MANY_RESULTS: Text = Text("all {} results");
pub(in crate::app) const SORT: Text = Text("Sort by {}");
pub(in crate::app) const SHOWING: Text = Text("{} to {} of {}");
pub(in crate::app) const NOTHING_LISTED: Text = Text("No result has these words. Change the filter to see others.");
pub(in crate::app) const BEFORE: Text = Text("Previous page");
pub(in crate::app) const AFTER: Text = Text("Next page");
pub(in crate::app) const TOO_MANY: Text =
    Text("{} results can be compared at once, so that charts can be read. Untick others first.");
pub(in crate::app) const REFERENCE: Text = Text("Factors are against “{}”, the first that is ticked.");
pub(in crate::app) const TIMES: Text = Text("{}×");
pub(in crate::app) const OF_RUN: Text = Text("{} · {}");
pub(in crate::app) const TICK_FIRST: Text = Text("Tick results above to see them side by side here.");
pub(in crate::app) const COMPARE_ONE: Text = Text("Compare {}");
pub(in crate::app) const TICK_HERE: Text =
    Text("Tick variants to compare them with each other and with those of other runs.");
pub(in crate::app) const COMPARE_TICKED: Text = Text("Compare what is ticked: {}");
pub(in crate::app) const COMPARE_RUN: Text = Text("Compare its results");

pub(in crate::app) const MEMORY: Text = Text("Memory");
pub(in crate::app) const HOW: Text = Text("What the figures mean and how they were obtained");
/// What each of the figures is and how it was obtained, in the order of the table.
pub(in crate::app) const HOWS: [Text; 9] = [
    Text(
        "Measured here: the share of the test set that the model, read back from its file, classifies rightly. The mean over seeds; beneath it the worst and the best.",
    ),
    Text(
        "Measured here: the mean cross-entropy on the test set, likewise. Lower is better: it also counts how sure the model is.",
    ),
    Text("From the file: its length in bytes as the engine writes it. It was read back and gave the same predictions."),
    Text(
        "Counted: bytes of the weights as the kernels that run them hold them: 4 a float, 1 an integer of 8 bits; a sparse kernel holds the weights that are not zero, and 2 bytes for the place of each. Of the first seed.",
    ),
    Text("Counted in the file: weights and biases that are not zero. Of the first seed."),
    Text("Counted: the share of weights and biases that are zero. Of the first seed."),
    Text(
        "Counted: multiplications with additions that one sample takes, those with removed weights left out. Of the first seed.",
    ),
    Text(
        "Measured on the device that ran it: the median time of one call with one sample, when nothing else ran; beneath it the quartiles. Runs that were made elsewhere or beside other work compare badly.",
    ),
    Text("Measured likewise, with 64 samples in one call."),
];

pub(in crate::app) const FRONT: Text = Text("What no other beats");
pub(in crate::app) const FRONT_HELP: Text = Text(
    "All results that are listed above, in two figures of your choice. The dashed line joins the Pareto front: whatever beats one of these in one figure is worse in the other. Those that are beaten in both are dimmed. Click a point to tick it. Axes on which ratios matter are logarithmic.",
);
pub(in crate::app) const ACROSS: Text = Text("Across");
pub(in crate::app) const UP: Text = Text("Up");
pub(in crate::app) const ON_FRONT: Text = Text("On the front");
pub(in crate::app) const YES: Text = Text("yes");
pub(in crate::app) const NO: Text = Text("no");
pub(in crate::app) const FRONT_LABEL: Text =
    Text("{} against {}: {} results, of which {} are on the front: {}. The numbers are in the table beneath.");
pub(in crate::app) const LEFT_OUT: Text =
    Text("{} results have no figure for this, such as a latency, and are left out.");

pub(in crate::app) const CURVES_HELP: Text = Text(
    "On the validation set after each epoch, of the first seed, from the fresh network on: what a variant goes on from is part of its curve.",
);
pub(in crate::app) const NO_CURVES: Text = Text("No curve was kept of these results.");
pub(in crate::app) const BOUNDARIES_HELP: Text = Text("The plane as each network divides it, after its last epoch.");
pub(in crate::app) const WEIGHTS: Text = Text("Weights as pictures");
pub(in crate::app) const WEIGHTS_WAIT: Text =
    Text("The pictures are drawn from the models' files as soon as nothing else is under way.");
pub(in crate::app) const NO_FILE: Text = Text("no file is kept of this one");
pub(in crate::app) const LATENCY_HELP: Text =
    Text("Medians, with the quartiles as bars. Measured on the device that made each run, when nothing else ran.");
pub(in crate::app) const LATENCY: Text = Text("How long a call takes");
pub(in crate::app) const DIFFER: Text = Text("Where predictions differ");
pub(in crate::app) const DIFFER_HELP: Text = Text(
    "Two results of the same data are shown the whole test set; where they say different things, you see the samples. Choose one to see how sure each is.",
);
pub(in crate::app) const DIFFER_NEEDS: Text = Text("Tick two results of the same data whose files are kept.");
pub(in crate::app) const FIRST: Text = Text("One");
pub(in crate::app) const SECOND: Text = Text("The other");
pub(in crate::app) const SHOW_DIFFERENCES: Text = Text("Show where they differ");
pub(in crate::app) const UNDER_WAY: Text = Text("Both networks are looking at the test samples.");

/// `Compare dense`
pub(in crate::app) fn tick_one(variant: &str) -> String {
    fill(COMPARE_ONE, &[variant])
}

/// `Compare dense of Toy · 10:20`
pub(in crate::app) fn tick(variant: &str, run: &str) -> String {
    fill(TICK, &[variant, run])
}

pub(in crate::app) fn pin(variant: &str) -> String {
    fill(PIN, &[variant])
}

pub(in crate::app) fn more(variant: &str) -> String {
    fill(MORE, &[variant])
}

pub(in crate::app) fn delete_run(results: usize) -> String {
    match results {
        1 => fill(DELETE_RUN, &[ONE_RESULT.tr()]),
        many => fill(DELETE_RUN, &[&fill(MANY_RESULTS, &[&many.to_string()])]),
    }
}

pub(in crate::app) fn sort_by(head: &str) -> String {
    fill(SORT, &[head])
}

/// `1 to 50 of 500`
pub(in crate::app) fn showing(from: usize, to: usize, all: usize) -> String {
    fill(SHOWING, &[&from.to_string(), &to.to_string(), &all.to_string()])
}

pub(in crate::app) fn too_many(most: usize) -> String {
    fill(TOO_MANY, &[&most.to_string()])
}

pub(in crate::app) fn reference(name: &str) -> String {
    fill(REFERENCE, &[name])
}

/// `0.25×`
pub(in crate::app) fn times(factor: &str) -> String {
    fill(TIMES, &[factor])
}

/// `dense · Toy, 10:20`
pub(in crate::app) fn of_run(variant: &str, run: &str) -> String {
    fill(OF_RUN, &[variant, run])
}

pub(in crate::app) fn compare_ticked(count: usize) -> String {
    fill(COMPARE_TICKED, &[&count.to_string()])
}

pub(in crate::app) fn front_label(up: &str, across: &str, all: usize, names: &[String]) -> String {
    const NAMED: usize = 12;
    let mut told = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if names.len() > NAMED {
        told.push('…');
    }
    fill(FRONT_LABEL, &[up, across, &all.to_string(), &names.len().to_string(), &told])
}

pub(in crate::app) fn left_out(count: usize) -> String {
    fill(LEFT_OUT, &[&count.to_string()])
}

pub(in crate::app) const LEAST_OF: Text = Text("{}, least");
pub(in crate::app) const GREATEST_OF: Text = Text("{}, greatest");
pub(in crate::app) const IN_MICROS: Text = Text("{}, µs");
pub(in crate::app) const IN_BYTES: Text = Text("{}, bytes");

/// `Accuracy, least`
pub(in crate::app) fn least(title: &str) -> String {
    fill(LEAST_OF, &[title])
}

pub(in crate::app) fn greatest(title: &str) -> String {
    fill(GREATEST_OF, &[title])
}

/// `Latency, 1 sample, µs`
pub(in crate::app) fn in_micros(title: &str) -> String {
    fill(IN_MICROS, &[title])
}

pub(in crate::app) fn in_bytes(title: &str) -> String {
    fill(IN_BYTES, &[title])
}

pub(in crate::app) const NO_ROOM: Text = Text("There is no room for {} more: untick others to see them.");

pub(in crate::app) fn no_room(count: usize) -> String {
    fill(NO_ROOM, &[&count.to_string()])
}
