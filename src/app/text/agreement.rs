//! The words of the card that shows what a teacher knows and where a student says something else.

use super::super::format;
use crate::app::language::Text;

pub(in crate::app) const TITLE: Text = Text("What the teacher knows");
pub(in crate::app) const ABOUT: Text = Text(
    "A network says more than a class: of the wrong ones, it finds some more likely than others, and a student can learn that too. A temperature above 1 makes it visible. Each network is shown all test samples beside the one that taught it, or that it was made from.",
);
pub(in crate::app) const UNDER_WAY: Text = Text("Both networks are looking at the test samples.");
pub(in crate::app) const BOTH_RIGHT: Text = Text("Both right");
pub(in crate::app) const BOTH_WRONG: Text = Text("Both wrong");
pub(in crate::app) const ALIKE: Text = Text("Classes that it finds alike");
pub(in crate::app) const ALIKE_ABOUT: Text = Text(
    "A row for each true class: how its softened prediction is spread over all classes, in percent, as a mean over the test samples of that class. The stronger the colour of a wrong class, the more alike the two.",
);
pub(in crate::app) const TEMPERATURE: Text = Text("Temperature");
pub(in crate::app) const CLASS: Text = Text("Class");
pub(in crate::app) const DOUBTS: Text = Text("Right, with doubts");
pub(in crate::app) const DOUBTS_ABOUT: Text =
    Text("Of each class the sample about which it is least sure, though right. Choose one to see its soft targets.");
pub(in crate::app) const NO_DISAGREEMENT: Text = Text("The two say the same class on every test sample.");
pub(in crate::app) const BY_NUMBER: Text = Text("Test sample");
pub(in crate::app) const SOFT_TARGETS: Text = Text("Soft targets");

/// `Compare with teacher`
pub(in crate::app) fn compare_with(name: &str) -> String {
    Text("Compare with {name}").with(&[&name])
}

/// `Only teacher right`
pub(in crate::app) fn alone(name: &str) -> String {
    Text("Only {name} right").with(&[&name])
}

/// What the number of a sample may be.
pub(in crate::app) fn by_number_about(last: usize) -> String {
    Text("Or choose any by its number, from 0 to {last}, to see its soft targets.").with(&[&last])
}

pub(in crate::app) fn disagreements(all: usize, shown: usize) -> String {
    let all_text = format::count(all as f64);
    if shown < all {
        Text("Where they disagree: {all_text}, the first {shown} of them here").with(&[&all_text, &shown])
    } else {
        Text("Where they disagree: {all_text}").with(&[&all_text])
    }
}

/// What a picture shows: `test sample 124, a 4: teacher says 4, student says 9`.
pub(in crate::app) fn example(index: u32, label: &str, teacher: (&str, &str), student: (&str, &str)) -> String {
    Text("Test sample {index}, class {label}: {} says {}, {} says {}")
        .with(&[&index, &label, &teacher.0, &teacher.1, &student.0, &student.1])
}
