//! Assignments, answers, and a class's answers as one table.

use crate::command_line::{print, read_text};
use featherweight::experiment::teaching::{
    ANSWER_MARK, ASSIGNMENT_MARK, Answer, Assignment, Bound, Class, Condition, Figure, Figures, Goal,
};
use featherweight::experiment::{Link, Plan};
use std::path::Path;

/// Prints an assignment's or an answer's link; none if the text is neither.
pub fn show(text: &str) -> Option<Result<(), String>> {
    if text.contains(ASSIGNMENT_MARK) {
        return Some(Assignment::from_text(text).map_err(|e| e.0).and_then(|a| print(&assignment(&a)?)));
    }
    text.contains(ANSWER_MARK).then(|| Answer::from_text(text).map_err(|e| e.0).and_then(|a| print(&answer(&a))))
}

fn assignment(set: &Assignment) -> Result<String, String> {
    Plan::new(&set.recipe).map_err(|e| e.to_string())?;
    let mut text = format!("assignment: {}\nhash {}\n", visible(&set.title), set.hash());
    if !set.text.is_empty() {
        text += &format!("\n{}\n", visible(&set.text));
    }
    if !set.goal.conditions.is_empty() {
        text += &format!("\ngoal: {}\n", goal(&set.goal));
    }
    if set.locks.any() {
        let paths = set.locks.paths.join(", ");
        let which = match (set.locks.all_but, set.locks.paths.is_empty()) {
            (true, true) => "everything".into(),
            (true, false) => format!("all but {paths}"),
            (false, _) => paths,
        };
        text += &format!("locked: {which}\n");
    }
    for (index, question) in set.questions.iter().enumerate() {
        text += &format!("\n{}. {}\n", index + 1, visible(&question.text));
        for choice in &question.choices {
            text += &format!("   - {}\n", visible(choice));
        }
    }
    let link = Link { recipe: set.recipe.clone(), digest: None };
    text += &format!("\n{}\nlink   #x={}\n", set.recipe.to_pretty_json(), link.to_text());
    Ok(text)
}

fn answer(given: &Answer) -> String {
    let mut text = format!("answer of {}\nto the assignment {}\n\n", visible(&given.name), given.assignment);
    for figures in &given.figures {
        text += &format!("{}: {}\n", visible(&figures.name), told(figures));
    }
    for (index, words) in given.answers.iter().enumerate() {
        text += &format!("\n{}. {}\n", index + 1, visible(words));
    }
    let digest = Some(given.digest.clone()).filter(|digest| !digest.is_empty());
    if let Some(digest) = &digest {
        text += &format!("\ndigest {digest}\n");
    }
    text += &format!("link   #x={}\n", Link { recipe: given.recipe.clone(), digest }.to_text());
    text
}

/// Reads a file of links and prints it as a table or as CSV; lines that could not be read go to the standard error.
pub fn table(file: &Path, csv: bool) -> Result<(), String> {
    let class = Class::read(&read_text(file)?);
    for problem in &class.problems {
        eprintln!("featherweight: {}, line {}: {}", file.display(), problem.line, problem.sentence);
    }
    if class.answers.is_empty() {
        return Err(format!("{} holds no answer's link; give one link a line, each with #s= in it", file.display()));
    }
    print(&if csv { class.to_csv() } else { rows(&class) })
}

fn rows(class: &Class) -> String {
    let width = class.answers.iter().map(|a| a.name.chars().count()).max().unwrap_or(0).max(4);
    let mut text = String::new();
    if let Some(set) = &class.assignment {
        text += &format!("{}\n", visible(&set.title));
        if !set.goal.conditions.is_empty() {
            text += &format!("goal: {}\n", goal(&set.goal));
        }
    }
    text += &format!("{:width$}  accuracy    bytes  goal  variant\n", "name");
    for answer in &class.answers {
        let row = class.row(answer);
        let met = match &class.assignment {
            _ if row.other => "other",
            Some(_) if row.judged.all() => "met",
            Some(set) if !set.goal.conditions.is_empty() => "no",
            _ => "-",
        };
        let name = visible(&answer.name);
        text += &match row.figures() {
            Some(f) => {
                format!("{name:width$}  {:>6.2} %  {:>7}  {met:<5} {}", f.accuracy * 100.0, f.bytes, visible(&f.name))
            }
            None => format!("{name:width$}  {:>8}  {:>7}  {met:<5} no variant was run", "-", "-"),
        };
        if !row.changed.is_empty() {
            text += &format!("   changed though locked: {}", row.changed.join(", "));
        }
        text += "\n";
        for (index, words) in answer.answers.iter().enumerate().filter(|(_, words)| !words.is_empty()) {
            text += &format!("{:width$}    {}. {}\n", "", index + 1, visible(words).replace('\n', " "));
        }
    }
    text
}

fn goal(goal: &Goal) -> String {
    let conditions: Vec<String> = goal.conditions.iter().map(condition).collect();
    let of = goal.variant.as_deref().map_or("any variant".into(), |name| format!("\"{}\"", visible(name)));
    format!("{of} has {}", conditions.join(" and "))
}

fn condition(condition: &Condition) -> String {
    let Condition { figure, bound, value } = condition;
    let bound = match bound {
        Bound::AtLeast => "at least",
        Bound::AtMost => "at most",
    };
    match figure {
        Figure::Accuracy => format!("{bound} {} % right", (value * 1e6).round() / 1e4),
        Figure::Bytes => format!("{bound} {value} bytes"),
        Figure::Macs => format!("{bound} {value} multiply-accumulates"),
        Figure::Nonzero => format!("{bound} {value} weights that are not zero"),
        Figure::Latency => format!("{bound} {value} us a sample"),
    }
}

fn told(figures: &Figures) -> String {
    let time = figures.latency.map_or(String::new(), |us| format!(", {us} us a sample"));
    format!("{:.2} % right, {} bytes, {} MACs{time}", figures.accuracy * 100.0, figures.bytes, figures.macs)
}

/// A stranger's text without what a terminal would take for a command.
pub(super) fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}
