//! The commands of the book that no test runs are commands that the program takes.

#[allow(dead_code, reason = "what a block prints is another test's")]
#[path = "../tests/support/blocks.rs"]
mod blocks;
#[path = "../tests/support/pages.rs"]
mod pages;

use clap::Parser;

use crate::arguments::Arguments;
use crate::generate::model_form::with_kind;

/// The words of a command as a shell would give them to the program; a pipe or a redirection ends it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | '<') => break,
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[test]
fn every_long_command_of_the_book_is_one_that_the_program_takes() {
    let mut pages = pages::pages();
    pages.push(("README.md".to_owned(), pages::readme()));
    for (name, page) in pages {
        let blocks = blocks::blocks(&page).unwrap();
        let commands = blocks
            .iter()
            .filter(|block| block.long)
            .flat_map(|block| block.commands.iter().map(|line| (block.line, line)));
        for (number, line) in commands.filter(|(_, line)| line.starts_with("tidegate ")) {
            if let Err(error) =
                Arguments::try_parse_from(with_kind(words(line).into_iter().map(Into::into)))
            {
                panic!("{name}, line {number}: {line}\n{error}");
            }
        }
    }
}

#[test]
fn words_are_those_of_a_shell() {
    assert_eq!(
        words("tidegate a 'b c' --d=\"\" > out"),
        ["tidegate", "a", "b c", "--d="]
    );
    assert_eq!(words("tidegate a | less"), ["tidegate", "a"]);
}
