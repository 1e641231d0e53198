//! The little of the browser that the page needs beyond Leptos: clock, address, local storage, clipboard, files, pixels.

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, ImageData, Response, Url,
};

/// Milliseconds since the page was opened.
pub(super) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Milliseconds since 1970.
pub(super) fn date_ms() -> f64 {
    js_sys::Date::now()
}

/// A time of day as the page's language writes it, in English as the visitor's locale does; with the date unless it is today's.
pub(super) fn time_text(date_ms: f64) -> String {
    let locale = locale();
    let date = js_sys::Date::new(&date_ms.into());
    let today = js_sys::Date::new_0();
    let time =
        String::from(date.to_locale_time_string(locale)).rsplit_once(':').map_or_else(String::new, |(t, _)| t.into());
    if date.to_date_string() == today.to_date_string() {
        return time;
    }
    format!("{} {time}", String::from(date.to_locale_date_string(locale, &JsValue::UNDEFINED)))
}

/// The language that the root element says.
pub(super) fn language() -> String {
    document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

/// Says the page's language and its direction.
pub(super) fn set_language(language: &str, direction: &str) {
    if let Some(root) = document().document_element() {
        // The names are literals, so neither call can fail.
        let _ = root.set_attribute("lang", language);
        let _ = root.set_attribute("dir", direction);
    }
    document().set_title(super::text::PAGE_TITLE.tr());
}

/// What a JSON file beside the page says; nothing where it does not come.
pub(super) async fn fetch_json(path: &str) -> Option<JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.json().ok()?).await.ok()
}

/// An element of the page.
pub(super) fn element(selector: &str) -> Option<web_sys::Element> {
    document().query_selector(selector).ok().flatten()
}

/// Which of the page's folded parts stand open, in their order.
pub(super) fn unfolded() -> Vec<bool> {
    every("details").iter().map(|details| details.has_attribute("open")).collect()
}

/// Opens those again, in a page that has the same parts.
pub(super) fn unfold(open: &[bool]) {
    for (details, _) in every("details").iter().zip(open).filter(|(_, open)| **open) {
        let _ = details.set_attribute("open", ""); // the name is a literal
    }
}

fn every(selector: &str) -> Vec<web_sys::Element> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.item(i)?.dyn_into().ok()).collect()
}

/// Today's date, likewise.
pub(super) fn day_text() -> String {
    String::from(js_sys::Date::new_0().to_locale_date_string(locale(), &JsValue::UNDEFINED))
}

/// As whose dates and times are written: as the page's language, in English as the visitor's.
fn locale() -> &'static str {
    if super::language::is_persian() { "fa-IR" } else { "default" }
}

/// Sets `data-{name}` on the root element.
pub(super) fn set_root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let name = format!("data-{name}");
        // The names are literals, so neither call can fail.
        let _ = if value.is_empty() { root.remove_attribute(&name) } else { root.set_attribute(&name, value) };
    }
}

/// A value kept in local storage, which a browser may withhold.
pub(super) fn kept(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps a value in local storage where the browser allows it.
pub(super) fn keep(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value); // full or withheld: the setting lasts until the page is closed
    }
}

/// Forgets a value kept in local storage.
pub(super) fn forget(key: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(key); // withheld: it holds nothing
    }
}

/// Processor cores that the browser admits to.
pub(super) fn cores() -> usize {
    window().navigator().hardware_concurrency() as usize
}

/// Whether threads may share memory, which takes headers from the host.
pub(super) fn shared_memory() -> bool {
    js_sys::Reflect::get(&window(), &"crossOriginIsolated".into()).is_ok_and(|there| there.is_truthy())
}

/// Whether the browser has WebGPU; a device behind it is not asked for.
pub(super) fn webgpu() -> bool {
    js_sys::Reflect::get(&window().navigator(), &"gpu".into()).is_ok_and(|gpu| gpu.is_object())
}

/// Whether WebAssembly has the relaxed SIMD instructions: whether a module with one of them is valid.
pub(super) fn relaxed_simd() -> bool {
    // A function whose body is `i8x16.relaxed_swizzle(i8x16.splat(1), i8x16.splat(2))`.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7b\x03\x02\x01\0\x0a\x0f\x01\x0d\0\x41\x01\xfd\x0f\x41\x02\xfd\x0f\xfd\x80\x02\x0b";
    js_sys::WebAssembly::validate(&js_sys::Uint8Array::from(MODULE)).unwrap_or(false)
}

/// Whether a media query holds.
pub(super) fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|m| m.matches())
}

/// Scrolls to an element.
pub(super) fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// Scrolls to an element, and has the keyboard go on from there.
pub(super) fn lead_to(id: &str) {
    reveal(id);
    if let Some(element) = document().get_element_by_id(id) {
        focus(&element);
    }
}

/// Leads to what stands behind `#`.
pub(super) fn go(fragment: &str) {
    let _ = window().location().set_hash(fragment); // refused only for addresses that cannot be
}

/// What stands behind `#` in the address.
pub(super) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The address without what stands behind `#`.
pub(super) fn address() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_string()
}

/// The address without query and fragment: the page itself.
pub(super) fn plain_address() -> String {
    address().split('?').next().unwrap_or_default().to_string()
}

/// What the address asks to be shown in a frame of another page, if it asks for that.
pub(super) fn embedded() -> Option<String> {
    let query = window().location().search().unwrap_or_default();
    query.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("embed=")).map(String::from)
}

