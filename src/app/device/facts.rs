//! What the browser says of the device and of itself.

use crate::app::language::Value;
use crate::app::{browser, text::device as text};
use leptos::prelude::*;

/// Cores, shared memory, relaxed SIMD, WebGPU: whether they are there, and what that means here.
#[component]
pub(super) fn Facts() -> impl IntoView {
    let word = |there: bool| String::from(if there { text::YES } else { text::NO });
    let facts = [
        (text::CORES, browser::cores().written(), text::CORES_HELP),
        (text::MEMORY, word(browser::shared_memory()), text::MEMORY_HELP),
        (text::RELAXED, word(browser::relaxed_simd()), text::RELAXED_HELP),
        (text::WEBGPU, word(browser::webgpu()), text::WEBGPU_HELP),
    ];
    let rows = facts.into_iter().map(|(name, value, help)| {
        view! { <div><dt>{name}</dt><dd><strong>{value}</strong><small>{help}</small></dd></div> }
    });
    view! { <dl class="offers" aria-label=text::FACTS data-testid="device-facts">{rows.collect_view()}</dl> }
}
