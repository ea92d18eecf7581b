//! Which hosts an installation lets its scripts talk to.

use super::address::is_public;
use super::{MAX_ADDRESSES, MAX_HOSTS};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

const MAX_HOST_BYTES: usize = 253;

/// One line of an installation's list: `api.example.com`, or `*.example.com` for everything below it, and a port if it is not
/// the usual one: `api.example.com:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    name: String,
    port: Option<u16>,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Itself,
    Below,
}

/// Whether an installation lets scripts talk without encryption.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    #[default]
    Refused,
    Allowed,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error(
        "{0:?} names no host: give something like api.example.com, *.example.com or api.example.com:8443"
    )]
    Shape(String),
    #[error("{0} is an address: give the name of a host")]
    Address(String),
    #[error("*.{0} would allow too much: name something below it")]
    TooWide(String),
    #[error("there are more than {MAX_HOSTS} hosts")]
    TooMany,
}

/// Why a request is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpRefusal {
    #[error("{0} is no address")]
    Address(String),
    #[error("{0}:// is not spoken here: use https://")]
    Scheme(String),
    #[error(
        "http:// sends everything in the open: use https://, or have the installation allow it"
    )]
    Plain,
    #[error("an address that names its user is written down: use a header with a secret")]
    User,
    #[error(
        "{host} on port {port} is not among the hosts that this installation's scripts may talk to: have it added"
    )]
    Host { host: String, port: u16 },
    #[error("{0} leads to no address")]
    Nowhere(String),
    /// It does not say which one: a script is no map of the network.
    #[error(
        "{0} leads into this installation's own network, or nowhere: scripts talk to the Internet only"
    )]
    Inside(String),
    #[error("{0} leads to more than {MAX_ADDRESSES} addresses")]
    TooManyAddresses(String),
}

/// An installation's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    hosts: Vec<HostPattern>,
    plain: PlainHttp,
}

/// A host that may be asked: its name is to be resolved, and the addresses to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
    url: Url,
}

impl HostPattern {
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let shape = || PatternError::Shape(text.chars().take(MAX_HOST_BYTES).collect());
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| shape())?)),
            None => (text, None),
        };
        let (host, reach) = match host.strip_prefix("*.") {
            Some(host) => (host, Reach::Below),
            None => (host, Reach::Itself),
        };
        // The same reading as of what scripts ask for, or the two would not meet.
        let name = match Host::parse(host).map_err(|_| shape())? {
            Host::Domain(name) => name.trim_end_matches('.').to_owned(),
            address => return Err(PatternError::Address(address.to_string())),
        };
        let is_name = (1..=MAX_HOST_BYTES).contains(&name.len())
            && (name.bytes()).all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_'));
        if !is_name || port == Some(0) {
            return Err(shape());
        }
        if reach == Reach::Below && !name.contains('.') {
            return Err(PatternError::TooWide(name));
        }
        Ok(Self { name, port, reach })
    }

    fn allows(&self, host: &str, port: u16, usual: u16) -> bool {
        let is_there = match self.reach {
            Reach::Itself => host == self.name,
            Reach::Below => host
                .strip_suffix(&self.name)
                .is_some_and(|before| before.len() > 1 && before.ends_with('.')),
        };
        is_there && port == self.port.unwrap_or(usual)
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reach == Reach::Below {
            f.write_str("*.")?;
        }
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Guard {
    /// Allows these hosts and no others.
    pub fn new(hosts: Vec<HostPattern>, plain: PlainHttp) -> Result<Self, PatternError> {
        if hosts.len() > MAX_HOSTS {
            return Err(PatternError::TooMany);
        }
        Ok(Self { hosts, plain })
    }

    /// Whether the host of an address may be asked at all.
    pub fn admit(&self, address: &str) -> Result<Target, HttpRefusal> {
        let url = Url::parse(address).map_err(|_| HttpRefusal::Address(address.to_owned()))?;
        let usual = match (url.scheme(), self.plain) {
            ("https", _) => 443,
            ("http", PlainHttp::Allowed) => 80,
            ("http", PlainHttp::Refused) => return Err(HttpRefusal::Plain),
            (other, _) => return Err(HttpRefusal::Scheme(other.to_owned())),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpRefusal::User);
        }
        let host = url
            .host_str()
            .ok_or_else(|| HttpRefusal::Address(address.to_owned()))?;
        let host = host.trim_end_matches('.').to_owned();
        let port = url.port().unwrap_or(usual);
        // No pattern is an address, so that none is allowed by being written in another way.
        if !self
            .hosts
            .iter()
            .any(|pattern| pattern.allows(&host, port, usual))
        {
            return Err(HttpRefusal::Host { host, port });
        }
        Ok(Target { host, port, url })
    }
}

