//! Connection strings, as the official clients understand them.

use super::SCHEMES;
use base64::Engine;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};

/// The port of a host that names none.
const DEFAULT_PORT: u16 = 2113;
/// How often a node is asked whether it lives, where the connection string does not say.
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(3);
/// How long it has to answer, where the connection string does not say.
const KEEP_ALIVE_PATIENCE: Duration = Duration::from_secs(5);
/// How long a node has to say who is in the cluster, where the connection string does not say.
const GOSSIP_PATIENCE: Duration = Duration::from_secs(3);
/// How often a first connection is tried, where the connection string does not say.
const DISCOVER_ATTEMPTS: u32 = 10;
/// Most hosts of a connection string.
const MAX_HOSTS: usize = 64;
/// A patience that never ends: as long as a clock can be set forward without a thought.
pub const NEVER: Duration = Duration::from_hours(24 * 365);

/// Where a node listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// As in a URL: addresses of IPv6 stand in brackets.
    pub host: String,
    pub port: u16,
}

impl Node {
    /// As a node tells it of itself or of another one.
    pub fn told(host: &str, port: u16) -> Self {
        let is_bare = host.contains(':') && !host.starts_with('[');
        Self {
            host: if is_bare {
                format!("[{host}]")
            } else {
                host.to_owned()
            },
            port,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Which node of a cluster is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    Leader,
    Follower,
    ReadOnlyReplica,
    Random,
}

/// How a node is known to be the one that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all, and everybody on the way can read.
    Plain,
    Tls(Box<Tls>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    pub verify: Verify,
    /// The authority to trust; those of the machine if there is none.
    pub authority: Option<PathBuf>,
    /// A user's certificate and its key.
    pub user: Option<(PathBuf, PathBuf)>,
}

/// Whether a certificate is compared with the authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    #[default]
    Yes,
    No,
}

/// How nodes are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// There is one, and it is named.
    Named,
    /// Those that are named are asked who is in the cluster.
    Gossip,
}

/// As whom calls are made. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct User {
    pub name: String,
    pub password: String,
}

/// What a connection string says. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Settings {
    pub discovery: Discovery,
    /// At least one.
    pub hosts: Vec<Node>,
    pub preference: Preference,
    pub security: Security,
    pub user: Option<User>,
    /// The same as a header.
    pub authorization: Option<MetadataValue<Ascii>>,
    pub connection_name: Option<MetadataValue<Ascii>>,
    /// Nothing: a silent connection is not asked.
    pub keep_alive_every: Option<Duration>,
    pub keep_alive_patience: Duration,
    pub gossip_patience: Duration,
    pub discover_attempts: u32,
}

impl Settings {
    /// The error never repeats a name or a password.
    pub fn parse(connection_string: &str) -> Result<Self, String> {
        let scheme = SCHEMES
            .iter()
            .find(|scheme| connection_string.starts_with(**scheme))
            .ok_or_else(|| format!("it begins with none of {}", SCHEMES.join(", ")))?;
        let rest = &connection_string[scheme.len()..];
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        let (user, hosts) = match authority.rsplit_once('@') {
            None if behind.contains('@') => {
                return Err(
                    "its name or its password has a character that must be written as % and two digits, such as %2F for / and %3F for ?; elsewhere @ is %40"
                        .to_owned(),
                );
            }
            None => (None, authority),
            Some((user, _)) if user.contains(['@', '[', ']', ' ']) => {
                return Err(
                    "its name or its password has a character that must be written as % and two digits, such as %40 for @"
                        .to_owned(),
                );
            }
            Some((user, hosts)) => (Some(user), hosts),
        };
        let hosts = hosts.split(',').map(node).collect::<Result<Vec<_>, _>>()?;
        if hosts.len() > MAX_HOSTS {
            return Err(format!("it names more than {MAX_HOSTS} hosts"));
        }
        let is_cluster = hosts.len() > 1 || scheme.contains("+discover");
        let user = user.map(credentials).transpose()?;
        let mut settings = Self {
            discovery: if is_cluster {
                Discovery::Gossip
            } else {
                Discovery::Named
            },
            hosts,
            // Decisions are taken on what the leader says, unless somebody asks for another node.
            preference: Preference::Leader,
            security: Security::Tls(Box::default()),
            authorization: user.as_ref().map(authorization).transpose()?,
            user,
            connection_name: None,
            keep_alive_every: Some(KEEP_ALIVE_EVERY),
            keep_alive_patience: KEEP_ALIVE_PATIENCE,
            gossip_patience: GOSSIP_PATIENCE,
            discover_attempts: DISCOVER_ATTEMPTS,
        };
        let path = behind.split(['?', '#']).next().unwrap_or_default();
        if !matches!(path, "" | "/") {
            return Err("it has a path behind its hosts, which means nothing".to_owned());
        }
        let query = behind.split_once('?').map_or("", |(_, query)| query);
        settings.read_parameters(query)?;
        Ok(settings)
    }

