//! The words of what can be taken away: charts, tables, whole reports.

use super::fill;
use crate::app::language::Text;

pub(in crate::app) const SAVE_AS: Text = Text("Save as");
pub(in crate::app) const SVG_HELP: Text = Text("The chart as a drawing that stays sharp at any size.");
pub(in crate::app) const PNG_HELP: Text = Text("The chart as a picture, at twice its size.");
pub(in crate::app) const CANVAS_HELP: Text = Text("The picture as PNG, each of its points enlarged to a square.");
pub(in crate::app) const CSV_HELP: Text = Text("The numbers as comma-separated values, for spreadsheets.");
pub(in crate::app) const JSON_HELP: Text = Text("The numbers as JSON, for programs.");
pub(in crate::app) const MARKDOWN_HELP: Text = Text("The table as Markdown, for texts.");
pub(in crate::app) const RECIPE: Text = Text("Recipe");
pub(in crate::app) const RECIPE_HELP: Text = Text("The experiment that this came from, as JSON.");
pub(in crate::app) const LINK: Text = Text("Copy link");
pub(in crate::app) const LINK_HELP: Text = Text("A link to the experiment that this came from.");
pub(in crate::app) const NO_PICTURE: Text =
    Text("The browser did not draw the picture; save the chart as SVG instead, or save its numbers.");
pub(in crate::app) const MORE_ROWS: Text = Text("{} further rows are in the files.");
pub(in crate::app) const REPORT: Text = Text("Save the whole report as");
pub(in crate::app) const REPORT_CSV_HELP: Text =
    Text("All variants and figures, one a row, as comma-separated values.");
pub(in crate::app) const REPORT_MARKDOWN_HELP: Text = Text("The table of variants as Markdown.");
pub(in crate::app) const REPORT_JSON_HELP: Text =
    Text("Everything that was measured, trial by trial and layer by layer.");
pub(in crate::app) const REPORT_HTML_HELP: Text =
    Text("One page that needs nothing else: the table, the charts as they stand here, the recipe, the link.");
pub(in crate::app) const MADE: Text = Text("Made with Featherweight on {}.");
pub(in crate::app) const RUN_ON: Text = Text("Processor cores: {}. Browser: {}.");
pub(in crate::app) const HOW: Text = Text("How the figures were obtained");
pub(in crate::app) const CHARTS: Text = Text("Charts");
pub(in crate::app) const AGAIN: Text = Text("To run it again");

/// `10 further rows are in the files.`
pub(in crate::app) fn more_rows(count: &str) -> String {
    fill(MORE_ROWS, &[count])
}

/// When.
pub(in crate::app) fn made(when: &str) -> String {
    fill(MADE, &[when])
}

/// On what.
pub(in crate::app) fn run_on(cores: &str, browser: &str) -> String {
    fill(RUN_ON, &[cores, browser])
}