impl Target {
    /// The name to be resolved.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Which addresses are dialled, of those to which the name led. One that is not public is reason enough to dial none.
    pub fn choose(&self, resolved: &[IpAddr]) -> Result<Vec<SocketAddr>, HttpRefusal> {
        if resolved.is_empty() {
            Err(HttpRefusal::Nowhere(self.host.clone()))
        } else if resolved.len() > MAX_ADDRESSES {
            Err(HttpRefusal::TooManyAddresses(self.host.clone()))
        } else if resolved.iter().all(|address| is_public(*address)) {
            let dialled = resolved
                .iter()
                .map(|address| SocketAddr::new(*address, self.port));
            Ok(dialled.collect())
        } else {
            Err(HttpRefusal::Inside(self.host.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(plain: PlainHttp) -> Guard {
        let hosts = [
            "api.example.com",
            "*.vendor.example",
            "odd.example:8443",
            "bücher.example",
        ];
        let hosts = hosts.map(|host| HostPattern::parse(host).unwrap());
        Guard::new(hosts.to_vec(), plain).unwrap()
    }

    #[test]
    fn hosts_of_the_list_are_admitted_however_they_are_written() {
        for (address, host, port) in [
            ("https://api.example.com/v1?q=1", "api.example.com", 443),
            ("https://API.Example.COM:443/", "api.example.com", 443),
            ("https://api.example.com./", "api.example.com", 443),
            ("https://a.b.vendor.example/", "a.b.vendor.example", 443),
            ("https://odd.example:8443/", "odd.example", 8443),
            ("https://bücher.example/", "xn--bcher-kva.example", 443),
        ] {
            let target = guard(PlainHttp::Refused).admit(address).unwrap();
            assert_eq!((target.host(), target.port()), (host, port), "{address}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for address in [
            "https://example.com/",
            "https://vendor.example/",
            "https://evilvendor.example/",
            "https://api.example.com.evil.example/",
            "https://api.example.com:8443/",
            "https://odd.example/",
            "https://api.example.com%2eevil.example/",
            "https://evil.example\\@api.example.com/",
            "https://evil.example#@api.example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/",
        ] {
            let refused = guard(PlainHttp::Allowed).admit(address);
            assert!(
                matches!(
                    refused,
                    Err(HttpRefusal::Host { .. } | HttpRefusal::Address(_))
                ),
                "{address}: {refused:?}"
            );
        }
        for scheme in [
            "file:///etc/passwd",
            "ftp://api.example.com/",
            "gopher://api.example.com/",
            "data:,x",
        ] {
            assert!(matches!(
                guard(PlainHttp::Allowed).admit(scheme),
                Err(HttpRefusal::Scheme(_))
            ));
        }
        let user = guard(PlainHttp::Refused).admit("https://user:word@api.example.com/");
        assert_eq!(user, Err(HttpRefusal::User));
    }

    #[test]
    fn plain_http_is_spoken_only_where_it_is_allowed() {
        let address = "http://api.example.com/";
        assert_eq!(
            guard(PlainHttp::Refused).admit(address),
            Err(HttpRefusal::Plain)
        );
        assert_eq!(guard(PlainHttp::Allowed).admit(address).unwrap().port(), 80);
        // A usual port of the one is no usual port of the other.
        assert!(
            guard(PlainHttp::Allowed)
                .admit("http://api.example.com:443/")
                .is_err()
        );
    }

    #[test]
    fn what_is_dialled_is_what_was_judged() {
        let target = guard(PlainHttp::Refused)
            .admit("https://api.example.com/")
            .unwrap();
        let choose = |addresses: &[&str]| {
            let addresses: Vec<IpAddr> =
                addresses.iter().map(|text| text.parse().unwrap()).collect();
            target.choose(&addresses)
        };
        let dialled = ["93.184.216.34:443", "[2606:2800::1]:443"].map(|text| text.parse().unwrap());
        assert_eq!(
            choose(&["93.184.216.34", "2606:2800::1"]),
            Ok(dialled.to_vec())
        );
        assert_eq!(
            choose(&[]),
            Err(HttpRefusal::Nowhere("api.example.com".into()))
        );
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "::1",
            "::ffff:10.0.0.1",
            "fd00::1",
        ] {
            let mixed = choose(&["93.184.216.34", inside]);
            assert_eq!(
                mixed,
                Err(HttpRefusal::Inside("api.example.com".into())),
                "{inside}"
            );
        }
        let many = vec!["93.184.216.34"; MAX_ADDRESSES + 1];
        assert!(matches!(
            choose(&many),
            Err(HttpRefusal::TooManyAddresses(_))
        ));
    }

    #[test]
    fn a_pattern_is_a_name_and_not_too_wide() {
        for text in ["api.example.com", "*.example.com", "api.example.com:8443"] {
            assert_eq!(HostPattern::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "*",
            "a b",
            "https://a.example",
            "a.example:0",
            "a.example:x",
            "a*.example",
            "a/b",
        ] {
            assert!(
                matches!(HostPattern::parse(text), Err(PatternError::Shape(_))),
                "{text}"
            );
        }
        for text in ["127.0.0.1", "0x7f.1"] {
            assert!(
                matches!(HostPattern::parse(text), Err(PatternError::Address(_))),
                "{text}"
            );
        }
        assert_eq!(
            HostPattern::parse("*.com"),
            Err(PatternError::TooWide("com".into()))
        );
    }
}
