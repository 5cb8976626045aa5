//! The book holds together: every page is in its summary, and every link leads somewhere.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

#[path = "support/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::path::Path;

use pages::{pages, root};

/// Parts that docs/study.py puts into study.md, and the summary itself.
const NO_PAGES: [&str; 3] = ["SUMMARY.md", "study-introduction.md", "study-published.md"];

/// The targets of the links of a page, code left out.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut in_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second piece between back quotes is code.
        let words: String = line.split('`').step_by(2).collect();
        for piece in words.split("](").skip(1) {
            links.push(piece.split(')').next().unwrap().to_owned());
        }
    }
    links
}

/// The anchors that mdBook gives to the headings of a page.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for line in page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        let heading = line.trim_start_matches('#');
        if in_code || heading.len() == line.len() {
            continue;
        }
        let kept = heading.trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            '_' | '-' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
            _ => None,
        });
        anchors.insert(kept.collect());
    }
    anchors
}

#[test]
fn every_page_is_in_the_summary_once_and_the_summary_names_no_other() {
    let pages = pages();
    let summary = &pages
        .iter()
        .find(|(name, _)| name == "SUMMARY.md")
        .unwrap()
        .1;
    let mut named = links(summary);
    named.sort();
    let mut own: Vec<String> = pages.iter().map(|(name, _)| name.clone()).collect();
    own.retain(|name| !NO_PAGES.contains(&name.as_str()));
    own.sort();
    assert_eq!(named, own);
}

#[test]
fn every_link_within_the_book_leads_to_a_file_and_its_heading() {
    let pages = pages();
    let docs = root().join("docs");
    for (name, page) in &pages {
        for link in links(page) {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(name).parent().unwrap();
            let target = match file {
                "" => docs.join(name),
                file => docs.join(folder).join(file),
            };
            assert!(target.is_file(), "{name}: {link} leads nowhere");
            if !anchor.is_empty() {
                let page = std::fs::read_to_string(&target).unwrap();
                assert!(
                    anchors(&page).contains(anchor),
                    "{name}: {link}: the headings are {:?}",
                    anchors(&page)
                );
            }
        }
    }
}

#[test]
fn the_book_is_built_from_the_folder_of_its_pages() {
    let configuration = std::fs::read_to_string(root().join("book.toml")).unwrap();
    let configuration: toml::Table = configuration.parse().unwrap();
    assert_eq!(configuration["book"]["src"].as_str(), Some("docs"));
}
