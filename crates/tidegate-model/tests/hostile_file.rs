//! Files that are damaged, foreign or made to harm are refused, and no memory is taken for what they claim.
#![allow(clippy::unwrap_used)]

mod models;

use std::collections::HashMap;

use models::file::{join, split};
use models::gru;
use safetensors::tensor::{Dtype, TensorView, serialize};
use tidegate_model::{FileError, Model};

/// Why the file is refused whose header is that of a sound model, with `from` replaced by `to`.
fn refusal(from: &str, to: &str) -> FileError {
    let (header, data) = split(&gru().to_bytes().unwrap());
    assert!(header.contains(from), "{header}");
    Model::from_bytes(&join(&header.replace(from, to), &data)).unwrap_err()
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = gru().to_bytes().unwrap();
    for length in 0..bytes.len() {
        let error = Model::from_bytes(&bytes[..length]).unwrap_err();
        assert!(
            matches!(error, FileError::Truncated { .. }),
            "{length}: {error}"
        );
    }
    let longer = [&bytes[..], &[0; 3]].concat();
    assert!(matches!(
        Model::from_bytes(&longer),
        Err(FileError::Trailing(3))
    ));
}

#[test]
fn a_header_that_claims_more_than_the_file_is_refused_before_memory_is_taken() {
    for (size, large) in [
        (u64::MAX, true),
        (1 << 40, true),
        (16 << 20, false),
        (9, false),
    ] {
        let bytes = [&size.to_le_bytes()[..], b"{}      "].concat();
        let error = Model::from_bytes(&bytes).unwrap_err();
        assert_eq!(
            matches!(error, FileError::HeaderTooLarge { .. }),
            large,
            "{size}: {error}"
        );
        assert_eq!(
            matches!(error, FileError::Truncated { .. }),
            !large,
            "{size}: {error}"
        );
    }
}

