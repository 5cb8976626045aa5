//! A chart on the page: interactive with a script, a picture without one, and in words for those who see neither.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use crate::chart::{Chart, svg};
use crate::language::Language;

/// The page's charts.
pub(crate) struct Figures {
    language: Language,
    figures: Vec<Value>,
}

impl Figures {
    pub(crate) fn new(language: Language) -> Figures {
        Figures {
            language,
            figures: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    pub(crate) fn json(&self) -> Value {
        Value::from(self.figures.clone())
    }

    /// The chart; words where there is none.
    pub(crate) fn show(&mut self, chart: Option<&Chart>) -> Markup {
        let Some(chart) = chart else {
            return html! { p.missing { (self.language.texts().nothing_to_draw) } };
        };
        let number = self.figures.len();
        self.figures.push(chart.plotly());
        let picture = svg(&[chart]).map(PreEscaped);
        html! {
            figure {
                figcaption {
                    strong { (chart.title()) }
                    span.summary id={ "summary-" (number) } { (chart.summary()) }
                }
                div.chart data-figure=(number) role="img" aria-label=(chart.title())
                    aria-describedby={ "summary-" (number) } {}
                // On paper, and where no script runs.
                div.picture {
                    @match &picture {
                        Ok(picture) => (picture),
                        Err(error) => p { (error) },
                    }
                }
            }
        }
    }
}
