//! The words of what is shared: links, codes, embedded charts, previews, and what differs.

use super::fill;
use crate::app::format;
use crate::experiment::Preview;
use crate::experiment::difference::Cause;

pub(in crate::app) const LINK_TITLE: &str = "A link to this experiment";
pub(in crate::app) const LINK_ABOUT: &str = "It holds the whole experiment and, once it was run, the digest of its result. Whoever opens it sees what it would run; nothing runs until they press Run.";
pub(in crate::app) const CLOSE: &str = "Close";
pub(in crate::app) const COPY_LINK: &str = "Copy the link";
pub(in crate::app) const SAVE_LINK: &str = "Save as a file";
pub(in crate::app) const FILE_HELP: &str =
    "Drop such a file anywhere on the page to open it, or choose it under Recipe as JSON.";
pub(in crate::app) const CODE: &str = "QR code";
pub(in crate::app) const CODE_DENSE: &str =
    "The link is long, so the code is fine: show it large, and let phones come close.";
pub(in crate::app) const CODE_LARGE: &str = "Show the code large";
pub(in crate::app) const CODE_SMALL: &str = "Show the link";
const CODE_LABEL: &str = "QR code of the link {}";
const CODE_TOO_LONG: &str = "The link has {} characters, and a QR code holds at most {}. Save it as a file instead: whoever drops the file on this page opens the same experiment.";
pub(in crate::app) const RECIPE_FILE: &str = "Save the recipe";

pub(in crate::app) const EMBED: &str = "Embed";
pub(in crate::app) const EMBED_TITLE: &str = "Put this into another page";
pub(in crate::app) const EMBED_ABOUT: &str = "A frame with one chart and a button that runs it, in the reader's own browser. Paste this into the page; the site that holds it needs to allow frames from here.";
pub(in crate::app) const EMBED_WHICH: &str = "What the frame shows";
pub(in crate::app) const EMBED_SNIPPET: &str = "The frame as HTML";
pub(in crate::app) const EMBED_COPY: &str = "Copy the HTML";
pub(in crate::app) const EMBED_OPEN: &str = "Open in Featherweight";
pub(in crate::app) const EMBED_UNTITLED: &str = "An experiment of Featherweight";
pub(in crate::app) const EMBED_EMPTY: &str =
    "Press Run: the experiment runs in this browser, and its results appear here.";
pub(in crate::app) const EMBEDS: [(&str, &str, &str); 3] = [
    ("curves", "the learning curves", ""),
    ("table", "the table of variants", ""),
    ("tradeoff", "accuracy against size and time", ""),
];
const EMBED_UNKNOWN: &str = "There is no chart “{}” to embed; the address may end in ?embed=curves, ?embed=table or ?embed=tradeoff. The table is shown.";

const PREVIEW_DATA: &str = "{} of data to fetch, where it is not at hand yet";
const PREVIEW_NO_DATA: &str = "no data to fetch";
const PREVIEW_WORK: &str = "{} and {} training samples";
const PREVIEW_TIME: &str = "about {}, as fast as this device ran “{}”";
const PREVIEW_UNKNOWN: &str = "the time is unknown until something was run here";
const PREVIEW: &str = "What running it takes: {}; {}; {}.";
const ONE_STAGE: &str = "1 stage";
const STAGES: &str = "{} stages";

const DROPPED_UNKNOWN: &str = "The file is neither a recipe nor a link of Featherweight (it begins with “{}”). Drop a .json recipe, or a text file with a link in it.";
pub(in crate::app) const DROPPED_EMPTY: &str = "The file is empty or cannot be read as text; choose another.";
const DROPPED_LARGE: &str = "The file has {}; recipes and links are far smaller. Choose another.";

pub(in crate::app) const DIFFERENCES: &str = "What differs";
pub(in crate::app) const HERE: &str = "this run";
pub(in crate::app) const THERE: &str = "the other";
pub(in crate::app) const SAME_BITS: &str = "the same bits";
const PREDICTIONS: &str = "{} predictions at least";
pub(in crate::app) const NO_PREDICTION: &str = "no cell of the confusion matrix";
pub(in crate::app) const UNKNOWN: &str = "not known";
pub(in crate::app) const ABSENT: &str = "not reached";
pub(in crate::app) const DIFFERS_IN: &str = "Differs in";
pub(in crate::app) const NO_OTHER: &str = "A link holds one digest for the whole run, so it does not say which variant differs. Ask whoever shared it for their report (Download the report, under How this is reproduced), and choose it here.";
pub(in crate::app) const OTHER_REPORT: &str = "Choose their report";
const OTHER_BAD: &str = "The file is not a report ({}). A report is what Download the report saves.";
pub(in crate::app) const CAUSE: &str = "The likeliest cause";
const VERSIONS: &str = "This is version {}; the other run was made by {}.";
pub(in crate::app) const VERSION_UNKNOWN: &str = "an earlier version, which did not tell";
const TRAINED_BY: &str = "Trained by: {} here, {} there.";

/// What most likely made two runs differ.
pub(in crate::app) const CAUSES: [(Cause, &str); 5] = [
    (Cause::Recipe, "The two recipes are not the same, so neither are their results."),
    (
        Cause::Gpu,
        "The GPU trained one of them, and its bits are those of one device. Choose the processor under Training, and run again.",
    ),
    (Cause::Unfinished, "One of the two was stopped or lost a part. Run it to its end."),
    (
        Cause::Version,
        "The two were made by different versions of this program. Reload the page to have the newest, and run again.",
    ),
    (
        Cause::Unexplained,
        "Same recipe, same version, both on the processor: that should not happen. Run it again; if this device then agrees with itself, the other result was changed or made by a changed program, and if it does not, this device computes wrongly.",
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
    CAUSES.iter().find(|(other, _)| *other == cause).map_or("", |(_, sentence)| sentence)
}

pub(in crate::app) fn versions(here: &str, there: &str) -> String {
    fill(VERSIONS, &[here, if there.is_empty() { VERSION_UNKNOWN } else { there }])
}

pub(in crate::app) fn trained_by(here: &str, there: &str) -> String {
    fill(TRAINED_BY, &[here, there])
}
