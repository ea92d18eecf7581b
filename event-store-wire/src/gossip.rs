//! Who is in the cluster: one node, which leads.

use crate::convert::{IdForm, id};
use crate::proto::gossip::gossip_server;
use crate::proto::gossip::{ClusterInfo, EndPoint, MemberInfo, member_info::VNodeState};
use crate::proto::shared;
use chrono::Utc;
use std::net::SocketAddr;
use tonic::{Request, Response, Status};
use uuid::Uuid;

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

    /// Where a client reaches this node: where it has just reached it, if it said so.
    fn address(&self, request: &Request<shared::Empty>) -> EndPoint {
        let called = request
            .extensions()
            .get::<tonic::transport::server::TcpConnectInfo>()
            .and_then(tonic::transport::server::TcpConnectInfo::local_addr);
        let address = called.unwrap_or(self.listens_on);
        EndPoint {
            address: address.ip().to_canonical().to_string(),
            port: address.port().into(),
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
