//! The words of assignments, answers, and the teacher's page.

use super::fill;
use crate::app::format;
use crate::experiment::teaching::{Bound, Condition, Figure};

pub(in crate::app) const TITLE: &str = "Class";
pub(in crate::app) const ABOUT: &str = "Set an experiment as an assignment: what students may change, what they are to reach, what they are to answer. It travels in a link, and so does each answer. Here you read them all at once. Nothing is sent to a server: links are all there is.";

pub(in crate::app) const LOCKED: &str = "locked by the assignment";
pub(in crate::app) const ASSIGNMENT: &str = "Assignment";
pub(in crate::app) const UNTITLED: &str = "An assignment";
pub(in crate::app) const GOAL: &str = "Goal";
pub(in crate::app) const GOAL_HELP: &str = "All of it, by one variant.";
const GOAL_BY: &str = "All of it, by “{}”.";
pub(in crate::app) const MET: &str = "met";
pub(in crate::app) const NOT_MET: &str = "not met yet";
pub(in crate::app) const NOT_RUN: &str = "Run the experiment, and each point shows whether it is met.";
pub(in crate::app) const GOAL_MET: &str = "The goal is met.";
pub(in crate::app) const EVERYTHING_LOCKED: &str = "Nothing may be changed; run it as it is.";
const OPEN: &str = "What may be changed: {}. Everything else is locked.";
const LISTED: &str = "What is locked: {}.";
const CHANGED: &str = "Changed, though the assignment locks it: {}.";
pub(in crate::app) const PUT_BACK: &str = "Put it back as it was given";
pub(in crate::app) const QUESTIONS: &str = "Questions";
pub(in crate::app) const YOUR_ANSWER: &str = "Your answer";
pub(in crate::app) const YOUR_NAME: &str = "Your name";
pub(in crate::app) const YOUR_NAME_HELP: &str =
    "It goes into the link, and nowhere else: whoever has the link can read it.";
pub(in crate::app) const HAND_IN: &str = "Hand in";
pub(in crate::app) const HAND_IN_TITLE: &str = "Your answer is this link";
pub(in crate::app) const HAND_IN_ABOUT: &str = "It holds what you ran, what it came to, your answers and your name. Give it to your teacher. If you change something, hand in again: each link stands for itself.";
pub(in crate::app) const RUN_FIRST: &str = "Run the experiment to its end, then hand in.";
pub(in crate::app) const RUN_CHANGED: &str =
    "What is shown was run with other settings than are laid out now. Handing in gives what is shown.";
pub(in crate::app) const LEAVE: &str = "Leave the assignment";

pub(in crate::app) const MAKE: &str = "Set an assignment";
const MAKE_FROM: &str = "It begins from the experiment that is laid out in the playground now: “{}”, {}. Lay out another there, and come back; what you write here stays.";
pub(in crate::app) const NAME: &str = "Title";
pub(in crate::app) const WORDS: &str = "What is to be done";
pub(in crate::app) const WORDS_HELP: &str = "An empty line begins a new paragraph.";
pub(in crate::app) const LOCKS_TITLE: &str = "Locks";
pub(in crate::app) const LOCKS: &str = "Students may change";
pub(in crate::app) const LOCKS_CHOICES: [(&str, &str, &str); 3] = [
    ("none", "everything", ""),
    ("all-but", "only what is ticked", "All else is shown greyed out, with the reason beside it."),
    ("listed", "everything but what is ticked", "What is ticked is shown greyed out, with the reason beside it."),
];
pub(in crate::app) const PATHS: &str = "Further settings, by their paths";
pub(in crate::app) const PATHS_HELP: &str = "As the recipe's JSON names them, with commas between, such as training.batch or variants[1].steps[0].prune.method. A path stands for all that is under it.";
pub(in crate::app) const VARIANT_LIST: &str = "Variants: their number and order";
const WHOLE_VARIANT: &str = "“{}”: all of it";
const STEP_SETTING: &str = "“{}”: {}, {}";
pub(in crate::app) const GOAL_OF: &str = "Which variant is to reach it";
pub(in crate::app) const GOAL_ANY: &str = "any of them";
pub(in crate::app) const BOUNDS_HELP: &str = "Leave empty what is not asked for.";
pub(in crate::app) const QUESTION: &str = "Question";
pub(in crate::app) const CHOICES: &str = "Answers to choose from, one a line";
pub(in crate::app) const CHOICES_HELP: &str = "Leave it empty for an answer in the student's own words.";
pub(in crate::app) const ADD_QUESTION: &str = "Add a question";
const REMOVE_QUESTION: &str = "Remove question {}";
pub(in crate::app) const MAKE_LINK: &str = "Make the link";
pub(in crate::app) const MADE_TITLE: &str = "The assignment is this link";
pub(in crate::app) const MADE_ABOUT: &str = "Give it to the class. Students who open it see the experiment, the goal and the questions, and hand in a link of their own, which you read on this page. The assignment's link is already in the list of answers below, so that the goal is judged.";
const NOT_SET: &str = "The assignment cannot be set yet: {}.";

