//! Every command of the book is run, in the order of its page, in a folder of its own.
//!
//! Blocks that are marked `long` are not: a test of the options holds them to be commands that the program takes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it must be, and says what it ran"
)]
#![cfg(unix)]

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/pages.rs"]
mod pages;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use blocks::{Block, Shown, blocks};
use pages::{pages, readme};

/// One line of a shell, with the program of this build and nothing inherited that would change what it prints.
fn run(line: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_tidegate"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("TIDEGATE_INSTRUCTION_SET")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What is wrong with a block, in words.
fn problem(block: &Block, folder: &Path) -> Option<String> {
    let mut printed = String::new();
    for (index, line) in block.commands.iter().enumerate() {
        let output = run(line, folder);
        let last = index + 1 == block.commands.len();
        let expected = if last { block.status } else { 0 };
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(expected) {
            return Some(format!("{line}: {}, not {expected}: {said}", output.status));
        }
        printed += &String::from_utf8_lossy(&output.stdout);
        // What progress it shows depends on how long it takes; errors and warnings belong to the result.
        if expected != 0 {
            printed += &said;
        }
    }
    let expected = block.output.as_ref()?;
    (!expected.fits(&printed))
        .then(|| format!("printed\n{printed}\nand not\n{}", expected.lines.join("\n")))
}

/// Runs the blocks of a page, the rest of which means nothing after a failure.
fn check(name: &str, page: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let blocks = match blocks(page) {
        Ok(blocks) => blocks,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let short = blocks.iter().filter(|block| !block.long);
    for block in short {
        let began = std::time::Instant::now();
        if let Some(problem) = problem(block, folder.path()) {
            return Some(format!("{name}, line {}: {problem}", block.line));
        }
        println!("{name}, line {}: {:.1?}", block.line, began.elapsed());
    }
    None
}

#[test]
fn every_command_of_the_book_does_what_its_page_says() {
    let problems: Vec<String> = pages()
        .iter()
        .filter_map(|(name, page)| check(name, page))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_block_of_a_shell_in_the_book_holds_commands_of_the_program_alone() {
    for (name, page) in pages() {
        for block in blocks(&page).unwrap() {
            for line in &block.commands {
                assert!(
                    line.starts_with("tidegate "),
                    "{name}, line {}: {line}",
                    block.line
                );
            }
        }
    }
}

/// The commands of the front page that a reader types as they stand; those that need a build are another matter.
#[test]
fn the_commands_of_the_front_page_do_what_it_says() {
    let page = readme();
    let folder = tempfile::tempdir().unwrap();
    for block in blocks(&page).unwrap() {
        let own = |line: &String| line.starts_with("tidegate ");
        if block.long || !block.commands.iter().all(own) {
            continue;
        }
        if let Some(problem) = problem(&block, folder.path()) {
            panic!("README.md, line {}: {problem}", block.line);
        }
    }
}

fn shown(text: &str, figures_vary: bool) -> Shown {
    Shown {
        lines: text.lines().map(str::to_owned).collect(),
        figures_vary,
    }
}

#[test]
fn lines_fit_where_an_ellipsis_stands_for_the_rest() {
    let fit = |expected: &str, printed: &str| shown(expected, false).fits(printed);
    assert!(fit("a\n…\nd", "a\nb\nc\nd\n"));
    assert!(fit("a\n…\nd", "a\nd"));
    assert!(fit("mse … mae …", "mse  0.3   mae 0.4\n"));
    assert!(fit("…", ""));
    assert!(!fit("a\n…\nd", "a\nb\nc"));
    assert!(!fit("a", "a\nb"));
    assert!(!fit("a … c", "a b d"));
    assert!(!fit("aa…aa", "aaa"));
}

#[test]
fn figures_fit_any_other_only_where_they_vary() {
    for (expected, printed) in [
        ("model  0.5566  67.8 %", "model 1.2e-7 100 %"),
        ("2,100 rows, 3 channels.", "1 rows, 12,345 channels."),
        ("2023-01-02 00:00:00 -1.5", "2024-11-30 23:00:00 0.25"),
        ("─────", "───"),
    ] {
        assert!(shown(expected, true).fits(printed), "{printed}");
        assert!(!shown(expected, false).fits(printed), "{printed}");
    }
    assert!(!shown("model 0.5 better", true).fits("model 0.5 worse"));
    assert!(!shown("model 0.5", true).fits("model –"));
    assert!(!shown("model 0.5", true).fits("model 0.5 0.5"));
}

#[test]
fn marks_of_blocks_are_read_and_unknown_ones_refused() {
    let page = "```sh fails=3\n# remark\ntidegate a \\\n  --b\n```\n\n```text output\nx\n```\n```sh long\ntidegate c\n```\n";
    let read = blocks(page).unwrap();
    assert_eq!(read[0].commands, ["tidegate a --b"]);
    assert_eq!((read[0].status, read[0].long), (3, false));
    assert_eq!(read[0].output, Some(shown("x", false)));
    assert_eq!((read[1].line, read[1].long), (10, true));
    for wrong in [
        "```sh slow\n```\n",
        "```text output\n```\n",
        "```sh\n",
        "```sh\n```\n```text output about\n```\n",
    ] {
        assert!(blocks(wrong).is_err(), "{wrong}");
    }
}
