//! The command `tidegate`.
//!
//! Here live the options, the progress display, the tables and the exit status; what is computed lives in the libraries.

mod amount;
mod answers;
mod arguments;
mod backtest;
#[cfg(test)]
mod book;
mod classify;
mod columns;
mod compare;
mod configuration;
mod data_file;
mod detect;
mod evaluate;
#[cfg(test)]
mod example;
mod export;
mod failure;
mod findings;
mod forecast;
mod forecasting;
mod foreign;
mod gates;
mod generate;
mod import;
mod init;
mod inspect;
mod interruption;
mod model_task;
mod next;
mod number;
mod outputs;
mod page;
mod paragraph;
mod progress;
mod reading;
mod run;
mod standard_output;
mod table;
mod terminal_chart;
mod thread_pool;
mod times;
mod train;
mod tune;
mod visible;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use generate::model_form::with_kind;

fn main() -> ExitCode {
    let result = match Arguments::parse_from(with_kind(std::env::args_os())).command {
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Forecast(arguments) => forecast::run(&arguments),
        Command::Gates(arguments) => gates::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Resume(arguments) => train::resume(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Tune(arguments) => tune::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
