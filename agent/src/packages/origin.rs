//! Where a package comes from: the server, or the host that its version names.

use super::{Failure, SILENCE, chain};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use upkeep_agent_protocol::{Outcome, PACKAGES_PATH, PackageOrder};

/// How often a host may lead on to another address.
const MAX_REDIRECTS: usize = 5;
const NAME: &str = concat!("upkeep-agent/", env!("CARGO_PKG_VERSION"));

/// All that packages come from.
pub(super) struct Origins {
    server: String,
    to_server: Client,
    /// It knows no ticket, and says nobody where it comes from.
    to_hosts: Client,
}

/// What one package comes from.
pub(super) enum Origin<'a> {
    Server {
        client: &'a Client,
        address: String,
        ticket: &'a str,
    },
    Host {
        client: &'a Client,
        address: Url,
    },
}

impl Origins {
    pub(super) fn new(server: String) -> reqwest::Result<Self> {
        let patient = || {
            Client::builder()
                .connect_timeout(SILENCE)
                .read_timeout(SILENCE)
        };
        Ok(Self {
            server,
            to_server: patient().build()?,
            to_hosts: patient()
                .redirect(Policy::custom(lead_on))
                .referer(false)
                .user_agent(NAME)
                .build()?,
        })
    }

    /// What a package comes from; or that it comes from nowhere that may be asked.
    pub(super) fn of<'a>(
        &'a self,
        package: &PackageOrder,
        ticket: &'a str,
    ) -> Result<Origin<'a>, Outcome> {
        let Some(address) = &package.url else {
            return Ok(Origin::Server {
                client: &self.to_server,
                address: format!("{}{PACKAGES_PATH}/{}", self.server, package.sha256),
                ticket,
            });
        };
        let refused = |why: &str| Outcome::Refused {
            why: format!("the package's address {why}"),
        };
        let address = Url::parse(address).map_err(|_| refused("cannot be read"))?;
        if !is_safe(&address) && !is_here(&address) {
            return Err(refused("is not https"));
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(refused("holds a user name or a password"));
        }
        Ok(Origin::Host {
            client: &self.to_hosts,
            address,
        })
    }
}

impl Origin<'_> {
    pub(super) fn request(&self) -> RequestBuilder {
        match self {
            Self::Server {
                client,
                address,
                ticket,
            } => client.get(address).bearer_auth(ticket),
            Self::Host { client, address } => client.get(address.clone()),
        }
    }

    /// Who did not give it. Of an address no more than its host is told: the rest may be a secret.
    fn name(&self) -> &str {
        match self {
            Self::Server { .. } => "the server",
            Self::Host { address, .. } => address.host_str().unwrap_or("the host"),
        }
    }

    pub(super) fn broke(&self, error: reqwest::Error) -> Failure {
        let leads_nowhere = error.is_redirect();
        let told = format!("{}: {}", self.name(), chain(&error.without_url()));
        if leads_nowhere {
            Failure::Final(told)
        } else {
            Failure::Again(told)
        }
    }

    pub(super) fn refused(&self, status: StatusCode) -> Failure {
        let told = format!("{} answered {status}", self.name());
        let may_pass = !status.is_client_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT
                    | StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::RANGE_NOT_SATISFIABLE
            );
        match self {
            // Its ticket ends with its connection, and a package may be there a moment later.
            Self::Server { .. } => Failure::Again(told),
            Self::Host { .. } if may_pass => Failure::Again(told),
            Self::Host { .. } => Failure::Final(told),
        }
    }
}

/// Only by https, and only so often. What begins on this computer may stay on it.
fn lead_on(attempt: Attempt<'_>) -> Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(format!("it leads on more than {MAX_REDIRECTS} times"));
    }
    let stays_here = is_here(attempt.url()) && attempt.previous().iter().all(is_here);
    if is_safe(attempt.url()) || stays_here {
        return attempt.follow();
    }
    let to = attempt
        .url()
        .host_str()
        .unwrap_or("another host")
        .to_owned();
    attempt.error(format!("it leads on to {to}, not by https"))
}

fn is_safe(address: &Url) -> bool {
    address.scheme() == "https"
}

/// Whether it is this computer's own, which nobody else hears.
fn is_here(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    let is_own = host == "localhost" || bare.parse().is_ok_and(is_loopback);
    address.scheme() == "http" && is_own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<String, Outcome> {
        let origins = Origins::new("https://upkeep.example".into()).unwrap();
        let package = PackageOrder {
            file_name: "x".into(),
            sha256: "0".repeat(64),
            size: 0,
            url: Some(url.into()),
        };
        origins
            .of(&package, "ticket")
            .map(|origin| origin.name().to_owned())
    }

    #[test]
    fn only_what_nobody_else_hears_is_asked() {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (url, host) in [
            ("https://example.com/a?b=c", "example.com"),
            ("http://127.0.0.1:8080/a", "127.0.0.1"),
            ("http://[::1]/a", "[::1]"),
            ("http://localhost/a", "localhost"),
        ] {
            assert_eq!(of(url).as_deref(), Ok(host), "{url}");
        }
        for url in [
            "http://example.com/a",
            "http://localhost.example.com/a",
            "ftp://127.0.0.1/a",
            "file:///etc/shadow",
            "https://ada:secret@example.com/a",
            "example.com/a",
        ] {
            let refused = of(url).unwrap_err();
            let Outcome::Refused { why } = &refused else {
                panic!("{refused:?}");
            };
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn what_will_not_be_better_is_not_tried_again() {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let origins = Origins::new("https://upkeep.example".into()).unwrap();
        let address = Url::parse("https://example.com/a?token=secret").unwrap();
        let client = &origins.to_hosts;
        let host = Origin::Host { client, address };
        for (status, is_final) in [
            (404, true),
            (403, true),
            (410, true),
            (429, false),
            (503, false),
        ] {
            let failure = host.refused(StatusCode::from_u16(status).unwrap());
            let (Failure::Again(told) | Failure::Final(told)) = &failure else {
                panic!("{status}");
            };
            assert!(
                told.starts_with(&format!("example.com answered {status} ")),
                "{told}"
            );
            assert!(!told.contains("secret"), "{told}");
            assert_eq!(matches!(failure, Failure::Final(_)), is_final, "{status}");
        }
    }
}
