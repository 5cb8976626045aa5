//! What a command writes: not what it reads, no two outputs to one file, and whole or not at all.

use std::path::{Path, PathBuf};

use tidegate_model::replace_file;
use tidegate_study::forecast::ForecastPageError;

use crate::failure::Failure;

/// Refuses an output that is one of the inputs, in a folder that is one, or another output, and one that is there and no file.
pub(crate) fn check_outputs(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Failure> {
    for (index, output) in outputs.iter().enumerate() {
        let is_special = std::fs::metadata(output).is_ok_and(|found| !found.is_file());
        if is_special && !output.is_dir() {
            return Err(Failure::SpecialFile {
                output: output.to_path_buf(),
            });
        }
        let place = place(output);
        if outputs[..index]
            .iter()
            .any(|other| self::place(other) == place)
        {
            return Err(Failure::SameOutput {
                output: output.to_path_buf(),
            });
        }
        let mut folders = inputs.iter().filter(|input| input.is_dir());
        if let Some(folder) = folders.find(|folder| place.starts_with(self::place(folder))) {
            return Err(Failure::OutputInInput {
                output: output.to_path_buf(),
                folder: folder.to_path_buf(),
            });
        }
        if inputs.iter().any(|input| self::place(input) == place) {
            return Err(Failure::OutputIsInput {
                output: output.to_path_buf(),
            });
        }
    }
    Ok(())
}

/// The file itself, however its path is written; one that is not there by its folder and name.
fn place(path: &Path) -> PathBuf {
    if let Ok(found) = path.canonicalize() {
        return found;
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

/// Writes a page, whole or not at all.
pub(crate) fn write_page(
    path: &Path,
    html: Result<String, ForecastPageError>,
) -> Result<(), Failure> {
    let html = html.map_err(|error| Failure::Page {
        path: path.to_owned(),
        error,
    })?;
    replace_file(path, html.as_bytes()).map_err(|error| Failure::write(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_would_replace_an_input_or_another_output_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        let (data, model, page) = (within("data.csv"), within("model"), within("page.html"));
        std::fs::write(&data, "a\n1\n").unwrap();
        assert!(check_outputs(&[&model, &page], &[&data]).is_ok());
        assert!(matches!(
            check_outputs(
                &[&model, &folder.path().join(".").join("data.csv")],
                &[&data]
            ),
            Err(Failure::OutputIsInput { .. })
        ));
        assert!(matches!(
            check_outputs(&[&model, &folder.path().join("./model")], &[&data]),
            Err(Failure::SameOutput { .. })
        ));
    }

    #[test]
    fn an_output_in_a_folder_that_is_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(data.join("a")).unwrap();
        for output in [
            data.join("a/1.npy"),
            data.join("model"),
            data.join("a/../x"),
        ] {
            assert!(matches!(
                check_outputs(&[&output], &[&data]),
                Err(Failure::OutputInInput { .. })
            ));
        }
        assert!(check_outputs(&[&folder.path().join("data.model")], &[&data]).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_there_and_no_file_is_not_replaced() {
        assert!(matches!(
            check_outputs(&[Path::new("/dev/null")], &[]),
            Err(Failure::SpecialFile { .. })
        ));
    }
}
