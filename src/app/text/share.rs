//! The words of what is shared: links, codes, embedded charts, previews, and what differs.

use super::fill;
use crate::app::format;
use crate::app::language::Text;
use crate::experiment::Preview;
use crate::experiment::difference::Cause;

pub(in crate::app) const LINK_TITLE: Text = Text("A link to this experiment");
pub(in crate::app) const LINK_ABOUT: Text = Text(
    "It holds the whole experiment and, once it was run, the digest of its result. Whoever opens it sees what it would run; nothing runs until they press Run.",
);
pub(in crate::app) const CLOSE: Text = Text("Close");
pub(in crate::app) const COPY_LINK: Text = Text("Copy the link");
pub(in crate::app) const SAVE_LINK: Text = Text("Save as a file");
pub(in crate::app) const FILE_HELP: Text =
    Text("Drop such a file anywhere on the page to open it, or choose it under Recipe as JSON.");
pub(in crate::app) const CODE: Text = Text("QR code");
pub(in crate::app) const CODE_DENSE: Text =
    Text("The link is long, so the code is fine: show it large, and let phones come close.");
pub(in crate::app) const CODE_LARGE: Text = Text("Show the code large");
pub(in crate::app) const CODE_SMALL: Text = Text("Show the link");
const CODE_LABEL: Text = Text("QR code of the link {}");
const CODE_TOO_LONG: Text = Text(
    "The link has {} characters, and a QR code holds at most {}. Save it as a file instead: whoever drops the file on this page opens the same experiment.",
);
pub(in crate::app) const RECIPE_FILE: Text = Text("Save the recipe");

pub(in crate::app) const EMBED: Text = Text("Embed");
pub(in crate::app) const EMBED_TITLE: Text = Text("Put this into another page");
pub(in crate::app) const EMBED_ABOUT: Text = Text(
    "A frame with one chart and a button that runs it, in the reader's own browser. Paste this into the page; the site that holds it needs to allow frames from here.",
);
pub(in crate::app) const EMBED_WHICH: Text = Text("What the frame shows");
pub(in crate::app) const EMBED_SNIPPET: Text = Text("The frame as HTML");
pub(in crate::app) const EMBED_COPY: Text = Text("Copy the HTML");
pub(in crate::app) const EMBED_OPEN: Text = Text("Open in Featherweight");
pub(in crate::app) const EMBED_UNTITLED: Text = Text("An experiment of Featherweight");
pub(in crate::app) const EMBED_EMPTY: Text =
    Text("Press Run: the experiment runs in this browser, and its results appear here.");
pub(in crate::app) const EMBEDS: [(&str, Text, Text); 3] = [
    ("curves", Text("the learning curves"), Text("")),
    ("table", Text("the table of variants"), Text("")),
    ("tradeoff", Text("accuracy against size and time"), Text("")),
];
const EMBED_UNKNOWN: Text = Text(
    "There is no chart “{}” to embed; the address may end in ?embed=curves, ?embed=table or ?embed=tradeoff. The table is shown.",
);

const PREVIEW_DATA: Text = Text("{} of data to fetch, where it is not at hand yet");
const PREVIEW_NO_DATA: Text = Text("no data to fetch");
const PREVIEW_WORK: Text = Text("{} and {} training samples");
const PREVIEW_TIME: Text = Text("about {}, as fast as this device ran “{}”");
const PREVIEW_UNKNOWN: Text = Text("the time is unknown until something was run here");
const PREVIEW: Text = Text("What running it takes: {}; {}; {}.");
const ONE_STAGE: Text = Text("1 stage");
const STAGES: Text = Text("{} stages");

const DROPPED_UNKNOWN: Text = Text(
    "The file is neither a recipe nor a link of Featherweight (it begins with “{}”). Drop a .json recipe, or a text file with a link in it.",
);
pub(in crate::app) const DROPPED_EMPTY: Text = Text("The file is empty or cannot be read as text; choose another.");
const DROPPED_LARGE: Text = Text("The file has {}; recipes and links are far smaller. Choose another.");

