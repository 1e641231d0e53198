//! The words of assignments, answers, and the teacher's page.

use super::fill;
use crate::app::format;
use crate::app::language::{Text, list};
use crate::experiment::teaching::{Bound, Condition, Figure};

pub(in crate::app) const TITLE: Text = Text("Classroom");
pub(in crate::app) const ABOUT: Text = Text(
    "Set an experiment as an assignment: what students may change, what they are to reach, what they are to answer. It travels in a link, and so does each answer. Here you read them all at once. Nothing is sent to a server: links are all there is.",
);

pub(in crate::app) const LOCKED: Text = Text("locked by the assignment");
pub(in crate::app) const ASSIGNMENT: Text = Text("Assignment");
pub(in crate::app) const UNTITLED: Text = Text("An assignment");
pub(in crate::app) const GOAL: Text = Text("Goal");
pub(in crate::app) const GOAL_HELP: Text = Text("All of it, by one variant.");
const GOAL_BY: Text = Text("All of it, by “{}”.");
pub(in crate::app) const MET: Text = Text("met");
pub(in crate::app) const NOT_MET: Text = Text("not met yet");
pub(in crate::app) const NOT_RUN: Text = Text("Run the experiment, and each point shows whether it is met.");
pub(in crate::app) const GOAL_MET: Text = Text("The goal is met.");
pub(in crate::app) const EVERYTHING_LOCKED: Text = Text("Nothing may be changed; run it as it is.");
const OPEN: Text = Text("What may be changed: {}. Everything else is locked.");
const LISTED: Text = Text("What is locked: {}.");
const CHANGED: Text = Text("Changed, though the assignment locks it: {}.");
pub(in crate::app) const PUT_BACK: Text = Text("Put it back as it was given");
pub(in crate::app) const QUESTIONS: Text = Text("Questions");
pub(in crate::app) const YOUR_ANSWER: Text = Text("Your answer");
pub(in crate::app) const YOUR_NAME: Text = Text("Your name");
pub(in crate::app) const YOUR_NAME_HELP: Text =
    Text("It goes into the link, and nowhere else: whoever has the link can read it.");
pub(in crate::app) const HAND_IN: Text = Text("Hand in");
pub(in crate::app) const HAND_IN_TITLE: Text = Text("Your answer is this link");
pub(in crate::app) const HAND_IN_ABOUT: Text = Text(
    "It holds what you ran, what it came to, your answers and your name. Give it to your teacher. If you change something, hand in again: each link stands for itself.",
);
pub(in crate::app) const RUN_FIRST: Text = Text("Run the experiment to its end, then hand in.");
pub(in crate::app) const RUN_CHANGED: Text =
    Text("What is shown was run with other settings than are laid out now. Handing in gives what is shown.");
pub(in crate::app) const LEAVE: Text = Text("Leave the assignment");

pub(in crate::app) const MAKE: Text = Text("Set an assignment");
const MAKE_FROM: Text = Text(
    "It begins from the experiment that is laid out in the playground now: “{}”, {}. Lay out another there, and come back; what you write here stays.",
);
pub(in crate::app) const NAME: Text = Text("Title");
pub(in crate::app) const WORDS: Text = Text("What is to be done");
pub(in crate::app) const WORDS_HELP: Text = Text("An empty line begins a new paragraph.");
pub(in crate::app) const LOCKS_TITLE: Text = Text("Locks");
pub(in crate::app) const LOCKS: Text = Text("Students may change");
pub(in crate::app) const LOCKS_CHOICES: [(&str, Text, Text); 3] = [
    ("none", Text("everything"), Text("")),
    ("all-but", Text("only what is ticked"), Text("All else is shown greyed out, with the reason beside it.")),
    (
        "listed",
        Text("everything but what is ticked"),
        Text("What is ticked is shown greyed out, with the reason beside it."),
    ),
];
pub(in crate::app) const PATHS: Text = Text("Further settings, by their paths");
pub(in crate::app) const PATHS_HELP: Text = Text(
    "As the recipe's JSON names them, with commas between, such as training.batch or variants[1].steps[0].prune.method. A path stands for all that is under it.",
);
pub(in crate::app) const VARIANT_LIST: Text = Text("Variants: their number and order");
const WHOLE_VARIANT: Text = Text("“{}”: all of it");
const STEP_SETTING: Text = Text("“{}”: {}, {}");
pub(in crate::app) const GOAL_OF: Text = Text("Which variant is to reach it");
pub(in crate::app) const GOAL_ANY: Text = Text("any of them");
pub(in crate::app) const BOUNDS_HELP: Text = Text("Leave empty what is not asked for.");
pub(in crate::app) const QUESTION: Text = Text("Question");
pub(in crate::app) const CHOICES: Text = Text("Answers to choose from, one a line");
pub(in crate::app) const CHOICES_HELP: Text = Text("Leave it empty for an answer in the student's own words.");
pub(in crate::app) const ADD_QUESTION: Text = Text("Add a question");
const REMOVE_QUESTION: Text = Text("Remove question {}");
pub(in crate::app) const MAKE_LINK: Text = Text("Make the link");
pub(in crate::app) const MADE_TITLE: Text = Text("The assignment is this link");
pub(in crate::app) const MADE_ABOUT: Text = Text(
    "Give it to the class. Students who open it see the experiment, the goal and the questions, and hand in a link of their own, which you read on this page. The assignment's link is already in the list of answers below, so that the goal is judged.",
);
const NOT_SET: Text = Text("The assignment cannot be set yet: {}.");

