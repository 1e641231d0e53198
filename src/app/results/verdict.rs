//! Whether a run came to the same bits as the link, or as an earlier run of the same recipe.

use super::super::record::Record;
use super::super::state::{Shown, State};
use super::super::text;
use leptos::prelude::*;

/// The verdict, told as soon as there is one.
#[component]
pub(super) fn VerdictLine(state: State) -> impl IntoView {
    let verdict = Memo::new(move |_| verdict(state));
    view! {
        <div role="status">
            {move || verdict.get().map(|v| view! {
                <p class=format!("verdict {}", v.kind) data-testid="verdict" data-verdict=v.kind>{v.text}</p>
            })}
        </div>
    }
}

/// What there is to say.
#[derive(Clone, Debug, PartialEq)]
struct Verdict {
    /// `same`, `different` or `waiting`.
    kind: &'static str,
    text: String,
}

/// The verdict on what is shown.
fn verdict(state: State) -> Option<Verdict> {
    let expected = state.opened.get().and_then(|link| link.digest.map(|digest| (link.recipe, digest)));
    let report = state.report.get();
    let say = |kind, text| Some(Verdict { kind, text });
    if let Some((recipe, digest)) = expected {
        let mine = report.as_ref().filter(|r| r.recipe == recipe && !r.digest.is_empty());
        return match mine {
            Some(report) if report.digest == digest => say("same", text::same_as_link(&digest)),
            Some(report) => {
                let mut sentence = text::differs_from_link(&digest, &report.digest);
                // The link holds one digest; which variant differs can be told where a run with that digest is kept.
                state.runs.with(|runs| {
                    if let Some(other) = runs.iter().find(|r| r.report.digest == digest) {
                        sentence =
                            format!("{sentence} {}", text::differs_from_run(&other.title(), &differing(report, other)));
                    }
                });
                say("different", sentence)
            }
            None if report.as_ref().is_none_or(|r| r.recipe == recipe) => {
                say("waiting", text::verdict_waiting(&digest))
            }
            None => None,
        };
    }
    let Shown::Run(id) = state.shown.get() else { return None };
    let report = report.filter(|r| !r.digest.is_empty())?;
    state.runs.with(|runs| {
        let twin =
            runs.iter().find(|r| r.notes.id < id && r.report.recipe == report.recipe && !r.report.digest.is_empty())?;
        match twin.report.digest == report.digest {
            true => say("same", text::same_as_run(&twin.title())),
            false => say("different", text::differs_from_run(&twin.title(), &differing(&report, twin))),
        }
    })
}

/// The names of the variants whose digests differ.
fn differing(report: &crate::experiment::Report, other: &Record) -> Vec<String> {
    let same = |name: &str, digest: &str| other.report.variants.iter().any(|v| v.name == name && v.digest == digest);
    report.variants.iter().filter(|v| !same(&v.name, &v.digest)).map(|v| v.name.clone()).collect()
}
