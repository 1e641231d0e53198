//! The words of the card that shows what a teacher knows and where a student says something else.

use super::super::format;

pub(in crate::app) const TITLE: &str = "What the teacher knows";
pub(in crate::app) const ABOUT: &str = "A network says more than a class: of the wrong ones, it finds some more likely than others, and a student can learn that too. A temperature above 1 makes it visible. Each network is shown all test samples beside the one that taught it, or that it was made from.";
pub(in crate::app) const UNDER_WAY: &str = "Both networks are looking at the test samples.";
pub(in crate::app) const BOTH_RIGHT: &str = "Both right";
pub(in crate::app) const BOTH_WRONG: &str = "Both wrong";
pub(in crate::app) const ALIKE: &str = "Classes that it finds alike";
pub(in crate::app) const ALIKE_ABOUT: &str = "A row for each true class: how its softened prediction is spread over all classes, in percent, as a mean over the test samples of that class. The stronger the colour of a wrong class, the more alike the two.";
pub(in crate::app) const TEMPERATURE: &str = "Temperature";
pub(in crate::app) const CLASS: &str = "Class";
pub(in crate::app) const DOUBTS: &str = "Right, with doubts";
pub(in crate::app) const DOUBTS_ABOUT: &str =
    "Of each class the sample about which it is least sure, though right. Choose one to see its soft targets.";
pub(in crate::app) const NO_DISAGREEMENT: &str = "The two say the same class on every test sample.";
pub(in crate::app) const SOFT_TARGETS: &str = "Soft targets";

/// `Compare with teacher`
pub(in crate::app) fn compare_with(name: &str) -> String {
    format!("Compare with {name}")
}

/// `Only teacher right`
pub(in crate::app) fn alone(name: &str) -> String {
    format!("Only {name} right")
}

pub(in crate::app) fn disagreements(all: usize, shown: usize) -> String {
    let all_text = format::count(all as f64);
    if shown < all {
        format!("Where they disagree: {all_text}, the first {shown} of them here")
    } else {
        format!("Where they disagree: {all_text}")
    }
}

/// What a picture shows: `test sample 124, a 4: teacher says 4, student says 9`.
pub(in crate::app) fn example(index: u32, label: &str, teacher: (&str, &str), student: (&str, &str)) -> String {
    format!("Test sample {index}, class {label}: {} says {}, {} says {}", teacher.0, teacher.1, student.0, student.1)
}
