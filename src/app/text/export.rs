//! The words of what can be taken away: charts, tables, whole reports.

use super::fill;

pub(in crate::app) const SAVE_AS: &str = "Save as";
pub(in crate::app) const SVG_HELP: &str = "The chart as a drawing that stays sharp at any size.";
pub(in crate::app) const PNG_HELP: &str = "The chart as a picture, at twice its size.";
pub(in crate::app) const CSV_HELP: &str = "The numbers as comma-separated values, for spreadsheets.";
pub(in crate::app) const JSON_HELP: &str = "The numbers as JSON, for programs.";
pub(in crate::app) const MARKDOWN_HELP: &str = "The table as Markdown, for texts.";
pub(in crate::app) const RECIPE: &str = "Recipe";
pub(in crate::app) const RECIPE_HELP: &str = "The experiment that this came from, as JSON.";
pub(in crate::app) const LINK: &str = "Copy link";
pub(in crate::app) const LINK_HELP: &str = "A link to the experiment that this came from.";
pub(in crate::app) const NO_PICTURE: &str =
    "The browser did not draw the picture; save the chart as SVG instead, or save its numbers.";
pub(in crate::app) const MORE_ROWS: &str = "{} further rows are in the files.";
pub(in crate::app) const REPORT: &str = "Save the whole report as";
pub(in crate::app) const REPORT_CSV_HELP: &str = "All variants and figures, one a row, as comma-separated values.";
pub(in crate::app) const REPORT_MARKDOWN_HELP: &str = "The table of variants as Markdown.";
pub(in crate::app) const REPORT_JSON_HELP: &str = "Everything that was measured, trial by trial and layer by layer.";
pub(in crate::app) const REPORT_HTML_HELP: &str =
    "One page that needs nothing else: the table, the charts as they stand here, the recipe, the link.";
pub(in crate::app) const MADE: &str = "Made with Featherweight on {}.";
pub(in crate::app) const RUN_ON: &str = "Processor cores: {}. Browser: {}.";
pub(in crate::app) const HOW: &str = "How the figures were obtained";
pub(in crate::app) const CHARTS: &str = "Charts";
pub(in crate::app) const AGAIN: &str = "To run it again";

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
