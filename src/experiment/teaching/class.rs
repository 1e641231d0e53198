//! Many answers at once: what a teacher pastes, one link a line, as one table.

use super::answer::Answer;
use super::assignment::Assignment;
use super::goal::{Figures, Judged};
use super::{ANSWER_MARK, ASSIGNMENT_MARK};
use crate::experiment::link::Link;

/// The most lines that are read.
const MAX_LINES: usize = 5000;

/// What a teacher collected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Class {
    /// The assignment, where its link is among the lines.
    pub assignment: Option<Assignment>,
    /// The answers, in the lines' order, each once.
    pub answers: Vec<Answer>,
    /// The lines that could not be read.
    pub problems: Vec<Problem>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub sentence: String,
}

/// An answer beside what was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How far it meets the goal; without an assignment, the figures of its last variant.
    pub judged: Judged,
    /// It answers another assignment than the one at hand.
    pub other: bool,
    /// Settings that were locked and are not as they were given.
    pub changed: Vec<String>,
}

impl Row {
    /// The variant that stands for the answer.
    pub fn figures(&self) -> Option<&Figures> {
        self.judged.variant.as_ref()
    }
}

impl Class {
    /// Reads lines: links of answers, a link of their assignment, whatever else stands before the links. Empty lines are left
    /// out; what is neither is told as a problem, and the rest is read all the same.
    pub fn read(text: &str) -> Self {
        let mut class = Self::default();
        let mut problem = |line: usize, sentence: String| class.problems.push(Problem { line: line + 1, sentence });
        for (number, line) in text.lines().enumerate() {
            if number >= MAX_LINES {
                problem(number, format!("only the first {MAX_LINES} lines are read; split the file"));
                break;
            }
            if let Some(code) = code(line, ANSWER_MARK) {
                match Answer::from_text(code) {
                    Ok(answer) if class.answers.contains(&answer) => {}
                    Ok(answer) => class.answers.push(answer),
                    Err(error) => problem(number, error.0),
                }
            } else if let Some(code) = code(line, ASSIGNMENT_MARK) {
                match Assignment::from_text(code) {
                    Ok(assignment) => class.assignment = Some(assignment),
                    Err(error) => problem(number, error.0),
                }
            } else if !line.trim().is_empty() {
                let sentence = "there is no answer's link (#s=…) in this line; students make one with Hand in";
                problem(number, sentence.into());
            }
        }
        class
    }

    /// An answer beside what was asked.
    pub fn row(&self, answer: &Answer) -> Row {
        let mine = self.assignment.as_ref().filter(|assignment| assignment.hash() == answer.assignment);
        Row {
            judged: mine.map(|a| a.goal.clone()).unwrap_or_default().judge(&answer.figures),
            other: self.assignment.is_some() && mine.is_none(),
            changed: mine.map(|assignment| assignment.changed(&answer.recipe)).unwrap_or_default(),
        }
    }

    /// How many questions the table has columns for.
    pub fn questions(&self) -> usize {
        let asked = self.assignment.as_ref().map_or(0, |a| a.questions.len());
        self.answers.iter().map(|answer| answer.answers.len()).max().unwrap_or(0).max(asked)
    }

    /// The whole table as CSV (RFC 4180), each answer with the link that runs it again.
    pub fn to_csv(&self) -> String {
        let mut heads: Vec<String> = [
            "name",
            "variant",
            "accuracy",
            "bytes",
            "macs",
            "nonzero",
            "latency_us",
            "goal_met",
            "changed_locks",
            "digest",
        ]
        .map(Into::into)
        .into();
        let title = |index: usize| {
            let question = self.assignment.as_ref().and_then(|a| a.questions.get(index));
            question.map_or_else(|| format!("answer {}", index + 1), |question| question.text.clone())
        };
        heads.extend((0..self.questions()).map(title));
        heads.push("link".into());
        let mut text = line(&heads);
        for answer in &self.answers {
            let row = self.row(answer);
            let figure = |read: fn(&Figures) -> String| row.figures().map(read).unwrap_or_default();
            let goal = match (&self.assignment, row.other) {
                (None, _) => "",
                (_, true) => "another assignment",
                _ if row.judged.met.is_empty() => "",
                _ if row.judged.all() => "yes",
                _ => "no",
            };
            let mut cells = vec![
                answer.name.clone(),
                figure(|f| f.name.clone()),
                figure(|f| f.accuracy.to_string()),
                figure(|f| f.bytes.to_string()),
                figure(|f| f.macs.to_string()),
                figure(|f| f.nonzero.to_string()),
                figure(|f| f.latency.map(|us| us.to_string()).unwrap_or_default()),
                goal.into(),
                row.changed.join(" "),
                answer.digest.clone(),
            ];
            cells.extend((0..self.questions()).map(|i| answer.answers.get(i).cloned().unwrap_or_default()));
            let digest = Some(answer.digest.clone()).filter(|digest| !digest.is_empty());
            cells.push(format!("#x={}", Link { recipe: answer.recipe.clone(), digest }.to_text()));
            text += &line(&cells);
        }
        text
    }
}

/// The code behind a mark, up to the first character that no link has.
fn code<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let code = line.split_once(mark)?.1;
    Some(code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or_default())
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// One cell. What a spreadsheet would take for a formula gets an apostrophe, since names and answers are the students'.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = format!("{}{}", if formula { "'" } else { "" }, text.replace('"', "\"\""));
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{text}\"") } else { text }
}
