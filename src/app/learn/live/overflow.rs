//! Sums of products in registers of several widths: the card of the playground, opened.

use super::parts::frame;
use crate::app::results::Overflow;
use crate::app::state::State;
use leptos::prelude::*;

pub(super) fn draw(_: State) -> AnyView {
    frame("overflow", view! { <Overflow open=true/> })
}
