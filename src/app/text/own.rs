//! The words about data of one's own.

use super::fill;
use crate::app::format;
use crate::app::language::Text;
use crate::data::Own;

pub(in crate::app) const OWN: Text = Text("Own data…");
pub(in crate::app) const OWN_HELP: Text = Text(
    "Pictures, IDX files or a table that you bring, or drawings that you make here. They stay in this browser and are sent nowhere.",
);
pub(in crate::app) const NONE_YET: Text =
    Text("No data have been chosen yet. Bring some below, or take some that this browser keeps.");
pub(in crate::app) const KEPT: Text = Text("Kept in this browser");
pub(in crate::app) const IN_USE: Text = Text("in use");
pub(in crate::app) const USE_KEPT: Text = Text("Use");
pub(in crate::app) const SAVE_KEPT: Text = Text("Save the file");
pub(in crate::app) const SAVE_HELP: Text =
    Text("The data file, to hand to whoever opens a link to an experiment on these data: the link does not hold them.");
pub(in crate::app) const DELETE_KEPT: Text = Text("Delete");
pub(in crate::app) const DELETED: Text = Text("The data are deleted from this browser.");
pub(in crate::app) const GONE: Text = Text("The browser no longer has these data; bring their files again.");
const KEPT_LINE: Text = Text("{} samples, {} classes, digest {}…");
pub(in crate::app) const BRING: Text = Text("Bring data");
pub(in crate::app) const BRING_HELP: Text = Text(
    "Drop files here, or choose them: a zip or a folder with a folder of pictures for each class (PNG, JPEG, GIF, BMP), IDX files as MNIST's, a table (CSV) whose last column is the class, or a data file that was saved here.",
);
pub(in crate::app) const CHOOSE_FILES: Text = Text("Choose files…");
pub(in crate::app) const CHOOSE_FOLDER: Text = Text("Choose a folder…");
pub(in crate::app) const DRAW: Text = Text("Draw them here");
pub(in crate::app) const REMOVE_CHOSEN: Text = Text("Remove what was chosen");
pub(in crate::app) const CHOSEN: Text = Text("Chosen: {} files, {} MB");
pub(in crate::app) const NAME: Text = Text("What the data are called");
pub(in crate::app) const SIDE: Text = Text("Side of the pictures");
pub(in crate::app) const SIDE_HELP: Text =
    Text("Their middle square is brought to so many pixels a side; each pixel is the mean of the area that it covers.");
pub(in crate::app) const COLOUR: Text = Text("Keep colours");
pub(in crate::app) const COLOUR_HELP: Text = Text("Three numbers a pixel instead of one: larger first layers.");
pub(in crate::app) const SEED: Text = Text("Seed of the split");
pub(in crate::app) const SEED_HELP: Text =
    Text("Which samples validate and which test is drawn with it, class by class, where the files do not say.");
pub(in crate::app) const VALIDATION: Text = Text("Share that validates");
pub(in crate::app) const TEST: Text = Text("Share that tests");
pub(in crate::app) const LABEL: Text = Text("Column of the classes");
pub(in crate::app) const LABEL_HELP: Text =
    Text("Of a table: its name, or its number from 1. If empty, the one called label, class or target, or the last.");
pub(in crate::app) const READING: Text = Text("Reading the files…");
pub(in crate::app) const UNREAD: Text =
    Text("The browser could not read the files; choose them again, or copy them to another place first.");
const TOO_LARGE: Text = Text("The files have {} MB, and {} MB at most are taken; choose fewer, or make them smaller.");
pub(in crate::app) const CLASSES: Text = Text("Classes and samples");
pub(in crate::app) const CLASS: Text = Text("Class");
pub(in crate::app) const CLASS_NAME: Text = Text("Name of class {}");
pub(in crate::app) const TRAIN_COUNT: Text = Text("Train");
pub(in crate::app) const VALIDATION_COUNT: Text = Text("Validate");
pub(in crate::app) const TEST_COUNT: Text = Text("Test");
pub(in crate::app) const SAMPLES: Text = Text("Samples");
pub(in crate::app) const SAMPLES_OF: Text = Text("Some samples of {}");
pub(in crate::app) const MORE_CLASSES: Text = Text("Of further classes no samples are shown.");
const LEFT_OUT: Text = Text("Files that are no part of it: {}");
pub(in crate::app) const TAKE: Text = Text("Use this data");
pub(in crate::app) const TAKEN: Text = Text("The data are laid out. Press Run.");
pub(in crate::app) const DRAW_CLASS: Text = Text("Class of the drawing");
pub(in crate::app) const DRAW_ADD: Text = Text("Add the drawing");
pub(in crate::app) const DRAW_HELP: Text = Text(
    "Draw one sample after another and say of which class each is; some ten of each of two classes are enough to see something learned. A drawing is centred and scaled to 28 × 28 pixels.",
);
pub(in crate::app) const DRAW_COUNTS: Text = Text("Drawn so far:");
pub(in crate::app) const DRAW_EMPTY: Text = Text("Draw something first, and name its class.");

/// `1,100 samples, 3 classes, digest 0123abcd…`
pub(in crate::app) fn kept_line(own: &Own) -> String {
    let digest = own.digest.get(..8).unwrap_or_default();
    fill(KEPT_LINE, &[&format::count(own.samples() as f64), &format::count(own.labels.len() as f64), digest])
}

/// `Chosen: 12 files, 0.3 MB`
pub(in crate::app) fn chosen(files: usize, bytes: f64) -> String {
    CHOSEN.with(&[&files, &((bytes / 1e5).ceil() / 10.0)])
}

pub(in crate::app) fn too_large(bytes: f64, most: f64) -> String {
    TOO_LARGE.with(&[&(bytes / 1e6).ceil(), &(most / 1e6).floor()])
}

pub(in crate::app) fn left_out(count: usize) -> String {
    LEFT_OUT.with(&[&count])
}