    fn read_parameters(&mut self, query: &str) -> Result<(), String> {
        let mut tls = Tls::default();
        let mut is_secure = true;
        let (mut user_certificate, mut user_key) = (None, None);
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let text = decode(value).ok_or_else(|| format!("the value of {name} is no text"))?;
            match name.to_ascii_lowercase().as_str() {
                "tls" => is_secure = flag(name, &text)?,
                "tlsverifycert" => {
                    tls.verify = if flag(name, &text)? {
                        Verify::Yes
                    } else {
                        Verify::No
                    };
                }
                "tlscafile" => tls.authority = Some(text.into()),
                "usercertfile" => user_certificate = Some(text.into()),
                "userkeyfile" => user_key = Some(text.into()),
                "nodepreference" => {
                    self.preference = match text.to_ascii_lowercase().as_str() {
                        "leader" => Preference::Leader,
                        "follower" => Preference::Follower,
                        "readonlyreplica" => Preference::ReadOnlyReplica,
                        "random" => Preference::Random,
                        _ => {
                            return Err(
                                "nodePreference is none of leader, follower, readOnlyReplica, random"
                                    .to_owned(),
                            );
                        }
                    }
                }
                "keepaliveinterval" => self.keep_alive_every = milliseconds(name, &text)?,
                "keepalivetimeout" => {
                    self.keep_alive_patience = milliseconds(name, &text)?.unwrap_or(NEVER);
                }
                "gossiptimeout" => {
                    self.gossip_patience = milliseconds(name, &text)?.unwrap_or(GOSSIP_PATIENCE);
                }
                "maxdiscoverattempts" => {
                    self.discover_attempts = text
                        .parse()
                        .map_err(|_| "maxDiscoverAttempts is no number".to_owned())?;
                }
                "connectionname" => {
                    let name = text.parse();
                    self.connection_name =
                        Some(name.map_err(|_| "connectionName is not plain ASCII".to_owned())?);
                }
                // How long calls may take and wait is this adapter's own business.
                "discoveryinterval" | "defaultdeadline" | "throwonappendfailure" => {}
                other => {
                    tracing::warn!(parameter = %other.escape_debug(), "the connection string has a parameter that means nothing here");
                }
            }
        }
        tls.user = match (user_certificate, user_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("userCertFile and userKeyFile come together or not at all".to_owned()),
        };
        self.security = if is_secure {
            Security::Tls(Box::new(tls))
        } else {
            Security::Plain
        };
        Ok(())
    }

    /// A message with what every call of this connection says of itself.
    pub fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        let metadata = request.metadata_mut();
        if let Some(authorization) = &self.authorization {
            metadata.insert("authorization", authorization.clone());
        }
        if let Some(name) = &self.connection_name {
            metadata.insert("connection-name", name.clone());
        }
        if self.preference == Preference::Leader {
            metadata.insert("requires-leader", MetadataValue::from_static("true"));
        }
        request
    }
}