/// All elements that a selector finds.
pub(super) fn all(selector: &str) -> Vec<web_sys::HtmlElement> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.item(i)?.dyn_into().ok()).collect()
}

/// Whether a dialog is open over the page.
pub(super) fn dialog_open() -> bool {
    !all("dialog[open]").is_empty()
}

/// Whether the page is read from right to left.
pub(super) fn right_to_left() -> bool {
    document().document_element().is_some_and(|root| root.get_attribute("dir").as_deref() == Some("rtl"))
}

/// Gives an element the focus.
pub(super) fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus(); // refused only where it is not drawn
    }
}

/// Gives the focus back to what has it now, if what is done next takes it away: an element that is moved in the page loses it.
pub(super) fn hold_focus() {
    let had = document().active_element();
    request_animation_frame(move || {
        let body = document().body().map(web_sys::Element::from);
        if document().active_element() == body
            && let Some(element) = had.filter(|element| element.is_connected())
        {
            focus(&element);
        }
    });
}

/// Does what a click on an element would.
pub(super) fn press(selector: &str) {
    if let Some(element) = element(selector).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
}

/// Copies text; false where the browser refuses.
pub(super) async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // Absent on pages that are neither https nor local.
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|c| c.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// An address of these bytes, which lasts until it is revoked or the page is closed.
pub(super) fn object_url(kind: &str, content: impl AsRef<[u8]>) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let bytes = js_sys::Uint8Array::from(content.as_ref());
    let blob = Blob::new_with_u8_array_sequence_and_options(&js_sys::Array::of1(&bytes), &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

/// The address of a link's experiment on this page.
pub(super) fn link_address(link: &str) -> String {
    format!("{}#x={link}", plain_address())
}

/// A title as the name of a file: letters and digits, hyphens between.
pub(super) fn file_name(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Hands the visitor a file.
pub(super) fn download(name: &str, kind: &str, content: impl AsRef<[u8]>) -> Option<()> {
    let url = object_url(kind, content)?;
    let anchor: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&url).ok()
}

/// The text of a file that the visitor chose or dropped.
pub(super) async fn read_text(file: Blob) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// What a file that the visitor chose or dropped is called.
pub(super) fn name_of(file: &Blob) -> String {
    js_sys::Reflect::get(file, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// The bytes of a file that the visitor chose or dropped.
pub(super) async fn read_bytes(file: Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// The content of several files, one behind another.
pub(super) async fn read_together(files: impl Iterator<Item = &Blob>) -> Option<Vec<u8>> {
    let parts: js_sys::Array = files.collect();
    read_bytes(Blob::new_with_blob_sequence(&parts).ok()?).await
}

/// A file of these bytes, which no one has named.
pub(super) fn blob(content: &[u8]) -> Option<Blob> {
    Blob::new_with_u8_array_sequence(&js_sys::Array::of1(&js_sys::Uint8Array::from(content))).ok()
}

/// The files of a file input or of those dropped, by their names, or by their paths where they were chosen in a folder.
pub(super) fn files(holder: &JsValue) -> Vec<(String, Blob)> {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let list = get(holder, "files").map(|files| js_sys::Array::from(&files)).unwrap_or_default();
    let named = |file: JsValue| {
        let path = get(&file, "webkitRelativePath").and_then(|path| path.as_string()).filter(|path| !path.is_empty());
        let path = path.or_else(|| get(&file, "name").and_then(|name| name.as_string()))?;
        Some((path, file.dyn_into().ok()?))
    };
    list.iter().filter_map(named).collect()
}

/// The first file of a file input.
pub(super) fn first_file(holder: &JsValue) -> Option<Blob> {
    let files = js_sys::Reflect::get(holder, &"files".into()).ok()?;
    js_sys::Reflect::get_u32(&files, 0).ok()?.dyn_into().ok()
}

/// The first file of those dropped.
pub(super) fn dropped_file(drop: &JsValue) -> Option<Blob> {
    first_file(&js_sys::Reflect::get(drop, &"dataTransfer".into()).ok()?)
}

/// A canvas's picture as a PNG file.
pub(super) async fn png(canvas: &HtmlCanvasElement) -> Option<Vec<u8>> {
    let promise = js_sys::Promise::new(&mut |done, failed| {
        let told = done.clone();
        let take = Closure::once_into_js(move |blob: JsValue| drop(told.call1(&JsValue::NULL, &blob)));
        if canvas.to_blob(take.unchecked_ref()).is_err() {
            drop(failed.call0(&JsValue::NULL));
        }
    });
    let blob: Blob = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    read_bytes(blob).await
}

/// The browser's own name of itself.
pub(super) fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}

/// Whether files are dragged, and not text.
pub(super) fn brings_files(drag: &JsValue) -> bool {
    let types = js_sys::Reflect::get(drag, &"dataTransfer".into())
        .and_then(|data| js_sys::Reflect::get(&data, &"types".into()));
    types.is_ok_and(|types| js_sys::Array::from(&types).includes(&"Files".into(), 0))
}

/// A canvas's drawing context.
pub(super) fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    // Drawings are read back at each stroke, which is slow where they live on the graphics processor.
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    canvas.get_context_with_context_options("2d", &options).ok().flatten()?.dyn_into().ok()
}

/// Makes the canvas `width` x `height` and fills it with pixels, four bytes each.
pub(super) fn paint(canvas: &HtmlCanvasElement, width: usize, height: usize, rgba: &[u8]) -> Option<()> {
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width as u32, height as u32).ok()?;
    context(canvas)?.put_image_data(&image, 0.0, 0.0).ok()
}
