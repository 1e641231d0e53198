//! Questions about loaded models, of which the first part of the worker's code knows nothing.

use super::models::Loaded;
use super::post::Post;
use super::{State, fail, send, work};
use crate::compression::quantize::number_line::Histogram;
use crate::experiment::landscape::landscape;
use crate::experiment::layer_noise;
use crate::network::TrainedModel;
use crate::worker::source::Fetch;
use crate::worker::{Answer, Question, Response};
use std::cell::RefCell;
use std::rc::Rc;

/// Takes a question, and answers it now or in a while.
pub(super) fn inspect(state: &Rc<RefCell<State>>, run: Option<u32>, question: &str) {
    match (serde_json::from_str(question), run) {
        (Ok(Question::Weights { model, matrix }), _) => match weights(&state.borrow().models, model, matrix) {
            Ok(answer) => tell(&answer),
            Err(message) => fail(run, message),
        },
        (Ok(question), Some(run)) => work(state, run, async move |state| {
            let complete = at_length(state, run, question).await?;
            Ok(Response::BenchmarkEnded { run, complete })
        }),
        (Ok(_), None) => fail(None, "the page asked without a number what takes a while; reload the page".into()),
        (Err(error), _) => {
            fail(run, format!("the page asked what this worker does not understand ({error}); reload the page"));
        }
    }
}

fn tell(answer: &Answer) {
    // Plain data with finite numbers: cannot fail.
    send(&Response::Answer { answer: serde_json::to_string(answer).unwrap_or_default() });
}

fn named<'a>(models: &'a [Loaded], name: &str) -> Result<&'a TrainedModel, String> {
    let found = models.iter().find(|loaded| loaded.name == name);
    found.map(|loaded| &loaded.model).ok_or_else(|| format!("{name} is not loaded in this worker; select it again"))
}

fn weights(models: &[Loaded], model: String, matrix: usize) -> Result<Answer, String> {
    let found = named(models, &model)?.matrices().into_iter().nth(matrix);
    let values = found.ok_or_else(|| format!("{model} has no weight matrix {matrix}; select it again"))?.values;
    Ok(Answer::Weights { model, matrix, histogram: Histogram::of(&values) })
}

/// What takes a while; says whether it came to its end.
async fn at_length(state: &Rc<RefCell<State>>, run: u32, question: Question) -> Result<bool, String> {
    let mut post = Post::new(run, state)?;
    let of_name = |name: &str| named(&state.borrow().models, name).cloned();
    match question {
        Question::Weights { .. } => Ok(true), // was answered at once
        Question::Noise { model, float, data } => {
            let (quantized, float) = (of_name(&model)?, of_name(&float)?);
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let seen = layer_noise(&float, &quantized, &mut dataset, &Fetch::default(), &mut post).await;
            let layers = seen.map_err(|e| e.to_string())?;
            let complete = layers.is_some();
            layers.into_iter().for_each(|layers| tell(&Answer::Noise { run, layers }));
            Ok(complete)
        }
        Question::Landscape { model, data, size, bits } => {
            let TrainedModel::Float(float) = of_name(&model)? else {
                return Err(format!("{model} is in integers; choose the variant that it was made from"));
            };
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let tell = |so_far: &_| tell(&Answer::Landscape { run, landscape: Clone::clone(so_far) });
            let drawn = landscape(&float, size, bits, &mut dataset, &Fetch::default(), &mut post, tell).await;
            drawn.map_err(|e| e.to_string())
        }
    }
}
