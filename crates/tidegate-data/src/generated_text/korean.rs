//! Korean sentences: `늙은 어부가 항구에서 그물을 고친다.`

use super::{choose, one_in};
use crate::random_stream::RandomStream;

const SUBJECTS: [&str; 8] = [
    "어부",
    "선장",
    "아이",
    "노인",
    "상인",
    "갈매기",
    "물개",
    "등대지기",
];

const PROPERTIES: [&str; 6] = ["늙은", "어린", "조용한", "부지런한", "지친", "작은"];

const PLACES: [&str; 6] = [
    "항구에서",
    "바닷가에서",
    "갯벌에서",
    "섬에서",
    "등대 옆에서",
    "다리 밑에서",
];

/// An object, its verb at the end of a sentence, and before another verb.
const ACTIONS: [[&str; 3]; 8] = [
    ["그물", "고친다", "고치고"],
    ["배", "민다", "밀고"],
    ["편지", "읽는다", "읽고"],
    ["노래", "부른다", "부르고"],
    ["물고기", "잡는다", "잡고"],
    ["깃발", "올린다", "올리고"],
    ["별", "센다", "세고"],
    ["바람", "기다린다", "기다리고"],
];

const TIMES: [&str; 5] = ["아침마다", "밤새", "천천히", "조용히", "날마다"];

pub(super) fn sentence(random: &mut RandomStream) -> String {
    let mut words = Vec::new();
    if one_in(random, 3) {
        words.push(choose(random, &TIMES).to_owned());
    }
    if one_in(random, 2) {
        words.push(choose(random, &PROPERTIES).to_owned());
    }
    words.push(with_particle(choose(random, &SUBJECTS), ["이", "가"]));
    if one_in(random, 2) {
        words.push(choose(random, &PLACES).to_owned());
    }
    if one_in(random, 4) {
        let [object, _, verb] = choose(random, &ACTIONS);
        words.extend([with_particle(object, ["을", "를"]), verb.to_owned()]);
    }
    let [object, verb, _] = choose(random, &ACTIONS);
    words.extend([with_particle(object, ["을", "를"]), verb.to_owned()]);
    words.join(" ") + "."
}

/// A word with the first particle, if it ends in a consonant, else with the second.
fn with_particle(word: &str, [consonant, vowel]: [&str; 2]) -> String {
    // A syllable's code point is U+AC00 + (initial · 21 + vowel) · 28 + final, where final is 0 for none.
    let last = word.chars().last().map_or(0, u32::from);
    let ends_in_consonant = !last.saturating_sub(0xAC00).is_multiple_of(28);
    format!(
        "{word}{}",
        if ends_in_consonant { consonant } else { vowel }
    )
}