pub(in crate::app) const COLLECT: &str = "Read the answers";
pub(in crate::app) const COLLECT_HELP: &str = "Paste links, one a line, or drop a text file with them here. With the assignment's own link among them the goal is judged. They stay until this page is closed.";
pub(in crate::app) const LINKS: &str = "Links";
pub(in crate::app) const NO_ANSWERS: &str = "No answers yet.";
pub(in crate::app) const CLEAR: &str = "Remove all";
pub(in crate::app) const CLEARED: &str = "All links are removed.";
pub(in crate::app) const CSV: &str = "Download as CSV";
pub(in crate::app) const TABLE: &str = "Answers";
pub(in crate::app) const STUDENT: &str = "Name";
pub(in crate::app) const NAMELESS: &str = "no name";
pub(in crate::app) const REPRODUCES: &str = "Reproduces?";
pub(in crate::app) const CHECK: &str = "Run it here";
const CHECK_OF: &str = "Run it here: {}";
pub(in crate::app) const OPEN_IT: &str = "Open";
const OPEN_OF: &str = "Open: {}";
pub(in crate::app) const CHECKING: &str = "running…";
pub(in crate::app) const SAME: &str = "same, bit for bit";
pub(in crate::app) const NO_DIGEST: &str = "has no digest: the GPU trained it";
pub(in crate::app) const NOT_CHECKED: &str = "not run here yet";
const DIFFERS: &str = "differs in: {}";
pub(in crate::app) const DIGEST_DIFFERS: &str = "the digest";
pub(in crate::app) const OTHER: &str = "answers another assignment";
pub(in crate::app) const NO_GOAL: &str = "none set";
pub(in crate::app) const NO_ASSIGNMENT: &str = "the assignment's link is missing";
const CHANGED_SHORT: &str = "changed though locked: {}";
const PROBLEM: &str = "Line {}: {}.";
pub(in crate::app) const CHART: &str = "Accuracy against bytes, one mark a student";
const ANSWER: &str = "Answer {}";
const COUNTED: &str = "Answers: {}. Those that meet the goal: {}.";
const ANSWERS_READ: &str = "Answers: {}.";

const AT_LEAST: &str = "{} at least {}";
const AT_MOST: &str = "{} at most {}";
const NOW: &str = "{} now, of “{}”";
/// A figure's name, and the unit in which a bound on it is typed.
const FIGURES: [(Figure, &str, &str); 5] = [
    (Figure::Accuracy, "Accuracy", "%"),
    (Figure::Bytes, "Size", "kB"),
    (Figure::Macs, "Multiply-accumulates", "thousands"),
    (Figure::Nonzero, "Weights that are not zero", ""),
    (Figure::Latency, "Latency of one sample", "µs"),
];
const BOUND_FIELD: &str = "{}, in {}";

