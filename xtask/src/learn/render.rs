//! One chapter: Markdown with LaTeX between `$` in, HTML with MathML out, in sections that a presenter may show one by one.
//!
//! A paragraph `{{live: NAME}}`, `{{recipe: NAME}}` or `{{exhibit: NAME}}` becomes an empty place, which the page fills. Of HTML
//! only what folds an answer away is let through, so what comes out holds no script whatever a chapter says.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{RenderConfig, Storage, push_mathml};

/// A chapter as the page takes it.
pub(super) struct Chapter {
    /// Its heading.
    pub title: String,
    /// Its first paragraph.
    pub summary: String,
    /// How long it takes, by its words and by what there is to try.
    pub minutes: usize,
    /// All of it.
    pub html: String,
}

/// Whether a line of HTML may stand in a chapter: what folds an answer away.
fn allowed(line: &str) -> bool {
    let summary = line.strip_prefix("<summary>").and_then(|rest| rest.strip_suffix("</summary>"));
    ["<details>", "</details>"].contains(&line) || summary.is_some_and(|words| !words.contains('<'))
}

/// What the page puts into a chapter.
const PLACES: [&str; 3] = ["live", "recipe", "exhibit"];
/// Words that are read in a minute, of a text with formulas.
const WORDS_A_MINUTE: usize = 150;

/// Reads a chapter; an error names what is wrong in it.
pub(super) fn render(markdown: &str) -> Result<Chapter, String> {
    let options = Options::ENABLE_MATH | Options::ENABLE_TABLES;
    let mut title = String::new();
    let mut summary = None::<String>;
    let mut heading = false;
    let mut paragraph = None::<Vec<Event>>;
    let mut out: Vec<Event> = Vec::new();
    let mut places = 0;
    for event in Parser::new_ext(markdown, options) {
        let event = match event {
            Event::InlineMath(latex) => Event::InlineHtml(mathml(&latex, DisplayMode::Inline)?.into()),
            Event::DisplayMath(latex) => Event::InlineHtml(mathml(&latex, DisplayMode::Block)?.into()),
            Event::Html(text) | Event::InlineHtml(text) => {
                if let Some(line) = text.lines().map(str::trim).find(|line| !allowed(line)) {
                    return Err(format!(
                        "\"{line}\" is not let through; of HTML only <details> and a line <summary>…</summary> are"
                    ));
                }
                Event::Html(text)
            }
            other => other,
        };
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = level == HeadingLevel::H1;
                if level <= HeadingLevel::H2 {
                    out.push(Event::Html(if out.is_empty() { SECTION } else { NEXT_SECTION }.into()));
                }
                out.push(Event::Html(format!("<{}>", beneath(level)).into()));
            }
            Event::End(TagEnd::Heading(level)) => {
                heading = false;
                out.push(Event::Html(format!("</{}>\n", beneath(level)).into()));
            }
            Event::Start(Tag::Paragraph) => paragraph = Some(Vec::new()),
            Event::End(TagEnd::Paragraph) => {
                let inner = paragraph.take().unwrap_or_default();
                let text = plain(&inner);
                if let Some((kind, name)) = place(&text)? {
                    places += 1;
                    out.push(Event::Html(format!("<div data-{kind}=\"{name}\"></div>\n").into()));
                    continue;
                }
                let lead = summary.is_none();
                summary.get_or_insert(text);
                if lead {
                    out.push(Event::Html("<p class=\"lead\">".into()));
                    out.extend(inner);
                    out.push(Event::Html("</p>\n".into()));
                } else {
                    out.push(Event::Start(Tag::Paragraph));
                    out.extend(inner);
                    out.push(Event::End(TagEnd::Paragraph));
                }
            }
            event => {
                if heading {
                    title.push_str(&plain(std::slice::from_ref(&event)));
                }
                paragraph.as_mut().unwrap_or(&mut out).push(event);
            }
        }
    }
    if title.is_empty() {
        return Err("it should begin with its title, a line such as \"# Title\"".into());
    }
    out.push(Event::Html("</section>\n".into()));
    let mut text = String::new();
    html::push_html(&mut text, out.into_iter());
    // A wide table moves in its own frame, also for those who have no pointer.
    let text =
        text.replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>").replace("</table>", "</table></div>");
    let minutes = (markdown.split_whitespace().count().div_ceil(WORDS_A_MINUTE) + places).max(1);
    Ok(Chapter { title, summary: summary.unwrap_or_default(), minutes, html: text })
}