#[test]
fn a_configuration_that_claims_more_than_the_file_is_refused_before_memory_is_taken() {
    // Each would take from gigabytes to more than an address space.
    for (from, to) in [
        (r#"\"hidden_size\":5"#, r#"\"hidden_size\":100000"#),
        (
            r#"\"hidden_size\":5"#,
            r#"\"hidden_size\":18446744073709551615"#,
        ),
        (r#"\"input_size\":3"#, r#"\"input_size\":1000000000000"#),
        (r#"\"layers\":1"#, r#"\"layers\":1000000000000"#),
        (r#"\"outputs\":2"#, r#"\"outputs\":1000000000000"#),
        (
            r#"\"input\":{\"kind\":\"features\"}"#,
            r#"\"input\":{\"kind\":\"embedding\",\"vocabulary\":9000000000000000000,\"size\":3}"#,
        ),
    ] {
        let error = refusal(from, to);
        assert!(
            matches!(
                error,
                FileError::Shape { .. }
                    | FileError::TensorCount { .. }
                    | FileError::Configuration(_)
                    | FileError::MissingTensor(_)
            ),
            "{to}: {error}"
        );
    }
}

#[test]
fn shapes_that_overflow_and_offsets_that_overlap_are_refused() {
    let bias = r#""head.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#;
    for (from, to) in [
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}"#,
        ),
        (
            bias,
            r#""head.bias":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}"#,
        ),
        ("\"data_offsets\":[8,48]", "\"data_offsets\":[4,44]"),
    ] {
        let error = refusal(from, to);
        assert!(
            matches!(error, FileError::NotSafetensors(_)),
            "{to}: {error}"
        );
    }
}

#[test]
fn a_value_that_is_not_finite_is_refused_with_its_place() {
    let model = gru();
    let (header, mut data) = split(&model.to_bytes().unwrap());
    // The writer sorts by name: head.bias comes first, then head.weight [2, 5].
    data[8 + 7 * 4..8 + 8 * 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let error = Model::from_bytes(&join(&header, &data)).unwrap_err();
    assert!(
        error.to_string().starts_with("head.weight[1, 2] is NaN"),
        "{error}"
    );
}

#[test]
fn tensors_missing_unexpected_misshapen_or_of_another_type_are_named() {
    let error = refusal(r#""head.bias""#, r#""head.base""#);
    assert!(
        matches!(&error, FileError::MissingTensor(name) if name == "head.bias"),
        "{error}"
    );
    let error = refusal(
        r#""head.weight":{"dtype":"F32","shape":[2,5]"#,
        r#""head.weight":{"dtype":"F32","shape":[5,2]"#,
    );
    assert_eq!(
        error.to_string(),
        "tensor head.weight has shape [5, 2], expected [2, 5]"
    );
    let error = refusal(
        r#""head.bias":{"dtype":"F32""#,
        r#""head.bias":{"dtype":"I32""#,
    );
    assert_eq!(
        error.to_string(),
        "tensor head.bias has type I32, expected F32"
    );
    let (header, data) = split(&gru().to_bytes().unwrap());
    let end = data.len();
    let more = format!(
        r#","x":{{"dtype":"F32","shape":[1],"data_offsets":[{end},{}]}}}}"#,
        end + 4
    );
    let header = format!("{}{more}", header.trim_end().strip_suffix('}').unwrap());
    let error = Model::from_bytes(&join(&header, &[data, vec![0; 4]].concat())).unwrap_err();
    assert!(
        matches!(&error, FileError::UnexpectedTensor(name) if name == "x"),
        "{error}"
    );
}

#[test]
fn versions_and_fields_that_are_not_known_are_refused() {
    let error = refusal(
        r#"\"format_version\":1"#,
        r#"\"format_version\":2,\"gates\":true"#,
    );
    assert!(
        matches!(
            error,
            FileError::Version {
                found: 2,
                supported: 1
            }
        ),
        "{error}"
    );
    for (from, to) in [
        (r#"\"format_version\":1"#, r#"\"format_version\":-1"#),
        (
            r#"\"format_version\":1"#,
            r#"\"format_version\":1,\"gates\":true"#,
        ),
        (r#"\"outputs\":2"#, r#"\"outputs\":2,\"heads\":2"#),
        (r#"\"outputs\":2"#, r#"\"outputs\":2.5"#),
        (r#"\"name\":\"gru\""#, r#"\"name\":\"gnu\""#),
    ] {
        assert!(
            matches!(refusal(from, to), FileError::Description(_)),
            "{to}"
        );
    }
    assert!(matches!(
        refusal(r#"\"input_dropout\":0.0"#, r#"\"input_dropout\":1e39"#),
        FileError::Configuration(_)
    ));
    assert!(matches!(
        refusal(r#"\"outputs\":2"#, r#"\"outputs\":0"#),
        FileError::Configuration(_)
    ));
    assert!(matches!(
        refusal(r#"\"input_dropout\":0.0"#, r#"\"input_dropout\":1.5"#),
        FileError::Configuration(_)
    ));
}

#[test]
fn files_of_other_programs_are_refused_as_such() {
    let view = || TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let plain = serialize([("weight", view())], None).unwrap();
    assert!(matches!(Model::from_bytes(&plain), Err(FileError::Foreign)));
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let other = serialize([("weight", view())], Some(metadata)).unwrap();
    assert!(matches!(Model::from_bytes(&other), Err(FileError::Foreign)));
    let pickle = [b"\x80\x04\x95\x00\x00\x00\x00\x00".as_slice(), &[0; 64]].concat();
    assert!(Model::from_bytes(&pickle).is_err());
    let deep = "[".repeat(100_000);
    assert!(matches!(
        Model::from_bytes(&join(&deep, &[])),
        Err(FileError::NotSafetensors(_))
    ));
    assert!(matches!(
        Model::from_bytes(&join("{}", &[])),
        Err(FileError::Foreign)
    ));
}
