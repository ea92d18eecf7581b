//! Who is in the cluster: one node, which leads.

use crate::convert::{IdForm, id};
use crate::proto::gossip::gossip_server;
use crate::proto::gossip::{ClusterInfo, EndPoint, MemberInfo, member_info::VNodeState};
use crate::proto::shared;
use chrono::Utc;
use std::net::SocketAddr;
use tonic::codegen::http::Uri;
use tonic::transport::server::TcpConnectInfo;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// Longest name of a host, in bytes (RFC 1035, section 2.3.4).
const MAX_HOST_BYTES: usize = 255;

/// What the client called: the host and port of its connection string, whatever leads from there to here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    host: String,
    port: u16,
}

impl Called {
    /// Nothing if the client does not say it.
    pub fn of(uri: &Uri) -> Option<Self> {
        let authority = uri.authority()?;
        let host = authority.host();
        if host.is_empty() || host.len() > MAX_HOST_BYTES {
            return None;
        }
        let usual = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        Some(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(usual),
        })
    }
}

impl From<SocketAddr> for Called {
    fn from(address: SocketAddr) -> Self {
        let host = match address.ip().to_canonical() {
            std::net::IpAddr::V4(ip) => ip.to_string(),
            // As it stands in an address with a port.
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self {
            host,
            port: address.port(),
        }
    }
}

pub struct Gossip {
    instance: Uuid,
    listens_on: SocketAddr,
}

impl Gossip {
    pub fn new(listens_on: SocketAddr) -> Self {
        Self {
            instance: Uuid::new_v4(),
            listens_on,
        }
    }

    /// Where a client reaches this node: where it has just reached it. Certificates are made for that name, and ports
    /// may be mapped.
    fn address(&self, request: &Request<shared::Empty>) -> EndPoint {
        let reached = request.extensions().get::<TcpConnectInfo>();
        let called = request.extensions().get::<Called>().cloned();
        let called = called.unwrap_or_else(|| {
            reached
                .and_then(TcpConnectInfo::local_addr)
                .unwrap_or(self.listens_on)
                .into()
        });
        EndPoint {
            address: called.host,
            port: called.port.into(),
        }
    }
}

#[tonic::async_trait]
impl gossip_server::Gossip for Gossip {
    async fn read(&self, request: Request<shared::Empty>) -> Result<Response<ClusterInfo>, Status> {
        let member = MemberInfo {
            instance_id: Some(id(self.instance, IdForm::TwoHalves)),
            time_stamp: Utc::now().timestamp_micros() * 10,
            state: VNodeState::Leader.into(),
            is_alive: true,
            http_end_point: Some(self.address(&request)),
        };
        Ok(Response::new(ClusterInfo {
            members: vec![member],
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_called_name_and_port_are_answered() {
        for (uri, host, port) in [
            ("https://store.example:2113/a", "store.example", 2113),
            ("http://127.0.0.1:2113/a", "127.0.0.1", 2113),
            ("http://[::1]:2113/a", "[::1]", 2113),
            ("https://store.example/a", "store.example", 443),
            ("http://store.example/a", "store.example", 80),
        ] {
            let called = Called::of(&uri.parse().unwrap()).unwrap();
            assert_eq!((&*called.host, called.port), (host, port));
        }
        assert_eq!(Called::of(&"/a".parse().unwrap()), None);
        let long = format!("http://{}:1/a", "a".repeat(MAX_HOST_BYTES + 1));
        assert_eq!(Called::of(&long.parse().unwrap()), None);
    }

    #[test]
    fn an_address_stands_as_it_does_before_a_port() {
        for (address, host) in [
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::ffff:127.0.0.1]:1", "127.0.0.1"),
            ("[::1]:1", "[::1]"),
        ] {
            let address: SocketAddr = address.parse().unwrap();
            assert_eq!(Called::from(address).host, host);
        }
    }
}
