//! The document around the sections: head, style, contents, script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figure::Figures;
use crate::language::Language;

const STYLE: &str = include_str!("../../assets/page.css");
const SCRIPT: &str = include_str!("../../assets/page.js");
const PLOTLY: &str = include_str!("../../assets/plotly-cartesian.min.js");

/// A part of the page, with a place in the contents.
pub(crate) struct Section {
    id: String,
    title: String,
    body: Markup,
}

impl Section {
    pub(crate) fn new(id: impl Into<String>, title: impl Into<String>, body: Markup) -> Section {
        Section {
            id: id.into(),
            title: title.into(),
            body,
        }
    }
}

/// The whole document.
pub(crate) fn document(
    language: Language,
    title: &str,
    opening: &Markup,
    sections: &[Section],
    figures: &Figures,
) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                // Without an icon of its own, a browser would ask the server for one.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
                noscript { style { ".chart{display:none}.picture{display:block}" } }
            }
            body {
                header {
                    h1 { (title) }
                    (opening)
                }
                @if sections.len() > 1 {
                    nav aria-labelledby="contents" {
                        h2 #contents { (language.texts().contents) }
                        ul { @for section in sections {
                            li { a href={ "#" (section.id) } { (section.title) } }
                        } }
                    }
                }
                main {
                    noscript { p { (language.texts().no_script) } }
                    @for section in sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                script #figures type="application/json" { (PreEscaped(script_json(&figures.json()))) }
                @if !figures.is_empty() {
                    script { (PreEscaped(PLOTLY)) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// JSON that can stand in a script element: nothing in it closes the element or opens a comment.
pub(crate) fn script_json(value: &serde_json::Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
