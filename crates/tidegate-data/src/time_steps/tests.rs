//! Times of whole and broken series.

use proptest::prelude::*;

use super::*;
use crate::table::Table;
use crate::table_layout::TableLayout;

fn steps(cells: &[&str]) -> TimeSteps {
    let text = format!("ds,y\n{},1\n", cells.join(",1\n"));
    let table = Table::from_bytes(text.as_bytes()).unwrap();
    let time = TimeColumn::find(&table, None).unwrap().unwrap();
    TimeSteps::of(&time, &[(0..table.rows()).collect()])
}

#[test]
fn months_quarters_and_years_are_those_of_the_calendar() {
    for (cells, frequency) in [
        (&["1949-01", "1949-02", "1949-03"][..], Frequency::Months(1)),
        (
            &["2016-01-31", "2016-02-29", "2016-03-31"],
            Frequency::Months(1),
        ),
        (
            &["2016-01-15", "2016-04-15", "2016-07-15"],
            Frequency::Months(3),
        ),
        (
            &["2016-01-01", "2017-01-01", "2018-01-01"],
            Frequency::Months(12),
        ),
        (
            &["2016-01-01", "2016-01-29", "2016-02-26"],
            Frequency::Microseconds(SHORTEST_MONTH),
        ),
    ] {
        let found = steps(cells);
        assert_eq!(
            (found.frequency, found.regular),
            (Some(frequency), 2),
            "{cells:?}"
        );
        assert_eq!((found.gaps, found.uneven), (None, None));
    }
    let gap = Gap { row: 2, missing: 2 };
    let gaps = Gaps {
        count: 1,
        missing: 2,
        first: gap,
        longest: gap,
    };
    assert_eq!(
        steps(&["1949-01", "1949-02", "1949-05", "1949-06"]).gaps,
        Some(gaps)
    );
}

#[test]
fn gaps_repeats_and_steps_back_are_counted_with_their_first_row() {
    let found = steps(&[
        "2016-07-01 00:00",
        "2016-07-01 01:00",
        "2016-07-01 03:00",
        "2016-07-01 04:00",
        "2016-07-01 04:00",
        "2016-07-01 03:00",
        "2016-07-01 04:00",
        "2016-07-01 08:00",
        "2016-07-01 08:10",
        "2016-07-01 09:10",
    ]);
    assert_eq!(
        found.frequency,
        Some(Frequency::Microseconds(3_600_000_000))
    );
    assert_eq!((found.count, found.regular), (9, 4));
    let (first, longest) = (Gap { row: 2, missing: 1 }, Gap { row: 7, missing: 3 });
    assert_eq!(
        found.gaps,
        Some(Gaps {
            count: 2,
            missing: 4,
            first,
            longest
        })
    );
    assert_eq!(found.repeated, Some(Places { count: 3, first: 4 }));
    assert_eq!(found.backwards, Some(Places { count: 1, first: 5 }));
    assert_eq!(found.uneven, Some(Places { count: 1, first: 8 }));
}

#[test]
fn without_a_step_forward_there_is_no_frequency() {
    assert_eq!(steps(&["2016-07-01"]).frequency, None);
    let found = steps(&["2016-07-02", "2016-07-02", "2016-07-01"]);
    assert_eq!((found.frequency, found.regular, found.count), (None, 0, 2));
    assert_eq!(
        (
            found.repeated.unwrap().first,
            found.backwards.unwrap().first
        ),
        (1, 2)
    );
}

#[test]
fn the_most_frequent_step_is_the_frequency_and_of_several_the_shortest() {
    let hour = Some(Frequency::Microseconds(3_600_000_000));
    assert_eq!(
        steps(&["2016-07-01 00:00", "2016-07-01 02:00", "2016-07-01 03:00"]).frequency,
        hour
    );
}
proptest! {
    #[test]
    fn any_times_have_steps_that_add_up(
        days in proptest::collection::vec((prop_oneof![Just("-009999"), Just("1949"), Just("9999")], 1..13_u8, 1..29_u8), 1..20),
    ) {
        let cells: Vec<String> = days.iter().map(|(year, month, day)| format!("{year},{month},{day}")).collect();
        let text = format!("year,month,day\n{}\n", cells.join("\n"));
        let table = Table::from_bytes(text.as_bytes()).unwrap();
        let Ok(Some(time)) = TimeColumn::find(&table, None) else { return Ok(()) };
        let found = TimeSteps::of(&time, &TableLayout::of(&table, Some(&time)).rows(&table));
        prop_assert_eq!(found.count, cells.len() - 1);
        prop_assert!(found.regular <= found.count);
        prop_assert_eq!(found.frequency.is_some(), found.regular > 0);
    }
}
