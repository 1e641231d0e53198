//! Every text that a visitor may read, out of the source: what the page marks as `Text`, the tables of lower modules, and the
//! sentences with which they fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// Texts, and where each stands first: file and line.
pub type Found = BTreeMap<String, (String, usize)>;

/// Fields of tables that hold texts, however short.
const FIELDS: [&str; 10] =
    ["title", "help", "about", "notice", "reported", "shortened", "labels", "source", "licence", "facts"];

/// Functions whose literals are texts, however short.
const FUNCTIONS: [&str; 3] = ["label", "title", "unit"];

/// Calls that make rows of tables, whose words are texts, however short.
const CALLS: [&str; 1] = ["toy"];

/// Functions and constants whose literals are texts where they stand: names of layers, of kernels, of encodings.
const NAMERS: [(&str, &str); 5] = [
    ("src/network/layer.rs", "name"),
    ("src/backend/sequence.rs", "name"),
    ("src/backend/cpu/inference/", "name"),
    ("src/backend/cpu/inference/", "NAME"),
    ("src/export/weights.rs", "write"),
];

/// Macros and calls whose sentences are for those who work on the program.
const INTERNAL: [&str; 9] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "panic",
    "unreachable",
    "expect",
    "matches",
];

/// Files that no visitor of the page reads from: the command line, what computes, what tests.
fn is_left_out(path: &str) -> bool {
    path.starts_with("src/bin/")
        || path.starts_with("src/backend/cpu/") && !names_things(path)
        || path.starts_with("src/backend/gpu/kernels")
        || path.starts_with("src/export/onnx")
        || path.starts_with("src/export/c/")
        || ["tests", "testing", "reference"].iter().any(|word| path.contains(word))
}

fn names_things(path: &str) -> bool {
    NAMERS.iter().any(|(place, _)| path.starts_with(place))
}

/// All texts of the package at `root`.
pub fn collect(root: &Path) -> Result<Found, String> {
    let mut found = Found::new();
    for file in files(&root.join("src"))? {
        let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if is_left_out(&path) {
            continue;
        }
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{path} cannot be read: {e}"))?;
        let syntax = syn::parse_file(&text).map_err(|e| format!("{path} cannot be parsed: {e}"))?;
        let mut reader = Reader {
            found: &mut found,
            sentences: !path.starts_with("src/app/") && !path.starts_with("src/backend/cpu/"),
            path: &path,
            wanted: Wanted::None,
        };
        reader.visit_file(&syntax);
    }
    for (text, _) in first_words(root)? {
        found.entry(text).or_insert_with(|| ("index.html".into(), 0));
    }
    Ok(found)
}

/// What `index.html` says before the page's texts have come, and its Persian: what stands in an element with `data-fa`, and
/// `data-failed`.
pub fn first_words(root: &Path) -> Result<Vec<(String, String)>, String> {
    let page =
        std::fs::read_to_string(root.join("index.html")).map_err(|e| format!("index.html cannot be read: {e}"))?;
    let value = |tag: &str, name: &str| {
        let (_, after) = tag.split_once(&format!("{name}=\""))?;
        Some(after.split('"').next().unwrap_or_default().to_string())
    };
    let mut found = Vec::new();
    for element in page.split('<') {
        let Some((tag, text)) = element.split_once('>') else { continue };
        found.extend(value(tag, "data-fa").map(|persian| (text.trim().to_string(), persian)));
        found.extend(value(tag, "data-failed").zip(value(tag, "data-failed-fa")));
    }
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |e| format!("{} cannot be listed: {e}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

struct Reader<'f> {
    found: &'f mut Found,
    path: &'f str,
    /// Whether every sentence is a text here. On the page only what is marked is one.
    sentences: bool,
    /// Which literals are texts beside those.
    wanted: Wanted,
}

/// Which literals are texts, whether sentences or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    None,
    /// Those with a letter: a class may be called 3.
    Words,
    /// What stands between words, too.
    Marked,
}

impl Reader<'_> {
    fn add(&mut self, literal: &syn::LitStr) {
        let text = literal.value();
        let wanted = match self.wanted {
            Wanted::Marked => !text.is_empty(),
            Wanted::Words => text.contains(char::is_alphabetic),
            // Markup of a saved report is none.
            Wanted::None => self.sentences && is_sentence(&text) && !text.starts_with('<'),
        };
        if wanted {
            let line = literal.span().start().line;
            self.found.entry(text).or_insert_with(|| (self.path.into(), line));
        }
    }

    fn gives_names(&self, item: &syn::Ident) -> bool {
        NAMERS.iter().any(|(place, name)| self.path.starts_with(place) && item == name)
    }

    fn with_words(&mut self, words: bool, read: impl FnOnce(&mut Self)) {
        self.with(if words { Wanted::Words } else { Wanted::None }, read);
    }

    fn with(&mut self, wanted: Wanted, read: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.wanted, wanted);
        read(self);
        self.wanted = before;
    }

    /// Literals among tokens that are no syntax of their own: in macros.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let (mut marked, mut attribute) = (false, false);
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Literal(literal) => {
                    if let Ok(literal) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.add(&literal);
                    }
                }
                // Comments on what a macro defines.
                proc_macro2::TokenTree::Group(_) if attribute => {}
                proc_macro2::TokenTree::Group(group) => {
                    let wanted = if marked { Wanted::Marked } else { self.wanted };
                    self.with(wanted, |reader| reader.tokens(group.stream()));
                }
                proc_macro2::TokenTree::Ident(ident) => {
                    marked = ident == "Text";
                    continue;
                }
                proc_macro2::TokenTree::Punct(mark) => {
                    attribute = mark.as_char() == '#';
                    continue;
                }
            }
            (marked, attribute) = (false, false);
        }
    }
}

/// Two words at least.
fn is_sentence(text: &str) -> bool {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic) && !word.starts_with('{'));
    words.count() >= 2
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string().starts_with("test"),
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::NameValue(_) => false,
    })
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            let all = FUNCTIONS.iter().any(|name| item.sig.ident == name) || self.gives_names(&item.sig.ident);
            self.with_words(all, |reader| visit::visit_item_fn(reader, item));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let all = FUNCTIONS.iter().any(|name| item.sig.ident == name);
        let named = self.gives_names(&item.sig.ident);
        self.with_words(all || named, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        let named = self.gives_names(&item.ident);
        self.with_words(named, |reader| visit::visit_impl_item_const(reader, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        let named = self.gives_names(&item.ident);
        self.with_words(named, |reader| visit::visit_trait_item_const(reader, item));
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && list.path.is_ident("error")
        {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        let syn::Member::Named(name) = &field.member else { return };
        // Papers are cited as they are called.
        if name != "paper" {
            let all = FIELDS.iter().any(|text| name == text);
            self.with_words(all, |reader| visit::visit_field_value(reader, field));
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let name = match &*call.func {
            syn::Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        let wanted = match name.as_deref() {
            Some("Text") => Wanted::Marked,
            Some(name) if CALLS.contains(&name) => Wanted::Words,
            _ => self.wanted,
        };
        self.with(wanted, |reader| visit::visit_expr_call(reader, call));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if INTERNAL.iter().any(|name| call.method == name) {
            self.visit_expr(&call.receiver);
        } else {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let internal = called.path.segments.last().is_some_and(|last| INTERNAL.iter().any(|name| last.ident == name));
        if !internal {
            self.tokens(called.tokens.clone());
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.add(literal);
    }
}
