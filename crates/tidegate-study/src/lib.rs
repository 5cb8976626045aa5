//! The comparison of recurrent cells by measurement.
//!
//! [`compare`] trains several cells on the same data with the same budget, the same tuning effort and the same seeds and
//! returns what was measured. What is compared stands in [`Comparison`]: tasks with their [`Recipe`]s, cells, how they are
//! made equal ([`Sizing`]), seeds, threads and, to continue after an interruption, a folder. Every number of the report
//! but the seconds, and the threads that they were measured with, follows from those options, at any number of threads and
//! however often the comparison was interrupted.
//! Of forecasters, [`backtest`] measures one beside naive forecasts and [`tune`] searches for the best settings.
//! Nothing here prints: an observer is told what happens ([`Progress`]).
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use tidegate_study::{CellVariant, Comparison, Experiment, Sizing, Task, compare};
//!
//! let task = Task::adding_problem(10).with_sequences(64);
//! let experiment = Experiment::new(task).with_epochs(1);
//! let mut comparison = Comparison::new(vec![experiment]);
//! comparison.cells = vec![CellVariant::Gru];
//! comparison.sizing = Sizing::EqualParameters(Some(200));
//! comparison.seeds = 1;
//! let report = compare(&comparison, &|_| {}, &AtomicBool::new(false))?;
//! assert_eq!(report.rows.len(), 1);
//! // With 6 units a GRU has 187 parameters here, head included; with 7 it has 239.
//! assert_eq!(report.rows[0].hidden_size, 6);
//! # Ok::<(), tidegate_study::StudyError>(())
//! ```

pub mod backtest;
mod candidate;
pub mod cell_movie;
mod cell_variant;
pub mod chart;
mod claim;
pub mod classify;
mod comparison;
mod contest;
mod effort;
mod error;
mod family;
mod findings;
mod fingerprint;
mod folder;
pub mod forecast;
pub mod gates;
mod geometric_mean;
mod gradient_reach;
mod kept_study;
mod lag_family;
mod language;
mod memory;
mod neighbours;
mod network;
mod omission;
pub mod page;
mod paired;
mod piece;
mod preparation;
mod progress;
mod question;
mod questions;
mod queue;
mod recipe;
mod record;
mod report;
mod run;
mod runs;
mod share;
mod sizing;
mod spread;
mod study;
mod study_plan;
mod study_report;
mod study_results;
mod task;
mod threads;
pub mod tune;
mod tuning;
mod verdict;
mod verdicts;

pub use candidate::Candidate;
pub use cell_variant::CellVariant;
pub use comparison::{Comparison, Experiment, compare};
pub use error::{Divergence, StudyError};
pub use geometric_mean::GeometricMean;
pub use lag_family::LagFamily;
pub use language::Language;
pub use omission::Omission;
pub use progress::Progress;
pub use question::Question;
pub use recipe::Recipe;
pub use record::{Measured, Outcome, Reach, Tested};
pub use report::{ComparisonReport, Row, Summary, TuningRow};
pub use run::{RunName, Stage};
pub use share::Share;
pub use sizing::{Equal, Sizing};
pub use spread::Spread;
pub use study::{Study, study};
pub use study_report::*;
pub use task::Task;
pub use verdict::{Evidence, Finding, Measure, Sentence, Verdict};
