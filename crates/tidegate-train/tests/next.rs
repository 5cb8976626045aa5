//! From a text or music to a model, its file, its measurement and what it generates.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use tidegate_data::{
    Inputs, MusicOptions, MusicToken, SequenceSet, Targets, TextLanguage, TextOptions,
    generated_music, generated_text,
};
use tidegate_model::BatchInputs;
use tidegate_train::{
    Corpus, Generator, MeasuredTokens, NextModel, NextRecipe, Sampling, TokenKind, TrainError,
};

fn recipe(tokens: TokenKind) -> NextRecipe {
    let mut recipe = NextRecipe {
        tokens: Some(tokens),
        hidden_size: 16,
        embedding_size: 6,
        transpose: 1,
        ..NextRecipe::default()
    };
    recipe.training.epochs = 3;
    recipe.training.batch_size = 8;
    recipe.training.window = Some(24);
    recipe
}

fn corpus(tokens: TokenKind) -> Corpus {
    match tokens {
        TokenKind::Music => Corpus::Music(
            generated_music(MusicOptions {
                pieces: 12,
                seed: 1,
            })
            .unwrap(),
        ),
        _ => {
            let options = TextOptions {
                language: TextLanguage::Korean,
                sentences: 120,
                seed: 1,
            };
            Corpus::Text(generated_text(options).unwrap().into_bytes())
        }
    }
}

const KINDS: [TokenKind; 3] = [TokenKind::Characters, TokenKind::Bytes, TokenKind::Music];

fn train(tokens: TokenKind) -> NextModel {
    let recipe = recipe(tokens);
    let data = recipe.prepare(&corpus(tokens)).unwrap();
    recipe.train(&data, None, &mut |_| {}, &|| false).unwrap().0
}

fn tokens_of(model: &NextModel, count: usize, seed: u64) -> Vec<u32> {
    let sampling = Sampling {
        seed,
        ..Sampling::default()
    };
    let mut generator = Generator::new(model, sampling).unwrap();
    (0..count).map(|_| generator.draw().unwrap()).collect()
}

#[test]
fn a_model_read_from_its_file_generates_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for tokens in KINDS {
        let mut model = train(tokens);
        let path = folder.path().join("model.safetensors");
        model.save(&path).unwrap();
        let read = NextModel::load(&path).unwrap();
        assert_eq!(read.plan, model.plan);
        assert_eq!(tokens_of(&read, 200, 5), tokens_of(&model, 200, 5));
        assert_ne!(tokens_of(&read, 200, 6), tokens_of(&model, 200, 5));
    }
}

#[test]
fn a_file_whose_plan_does_not_fit_its_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let mut model = train(TokenKind::Characters);
    model.plan = train(TokenKind::Music).plan;
    model.save(&path).unwrap();
    let error = NextModel::load(&path).unwrap_err().to_string();
    assert!(error.contains("tokens do not fit"), "{error}");
    let plain = &mut model.model;
    plain.description_mut().clear();
    plain.save(&path).unwrap();
    let error = NextModel::load(&path).unwrap_err().to_string();
    assert!(
        error.contains("does not say what its tokens are"),
        "{error}"
    );
}

/// The negative logarithm of the probability of every target, one step after another.
fn nats(model: &NextModel, set: &SequenceSet) -> f64 {
    let network = &model.model;
    let mut logits = vec![0.0; network.configuration().outputs];
    let mut scratch = network.step_scratch(1);
    let mut nats = 0.0;
    for sequence in &set.sequences {
        let (Inputs::Tokens(inputs), Targets::Classes(targets)) =
            (&sequence.inputs, &sequence.targets)
        else {
            panic!("a set without tokens");
        };
        let mut state = network.zero_state(1);
        for (input, target) in inputs.iter().zip(targets) {
            let input = BatchInputs::Tokens(std::slice::from_ref(input));
            network
                .step(&input, &mut state, &mut scratch, &mut logits)
                .unwrap();
            let sum: f64 = logits.iter().map(|logit| f64::from(*logit).exp()).sum();
            nats += sum.ln() - f64::from(logits[*target as usize]);
        }
    }
    nats
}

#[test]
fn an_evaluation_is_the_probability_of_all_tokens() {
    for tokens in KINDS {
        let model = train(tokens);
        let corpus = corpus(tokens);
        let (part, set) = model.measured(&corpus).unwrap();
        let evaluation = model.evaluate(&set).unwrap();
        let expected = nats(&model, &set);
        assert!((evaluation.nats - expected).abs() < 1e-4 * expected);
        match (&corpus, tokens) {
            (Corpus::Music(pieces), _) => {
                assert_eq!(part, MeasuredTokens::Test);
                let steps: usize = pieces.test.iter().map(Vec::len).sum();
                assert_eq!(evaluation.steps, Some(steps));
                let per_step = evaluation.nats_per_step().unwrap();
                assert!((per_step - evaluation.nats / steps as f64).abs() < 1e-12);
            }
            _ => {
                assert_eq!(part, MeasuredTokens::Validation);
                assert_eq!(evaluation.steps, None);
            }
        }
    }
}

#[test]
fn what_was_held_back_is_measured_and_a_text_that_begins_otherwise_whole() {
    let model = train(TokenKind::Characters);
    let Corpus::Text(bytes) = corpus(TokenKind::Characters) else {
        panic!("a text is no music");
    };
    let text = String::from_utf8(bytes).unwrap();
    let count = text.chars().count();
    let measured = |text: &str| {
        let corpus = Corpus::Text(text.as_bytes().to_vec());
        let (part, set) = model.measured(&corpus).unwrap();
        (part, set.total_steps())
    };
    assert_eq!(
        measured(&text),
        (MeasuredTokens::Validation, count / 10 - 1)
    );
    assert_eq!(
        measured(&(text.clone() + "어부가 배를 민다.")),
        (MeasuredTokens::Test, 9)
    );
    // Of one more character nothing can be predicted.
    assert_eq!(
        measured(&(text.clone() + ".")),
        (MeasuredTokens::Validation, count / 10 - 1)
    );
    assert_eq!(measured(&(text.clone() + "..")), (MeasuredTokens::Test, 1));
    assert_eq!(measured(&text[3..]), (MeasuredTokens::All, count - 2));
    let error = model.measured(&Corpus::Text("어".into())).unwrap_err();
    assert!(matches!(error, TrainError::ShortText { tokens: 1 }));
    let error = model.measured(&corpus(TokenKind::Music)).unwrap_err();
    assert!(matches!(error, TrainError::OtherMaterial { .. }));
}

#[test]
fn generated_music_is_written_as_music_may_be() {
    let model = train(TokenKind::Music);
    for seed in 0..5 {
        let tokens: Vec<MusicToken> = tokens_of(&model, 2_000, seed)
            .into_iter()
            .map(|token| MusicToken::of(token).unwrap())
            .collect();
        let mut last = MusicToken::Piece;
        for token in tokens {
            assert!(last.may_precede(token), "{last:?} {token:?}");
            last = token;
        }
    }
}

#[test]
fn a_beginning_is_read_from_a_zero_state_whatever_was_generated_before() {
    let model = train(TokenKind::Characters);
    let greedy = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    let beginning = model
        .plan
        .material
        .encode_text("어부가 ".as_bytes())
        .unwrap();
    let continued = |before: usize| {
        let mut generator = Generator::new(&model, greedy).unwrap();
        for _ in 0..before {
            generator.draw().unwrap();
        }
        generator.read(&beginning).unwrap();
        (0..40)
            .map(|_| generator.draw().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(continued(0), continued(25));
}
