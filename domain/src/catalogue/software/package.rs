//! The file that a version's scripts work on, and where it comes from.

use super::command::SoftwareRejection;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::limits::{MAX_PACKAGE_BYTES, MAX_PACKAGE_URL_CHARS};
use crate::kernel::text;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::{Host, Url};

/// A file that an install script needs, named by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// The name under which the agent stores it for the script; a bare file name.
    pub file_name: String,
    pub sha256: Sha256Digest,
    /// In bytes; nothing where only the host that it comes from knows.
    pub size: Option<u64>,
    /// Where the agent fetches it; nothing if it was uploaded to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<PackageUrl>,
}

impl Package {
    /// Whether an agent can take it.
    pub(crate) fn check(&self) -> Result<(), SoftwareRejection> {
        let name = &self.file_name;
        let is_bare = name.len() <= 200
            && !name.starts_with('.')
            && !name.contains(['/', '\\', ':'])
            // Nothing hides in it, and it looks like no other.
            && text::line(name).is_ok_and(|seen| seen == *name);
        if !is_bare {
            return Err(SoftwareRejection::BadFileName(name.clone()));
        }
        match self.size {
            Some(0) => Err(SoftwareRejection::PackageEmpty),
            Some(size) if size > MAX_PACKAGE_BYTES => Err(SoftwareRejection::PackageTooLarge(size)),
            // What was uploaded was measured.
            None if self.url.is_none() => Err(SoftwareRejection::PackageSizeUnknown),
            Some(_) | None => Ok(()),
        }
    }
}

/// An address from which agents fetch a package: `https`, or `http` on the computer itself. Whoever may see the catalogue sees
/// all of it: it is no place for secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackageUrl(String);

/// Why an address is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageUrlError {
    #[error("the address has {0} characters: at most {MAX_PACKAGE_URL_CHARS} are allowed")]
    TooLong(usize),
    #[error("this is no address: {0}")]
    Unreadable(String),
    #[error(
        "the address begins with {0}: packages are fetched by https, so that nobody sees or keeps back what comes"
    )]
    Scheme(String),
    #[error(
        "the address holds a user name or a password: everybody who may see the catalogue would see it; upload the package instead"
    )]
    Credentials,
}

impl PackageUrl {
    /// Checks an address, and writes it as browsers do.
    pub fn new(text: &str) -> Result<Self, PackageUrlError> {
        let url = Url::parse(text.trim())
            .map_err(|error| PackageUrlError::Unreadable(error.to_string()))?;
        match url.scheme() {
            "https" => {}
            "http" if is_here(&url) => {}
            scheme => return Err(PackageUrlError::Scheme(format!("{scheme}:"))),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PackageUrlError::Credentials);
        }
        match url.as_str().chars().count() {
            chars if chars > MAX_PACKAGE_URL_CHARS => Err(PackageUrlError::TooLong(chars)),
            _ => Ok(Self(url.into())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the file is called there, if its path ends with a name.
    pub(crate) fn file_name(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        let last = url.path_segments()?.next_back()?;
        (!last.is_empty()).then(|| last.to_owned())
    }
}

impl fmt::Display for PackageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether it leads to the computer that asks.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_holds_no_secret_of_a_user() {
        let of = |text: &str| PackageUrl::new(text).map(|url| url.as_str().to_owned());
        let plain = "https://example.com/a%20b/setup.exe?v=1";
        assert_eq!(of(plain).as_deref(), Ok(plain));
        assert_eq!(
            of(" HTTPS://EXAMPLE.com:443/a b ").as_deref(),
            Ok("https://example.com/a%20b")
        );
        for here in [
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://localhost/x",
        ] {
            assert_eq!(of(here).as_deref(), Ok(here));
        }
        for (text, scheme) in [
            ("http://example.com/x", "http:"),
            ("http://127.0.0.1.example.com/x", "http:"),
            ("http://192.168.0.1/x", "http:"),
            ("ftp://example.com/x", "ftp:"),
            ("file:///etc/shadow", "file:"),
            ("javascript:alert(1)", "javascript:"),
        ] {
            assert_eq!(
                of(text),
                Err(PackageUrlError::Scheme(scheme.into())),
                "{text}"
            );
        }
        for text in ["https://ada@example.com/x", "https://:secret@example.com/x"] {
            assert_eq!(of(text), Err(PackageUrlError::Credentials), "{text}");
        }
        let name = |text: &str| PackageUrl::new(text).unwrap().file_name();
        assert_eq!(name(plain).as_deref(), Some("setup.exe"));
        assert_eq!(name("https://example.com/a/"), None);
        for text in ["", "setup.exe", "https://", "https://exa mple.com/"] {
            let refused = of(text);
            assert!(
                matches!(refused, Err(PackageUrlError::Unreadable(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_is_bounded_as_it_is_written() {
        let of = |more: usize| {
            let start = "https://example.com/";
            PackageUrl::new(&format!("{start}{}", "x".repeat(more - start.len())))
        };
        assert!(of(MAX_PACKAGE_URL_CHARS).is_ok());
        let more = MAX_PACKAGE_URL_CHARS + 1;
        assert_eq!(of(more), Err(PackageUrlError::TooLong(more)));
    }
}
