//! Samples drawn on the page, one after another.

use super::super::results::{DIGITS, PAD, Pad, SIDE, drawn, stroke, wipe};
use super::super::text;
use super::super::text::own as words;
use super::super::{browser, language::Value};
use super::{CHOSEN, Chosen, Desk};
use leptos::html::Canvas;
use leptos::prelude::*;

/// How the files of drawings end, which no others are chosen with.
const ENDING: &str = ".drawing.pgm";

/// The pad, the class of what is drawn, and how many there are of each.
#[component]
pub(super) fn Drawing(desk: Desk) -> impl IntoView {
    let pad = NodeRef::<Canvas>::new();
    let class = RwSignal::new(String::new());
    let clear = move || {
        if let Some(pad) = pad.get_untracked() {
            wipe(&pad);
        }
    };
    let write = move |digit: usize| {
        clear();
        if let Some(pad) = pad.get_untracked() {
            for points in DIGITS[digit] {
                stroke(&pad, points.iter().map(|(x, y)| (x * f64::from(PAD) / 100.0, y * f64::from(PAD) / 100.0)));
            }
        }
    };
    let add = move |_| {
        let name = class.with_untracked(|name| name.trim().replace(['/', '\\'], "-"));
        let image = pad.get_untracked().and_then(|pad| drawn(&pad));
        match image.filter(|_| !name.is_empty() && !name.starts_with('.')) {
            None => desk.state.complain(words::DRAW_EMPTY),
            Some(image) => {
                let mut file = format!("P5 {SIDE} {SIDE} 255\n").into_bytes();
                file.extend(image.iter().map(|value| (value * 255.0) as u8));
                let number = CHOSEN.with_borrow(Vec::len);
                let path = format!("{name}/{number:05}{ENDING}");
                desk.choose(browser::blob(&file).map(|content| Chosen { path, content }).into_iter().collect());
                clear();
            }
        }
    };
    let counts = move || {
        desk.files.track();
        let mut counts: Vec<(String, usize)> = Vec::new();
        CHOSEN.with_borrow(|chosen| {
            for file in chosen.iter().filter(|file| file.path.ends_with(ENDING)) {
                let name = file.path.split('/').next().unwrap_or_default();
                match counts.iter_mut().find(|(other, _)| other == name) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((name.into(), 1)),
                }
            }
        });
        let pick = |(name, count): (String, usize)| {
            let mine = name.clone();
            view! { <button on:click=move |_| class.set(mine.clone())><bdi>{name}</bdi>": "{count.written()}</button> }
        };
        (!counts.is_empty()).then(|| view! {
            <p class="buttons" data-testid="own-drawn"><span>{words::DRAW_COUNTS}</span>{counts.into_iter().map(pick).collect_view()}</p>
        })
    };
    let named =
        move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| class.set(ev.target().value());
    view! {
        <div class="own-drawing">
            <p class="hint">{words::DRAW_HELP}</p>
            <div class="pad">
                <Pad pad testid="own-pad" drawn=Callback::new(|()| ())/>
                <div class="buttons digits" role="group" aria-label=text::DRAW_WRITE>
                    <span>{text::DRAW_WRITE}</span>
                    {(0..DIGITS.len()).map(|d| view! { <button on:click=move |_| write(d)>{d.written()}</button> }).collect_view()}
                </div>
                <label class="field"><span>{words::DRAW_CLASS}</span>
                    <input type="text" maxlength=crate::data::MAX_LABEL data-testid="own-draw-class" prop:value=class on:input:target=named/>
                </label>
                <div class="buttons">
                    <button data-testid="own-draw-add" on:click=add>{words::DRAW_ADD}</button>
                    <button on:click=move |_| clear()>{text::DRAW_CLEAR}</button>
                </div>
            </div>
            {counts}
        </div>
    }
}
