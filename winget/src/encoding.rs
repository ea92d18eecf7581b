//! A file's bytes as text: UTF-8 and UTF-16 with or without a mark, as the Windows Package Manager's client reads them. What was
//! saved in a code page of some Windows is refused: nobody can tell which one it was.

use crate::refusal::Why;
use std::borrow::Cow;

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Why> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3).map(Cow::Borrowed),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, Order::Little).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, Order::Big).map(Cow::Owned),
        // Without a mark: a manifest begins with a letter, a sharp, a blank or a hyphen, all of ASCII.
        [first, 0, ..] if *first != 0 => utf16(bytes, Order::Little).map(Cow::Owned),
        [0, second, ..] if *second != 0 => utf16(bytes, Order::Big).map(Cow::Owned),
        _ => utf8(bytes, 0).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8], before: usize) -> Result<&str, Why> {
    std::str::from_utf8(bytes).map_err(|error| Why::Encoding(before + error.valid_up_to()))
}

fn utf16(bytes: &[u8], order: Order) -> Result<String, Why> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Why::Encoding(bytes.len()));
    }
    let units = pairs.iter().map(|pair| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    });
    let mut text = String::with_capacity(pairs.len());
    for unit in char::decode_utf16(units) {
        text.push(unit.map_err(|_| Why::Encoding(text.len() * 2))?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::refusal::Why;

    #[test]
    fn the_same_text_in_every_encoding() {
        let written = "Id: a.b\nName: MSIX SDK\u{a9} \u{1f600}\n";
        let little: Vec<u8> = written.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = written.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            written.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", written.as_bytes()].concat(),
            little.clone(),
            big.clone(),
            [b"\xFF\xFE", &little[..]].concat(),
            [b"\xFE\xFF", &big[..]].concat(),
        ] {
            assert_eq!(text(&bytes).unwrap(), written);
        }
    }

    #[test]
    fn what_is_no_text_is_refused_where_it_ends_to_be_one() {
        assert_eq!(text(b"Name: SDK\xA9"), Err(Why::Encoding(9)));
        assert_eq!(text(b"\xEF\xBB\xBFa\xFF"), Err(Why::Encoding(4)));
        assert_eq!(text(b"\xFF\xFEa\0b"), Err(Why::Encoding(3)));
        assert_eq!(text(b"\xFF\xFE\x00\xD8a\0"), Err(Why::Encoding(0)));
        assert_eq!(text(b"").unwrap(), "");
    }
}
