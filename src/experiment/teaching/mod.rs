//! For classrooms: an assignment that travels in a link, the answer that comes back in another, and a class's answers together.

mod answer;
mod assignment;
mod class;
mod goal;
mod locks;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use assignment::{Assignment, MAX_CHOICES, MAX_CONDITIONS, MAX_QUESTIONS, Question};
pub use class::{Class, Problem, Row};
pub use goal::{Bound, Condition, Figure, Figures, Goal, Judged};
pub use locks::Locks;

/// What the fragment of an assignment's link begins with.
pub const ASSIGNMENT_MARK: &str = "#a=";

/// What the fragment of an answer's link begins with.
pub const ANSWER_MARK: &str = "#s=";

/// The version of both that this program writes, and the newest it reads.
const VERSION: u8 = 1;

/// Cuts a text after so many characters, for writing; what is read is checked instead.
fn cut(text: &str, characters: usize) -> String {
    text.trim().chars().take(characters).collect()
}
