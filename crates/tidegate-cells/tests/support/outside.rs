//! The folder beside the project with data that is not part of it.

use std::path::{Path, PathBuf};

/// `../shared/<name>`, seen from the root of the workspace; where it is missing, says so and gives nothing.
#[allow(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was skipped"
)]
pub(crate) fn outside(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is missing", folder.display());
    None
}
