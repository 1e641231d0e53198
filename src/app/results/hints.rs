//! What a newcomer reads before the first run.

use super::super::text;
use leptos::prelude::*;

/// Heights of the nodes of the little network, layer by layer.
const NODES: [(&str, &[&str]); 3] =
    [("26", &["12", "28", "44", "60"]), ("80", &["12", "28", "44", "60"]), ("134", &["24", "48"])];

/// What to press and what to look for.
#[component]
pub(super) fn Hints() -> impl IntoView {
    let pictures = [curve().into_any(), network().into_any(), front().into_any()];
    view! {
        <div class="hero">
            <p class="lead">{text::HINT_TITLE}</p>
            <ol>
                {text::HINTS.iter().zip(pictures).map(|((title, what), picture)| view! {
                    <li>
                        <svg class="art" viewBox="0 0 160 72" aria-hidden="true">{picture}</svg>
                        <strong>{*title}</strong>
                        <span>{*what}</span>
                    </li>
                }).collect_view()}
            </ol>
        </div>
    }
}

/// A loss that falls while the accuracy rises.
fn curve() -> impl IntoView {
    view! {
        <path class="base" d="M8 4V66H154"></path>
        <path class="line s0" d="M10 10C24 46 50 54 78 57S130 61 152 61"></path>
        <path class="line s1" d="M10 62C22 26 46 18 78 14S130 10 152 9"></path>
    }
}

/// A network most of whose connections are gone.
fn network() -> impl IntoView {
    let mut edges = Vec::new();
    for pair in NODES.windows(2) {
        let [(x1, from), (x2, to)] = [pair[0], pair[1]];
        for (i, y1) in from.iter().enumerate() {
            for (j, y2) in to.iter().enumerate() {
                let kept = (2 * i + 3 * j) % 5 == 0;
                edges.push(view! { <line class=if kept { "kept" } else { "gone" } x1=x1 y1=*y1 x2=x2 y2=*y2></line> });
            }
        }
    }
    let nodes: Vec<_> = NODES
        .iter()
        .flat_map(|(x, heights)| heights.iter().map(|y| view! { <circle class="node" cx=*x cy=*y r="5"></circle> }))
        .collect();
    view! { {edges} {nodes} }
}

/// Variants, and the front of those that no other beats.
fn front() -> impl IntoView {
    view! {
        <path class="base" d="M8 4V66H154"></path>
        <path class="line dashed" d="M28 50L52 24L92 14L140 11"></path>
        <circle class="s3" cx="28" cy="50" r="6"></circle>
        <rect class="s1" x="46.500" y="18.500" width="11" height="11"></rect>
        <path class="s2" d="M92 7L99 20H85Z"></path>
        <circle class="s0" cx="140" cy="11" r="6"></circle>
        <circle class="beaten" cx="112" cy="40" r="5"></circle>
    }
}
