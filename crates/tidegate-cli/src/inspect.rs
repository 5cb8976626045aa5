//! `tidegate inspect`: from a file of readings to what is in it, and what would be wrong with it.

pub(crate) mod arguments;
mod document;
mod problems;
mod report;

use clap::error::ErrorKind;
use tidegate_data::{DateOrder, Table, TableLayout, TimeColumn, TimeError, TimeOptions, TimeSteps};

use crate::compare::misuse;
use crate::failure::Failure;
use crate::page::Page;
use crate::reading::{data_name, read_table};
use crate::standard_output::print;
use crate::visible::visible;
use arguments::InspectArguments;
use document::Document;

/// A table and what is found in it.
struct Inspection {
    table: Table,
    /// None where no column holds times.
    time: Result<Option<TimeColumn>, TimeError>,
    layout: TableLayout,
    steps: Option<TimeSteps>,
}

impl Inspection {
    fn of(table: Table, time: Result<Option<TimeColumn>, TimeError>) -> Inspection {
        let column = time.as_ref().ok().and_then(Option::as_ref);
        let layout = TableLayout::of(&table, column);
        Inspection {
            steps: column.map(|column| TimeSteps::of(column, &layout.rows(&table))),
            layout,
            time,
            table,
        }
    }
}

pub(crate) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let time = TimeColumn::find(&table, options(arguments));
    if let Err(error @ TimeError::NoSuchColumn { .. }) = &time {
        let message = visible(&format!("--time: {error}"));
        misuse(&["inspect"], ErrorKind::InvalidValue, message).exit()
    }
    let document = Document::of(name, &Inspection::of(table, time));
    print(&if arguments.json {
        serde_json::to_string_pretty(&document)? + "\n"
    } else {
        report::text(&document, Page::of_standard_output())
    })
}

fn options(arguments: &InspectArguments) -> TimeOptions<'_> {
    TimeOptions {
        name: arguments.time.as_deref(),
        order: match (arguments.day_first, arguments.month_first) {
            (true, _) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            (false, false) => None,
        },
    }
}
