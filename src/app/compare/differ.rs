//! Where the predictions of two results differ, sample by sample.

use super::super::browser;
use super::super::results::numbers::differences;
use super::super::state::{ResultKey, Shared};
use super::super::text::compare as words;
use super::models::{Models, model_name};
use super::{Entry, Results};
use crate::app::language::Text;
use crate::experiment::Agreement;
use crate::worker::{Answer, Question};
use leptos::prelude::*;
use std::sync::Arc;

/// What was asked, and what was said to it.
#[derive(Clone)]
struct Asked {
    run: u32,
    pair: [ResultKey; 2],
    said: Option<Shared<Agreement>>,
}

/// The card; its question goes to the first worker.
#[component]
pub(super) fn DifferCard(results: Results, models: Models) -> impl IntoView {
    let state = results.state;
    // By their places among those that are ticked.
    let chosen = [RwSignal::new(None::<ResultKey>), RwSignal::new(None)];
    let asked = RwSignal::new(None::<Asked>);
    // Those whose files are there, with their names.
    let usable = Memo::new(move |_| {
        let (loaded, names) = (models.loaded.get().unwrap_or_default(), results.names.get());
        results.ticked.with(|ticked| {
            let all = ticked.iter().cloned().zip(names);
            all.filter(|(e, _)| loaded.contains(&e.key)).collect::<Vec<(Entry, String)>>()
        })
    });
    let first = Memo::new(move |_| {
        let wanted = chosen[0].get();
        usable.with(|all| all.iter().find(|(e, _)| Some(&e.key) == wanted.as_ref()).or(all.first()).cloned())
    });
    let others = Memo::new(move |_| {
        let Some((first, _)) = first.get() else { return Vec::new() };
        usable.with(|all| {
            all.iter().filter(|(e, _)| e.key != first.key && e.same_data(&first)).cloned().collect::<Vec<_>>()
        })
    });
    let second = Memo::new(move |_| {
        let wanted = chosen[1].get();
        others.with(|all| all.iter().find(|(e, _)| Some(&e.key) == wanted.as_ref()).or(all.first()).cloned())
    });
    Effect::new(move |_| {
        let said = state.answer.with(|said| said.as_deref().and_then(|said| serde_json::from_str(said).ok()));
        if let Some(Answer::Agreement { run, agreement }) = said {
            asked.update(|asked| {
                if let Some(asked) = asked.as_mut().filter(|asked| asked.run == run) {
                    asked.said = Some(Shared(Arc::new(agreement)));
                }
            });
        }
    });
    let start = move |_| {
        let (Some((first, _)), Some((second, _))) = (first.get_untracked(), second.get_untracked()) else { return };
        let run = (browser::date_ms() / 1000.0) as u32;
        let question = Question::Agreement {
            teacher: model_name(&first.key),
            student: model_name(&second.key),
            data: first.report.recipe.data.clone(),
        };
        asked.set(Some(Asked { run, pair: [first.key, second.key], said: None }));
        state.asking.set(Some(run));
        state.with_pool(|pool| pool.inspect(Some(run), question.to_json()));
    };
    let ready = Memo::new(move |_| second.with(Option::is_some));
    let under_way =
        move || asked.with(|asked| asked.as_ref().map(|a| a.run)).is_some_and(|run| state.asking.get() == Some(run));
    let told = move || {
        let ((first, one), (second, other)) = (first.get()?, second.get()?);
        let said = asked.with(|asked| {
            let mine = asked.as_ref().filter(|asked| asked.pair == [first.key.clone(), second.key]);
            mine.and_then(|asked| asked.said.clone())
        })?;
        Some(differences(said, first.report.recipe.data.info(), [one, other]))
    };
    view! {
        <section class="card" aria-labelledby="compare-differ" data-testid="compare-differ">
            <h3 id="compare-differ">{words::DIFFER}</h3>
            <p class="hint">{words::DIFFER_HELP}</p>
            <div class="choosers">
                {choice(words::FIRST, "differ-first", usable, first, chosen[0])}
                {choice(words::SECOND, "differ-second", others, second, chosen[1])}
            </div>
            <div class="buttons">
                <button data-testid="differ-start" disabled=move || !ready.get() || state.occupied() on:click=start>
                    {words::SHOW_DIFFERENCES}
                </button>
                <span role="status">{move || under_way().then_some(words::UNDER_WAY.tr())}</span>
            </div>
            {move || (!ready.get()).then(|| view! { <p class="hint">{words::DIFFER_NEEDS}</p> })}
            {told}
        </section>
    }
}

type Named = (Entry, String);

fn choice(
    title: Text,
    id: &'static str,
    all: Memo<Vec<Named>>,
    now: Memo<Option<Named>>,
    chosen: RwSignal<Option<ResultKey>>,
) -> impl IntoView {
    let choose = move |ev: web_sys::Event| {
        let at: Option<usize> = event_target_value(&ev).parse().ok();
        chosen.set(at.and_then(|at| all.with_untracked(|all| all.get(at).map(|(e, _)| e.key.clone()))));
    };
    let options = move || {
        let option = |(i, (entry, name)): (usize, Named)| {
            let selected = move || now.with(|now| now.as_ref().is_some_and(|(e, _)| e.key == entry.key));
            view! { <option value=i prop:selected=selected>{name}</option> }
        };
        all.get().into_iter().enumerate().map(option).collect_view()
    };
    view! { <label><span>{title}</span><select data-testid=id on:change=choose>{options}</select></label> }
}
