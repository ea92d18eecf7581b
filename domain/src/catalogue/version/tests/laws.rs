//! What holds in every scheme, for every text: the order is total.

use crate::catalogue::version::VersionScheme;
use proptest::prelude::*;
use std::cmp::Ordering;

/// Texts as all schemes have them, close enough to each other to meet, and now and then anything at all.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[v<> ]{0,2}([0-3]:)?[0-2]{0,2}([.,~+^ -]{0,2}(0|1|2|10|alpha|rc|a|B|dfsg|x-y)){0,4}",
        2 => prop_oneof![Just("Unknown".to_owned()), Just("latest".into()), Just("< latest".into()), Just("LATEST".into())],
        1 => ".{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16_384))]

    #[test]
    fn the_order_of_every_scheme_is_total(a in any_text(), b in any_text(), c in any_text()) {
        for scheme in VersionScheme::ALL {
            let (ab, bc, ac) = (scheme.compare(&a, &b), scheme.compare(&b, &c), scheme.compare(&a, &c));
            prop_assert_eq!(scheme.compare(&a, &a), Ordering::Equal, "{:?}: {:?} is itself", scheme, a);
            prop_assert_eq!(ab, scheme.compare(&b, &a).reverse(), "{:?}: {:?} and {:?} the other way round", scheme, a, b);
            if ab == bc || bc == Ordering::Equal {
                prop_assert_eq!(ac, ab, "{:?}: {:?}, {:?}, {:?}", scheme, a, b, c);
            }
            if ab == Ordering::Equal {
                prop_assert_eq!(ac, bc, "{:?}: {:?} stands for {:?} beside {:?}", scheme, a, b, c);
            }
        }
    }
}
