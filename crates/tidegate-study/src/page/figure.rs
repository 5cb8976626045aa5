//! A chart on the page: interactive with a script, a picture without one, and in words for those who see neither.

use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use crate::chart::{Chart, svg};
use crate::language::Language;

/// The page's charts.
pub(crate) struct Figures {
    language: Language,
    left: Option<usize>,
    wide: bool,
    figures: Vec<Value>,
}

impl Figures {
    pub(crate) fn new(language: Language) -> Figures {
        Figures {
            language,
            left: None,
            wide: false,
            figures: Vec::new(),
        }
    }

    /// Charts of one horizontal axis: it begins so many pixels from the left in all of them, and to zoom into one is to zoom
    /// into all.
    /// `wide` ones scroll where the page is narrow, so that each of their many columns keeps a pixel.
    pub(crate) fn of_one_axis(language: Language, left: usize, wide: bool) -> Figures {
        Figures {
            left: Some(left),
            wide,
            ..Figures::new(language)
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
        let mut figure = chart.plotly();
        if let Some(left) = self.left {
            let layout = &mut figure["layout"];
            layout["meta"] = json!({"one_axis": true});
            layout["margin"] =
                json!({"l": left, "r": 84, "t": 8, "b": 44, "pad": 0, "autoexpand": false});
            layout["xaxis"]["automargin"] = json!(false);
            layout["yaxis"]["automargin"] = json!(false);
        }
        self.figures.push(figure);
        let picture = svg(&[chart]).map(PreEscaped);
        html! {
            figure {
                figcaption {
                    strong { (chart.title()) }
                    span.summary id={ "summary-" (number) } { (chart.summary()) }
                }
                div.scroll tabindex=[self.wide.then_some("0")] {
                    div.chart.wide[self.wide] data-figure=(number) role="img" aria-label=(chart.title())
                        aria-describedby={ "summary-" (number) } {}
                }
                (self.on_request(chart, number))
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

    /// Boxes to tick for the lines that are drawn on request; a script shows them.
    fn on_request(&self, chart: &Chart, number: usize) -> Markup {
        let lines = chart.on_request();
        html! {
            @if !lines.is_empty() {
                fieldset.on-request data-chart=(number) hidden {
                    legend { (self.language.pick("Also show", "함께 보기")) }
                    @for (group, name) in &lines {
                        label { input type="checkbox" data-group=(group); " " (name) }
                    }
                }
            }
        }
    }
}
