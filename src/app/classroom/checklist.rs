//! The goal as a list of what is met and what is not, live from the results.

use super::super::state::{Shared, State};
use super::super::text::classroom as words;
use crate::experiment::teaching::{Assignment, Figures, Judged};
use leptos::prelude::*;

/// The list; nothing where no goal is set.
#[component]
pub(super) fn Checklist(state: State, assignment: Shared<Assignment>) -> impl IntoView {
    let set = assignment.clone();
    // Results of settings that are locked say nothing of the goal.
    let judged = Memo::new(move |_| {
        let report = state.report.get().filter(|report| set.changed(&report.recipe).is_empty())?;
        (!report.variants.is_empty()).then(|| set.goal.judge(&Figures::all(&report)))
    });
    let conditions = assignment.goal.conditions.clone();
    if conditions.is_empty() {
        return ().into_any();
    }
    let rows = conditions.into_iter().enumerate().map(|(index, condition)| {
        let met = move || judged.with(|j| j.as_ref().and_then(|j| j.met.get(index).copied()));
        let now = move || {
            judged.with(|j| {
                let figures = j.as_ref()?.variant.as_ref()?;
                let value = figures.get(condition.figure)?;
                Some(words::now(&words::amount(condition.figure, value), &figures.name))
            })
        };
        view! {
            <li data-testid="condition" data-met=move || met().map(|met| if met { "yes" } else { "no" })>
                <span class="tick" aria-hidden="true">{move || if met() == Some(true) { "✓" } else { "○" }}</span>
                <span>
                    {words::condition(&condition)}
                    <small>
                        {move || met().map(|met| if met { words::MET.tr() } else { words::NOT_MET.tr() })}
                        {move || now().map(|now| format!(" · {now}"))}
                    </small>
                </span>
            </li>
        }
    });
    let rows = rows.collect_view();
    let of = assignment.goal.variant.clone();
    let done = move || judged.with(|j| j.as_ref().is_some_and(Judged::all));
    view! {
        <div class="goal">
            <h3>{words::GOAL}</h3>
            <p class="hint">{of.map_or(words::GOAL_HELP.to_string(), |name| words::goal_by(&name))}</p>
            <ul>{rows}</ul>
            {move || judged.with(Option::is_none).then(|| view! { <p class="hint">{words::NOT_RUN}</p> })}
            <p class="goal-met" role="status" data-testid="goal-met">{move || done().then_some(words::GOAL_MET.tr())}</p>
        </div>
    }
    .into_any()
}
