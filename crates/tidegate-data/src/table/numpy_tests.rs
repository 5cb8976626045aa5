//! What arrays of NumPy become.

use zip::CompressionMethod;

use super::test_files::*;
use super::*;

#[test]
fn arrays_of_numpy_are_columns() {
    let read = |bytes: &[u8]| Table::from_bytes(bytes).unwrap();
    let vector = read(&npy("<f8", "(3,)", &doubles(&[1.0, f64::NAN, 2.5])));
    assert_eq!(
        (vector.format(), shown(&vector, "value")),
        (TableFormat::Npy, "1 - 2.5".into())
    );
    let matrix = read(&npy("<f8", "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0])));
    assert_eq!(
        (shown(&matrix, "column_0"), shown(&matrix, "column_1")),
        ("1 3".into(), "2 4".into())
    );
    for (descr, data, expected) in [
        ("|b1", &[1, 0][..], "1 0"),
        ("|i1", &[255, 1], "-1 1"),
        ("|u1", &[255, 1], "255 1"),
        (">i2", &[255, 254, 0, 1], "-2 1"),
        ("<f2", &[0x00, 0x3c, 0x00, 0xc0], "1 -2"),
        (
            "<U2",
            &[97, 0, 0, 0, 0, 0, 0, 0, 97, 0, 0, 0, 98, 0, 0, 0],
            "a ab",
        ),
        (
            "<M8[M]",
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128],
            "2678400000000 -",
        ),
    ] {
        assert_eq!(
            shown(&read(&npy(descr, "(2,)", data)), "value"),
            expected,
            "{descr}"
        );
    }
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let archive = npz(
            &[
                (
                    "t.npy",
                    npy(
                        "<M8[D]",
                        "(2,)",
                        &[0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
                    ),
                ),
                (
                    "x.npy",
                    npy("<f8", "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0])),
                ),
            ],
            method,
        );
        let archive = read(&archive);
        let names: Vec<_> = archive.columns().iter().map(|one| &one.name[..]).collect();
        assert_eq!(
            (archive.format(), &names[..]),
            (TableFormat::Npz, &["t", "x_0", "x_1"][..])
        );
        assert_eq!(shown(&archive, "x_1"), "2 4");
        let time = crate::TimeColumn::find(&archive, None).unwrap().unwrap();
        assert_eq!(time.text(time.times[1]), "1970-01-02");
    }
}

#[test]
fn arrays_of_numpy_that_make_no_table_are_errors() {
    let vector = |length: usize| npy("<f8", &format!("({length},)"), &doubles(&vec![1.0; length]));
    let archive = |files: &[(&str, Vec<u8>)]| npz(files, CompressionMethod::Deflated);
    for (bytes, expected) in [
        (
            archive(&[("a.npy", vector(2)), ("b.npy", vector(3))]),
            "the arrays \"a\" and \"b\" have 2 and 3 rows",
        ),
        (
            archive(&[("[Content_Types].xml", vec![])]),
            "a ZIP archive or a spreadsheet, which is not read",
        ),
        (archive(&[]), "there are no rows"),
        (
            archive(&[
                ("a_0.npy", vector(2)),
                ("a.npy", npy("<f8", "(2, 1)", &doubles(&[1.0; 2]))),
            ]),
            "columns 1 and 2 are both called \"a_0\"",
        ),
        (
            archive(&[("a.npy", npy("<f8", "()", &doubles(&[1.0])))]),
            "array \"a\": it has the shape []",
        ),
        (
            archive(&[("a.npy", npy("|O", "(1,)", &[0; 8]))]),
            "array \"a\": the array has the type \"|O\"",
        ),
        (
            npy("<f8", "(1, 100000)", &doubles(&[1.0; 100_000])),
            "100000 columns",
        ),
        (npy("<f8", "(0,)", &[]), "there are no rows"),
        (npy("<f8", "(1, 0)", &[]), "there are no rows"),
        (
            npy("<f8", "(2, 1)", &doubles(&[1.0, f64::INFINITY])),
            "row 2, column \"column_0\": inf is infinite",
        ),
        (npy("<U0", "(9999999999999999,)", &[]), "most"),
        (
            npy("<M8[Y]", "(1,)", &[255, 255, 255, 255, 255, 255, 255, 127]),
            "row 1, column \"value\": the time",
        ),
        (npy("<U1", "(1,)", &[0, 0, 0, 255]), "none in Unicode"),
        (
            npy("<f8", "(2,)", &doubles(&[1.0, 2.0])[..15]),
            "the NumPy file is cut short",
        ),
    ] {
        let message = error(&bytes);
        assert!(message.contains(expected), "{message}");
    }
    let structured = described("[('a', '<f8'), ('b', '<i4')]", "(1,)", &[0; 12]);
    assert!(error(&structured).contains("the array is structured"));
}