pub(in crate::app) const DIFFERENCES: Text = Text("What differs");
pub(in crate::app) const HERE: Text = Text("this run");
pub(in crate::app) const THERE: Text = Text("the other");
pub(in crate::app) const SAME_BITS: Text = Text("the same bits");
const PREDICTIONS: Text = Text("{} predictions at least");
pub(in crate::app) const NO_PREDICTION: Text = Text("no cell of the confusion matrix");
pub(in crate::app) const UNKNOWN: Text = Text("not known");
pub(in crate::app) const ABSENT: Text = Text("not reached");
pub(in crate::app) const DIFFERS_IN: Text = Text("Differs in");
pub(in crate::app) const NO_OTHER: Text = Text(
    "A link holds one digest for the whole run, so it does not say which variant differs. Ask whoever shared it for their report (Download the report, under How this is reproduced), and choose it here.",
);
pub(in crate::app) const OTHER_REPORT: Text = Text("Choose their report");
const OTHER_BAD: Text = Text("The file is not a report ({}). A report is what Download the report saves.");
pub(in crate::app) const CAUSE: Text = Text("The likeliest cause");
const VERSIONS: Text = Text("This is version {}; the other run was made by {}.");
pub(in crate::app) const VERSION_UNKNOWN: Text = Text("an earlier version, which did not tell");
const TRAINED_BY: Text = Text("Trained by: {} here, {} there.");

/// What most likely made two runs differ.
pub(in crate::app) const CAUSES: [(Cause, Text); 5] = [
    (Cause::Recipe, Text("The two recipes are not the same, so neither are their results.")),
    (
        Cause::Gpu,
        Text(
            "The GPU trained one of them, and its bits are those of one device. Choose the processor under Training, and run again.",
        ),
    ),
    (Cause::Unfinished, Text("One of the two was stopped or lost a part. Run it to its end.")),
    (
        Cause::Version,
        Text(
            "The two were made by different versions of this program. Reload the page to have the newest, and run again.",
        ),
    ),
    (
        Cause::Unexplained,
        Text(
            "Same recipe, same version, both on the processor: that should not happen. Run it again; if this device then agrees with itself, the other result was changed or made by a changed program, and if it does not, this device computes wrongly.",
        ),
    ),
];

pub(in crate::app) fn code_label(link: &str) -> String {
    fill(CODE_LABEL, &[link])
}

pub(in crate::app) fn code_too_long(length: usize, most: usize) -> String {
    fill(CODE_TOO_LONG, &[&format::count(length as f64), &format::count(most as f64)])
}

pub(in crate::app) fn embed_unknown(name: &str) -> String {
    fill(EMBED_UNKNOWN, &[name])
}

/// What a run takes; `time` is its seconds and the run that they are judged by.
pub(in crate::app) fn preview(preview: &Preview, time: Option<(f64, &str)>) -> String {
    let data = match preview.data_bytes {
        bytes if bytes > 0.0 => fill(PREVIEW_DATA, &[&format::bytes(bytes)]),
        _ => PREVIEW_NO_DATA.into(),
    };
    let stages = preview.stages * preview.trials;
    let stages = if stages == 1 { ONE_STAGE.into() } else { fill(STAGES, &[&stages.to_string()]) };
    let work = fill(PREVIEW_WORK, &[&stages, &format::count(preview.samples as f64)]);
    let time = match time {
        Some((seconds, run)) => fill(PREVIEW_TIME, &[&format::seconds(seconds.max(1.0)), run]),
        None => PREVIEW_UNKNOWN.into(),
    };
    fill(PREVIEW, &[&data, &work, &time])
}

pub(in crate::app) fn dropped_unknown(begins: &str) -> String {
    fill(DROPPED_UNKNOWN, &[begins])
}

pub(in crate::app) fn dropped_large(bytes: f64) -> String {
    fill(DROPPED_LARGE, &[&format::bytes(bytes)])
}

pub(in crate::app) fn predictions(count: usize) -> String {
    if count == 0 { NO_PREDICTION.into() } else { fill(PREDICTIONS, &[&format::count(count as f64)]) }
}

pub(in crate::app) fn other_bad(reason: &str) -> String {
    fill(OTHER_BAD, &[reason])
}

pub(in crate::app) fn cause(cause: Cause) -> &'static str {
    CAUSES.iter().find(|(other, _)| *other == cause).map_or("", |(_, sentence)| sentence.tr())
}

pub(in crate::app) fn versions(here: &str, there: &str) -> String {
    fill(VERSIONS, &[here, if there.is_empty() { VERSION_UNKNOWN.tr() } else { there }])
}

pub(in crate::app) fn trained_by(here: &str, there: &str) -> String {
    fill(TRAINED_BY, &[here, there])
}