/// A figure's name.
pub(in crate::app) fn figure(figure: Figure) -> &'static str {
    FIGURES.iter().find(|(other, ..)| *other == figure).map_or("", |(_, name, _)| name)
}

/// A figure as people read it.
pub(in crate::app) fn amount(figure: Figure, value: f64) -> String {
    match figure {
        Figure::Accuracy => format::percent(value),
        Figure::Bytes => format::bytes(value),
        Figure::Macs | Figure::Nonzero => format::count(value),
        Figure::Latency => format::micros(value),
    }
}

/// A bound as people read it.
pub(in crate::app) fn condition(condition: &Condition) -> String {
    let template = match condition.bound {
        Bound::AtLeast => AT_LEAST,
        Bound::AtMost => AT_MOST,
    };
    let value = match condition.figure {
        Figure::Accuracy => format::trimmed(condition.value * 100.0, 2) + "\u{a0}%",
        figure => amount(figure, condition.value),
    };
    fill(template, &[figure(condition.figure), &value])
}

/// The label of the field for a bound.
pub(in crate::app) fn bound_field(of: Figure, bound: Bound) -> String {
    let unit = FIGURES.iter().find(|(other, ..)| *other == of).map_or("", |(_, _, unit)| unit);
    let template = match bound {
        Bound::AtLeast => AT_LEAST,
        Bound::AtMost => AT_MOST,
    };
    let label = fill(template, &[figure(of), ""]);
    if unit.is_empty() { label.trim().into() } else { fill(BOUND_FIELD, &[label.trim(), unit]) }
}

/// What a variant has now of what is asked.
pub(in crate::app) fn now(value: &str, variant: &str) -> String {
    fill(NOW, &[value, variant])
}

pub(in crate::app) fn open(paths: &[String]) -> String {
    if paths.is_empty() { EVERYTHING_LOCKED.into() } else { fill(OPEN, &[&paths.join(", ")]) }
}

pub(in crate::app) fn listed(paths: &[String]) -> String {
    fill(LISTED, &[&paths.join(", ")])
}

pub(in crate::app) fn changed(paths: &[String]) -> String {
    fill(CHANGED, &[&paths.join(", ")])
}

pub(in crate::app) fn changed_short(paths: &[String]) -> String {
    fill(CHANGED_SHORT, &[&paths.join(", ")])
}

pub(in crate::app) fn make_from(title: &str, variants: &str) -> String {
    fill(MAKE_FROM, &[title, variants])
}

pub(in crate::app) fn whole_variant(name: &str) -> String {
    fill(WHOLE_VARIANT, &[name])
}

pub(in crate::app) fn goal_by(variant: &str) -> String {
    fill(GOAL_BY, &[variant])
}

pub(in crate::app) fn step_setting(variant: &str, step: &str, setting: &str) -> String {
    fill(STEP_SETTING, &[variant, step, setting])
}

pub(in crate::app) fn remove_question(number: usize) -> String {
    fill(REMOVE_QUESTION, &[&number.to_string()])
}

pub(in crate::app) fn not_set(reason: &str) -> String {
    fill(NOT_SET, &[reason])
}

pub(in crate::app) fn check_of(name: &str) -> String {
    fill(CHECK_OF, &[name])
}

pub(in crate::app) fn open_of(name: &str) -> String {
    fill(OPEN_OF, &[name])
}

pub(in crate::app) fn differs(what: &[String]) -> String {
    fill(DIFFERS, &[&what.join(", ")])
}

pub(in crate::app) fn problem(line: usize, sentence: &str) -> String {
    fill(PROBLEM, &[&line.to_string(), sentence])
}

pub(in crate::app) fn answer(number: usize) -> String {
    fill(ANSWER, &[&number.to_string()])
}

/// How many answers there are, and how many meet the goal where there is one.
pub(in crate::app) fn counted(answers: usize, met: Option<usize>) -> String {
    match met {
        Some(met) => fill(COUNTED, &[&answers.to_string(), &met.to_string()]),
        None => fill(ANSWERS_READ, &[&answers.to_string()]),
    }
}
