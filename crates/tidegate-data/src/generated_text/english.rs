//! English sentences: `The old fishermen by the harbour mend a net.`

use super::{choose, one_in};
use crate::random_stream::RandomStream;

/// One and several.
const SUBJECTS: [[&str; 2]; 6] = [
    ["fisherman", "fishermen"],
    ["child", "children"],
    ["gull", "gulls"],
    ["keeper", "keepers"],
    ["trader", "traders"],
    ["seal", "seals"],
];

const PROPERTIES: [&str; 6] = ["old", "young", "tired", "quiet", "happy", "small"];

const PLACES: [&str; 6] = [
    "by the harbour",
    "by the sea",
    "on the pier",
    "on the island",
    "near the lighthouse",
    "under the bridge",
];

/// The verb of one and of several, and what follows it.
const ACTIONS: [[&str; 3]; 8] = [
    ["mends", "mend", "a net"],
    ["watches", "watch", "the waves"],
    ["waits", "wait", "for the ferry"],
    ["sings", "sing", "an old song"],
    ["counts", "count", "the boats"],
    ["looks", "look", "for shells"],
    ["follows", "follow", "the tide"],
    ["sleeps", "sleep", "in the sun"],
];

const TIMES: [&str; 5] = [
    "in the morning",
    "at night",
    "when the tide turns",
    "before the storm",
    "all day long",
];

pub(super) fn sentence(random: &mut RandomStream) -> String {
    let number = random.below(2) as usize;
    let subject = choose(random, &SUBJECTS)[number];
    let mut words = vec![if number == 0 && one_in(random, 4) {
        "Every"
    } else {
        "The"
    }];
    if one_in(random, 2) {
        words.push(choose(random, &PROPERTIES));
    }
    words.push(subject);
    if one_in(random, 2) {
        words.push(choose(random, &PLACES));
    }
    let action = choose(random, &ACTIONS);
    words.extend([action[number], action[2]]);
    if one_in(random, 4) {
        let action = choose(random, &ACTIONS);
        words.extend(["and", action[number], action[2]]);
    } else if one_in(random, 2) {
        words.push(choose(random, &TIMES));
    }
    words.join(" ") + "."
}