fn node(text: &str) -> Result<Node, String> {
    let after_address = text.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match text[after_address..].split_once(':') {
        None => (text, DEFAULT_PORT),
        Some((before, port)) => (
            &text[..after_address + before.len()],
            port.parse()
                .map_err(|_| "a host's port is no number from 0 to 65535".to_owned())?,
        ),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._~[]:%".contains(c);
    if host.is_empty() || !host.chars().all(is_host) {
        return Err("it names no host, or one that cannot be".to_owned());
    }
    Ok(Node {
        host: host.to_owned(),
        port,
    })
}

const UNREADABLE_USER: &str = "its name or its password cannot be read";

fn credentials(user: &str) -> Result<User, String> {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    match (decode(name), decode(password)) {
        (Some(name), Some(password)) => Ok(User { name, password }),
        _ => Err(UNREADABLE_USER.to_owned()),
    }
}

fn authorization(user: &User) -> Result<MetadataValue<Ascii>, String> {
    let User { name, password } = user;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
    let mut value: MetadataValue<Ascii> = format!("Basic {pair}")
        .parse()
        .map_err(|_| UNREADABLE_USER.to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

fn flag(name: &str, text: &str) -> Result<bool, String> {
    text.to_ascii_lowercase()
        .parse()
        .map_err(|_| format!("{name} is neither true nor false"))
}

/// Nothing where it says -1: never.
fn milliseconds(name: &str, text: &str) -> Result<Option<Duration>, String> {
    if text == "-1" {
        return Ok(None);
    }
    let number: u64 = text
        .parse()
        .map_err(|_| format!("{name} is no number of milliseconds"))?;
    Ok(Some(Duration::from_millis(number.max(1))))
}

/// A text in which characters are written as % and two hexadecimal digits.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first == b'%' {
            let (digits, behind) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Settings {
        Settings::parse(text).unwrap()
    }

    #[test]
    fn a_connection_string_says_where_how_and_as_whom() {
        let one = parsed("esdb://a:p%40ss@localhost?tls=false&keepAliveInterval=-1");
        assert_eq!(one.discovery, Discovery::Named);
        assert_eq!(one.hosts[0].to_string(), "localhost:2113");
        assert_eq!(one.security, Security::Plain);
        assert_eq!(one.keep_alive_every, None);
        assert_eq!(
            one.authorization.unwrap().to_str().unwrap(),
            "Basic YTpwQHNz"
        );
        let three = parsed(
            "kdb://a:b@one:1,two:2,[::1]:3/?tlsCaFile=%2Fetc%2Fca%20x.pem&TLSVERIFYCERT=FALSE&gossipTimeout=500",
        );
        assert_eq!(three.discovery, Discovery::Gossip);
        assert_eq!(three.hosts[2].to_string(), "[::1]:3");
        assert_eq!(three.gossip_patience, Duration::from_millis(500));
        let Security::Tls(tls) = three.security else {
            panic!()
        };
        assert_eq!(tls.authority.unwrap(), PathBuf::from("/etc/ca x.pem"));
        assert_eq!(tls.verify, Verify::No);
        let found = parsed("esdb+discover://cluster.example").discovery;
        assert_eq!(found, Discovery::Gossip);
    }

    #[test]
    fn the_leader_is_asked_unless_another_node_is_wanted() {
        let leader = parsed("esdb://a:b@localhost:2113?tls=false");
        assert_eq!(leader.preference, Preference::Leader);
        let metadata = leader.request(()).metadata().clone();
        assert_eq!(metadata.get("requires-leader").unwrap(), "true");
        let other = parsed("esdb://localhost:2113?nodePreference=follower");
        assert_eq!(other.preference, Preference::Follower);
    }

    #[test]
    fn what_cannot_be_read_is_said_without_the_password() {
        for wrong in [
            "http://u:secret@localhost",
            "esdb://u:secret@:port:x?tls=perhaps",
            "esdb://u:secret@a b",
            "esdb://u:sec/ret?secret@host",
            "esdb://u:secret?x@host",
            "esdb://u:secret#@host",
            "esdb://u:se@secret@host",
            "esdb://u:secret@host:99999",
            "esdb://u:secret@host:2113?nodePreference=nobody",
            "esdb://u:secret%f@host",
            "esdb://u:secret%ff@host",
            "esdb://u:secret@host/secret?tls=x",
            "esdb://u:secret@host?userKeyFile=x",
            "esdb://u:secret@",
            "esdb://",
            "u:secret@host",
        ] {
            let error = Settings::parse(wrong).err().expect(wrong);
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
