//! The pages of the book.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};

/// Where the project begins.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every page below docs/ by its path from there, sorted.
pub(crate) fn pages() -> Vec<(String, String)> {
    let docs = root().join("docs");
    let mut pages = Vec::new();
    let mut folders = vec![docs.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(&docs).unwrap().to_str().unwrap();
                pages.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    pages.sort();
    pages
}

/// The front page of the project.
pub(crate) fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}
