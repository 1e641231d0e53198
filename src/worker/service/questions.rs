//! Questions about this device and about loaded models, of which the first part of the worker's code knows nothing.

use super::models::Loaded;
use super::post::Post;
use super::{State, fail, own, send, with_gpu, work};
use crate::benchmark::{self, Settings};
use crate::compression::quantize::number_line::Histogram;
use crate::experiment::landscape::landscape;
use crate::experiment::{
    Data, agreement, digest, example, imported_file, imported_path, layer_noise, precision, sensitivity,
};
use crate::export::{self, ImportSettings, Imported};
use crate::network::{SEVERAL_NETWORKS, Shape, TrainedModel};
use crate::worker::source::{Fetch, take as take_kept};
use crate::worker::{Answer, KEPT_ENDING, ModelFile, Question, Reading, Response};
use std::cell::RefCell;
use std::rc::Rc;

/// Takes a question, and answers it now or in a while.
pub(super) fn inspect(state: &Rc<RefCell<State>>, run: Option<u32>, question: &str) {
    match (serde_json::from_str(question), run) {
        (Ok(Question::Weights { model, matrix }), _) => match weights(&state.borrow().models, model, matrix) {
            Ok(answer) => tell(&answer),
            Err(message) => fail(run, message),
        },
        (Ok(Question::Own { number, bundle, files, title, settings, take }), _) => {
            let made = own::make(bundle.as_deref(), &files, &title, &settings, take);
            tell(&Answer::Own { number, made });
        }
        (Ok(Question::Network { model }), _) => match named(&state.borrow().models, &model) {
            Ok(trained) => tell(&Answer::Network { networks: export::summary(trained), model }),
            Err(message) => fail(run, message),
        },
        (Ok(Question::Import { file, data, settings, take }), _) => {
            let read = imported(&file, &data, &settings, take);
            tell(&Answer::Import(read.map(|(reading, kept)| {
                let hand = |file| {
                    let model = ModelFile { name: imported_path(&reading.digest), file };
                    send(&Response::Exported { model, ending: KEPT_ENDING.into() });
                };
                kept.map(hand);
                reading
            })));
        }
        (Ok(Question::Export { model: name, form }), _) => {
            let file = named(&state.borrow().models, &name).and_then(|model| export::write(form, model));
            match file {
                Ok(file) => send(&Response::Exported { model: ModelFile { name, file }, ending: form.ending().into() }),
                Err(message) => fail(run, message),
            }
        }
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

/// What a file that was handed over holds, and, where that is wanted, the model as the page keeps it.
fn imported(
    file: &str,
    data: &Data,
    settings: &ImportSettings,
    take: bool,
) -> Result<(Reading, Option<Vec<u8>>), String> {
    let file = take_kept(file).ok_or("the file has not reached the worker; choose it again")?;
    let dataset = data.open().map_err(|e| e.to_string())?;
    let [height, width, channels] = dataset.shape();
    let Imported { network, model, table, fits } =
        export::import(&file, Shape { height, width, channels }, dataset.classes(), settings)?;
    let parameters = model.parameter_count();
    let model = TrainedModel::Float(model);
    let (digest, kept) = match take {
        true => imported_file(&model).map(|(digest, kept)| (digest, Some(kept)))?,
        false => (digest(&export::encode(&model).file), None),
    };
    Ok((Reading { network, parameters, digest, table, fits }, kept))
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
        Question::Weights { .. }
        | Question::Export { .. }
        | Question::Network { .. }
        | Question::Import { .. }
        | Question::Own { .. } => Ok(true), // was answered at once
        Question::Benchmark { works } => {
            let works = benchmark::choose(&works).map_err(|e| e.to_string())?;
            let mut tell = |measurement| send(&Response::Measured { run, measurement });
            let (settings, source) = (Settings::default(), Fetch::default());
            let measured = with_gpu(state, async |engines| {
                benchmark::measure(&works, &settings, &source, &mut post, engines, &mut tell).await
            });
            measured.await.map_err(|e| e.to_string())
        }
        Question::Compare { recipe } => {
            let mut tell = |measurement| send(&Response::Measured { run, measurement });
            let window_us = Settings::default().compare_window_us;
            let compared = with_gpu(state, async |engines| {
                benchmark::compare(&recipe, window_us, &mut post, engines, &mut tell).await
            });
            compared.await.map_err(|e| e.to_string())
        }
        Question::Sensitivity { model, data } => {
            let file = export::encode(&of_name(&model)?).file;
            let (mut dataset, mut layers) = (data.open().map_err(|e| e.to_string())?, Vec::new());
            let tell = |layer| {
                layers.push(layer);
                tell(&Answer::Sensitivity { run, layers: layers.clone() });
            };
            let tried = sensitivity(&file, &mut dataset, &Fetch::default(), &mut post, tell).await;
            tried.map_err(|e| e.to_string())
        }
        Question::Precision { model, data, settings } => {
            let model = of_name(&model)?;
            let (mut dataset, mut layers) = (data.open().map_err(|e| e.to_string())?, Vec::new());
            let tell = |layer| {
                layers.push(layer);
                tell(&Answer::Precision { run, layers: layers.clone() });
            };
            let tried = precision(&model, &settings, &mut dataset, &Fetch::default(), &mut post, tell).await;
            tried.map_err(|e| e.to_string())
        }
        Question::Noise { model, float, data } => {
            let (quantized, float) = (of_name(&model)?, of_name(&float)?);
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let seen = layer_noise(&float, &quantized, &mut dataset, &Fetch::default(), &mut post).await;
            let layers = seen.map_err(|e| e.to_string())?;
            let complete = layers.is_some();
            layers.into_iter().for_each(|layers| tell(&Answer::Noise { run, layers }));
            Ok(complete)
        }
        Question::Agreement { teacher, student, data } => {
            let (teacher, student) = (of_name(&teacher)?, of_name(&student)?);
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let compared = agreement(&teacher, &student, &mut dataset, &Fetch::default(), &mut post).await;
            let told = compared.map_err(|e| e.to_string())?;
            let complete = told.is_some();
            told.into_iter().for_each(|agreement| tell(&Answer::Agreement { run, agreement }));
            Ok(complete)
        }
        Question::Example { teacher, student, data, index } => {
            let (teacher, student) = (of_name(&teacher)?, of_name(&student)?);
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let looked_at = example(&teacher, &student, &mut dataset, &Fetch::default(), index).await;
            tell(&Answer::Example { run, example: looked_at.map_err(|e| e.to_string())? });
            Ok(true)
        }
        Question::Landscape { model, data, size, bits } => {
            let float = match of_name(&model)? {
                TrainedModel::Float(float) => float,
                TrainedModel::Integer(_) => {
                    return Err(format!("{model} is in integers; choose the variant that it was made from"));
                }
                TrainedModel::Ensemble(_) => return Err(SEVERAL_NETWORKS.into()),
            };
            let mut dataset = data.open().map_err(|e| e.to_string())?;
            let tell = |so_far: &_| tell(&Answer::Landscape { run, landscape: Clone::clone(so_far) });
            let drawn = landscape(&float, size, bits, &mut dataset, &Fetch::default(), &mut post, tell).await;
            drawn.map_err(|e| e.to_string())
        }
    }
}
