//! As many titles as one request takes.

/// Most titles of one request, as the server has it.
const MAX_TITLES: usize = 100;
/// Most bytes of titles in one request, as they are written in it: the server reads a request of 1 MiB.
const MAX_BYTES: usize = 768 * 1024;

/// One behind the other, in their order. `bytes` says how long one is in a request.
pub fn batches<T>(items: Vec<T>, bytes: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut batches: Vec<Vec<T>> = Vec::new();
    let mut left = 0;
    for item in items {
        let size = bytes(&item);
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_TITLES && size <= left => {
                left -= size;
                batch.push(item);
            }
            _ => {
                left = MAX_BYTES.saturating_sub(size);
                batches.push(vec![item]);
            }
        }
    }
    batches
}

/// How long a text is in JSON, at most: every character that has to be written otherwise takes two, and control characters six.
pub fn written(text: &str) -> usize {
    let longer = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    });
    longer.sum::<usize>() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_no_more_than_the_server_takes() {
        let sizes = |items: Vec<usize>| -> Vec<Vec<usize>> { batches(items, |size| *size) };
        assert_eq!(sizes(vec![]), Vec::<Vec<usize>>::new());
        assert_eq!(sizes(vec![MAX_BYTES, 1]), [vec![MAX_BYTES], vec![1]]);
        assert_eq!(sizes(vec![MAX_BYTES - 1, 1]), [vec![MAX_BYTES - 1, 1]]);
        // What is larger than a request is sent alone, and refused by the server with its reason.
        assert_eq!(
            sizes(vec![1, MAX_BYTES + 1, 1]),
            [vec![1], vec![MAX_BYTES + 1], vec![1]]
        );
        let counts: Vec<usize> = sizes(vec![1; 250]).iter().map(Vec::len).collect();
        assert_eq!(counts, [100, 100, 50]);
    }

    #[test]
    fn a_text_is_as_long_as_it_is_in_a_request() {
        for text in ["", "a\"b\\c\nd\te\r", "é€😀", "\u{1}"] {
            assert_eq!(written(text), serde_json::to_string(text).unwrap().len());
        }
    }
}
