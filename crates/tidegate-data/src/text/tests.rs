//! Tests of text as tokens.

use proptest::prelude::*;

use super::*;

#[test]
fn a_character_that_is_not_known_is_named_with_its_place() {
    let characters = Characters::of("ab\n");
    let error = characters.encode("ab\nba한a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 3 (byte 5): the character '한' (U+D55C) is not among the 3 that the model was trained on: \
         leave it out, or train a model whose tokens are bytes"
    );
}

#[test]
fn places_are_counted_without_the_byte_order_mark() {
    let error = decode_utf8(b"\xef\xbb\xbfab\xff").unwrap_err().to_string();
    assert!(error.starts_with("line 1, column 3 (byte 2)"), "{error}");
    let text = decode_utf8(b"\xef\xbb\xbfabc").unwrap();
    let error = Characters::of("ab").encode(text).unwrap_err().to_string();
    assert!(error.starts_with("line 1, column 3 (byte 2)"), "{error}");
}

#[test]
fn a_text_that_ends_inside_of_a_character_is_refused() {
    let bytes = &"가나".as_bytes()[..5];
    assert_eq!(
        decode_utf8(bytes).unwrap_err().to_string(),
        "line 1, column 2 (byte 3): the text ends inside of a character: save the text as UTF-8, or take its bytes as \
         tokens"
    );
}

#[test]
fn a_file_without_a_character_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.txt");
    std::fs::write(&path, "").unwrap();
    let error = read_text(&path).unwrap_err().to_string();
    assert!(
        error.ends_with("empty.txt: it is empty: there is nothing to read"),
        "{error}"
    );
    assert_eq!(decode_utf8(b"\xef\xbb\xbf"), Err(TextError::Empty));
    let error = read_text(folder.path()).unwrap_err().to_string();
    assert!(error.contains("is a folder"), "{error}");
}

#[test]
fn line_ends_are_characters_like_others() {
    let characters = Characters::of("a\r\nb");
    let tokens = characters.encode("a\r\nb").unwrap();
    assert_eq!(tokens, [2, 1, 0, 3]);
}

#[test]
fn a_vocabulary_survives_json_and_one_out_of_order_is_refused() {
    let characters = Characters::of("\"\\\u{0} 안녕");
    let json = serde_json::to_string(&characters).unwrap();
    assert_eq!(
        serde_json::from_str::<Characters>(&json).unwrap(),
        characters
    );
    for json in [r#""ba""#, r#""aa""#] {
        assert!(serde_json::from_str::<Characters>(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn every_text_comes_back_from_its_tokens(text in any::<String>()) {
        let characters = Characters::of(&text);
        let tokens = characters.encode(&text).unwrap();
        let back: String = tokens.iter().filter_map(|token| characters.decode(*token)).collect();
        prop_assert_eq!(back, text);
    }
}
