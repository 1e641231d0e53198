//! A table, and its forms as text: CSV, JSON, Markdown, HTML.

use serde_json::{Value, json};
use std::fmt::Write;

/// One cell: as people read it, and exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// As people read it.
    pub shown: String,
    /// The number that `shown` stands for, if it is one.
    pub exact: Option<f64>,
}

impl Cell {
    /// Words.
    pub fn text(shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), exact: None }
    }

    /// A number, as people read it.
    pub fn number(exact: f64, shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), exact: exact.is_finite().then_some(exact) }
    }
}

/// Rows of cells beneath heads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// One a column.
    pub heads: Vec<String>,
    /// As many cells as heads in each.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Comma-separated values (RFC 4180), numbers exactly.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        let mut line = |cells: &mut dyn Iterator<Item = String>| {
            out.push_str(&cells.collect::<Vec<_>>().join(","));
            out.push_str("\r\n");
        };
        line(&mut self.heads.iter().map(|head| csv_text(head)));
        for row in &self.rows {
            line(&mut row.iter().map(|cell| cell.exact.map_or_else(|| csv_text(&cell.shown), |v| v.to_string())));
        }
        out
    }

    /// Columns and rows, numbers exactly.
    pub fn json(&self) -> Value {
        let cell = |cell: &Cell| cell.exact.map_or_else(|| Value::from(cell.shown.as_str()), Value::from);
        let rows: Vec<Vec<Value>> = self.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        json!({ "columns": self.heads, "rows": rows })
    }

    /// A table in Markdown, as people read it: numbers to the right.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let mut line = |cells: Vec<String>| {
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        };
        line(self.heads.iter().map(|head| markdown_text(head)).collect());
        line((0..self.heads.len()).map(|i| if self.is_numeric(i) { "---:" } else { "---" }.into()).collect());
        for row in &self.rows {
            line(row.iter().map(|cell| markdown_text(&cell.shown)).collect());
        }
        out
    }

    /// A table in HTML, as people read it.
    pub fn html(&self) -> String {
        let mut out = String::from("<table>\n<thead><tr>");
        for head in &self.heads {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape_html(head));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                let class = if cell.exact.is_some() { " class=\"number\"" } else { "" };
                let _ = write!(out, "<td{class}>{}</td>", escape_html(&cell.shown));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
        out
    }

    /// Whether a column has numbers.
    fn is_numeric(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row.get(column).is_some_and(|cell| cell.exact.is_some()))
    }
}

/// Quoted where it must be. Names come from links that others made, and spreadsheets take what begins with one of a few signs for
/// a formula: an apostrophe before it makes it words.
fn csv_text(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.into() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

fn markdown_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
    escaped.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as HTML shows it.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn table(name: &str) -> Table {
        Table {
            heads: vec!["Variant".into(), "Bytes".into()],
            rows: vec![vec![Cell::text(name), Cell::number(1234.5, "1.23 kB")]],
        }
    }

    #[test]
    fn csv_quotes_what_must_be_quoted() {
        assert_eq!(table("dense").csv(), "Variant,Bytes\r\ndense,1234.5\r\n");
        assert_eq!(csv_text("a, b"), "\"a, b\"");
        assert_eq!(csv_text("say \"no\""), "\"say \"\"no\"\"\"");
        assert_eq!(csv_text("two\nlines"), "\"two\nlines\"");
        // What a spreadsheet would compute.
        assert_eq!(csv_text("=1+1"), "'=1+1");
        assert_eq!(csv_text("@sum(a,b)"), "\"'@sum(a,b)\"");
        assert_eq!(csv_text("a=b"), "a=b");
        // A number that is negative is a number.
        assert_eq!(Table { heads: vec!["x".into()], rows: vec![vec![Cell::number(-1.0, "-1")]] }.csv(), "x\r\n-1\r\n");
    }

    #[test]
    fn json_holds_exact_numbers() {
        let said = table("dense").json();
        assert_eq!(said["columns"][1], "Bytes");
        assert_eq!(said["rows"][0], json!(["dense", 1234.5]));
        // No number stands for what is none.
        assert_eq!(Cell::number(f64::NAN, "–").exact, None);
    }

    #[test]
    fn markdown_and_html_keep_names_in_their_cells() {
        let text = table("a|b <i>").markdown();
        assert_eq!(text, "| Variant | Bytes |\n| --- | ---: |\n| a\\|b &lt;i> | 1.23 kB |\n");
        let text = table("<script>'&\"").html();
        assert!(text.contains("<td>&lt;script&gt;&#39;&amp;&quot;</td><td class=\"number\">1.23 kB</td>"), "{text}");
    }
}
