//! The commands of a page of the book: its fenced blocks, and the lines that they print.
//!
//! A block opened by ```` ```sh ```` holds commands, one a line (a backslash at the end goes on in the next line; a line that
//! begins with # is a remark). It may be marked: `long`, where it takes too long for a test or reads data that is not in the
//! book, and `fails=3`, where its last command ends with that exit status. A block opened by ```` ```text output ```` after it
//! holds what the block prints, where `…` stands for any text within a line and, alone on a line, for any lines. Opened by
//! ```` ```text output like ````, its figures were those of one machine: any figure stands for any other, and a line under
//! headings for one of any length.

/// A block of commands.
#[derive(Debug, PartialEq)]
pub(crate) struct Block {
    /// Line of the page, from 1, at which it is opened.
    pub(crate) line: usize,
    pub(crate) commands: Vec<String>,
    /// Whether the commands are checked but not run.
    pub(crate) long: bool,
    /// Exit status of the last command.
    pub(crate) status: i32,
    /// The lines that it prints, where the page shows them.
    pub(crate) output: Option<Shown>,
}

/// Lines of a page that show what is printed.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) lines: Vec<String>,
    /// Whether figures differ from machine to machine.
    pub(crate) figures_vary: bool,
}

/// The blocks of a page, in its order; else what is wrong with it and in which line.
pub(crate) fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((number, line)) = lines.next() {
        let Some(mark) = line.strip_prefix("```") else {
            continue;
        };
        let mut content = Vec::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, line)) => content.push(line.to_owned()),
                None => return Err(format!("line {number}: a block without an end")),
            }
        }
        let mut words = mark.split_whitespace();
        match words.next() {
            Some("sh") => {
                let mut block = Block {
                    line: number,
                    commands: commands(&content),
                    long: false,
                    status: 0,
                    output: None,
                };
                for word in words {
                    match (word, word.strip_prefix("fails=").map(str::parse)) {
                        ("long", _) => block.long = true,
                        (_, Some(Ok(status))) => block.status = status,
                        _ => return Err(format!("line {number}: {word} is no mark of a block")),
                    }
                }
                blocks.push(block);
            }
            Some("text") if words.next() == Some("output") => {
                let figures_vary = match words.next() {
                    None => false,
                    Some("like") => true,
                    Some(word) => {
                        return Err(format!("line {number}: {word} is no mark of an output"));
                    }
                };
                let shown = Shown {
                    lines: content,
                    figures_vary,
                };
                match blocks.last_mut() {
                    Some(block) if block.output.is_none() => block.output = Some(shown),
                    _ => return Err(format!("line {number}: the output of no command")),
                }
            }
            _ => {}
        }
    }
    Ok(blocks)
}

fn commands(lines: &[String]) -> Vec<String> {
    let whole = lines.join("\n").replace("\\\n", " ");
    let commands = whole.lines().map(|line| {
        // What a reader would type in one line.
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    commands
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

impl Shown {
    /// Whether a text is what is shown.
    pub(crate) fn fits(&self, printed: &str) -> bool {
        let plain = |line: &str| {
            // How wide a column is depends on its figures.
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            match self.figures_vary {
                true => without_figures(&line),
                false => line,
            }
        };
        let expected: Vec<String> = self.lines.iter().map(|line| plain(line)).collect();
        let printed: Vec<String> = printed.lines().map(plain).collect();
        lines_fit(&expected, &printed)
    }
}

/// With one sign in the place of each figure, such as 2,100, 0.0312, -1.5e-7 and 2023-01-02, and of each line under headings.
fn without_figures(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    let is_digit = |index: usize| letters.get(index).is_some_and(char::is_ascii_digit);
    let mut plain = String::new();
    let mut index = 0;
    while let Some(&letter) = letters.get(index) {
        if is_digit(index) || letter == '-' && is_digit(index + 1) {
            plain.push('#');
            index += 1;
            // A sign within a figure stands before a digit; so does the minus of an exponent, which is a sign itself.
            while is_digit(index)
                || letters
                    .get(index)
                    .is_some_and(|sign| ".,:-e".contains(*sign))
                    && (is_digit(index + 1) || letters.get(index + 1) == Some(&'-'))
            {
                index += 1;
            }
            continue;
        }
        if letter != '─' || !plain.ends_with('─') {
            plain.push(letter);
        }
        index += 1;
    }
    plain
}

fn lines_fit(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.iter().all(String::is_empty),
        Some((first, rest)) if first == "…" => {
            (0..=printed.len()).any(|skipped| lines_fit(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, others)| line_fits(first, line) && lines_fit(rest, others)),
    }
}

fn line_fits(expected: &str, printed: &str) -> bool {
    let mut pieces = expected.split('…');
    let first = pieces.next().unwrap_or("");
    let Some(mut rest) = printed.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(place) => rest = &rest[place + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
