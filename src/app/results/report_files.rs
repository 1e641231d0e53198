//! A whole report as a file: a table, all of its data, or a page that needs nothing else.

use super::super::charts::drawing;
use super::super::compare::{figures_table, how, title};
use super::super::language::{Text, is_persian};
use super::super::state::State;
use super::super::text::export as words;
use super::super::{browser, text};
use crate::experiment::compare::{Quantity, Table, escape_html};
use crate::experiment::{Link, Report};
use leptos::prelude::*;
use std::fmt::Write;
use wasm_bindgen::JsCast;

/// Looks of the page that is saved: its own, light or dark.
const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;font-size:.85rem}th,td{padding:.3rem .5rem;border-bottom:1px solid #8884;text-align:start}\
.number{text-align:end;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}figure{margin:0}\
.charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}svg{max-width:100%;height:auto}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8882;padding:1rem}dt{font-weight:600}dd{margin:0 0 .5rem}";

/// A button for each form.
#[component]
pub(super) fn ReportFiles(state: State) -> impl IntoView {
    let save = move |ending: &'static str, kind: &'static str, form: fn(&Report) -> String| {
        move |_| {
            if let Some(report) = state.report.get_untracked() {
                browser::download(&format!("report.{ending}"), kind, form(&report));
            }
        }
    };
    let json = |report: &Report| serde_json::to_string_pretty(report).unwrap_or_default(); // plain data: cannot fail
    view! {
        <div class="buttons" role="group" aria-label=words::REPORT>
            <span>{words::REPORT}</span>
            <button data-testid="report-html" title=words::REPORT_HTML_HELP on:click=save("html", "text/html", page)>"HTML"</button>
            <button data-testid="report" title=words::REPORT_JSON_HELP on:click=save("json", "application/json", json)>"JSON"</button>
            <button data-testid="report-csv" title=words::REPORT_CSV_HELP on:click=save("csv", "text/csv", |r| table(r).csv())>"CSV"</button>
            <button data-testid="report-markdown" title=words::REPORT_MARKDOWN_HELP on:click=save("md", "text/markdown", |r| table(r).markdown())>"Markdown"</button>
        </div>
    }
}

fn name(report: &Report) -> &str {
    if report.recipe.title.is_empty() { text::UNTITLED.tr() } else { &report.recipe.title }
}

fn table(report: &Report) -> Table {
    figures_table(report.variants.iter().map(|v| (v.name.as_str(), name(report), v)))
}

/// A page with the table, the charts as they stand in the results, the recipe and the link.
fn page(report: &Report) -> String {
    let link = browser::link_address(&Link::from(report).to_text());
    let of_run = escape_html(name(report));
    let heading = |out: &mut String, words: Text| {
        let _ = writeln!(out, "<h2>{}</h2>", escape_html(words.tr()));
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
        <title>{of_run}</title><style>{STYLE}</style></head><body>\n<h1>{of_run}</h1>\n<p>{}<br>{}</p>\n",
        browser::language(),
        if is_persian() { "rtl" } else { "ltr" },
        escape_html(&words::made(&browser::day_text())),
        escape_html(&words::run_on(&browser::cores().to_string(), &browser::user_agent())),
    );
    heading(&mut out, text::TABLE);
    let _ = writeln!(out, "<div class=\"scroll\">{}</div>", table(report).html());
    heading(&mut out, words::HOW);
    out.push_str("<dl>\n");
    for quantity in Quantity::ALL {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape_html(title(quantity)), escape_html(how(quantity)));
    }
    out.push_str("</dl>\n");
    heading(&mut out, words::CHARTS);
    out.push_str("<div class=\"charts\">\n");
    for (label, svg) in charts() {
        let _ = writeln!(out, "<figure><figcaption>{}</figcaption>{svg}</figure>", escape_html(&label));
    }
    out.push_str("</div>\n");
    heading(&mut out, words::AGAIN);
    let _ = writeln!(
        out,
        "<p><a href=\"{0}\">{0}</a></p>\n<p>{1} <code>{2}</code></p>",
        escape_html(&link),
        text::DIGEST,
        escape_html(&report.digest)
    );
    let _ = writeln!(out, "<pre>{}</pre>\n</body></html>", escape_html(&report.recipe.to_pretty_json()));
    out
}

/// The charts of the results as drawings of their own, with what they show in words.
fn charts() -> Vec<(String, String)> {
    let Ok(found) = document().query_selector_all("#results svg.chart") else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|i| found.item(i)?.dyn_into::<web_sys::Element>().ok());
    elements.filter_map(|svg| Some((svg.get_attribute("aria-label").unwrap_or_default(), drawing(&svg)?))).collect()
}
