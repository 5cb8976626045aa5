//! Whatever bytes a file holds, it loads as a sound model or is refused.
#![allow(clippy::unwrap_used)]

mod models;

use models::file::{join, split};
use models::gru;
use proptest::prelude::*;
use tidegate_model::Model;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }

    #[test]
    fn an_arbitrary_header_never_panics(header in ".{0,200}", data in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(Model::from_bytes(&join(&header, &data)).is_err());
    }

    #[test]
    fn a_file_with_bytes_changed_loads_sound_or_not_at_all(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = gru().to_bytes().unwrap();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(model) = Model::from_bytes(&bytes) {
            prop_assert!(model.parameters().iter().all(|value| value.is_finite()));
            prop_assert_eq!(model.parameter_count(), model.configuration().parameter_count());
        }
    }

    #[test]
    fn a_header_with_numbers_changed_loads_sound_or_not_at_all(
        place in any::<prop::sample::Index>(),
        number in prop_oneof![Just(0u64), 1u64..70, any::<u64>(), Just(u64::MAX), Just(1u64 << 62)],
    ) {
        let (header, data) = split(&gru().to_bytes().unwrap());
        let digits: Vec<usize> = header.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = digits[place.index(digits.len())];
        let end = at + header[at..].find(|c: char| !c.is_ascii_digit()).unwrap();
        let changed = format!("{}{number}{}", &header[..at], &header[end..]);
        if let Ok(model) = Model::from_bytes(&join(&changed, &data)) {
            prop_assert_eq!(model.parameter_count(), gru().parameter_count());
        }
    }
}
