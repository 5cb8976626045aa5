//! Writing a file so that a reader sees the old one or the new one, whole, whatever happens in between.

use std::fs::OpenOptions;
use std::io::{Result, Write};
use std::path::Path;

/// Writes `contents` to a temporary file in the same folder, syncs it to the disk and renames it to `path`.
///
/// A new file has the permissions that the process gives to new files; one that is replaced hands its permissions on.
///
/// # Errors
/// Those of the file system, and that a pipe or a device stands at `path`. A file that stood at `path` before is as it was, and no temporary file is left.
pub fn replace_file(path: &Path, contents: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // A pipe or a device would give way to a file of its name.
    let is_special = |found: std::fs::Metadata| !found.is_file() && !found.is_dir();
    if std::fs::metadata(path).is_ok_and(is_special) {
        let reason = "it is there and is no regular file";
        return Err(std::io::Error::new(
            std::io::ErrorKind::AlreadyExists,
            reason,
        ));
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // The mask of the process still applies. A temporary file would otherwise be readable by its owner alone.
        options.mode(0o666);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tidegate-").suffix(".tmp");
    // Opened here, a file that cannot be made is the error of the system alone, without the temporary file's name.
    let mut file = builder.make_in(folder, |path| options.open(path))?;
    file.as_file_mut().write_all(contents)?;
    if let Ok(replaced) = std::fs::metadata(path)
        && replaced.is_file()
    {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name reaches the disk with its folder. Some file systems cannot sync a folder; the file is in place then.
    #[cfg(unix)]
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_written_and_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        replace_file(&path, b"one").unwrap();
        replace_file(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_does_not_exist_is_the_error_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace_file(&folder.path().join("missing/model"), b"one").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        assert!(error.raw_os_error().is_some());
        assert!(!error.to_string().contains(".tmp"), "{error}");
    }

    #[test]
    fn a_folder_at_the_path_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        fs::create_dir(&path).unwrap();
        assert!(replace_file(&path, b"one").is_err());
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        assert!(replace_file(Path::new("/dev/null"), b"one").is_err());
        let kind = fs::metadata("/dev/null").unwrap().file_type();
        assert!(kind.is_char_device());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_common_permissions_and_a_replaced_one_hands_its_own_on() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, plain) = (folder.path().join("model"), folder.path().join("plain"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        replace_file(&path, b"one").unwrap();
        fs::write(&plain, b"one").unwrap();
        assert_eq!(mode(&path), mode(&plain));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace_file(&path, b"two").unwrap();
        assert_eq!(mode(&path), 0o640);
    }
}
