//! A link as a QR code, drawn as SVG.

use super::super::text::share as words;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// The most bytes that a code holds, at its lowest level of correction.
const MOST: usize = 2953;

/// From so many modules a side on a phone needs to be close.
const DENSE: i32 = 97;

/// The empty modules around a code.
const QUIET: i32 = 4;

/// The code of a link, with a word where it is dense; where the link is too long, a sentence that says what to do instead.
#[component]
pub(super) fn Code(link: String) -> impl IntoView {
    // Links are all bytes to a code; the lowest level that holds them is raised where there is room for more.
    let Ok(code) = QrCode::encode_text(&link, QrCodeEcc::Low) else {
        return view! { <p class="notice" data-testid="code-too-long">{words::code_too_long(link.len(), MOST)}</p> }
            .into_any();
    };
    let side = code.size() + 2 * QUIET;
    view! {
        <svg
            class="code"
            data-testid="code"
            role="img"
            aria-label=words::code_label(&link)
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <rect width=side height=side fill="#fff"></rect>
            <path d=dark(&code) fill="#000"></path>
        </svg>
        {(code.size() >= DENSE).then(|| view! { <p class="hint">{words::CODE_DENSE}</p> })}
    }
    .into_any()
}

/// The dark modules as a path: each run of a row is a rectangle.
fn dark(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let begin = x;
            while code.get_module(x, y) {
                x += 1; // what lies outside is light
            }
            if x > begin {
                let _ = write!(path, "M{} {}h{}v1h-{}z", begin + QUIET, y + QUIET, x - begin, x - begin);
            }
            x += 1;
        }
    }
    path
}
