//! Text as it is made.

use std::path::Path;
use std::time::Instant;

use tidegate_train::{Generator, Material, NextModel};

use super::document::{Speed, TextDocument};
use super::prompt;
use super::stream::Stream;
use crate::failure::Failure;
use crate::generate::model_arguments::ModelArguments;
use crate::standard_output::print_result;

pub(super) fn run(
    arguments: &ModelArguments,
    path: &Path,
    model: &NextModel,
) -> Result<(), Failure> {
    let prompt = prompt::text(arguments, model)?;
    let mut generator = Generator::new(model, arguments.sampling())?;
    generator.read(&prompt)?;
    let material = &model.plan.material;
    if arguments.json {
        let clock = Instant::now();
        let tokens = (0..arguments.length).map(|_| generator.draw());
        let tokens: Vec<u32> = tokens.collect::<Result<_, _>>()?;
        let speed = Speed::of(tokens.len(), clock.elapsed());
        let text = |tokens: &[u32]| {
            let mut bytes = Vec::new();
            tokens
                .iter()
                .for_each(|token| spell(material, *token, &mut bytes));
            // What a model of bytes makes need not be UTF-8, which JSON is.
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let document = TextDocument {
            model: path.display().to_string(),
            tokens: material.kind(),
            sampling: arguments.sampling(),
            prompt: text(&prompt),
            text: text(&tokens),
            speed,
        };
        return print_result(true, &document, |_| String::new());
    }
    let mut stream = Stream::new();
    let mut bytes = Vec::new();
    prompt
        .iter()
        .for_each(|token| spell(material, *token, &mut bytes));
    if !stream.write(&bytes)? {
        return Ok(());
    }
    for _ in 0..arguments.length {
        bytes.clear();
        spell(material, generator.draw()?, &mut bytes);
        if !stream.write(&bytes)? {
            return Ok(());
        }
    }
    if bytes != b"\n" {
        stream.write(b"\n")?;
    }
    stream.flush()?;
    Ok(())
}

/// Adds what a token stands for: a character in UTF-8, or a byte as it is.
fn spell(material: &Material, token: u32, bytes: &mut Vec<u8>) {
    match material {
        Material::Characters { characters, .. } => {
            if let Some(character) = characters.decode(token) {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        Material::Bytes { .. } => bytes.extend(u8::try_from(token)),
        Material::Music { .. } => {}
    }
}
