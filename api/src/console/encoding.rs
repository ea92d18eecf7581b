//! In which of its encodings a file is sent: what was compressed at build time, if the client asked for it by name.

use crate::http::accepted::weight;
use axum::http::{HeaderMap, header};

/// How a file's bytes are encoded; the better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    pub const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// As `Accept-Encoding` and `Content-Encoding` have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// How the console's build names the file beside the plain one.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// The one that the client likes best among those that there are, and the best of several that it likes as much. `*` asks for none
    /// by name: a client that says only that may not know brotli, which shows as an empty page. Who refuses all of them gets the plain file.
    pub fn choose(headers: &HeaderMap, is_there: impl Fn(Self) -> bool) -> Self {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        let asked: Vec<(String, u32)> = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                (name, weight(parts))
            })
            .collect();
        let weight_of = |name: &str| asked.iter().find(|(asked, _)| asked == name);
        let mut best = (Self::Identity, weight_of("identity").map_or(0, |(_, q)| *q));
        // The better ones last, so that among equals they are taken.
        for encoding in Self::COMPRESSED.into_iter().rev() {
            let weight = weight_of(encoding.name()).map_or(0, |(_, weight)| *weight);
            if weight > 0 && weight >= best.1 && is_there(encoding) {
                best = (encoding, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn chosen(accept: &str, there: &[Encoding]) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_str(accept).unwrap(),
        );
        Encoding::choose(&headers, |encoding| there.contains(&encoding))
    }

    #[test]
    fn a_client_gets_the_best_of_what_it_asks_for_by_name() {
        use Encoding::{Brotli, Gzip, Identity};
        let all = &Encoding::COMPRESSED[..];
        for (accept, there, encoding) in [
            ("gzip, deflate, br, zstd", all, Brotli),
            ("gzip, deflate, br, zstd", &[Gzip], Gzip),
            ("gzip, deflate, br, zstd", &[], Identity),
            ("gzip, deflate", all, Gzip),
            ("GZIP;q=0.5 , BR;q=0.2", all, Gzip),
            ("gzip, identity;q=0.5", all, Gzip),
            ("gzip;q=0.5, identity", all, Identity),
            ("br;q=0, gzip;q=0", all, Identity),
            ("*", all, Identity),
            ("identity;q=0", all, Identity),
            ("", all, Identity),
            ("brotli", all, Identity),
        ] {
            assert_eq!(chosen(accept, there), encoding, "{accept}");
        }
        let nothing = Encoding::choose(&HeaderMap::new(), |_| true);
        assert_eq!(nothing, Identity);
    }
}
