//! What quantization does, made visible: the grid over the weights, the width of sums, the noise of each layer, the landscape of
//! the loss. Some of it can be tried without a run.

mod number_line;

use super::super::state::{Shared, State};
use crate::compression::quantize::number_line::Histogram;
use crate::worker::{Answer, Question};
use leptos::prelude::*;
use number_line::NumberLine;

/// What workers have said to the questions of these cards.
#[derive(Clone, Copy)]
struct Answers {
    /// Of a model's weight matrix.
    weights: RwSignal<Option<(String, usize, Shared<Histogram>)>>,
}

impl Answers {
    /// Listens from now on.
    fn new(state: State) -> Self {
        let answers = Self { weights: RwSignal::new(None) };
        Effect::new(move |_| {
            let said = state.answer.with(|said| said.as_deref().and_then(|said| serde_json::from_str(said).ok()));
            match said {
                Some(Answer::Weights { model, matrix, histogram }) => {
                    answers.weights.set(Some((model, matrix, Shared(std::sync::Arc::new(histogram)))));
                }
                None => {}
            }
        });
        answers
    }
}

/// Asks what is answered at once.
fn ask(state: State, question: &Question) {
    // Plain data: cannot fail.
    let question = serde_json::to_string(question).unwrap_or_default();
    state.with_pool(|pool| pool.inspect(None, question));
}

/// The cards.
#[component]
pub(super) fn Numbers(state: State) -> impl IntoView {
    let answers = Answers::new(state);
    view! {
        <NumberLine state answers/>
    }
}