/// The element of a heading: one level down, since the page's name stands above every chapter.
fn beneath(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h2",
        HeadingLevel::H2 => "h3",
        _ => "h4",
    }
}

const SECTION: &str = "<section data-slide>\n";
const NEXT_SECTION: &str = "</section>\n<section data-slide>\n";

/// The words among the events.
fn plain(events: &[Event]) -> String {
    let word = |event: &Event| match event {
        Event::Text(text) | Event::Code(text) => text.to_string(),
        Event::SoftBreak | Event::HardBreak => " ".into(),
        _ => String::new(),
    };
    events.iter().map(word).collect()
}

/// What a paragraph such as `{{live: NAME}}` asks for.
fn place(text: &str) -> Result<Option<(&'static str, String)>, String> {
    let Some(inner) = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else { return Ok(None) };
    let (kind, name) = inner.split_once(':').unwrap_or((inner, ""));
    let name = name.trim();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    match PLACES.into_iter().find(|known| *known == kind.trim()) {
        Some(kind) if plain => Ok(Some((kind, name.into()))),
        _ => {
            Err(format!("\"{text}\" asks for nothing known; it should read {{{{KIND: name}}}} with one of {PLACES:?}"))
        }
    }
}

/// A formula as MathML, from left to right in every language.
fn mathml(latex: &CowStr, display_mode: DisplayMode) -> Result<String, String> {
    let storage = Storage::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut out = String::new();
    let parser = pulldown_latex::Parser::new(latex, &storage);
    push_mathml(&mut out, parser, config).map_err(|error| format!("formula \"{latex}\": {error}"))?;
    if out.contains("<merror") {
        return Err(format!("formula \"{latex}\" holds something that is not understood"));
    }
    // One that stands alone moves in its own frame where it is wider than a phone, also for those who have no pointer.
    let start =
        if display_mode == DisplayMode::Block { "<math dir=\"ltr\" tabindex=\"0\"" } else { "<math dir=\"ltr\"" };
    Ok(out.replacen("<math", start, 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;

    #[test]
    fn a_formula_becomes_mathml() {
        let chapter = render("# Softmax\n\nOne line.\n\n$p_i = e^{z_i/T}$\n").unwrap();
        assert_eq!(
            chapter.html,
            "<section data-slide>\n<h2>Softmax</h2>\n<p class=\"lead\">One line.</p>\n<p><math dir=\"ltr\" display=\"inline\">\
             <msub><mi>p</mi><mi>i</mi></msub><mo>=</mo><msup><mi>e</mi><mrow><msub><mi>z</mi><mi>i</mi></msub>\
             <mo>/</mo><mi>T</mi></mrow></msup></math></p>\n</section>\n"
        );
        assert_eq!((chapter.title.as_str(), chapter.summary.as_str(), chapter.minutes), ("Softmax", "One line.", 1));
    }

    #[test]
    fn places_sections_and_answers_stand_where_they_were_written() {
        let text =
            "# A\n\nLead.\n\n## B\n\n{{live: sums}}\n\n<details>\n<summary>Answer</summary>\n\nYes.\n\n</details>\n";
        let html = render(text).unwrap().html;
        assert!(
            html.contains("</section>\n<section data-slide>\n<h3>B</h3>\n<div data-live=\"sums\"></div>"),
            "{html}"
        );
        assert!(html.contains("<details>\n<summary>Answer</summary>\n<p>Yes.</p>\n</details>"), "{html}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| render(&format!("# A\n\nLead.\n\n{text}\n")).err().unwrap_or_default();
        assert!(error("<script>alert(1)</script>").contains("<script>"));
        assert!(error("<details onclick=\"x\">").contains("onclick"));
        assert!(error("$\\nothing$").contains("\\nothing"));
        assert!(error("{{film: x}}").contains("film"));
        assert!(error("{{live: a b}}").contains("a b"));
        assert!(render("No title.").err().unwrap_or_default().contains("# Title"));
    }
}
