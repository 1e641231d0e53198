//! A network drawn several times, and a variant that averages others.

use super::super::language::Text;
use super::super::state::State;
use super::super::text::ensemble as words;
use super::inputs::NumberField;
use super::locks::lock;
use crate::experiment::Variant;
use leptos::prelude::*;

/// A variant without what belongs to a network of its own: it goes on from another, or averages several.
pub(super) fn started_elsewhere(variant: &Variant) -> Variant {
    Variant { network: None, training: None, member: 0, members: 0, ..variant.clone() }
}

/// How often the variant's network is drawn, and which draw is the first.
#[component]
pub(super) fn MemberFields(state: State, key: u32, variant: Memo<Variant>) -> impl IntoView {
    let field =
        move |name, label: Text, help: Text, range, read: fn(&Variant) -> usize, write: fn(&mut Variant, usize)| {
            let set = Callback::new(move |n: f64| {
                state.draft.update(|d| d.edit_variant(key, |v| write(v, n.max(0.0) as usize)));
            });
            let value = Signal::derive(move || variant.with(read) as f64);
            view! { <NumberField label help value range step=1.0 set field=name/> }
        };
    view! {
        {field("members", words::MEMBERS, words::MEMBERS_HELP, (0.0, 20.0), |v| v.members, |v, n| v.members = n)}
        {field("member", words::MEMBER, words::MEMBER_HELP, (0.0, 9999.0), |v| v.member, |v, n| v.member = n)}
    }
}

/// The variants before this one, to be ticked where they are averaged.
#[component]
pub(super) fn EnsembleForm(state: State, key: u32, variant: Memo<Variant>) -> impl IntoView {
    // What is named and is no variant of these can be taken out, too.
    let offered = Memo::new(move |_| {
        let mut names = state.draft.with(|d| d.networks_before(key));
        let named = variant.with(|v| v.ensemble.clone());
        names.extend(named.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        names
    });
    let tick = move |name: String, on: bool| {
        state.draft.update(|d| {
            d.edit_variant(key, |v| {
                v.ensemble.retain(|other| *other != name);
                if on {
                    *v = Variant { from: None, ..started_elsewhere(v) };
                    v.ensemble.push(name);
                }
            });
        });
    };
    let locked = lock("ensemble");
    let row = move |name: String| {
        let (mine, label) = (name.clone(), name.clone());
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    disabled=locked
                    prop:checked=move || variant.with(|v| v.ensemble.contains(&mine))
                    on:change:target=move |ev| tick(name.clone(), ev.target().checked())
                />
                <bdi>{label}</bdi>
            </label>
        }
    };
    let open = variant.with_untracked(|v| !v.ensemble.is_empty());
    move || {
        offered.with(|names| !names.is_empty()).then(|| {
            view! {
                <details class="more" open=open data-testid="ensemble">
                    <summary>{words::ENSEMBLE}</summary>
                    <p class="hint">{words::ENSEMBLE_HELP}</p>
                    {move || offered.get().into_iter().map(row).collect_view()}
                </details>
            }
        })
    }
}
