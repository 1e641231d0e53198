//! Questions about loaded models, of which the first part of the worker's code knows nothing.

use super::models::Loaded;
use super::{State, fail, send};
use crate::compression::quantize::number_line::Histogram;
use crate::worker::{Answer, Question, Response};
use std::cell::RefCell;
use std::rc::Rc;

/// Takes a question, and answers it now or in a while.
pub(super) fn inspect(state: &Rc<RefCell<State>>, run: Option<u32>, question: &str) {
    match serde_json::from_str(question) {
        Ok(Question::Weights { model, matrix }) => match weights(&state.borrow().models, model, matrix) {
            Ok(answer) => tell(&answer),
            Err(message) => fail(run, message),
        },
        Err(error) => {
            fail(run, format!("the page asked what this worker does not understand ({error}); reload the page"));
        }
    }
}

fn tell(answer: &Answer) {
    // Plain data with finite numbers: cannot fail.
    send(&Response::Answer { answer: serde_json::to_string(answer).unwrap_or_default() });
}

fn named<'a>(models: &'a [Loaded], name: &str) -> Result<&'a Loaded, String> {
    let found = models.iter().find(|loaded| loaded.name == name);
    found.ok_or_else(|| format!("{name} is not loaded in this worker; select it again"))
}

fn weights(models: &[Loaded], model: String, matrix: usize) -> Result<Answer, String> {
    let found = named(models, &model)?.model.matrices().into_iter().nth(matrix);
    let values = found.ok_or_else(|| format!("{model} has no weight matrix {matrix}; select it again"))?.values;
    Ok(Answer::Weights { model, matrix, histogram: Histogram::of(&values) })
}
