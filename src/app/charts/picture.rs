//! A chart as a file: the drawing with its styles inside, so that it looks the same elsewhere, and a picture of it.

use super::super::browser;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement, MouseEvent, Node, NodeList, XmlSerializer,
};

/// What of an element's computed style makes its look.
const LOOKS: [&str; 13] = [
    "color",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
];
/// What serves the page alone.
const OF_PAGE: [&str; 7] = ["class", "tabindex", "role", "aria-label", "aria-hidden", "aria-pressed", "data-testid"];
/// Pixels of the picture to one of the drawing.
const SCALE: f64 = 2.0;
/// How many pixels the longer side of a canvas has at least, as a file.
const LEAST: u32 = 960;
const SVG: &str = "http://www.w3.org/2000/svg";

/// The drawing as a file of its own.
pub(in crate::app) fn drawing(svg: &Element) -> Option<String> {
    let copy: Element = svg.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    dress(svg, &copy)?;
    let (from, to) = (svg.query_selector_all("*").ok()?, copy.query_selector_all("*").ok()?);
    for i in 0..from.length() {
        dress(&element(&from, i)?, &element(&to, i)?)?;
    }
    let (width, height) = size(svg)?;
    for (name, value) in [("xmlns", SVG.into()), ("width", width.to_string()), ("height", height.to_string())] {
        copy.set_attribute(name, &value).ok()?;
    }
    let ground = document().create_element_ns(Some(SVG), "rect").ok()?;
    for (name, value) in [("width", "100%".into()), ("height", "100%".into()), ("fill", ground_colour(svg)?)] {
        ground.set_attribute(name, &value).ok()?;
    }
    let title = document().create_element_ns(Some(SVG), "title").ok()?;
    title.set_text_content(svg.get_attribute("aria-label").as_deref());
    copy.insert_before(&ground, copy.first_child().as_ref()).ok()?;
    copy.insert_before(&title, copy.first_child().as_ref()).ok()?;
    XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()
}

/// A chart or a canvas as a PNG file.
pub(super) async fn picture(shown: &Element) -> Option<Vec<u8>> {
    match shown.dyn_ref() {
        Some(canvas) => enlarged(canvas).await,
        None => drawn(shown).await,
    }
}

/// The drawing as a PNG file.
async fn drawn(svg: &Element) -> Option<Vec<u8>> {
    let (width, height) = size(svg)?;
    let url = browser::object_url("image/svg+xml", drawing(svg)?)?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&url);
    let there = JsFuture::from(image.decode()).await;
    let _ = web_sys::Url::revoke_object_url(&url); // an address of this page: cannot fail
    there.ok()?;
    let (canvas, context) = fresh((width * SCALE) as u32, (height * SCALE) as u32)?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width * SCALE, height * SCALE).ok()?;
    browser::png(&canvas).await
}

/// What a canvas shows as a PNG file: each of its points a square, on the colour that the page has behind it.
async fn enlarged(shown: &HtmlCanvasElement) -> Option<Vec<u8>> {
    let scale = (LEAST / shown.width().max(shown.height()).max(1)).max(1);
    let (width, height) = (shown.width() * scale, shown.height() * scale);
    let (canvas, context) = fresh(width, height)?;
    let (width, height) = (f64::from(width), f64::from(height));
    context.set_image_smoothing_enabled(false);
    context.set_fill_style_str(&ground_colour(shown)?);
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_html_canvas_element_and_dw_and_dh(shown, 0.0, 0.0, width, height).ok()?;
    browser::png(&canvas).await
}

/// A canvas that is not on the page.
fn fresh(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = browser::context(&canvas)?;
    Some((canvas, context))
}

/// Gives a copy the looks of its original, and nothing that only this page understands.
fn dress(original: &Element, copy: &Element) -> Option<()> {
    let computed = window().get_computed_style(original).ok()??;
    let mut style = String::new();
    for name in LOOKS {
        let value = computed.get_property_value(name).ok()?;
        style += &format!("{name}:{value};");
    }
    for name in OF_PAGE {
        copy.remove_attribute(name).ok()?;
    }
    copy.set_attribute("style", &style).ok()
}

fn element(list: &NodeList, index: u32) -> Option<Element> {
    list.item(index).and_then(|node: Node| node.dyn_into().ok())
}

/// Width and height, as the drawing counts them.
fn size(svg: &Element) -> Option<(f64, f64)> {
    let frame = svg.get_attribute("viewBox")?;
    let numbers: Vec<f64> = frame.split(' ').filter_map(|number| number.parse().ok()).collect();
    Some((*numbers.get(2)?, *numbers.get(3)?))
}

/// The colour that the drawing stands on.
fn ground_colour(svg: &Element) -> Option<String> {
    let card = svg.closest(".card, .hero").ok()?.or_else(|| document().body().map(JsCast::unchecked_into));
    let computed = window().get_computed_style(&card?).ok()??;
    computed.get_property_value("background-color").ok()
}

/// The chart or the canvas above the button that was pressed.
pub(super) fn shown_above(press: &MouseEvent) -> Option<Element> {
    let button: Element = press.target()?.dyn_into().ok()?;
    button.closest("figure").ok()??.query_selector("svg.chart, canvas").ok()?
}
