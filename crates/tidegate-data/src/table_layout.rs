//! Whether a table holds one series with a column for each channel, or many series below each other.

use std::collections::{HashMap, HashSet};

use crate::table::{Column, Table, Values};
use crate::time_column::TimeColumn;

/// How series lie in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableLayout {
    /// One series; each column of numbers is a channel.
    Wide,
    /// Many series, told apart by a column.
    Long {
        /// Index of the column that names the series.
        column: usize,
        /// The series, in the order of their first rows.
        series: Vec<Series>,
    },
}

/// One of many series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What the column says.
    pub name: String,
    /// Its rows in the table, in rising order.
    pub rows: Vec<usize>,
}

/// Names of a column that tells series apart.
const NAMES: [&str; 4] = ["unique_id", "item_id", "series_id", "series"];

impl TableLayout {
    /// A table is long where a column is called `unique_id`, `item_id`, `series_id` or `series`, or where the times of
    /// the table repeat or go back, those of the rows with one text in some column do not, and the texts stand in blocks or a
    /// quarter of the times at least are repetitions.
    ///
    /// ```
    /// use tidegate_data::{Table, TableLayout, TimeColumn};
    ///
    /// let table = Table::from_bytes(b"unique_id,ds,y\nA,2016-01,1\nA,2016-02,2\nB,2016-01,3\n")?;
    /// let time = TimeColumn::find(&table, None).unwrap();
    /// let TableLayout::Long { column: 0, series } = TableLayout::of(&table, time.as_ref()) else { panic!() };
    /// assert_eq!((series[0].name.as_str(), &series[0].rows[..]), ("A", &[0, 1][..]));
    /// # Ok::<(), tidegate_data::TableError>(())
    /// ```
    #[must_use]
    pub fn of(table: &Table, time: Option<&TimeColumn>) -> TableLayout {
        let columns = table.columns();
        let free = |index: usize| time.is_none_or(|time| !time.columns.contains(&index));
        let named = NAMES.iter().find_map(|name| {
            columns
                .iter()
                .position(|column| column.name.eq_ignore_ascii_case(name))
                .filter(|&index| free(index))
        });
        if let Some(column) = named {
            let series = series(&columns[column]);
            return TableLayout::Long { column, series };
        }
        let Some(time) = time else {
            return TableLayout::Wide;
        };
        let rises = |rows: &[usize]| {
            rows.windows(2)
                .all(|pair| time.times[pair[0]] < time.times[pair[1]])
        };
        if time.times.windows(2).all(|pair| pair[0] < pair[1]) {
            return TableLayout::Wide;
        }
        let distinct = time.times.iter().collect::<HashSet<_>>().len();
        // Series share their times or stand below each other; a repeated time or two is no sign of several.
        let shares_times = distinct * 4 <= table.rows() * 3;
        let tells_apart = |series: &[Series]| {
            let is_block = |one: &Series| one.rows.windows(2).all(|pair| pair[0] + 1 == pair[1]);
            shares_times || series.iter().all(is_block)
        };
        for (column, content) in columns.iter().enumerate() {
            if !free(column)
                || !matches!(content.values, Values::Texts(_))
                || content.stray.is_some()
            {
                continue;
            }
            let series = series(content);
            let several = series.len() > 1 && series.len() * 2 <= table.rows();
            if several && tells_apart(&series) && series.iter().all(|one| rises(&one.rows)) {
                return TableLayout::Long { column, series };
            }
        }
        TableLayout::Wide
    }

    /// A long table whose series are told apart by this column.
    pub(crate) fn by_column(table: &Table, column: usize) -> TableLayout {
        TableLayout::Long {
            column,
            series: series(&table.columns()[column]),
        }
    }

    /// The rows of each series; of a wide table, all rows.
    #[must_use]
    pub fn rows(&self, table: &Table) -> Vec<Vec<usize>> {
        match self {
            TableLayout::Wide => vec![(0..table.rows()).collect()],
            TableLayout::Long { series, .. } => series.iter().map(|one| one.rows.clone()).collect(),
        }
    }
}

fn series(column: &Column) -> Vec<Series> {
    let mut indices: HashMap<String, usize> = HashMap::new();
    let mut series: Vec<Series> = Vec::new();
    let mut add = |name: &str, row: usize| {
        let index = match indices.get(name) {
            Some(&index) => index,
            None => {
                indices.insert(name.to_owned(), series.len());
                series.push(Series {
                    name: name.to_owned(),
                    rows: Vec::new(),
                });
                series.len() - 1
            }
        };
        series[index].rows.push(row);
    };
    match &column.values {
        Values::Numbers(values) => {
            for (row, value) in values.iter().enumerate() {
                add(&value.to_string(), row);
            }
        }
        Values::Texts(texts) => {
            for (row, text) in texts.iter().enumerate() {
                add(text, row);
            }
        }
        Values::Times(times) => {
            for (row, time) in times.microseconds.iter().enumerate() {
                add(&time.to_string(), row);
            }
        }
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> TableLayout {
        let table = Table::from_bytes(text.as_bytes()).unwrap();
        let time = TimeColumn::find(&table, None).unwrap();
        TableLayout::of(&table, time.as_ref())
    }

    fn lengths(layout: &TableLayout) -> Vec<(String, usize)> {
        match layout {
            TableLayout::Wide => panic!("wide"),
            TableLayout::Long { series, .. } => series
                .iter()
                .map(|one| (one.name.clone(), one.rows.len()))
                .collect(),
        }
    }

    #[test]
    fn series_are_told_apart_by_a_column_with_a_usual_name() {
        let found = layout("unique_id,ds,y\nB,2016-01,1\nA,2016-01,2\nB,2016-02,3\n");
        assert_eq!(lengths(&found), [("B".to_owned(), 2), ("A".to_owned(), 1)]);
        let found = layout("ds,y,Unique_ID\n2016-01,1,7\n2016-02,2,7\n2016-01,1,8\n");
        assert_eq!(lengths(&found), [("7".to_owned(), 2), ("8".to_owned(), 1)]);
    }

    #[test]
    fn series_are_told_apart_by_a_column_that_makes_times_rise() {
        let rows = "2016-01,x,1\n2016-01,y,2\n2016-02,x,3\n2016-02,y,4\n";
        let found = layout(&format!("ds,city,y\n{rows}"));
        assert_eq!(lengths(&found), [("x".to_owned(), 2), ("y".to_owned(), 2)]);
    }

    #[test]
    fn a_repeated_time_does_not_make_a_column_of_categories_tell_series_apart() {
        let rows = "2016-01,N,1\n2016-02,S,2\n2016-03,N,3\n2016-03,S,4\n2016-04,N,5\n2016-05,S,6\n";
        assert_eq!(layout(&format!("ds,wind,y\n{rows}")), TableLayout::Wide);
    }

    #[test]
    fn a_table_is_wide_where_times_rise_or_no_column_explains_that_they_do_not() {
        assert_eq!(
            layout("ds,wind,y\n2016-01,N,1\n2016-02,S,2\n2016-03,N,2\n"),
            TableLayout::Wide
        );
        assert_eq!(
            layout("ds,wind,y\n2016-01,N,1\n2016-01,N,2\n2016-02,S,2\n2016-03,S,1\n"),
            TableLayout::Wide
        );
        assert_eq!(layout("wind,y\nN,1\nN,2\nS,2\nS,3\n"), TableLayout::Wide);
    }
}