pub(in crate::app) const COLLECT: Text = Text("Read the answers");
pub(in crate::app) const COLLECT_HELP: Text = Text(
    "Paste links, one a line, or drop a text file with them here. With the assignment's own link among them the goal is judged. They stay in this browser until you remove them.",
);
pub(in crate::app) const LINKS: Text = Text("Links");
pub(in crate::app) const NO_ANSWERS: Text = Text("No answers yet.");
pub(in crate::app) const CLEAR: Text = Text("Remove all");
pub(in crate::app) const CLEARED: Text = Text("All links are removed.");
pub(in crate::app) const CSV: Text = Text("Download as CSV");
pub(in crate::app) const TABLE: Text = Text("Answers");
pub(in crate::app) const STUDENT: Text = Text("Name");
pub(in crate::app) const NAMELESS: Text = Text("no name");
pub(in crate::app) const REPRODUCES: Text = Text("Reproduces?");
pub(in crate::app) const CHECK: Text = Text("Run it here");
const CHECK_OF: Text = Text("Run it here: {}");
pub(in crate::app) const OPEN_IT: Text = Text("Open");
const OPEN_OF: Text = Text("Open: {}");
pub(in crate::app) const CHECKING: Text = Text("running…");
pub(in crate::app) const SAME: Text = Text("same, bit for bit");
pub(in crate::app) const NO_DIGEST: Text = Text("has no digest: the GPU trained it");
pub(in crate::app) const NOT_CHECKED: Text = Text("not run here yet");
const DIFFERS: Text = Text("differs in: {}");
pub(in crate::app) const DIGEST_DIFFERS: Text = Text("the digest");
pub(in crate::app) const OTHER: Text = Text("answers another assignment");
pub(in crate::app) const NO_GOAL: Text = Text("none set");
pub(in crate::app) const NO_ASSIGNMENT: Text = Text("the assignment's link is missing");
const CHANGED_SHORT: Text = Text("changed though locked: {}");
const PROBLEM: Text = Text("Line {}: {}.");
pub(in crate::app) const CHART: Text = Text("Accuracy against bytes, one mark a student");
const ANSWER: Text = Text("Answer {}");
const COUNTED: Text = Text("Answers: {}. Those that meet the goal: {}.");
const ANSWERS_READ: Text = Text("Answers: {}.");

const AT_LEAST: Text = Text("{} at least {}");
const AT_MOST: Text = Text("{} at most {}");
const NOW: Text = Text("{} now, of “{}”");
/// A figure's name, and the unit in which a bound on it is typed.
const FIGURES: [(Figure, Text, Text); 5] = [
    (Figure::Accuracy, Text("Accuracy"), Text("%")),
    (Figure::Bytes, Text("Size"), Text("kB")),
    (Figure::Macs, Text("Multiply-accumulates"), Text("thousands")),
    (Figure::Nonzero, Text("Weights that are not zero"), Text("")),
    (Figure::Latency, Text("Latency of one sample"), Text("µs")),
];
const BOUND_FIELD: Text = Text("{}, in {}");

/// A figure's name.
pub(in crate::app) fn figure(figure: Figure) -> &'static str {
    FIGURES.iter().find(|(other, ..)| *other == figure).map_or("", |(_, name, _)| name.tr())
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
        Figure::Accuracy => format::of_hundred(condition.value * 100.0, 2),
        figure => amount(figure, condition.value),
    };
    fill(template, &[figure(condition.figure), &value])
}

/// The label of the field for a bound.
pub(in crate::app) fn bound_field(of: Figure, bound: Bound) -> String {
    let unit = FIGURES.iter().find(|(other, ..)| *other == of).map_or("", |(_, _, unit)| unit.tr());
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
    if paths.is_empty() { EVERYTHING_LOCKED.into() } else { fill(OPEN, &[&list(paths)]) }
}

pub(in crate::app) fn listed(paths: &[String]) -> String {
    fill(LISTED, &[&list(paths)])
}

pub(in crate::app) fn changed(paths: &[String]) -> String {
    fill(CHANGED, &[&list(paths)])
}

pub(in crate::app) fn changed_short(paths: &[String]) -> String {
    fill(CHANGED_SHORT, &[&list(paths)])
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
    fill(DIFFERS, &[&list(what)])
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
