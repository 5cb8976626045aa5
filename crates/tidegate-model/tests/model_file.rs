//! The model file comes back bit for bit, and any safetensors reader understands it.
#![allow(clippy::unwrap_used)]

mod models;

use std::fs;

use models::{cells, configuration, gru};
use safetensors::tensor::Dtype;
use tidegate_model::{FileError, Head, Model, ModelError, Readout};

#[test]
fn every_kind_of_model_comes_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    for (index, cell) in cells().into_iter().enumerate() {
        let kinds = [
            (None, Readout::EveryStep),
            (Some(7), Readout::LastStep),
            (None, Readout::Mean),
            (Some(7), Readout::Attention),
        ];
        for (vocabulary, readout) in kinds {
            let mut configuration = configuration(cell, vocabulary, readout);
            configuration.recurrent.layers = 2;
            configuration.recurrent.bidirectional = vocabulary.is_some();
            configuration.recurrent.dropout = 0.1;
            configuration.input_dropout = 0.3;
            configuration.output_dropout = 1.0 / 3.0;
            if index % 2 == 0 {
                configuration.head = Head::None;
                configuration.outputs = configuration.recurrent.output_size();
            }
            let mut model = Model::new(configuration, index as u64).unwrap();
            model
                .description_mut()
                .insert("data".into(), "sines, \"noisy\"\n°".into());
            model.description_mut().insert("a".into(), String::new());
            let path = folder.path().join("model.tidegate");
            model.save(&path).unwrap();
            let loaded = Model::load(&path).unwrap();
            assert_eq!(loaded.configuration(), model.configuration());
            assert_eq!(loaded.tensors(), model.tensors());
            assert_eq!(loaded.description(), model.description());
            let bits = |model: &Model| {
                model
                    .parameters()
                    .iter()
                    .map(|value| value.to_bits())
                    .collect::<Vec<_>>()
            };
            assert_eq!(bits(&loaded), bits(&model));
            assert_eq!(
                loaded.to_bytes().unwrap(),
                fs::read(&path).unwrap(),
                "the same model gives the same bytes"
            );
        }
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn negative_zero_and_the_smallest_numbers_keep_their_bits() {
    let mut model = gru();
    let mut parameters = model.parameters().to_vec();
    parameters[..4].copy_from_slice(&[-0.0, f32::from_bits(1), f32::MIN, f32::MAX]);
    model.set_parameters(&parameters).unwrap();
    let loaded = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert!(
        loaded
            .parameters()
            .iter()
            .zip(&parameters)
            .all(|(a, b)| a.to_bits() == b.to_bits())
    );
}

#[test]
fn any_safetensors_reader_finds_the_tensors_by_name() {
    let model = gru();
    let bytes = model.to_bytes().unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.len(), model.tensors().len());
    let weight = file.tensor("recurrent.weight_ih_l0").unwrap();
    assert_eq!((weight.dtype(), weight.shape()), (Dtype::F32, &[15, 3][..]));
    assert_eq!(weight.data()[..4], model.parameters()[0].to_le_bytes());
    let header = String::from_utf8_lossy(&bytes[8..200]);
    assert!(
        header.starts_with(r#"{"__metadata__":{"tidegate":"{\"format_version\":1,\"model\":{"#)
    );
}

#[test]
fn a_path_without_a_regular_file_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = Model::load(&missing).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::File {
                source: FileError::Read(_),
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error.to_string().contains("missing: cannot be read"),
        "{error}"
    );
    let error = Model::load(folder.path()).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::File {
                source: FileError::NotRegular,
                ..
            }
        ),
        "{error}"
    );
    let error = gru()
        .save(folder.path().join("no/such/folder/model"))
        .unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::File {
                source: FileError::Write(_),
                ..
            }
        ),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn an_endless_device_is_refused() {
    let error = Model::load("/dev/zero").unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::File {
                source: FileError::NotRegular,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_description_that_no_reader_would_take_is_not_written() {
    let mut model = gru();
    model
        .description_mut()
        .insert("log".into(), "x".repeat(65 << 20));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    assert!(matches!(
        model.save(&path),
        Err(ModelError::File {
            source: FileError::HeaderTooLarge { .. },
            ..
        })
    ));
    assert!(!path.exists());
}
