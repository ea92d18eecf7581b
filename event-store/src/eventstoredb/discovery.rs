//! Which node to talk to: the one that is named, or the one that a cluster says leads.

use super::connection::Link;
use super::failure::Failure;
use super::proto::gossip::MemberInfo;
use super::proto::gossip::member_info::VNodeState;
use super::proto::shared::Empty;
use super::read;
use super::settings::{Discovery, Node, Preference, Settings};
use super::transport::{Transport, gossip};
use std::sync::Arc;
use upkeep_world::World;

/// How often one node may name another one as the leader in one search.
const MAX_HOPS: usize = 3;
/// Most nodes of a cluster that are remembered.
const MAX_MEMBERS: usize = 64;

/// Looks for a node again and again.
pub struct Finder {
    settings: Arc<Settings>,
    transport: Transport,
    world: World,
    /// Who was in the cluster when somebody last said so.
    members: Vec<Node>,
    /// How often it has looked: it begins with another node each time.
    searches: usize,
}

impl Finder {
    pub fn new(settings: Arc<Settings>, transport: Transport, world: World) -> Self {
        Self {
            settings,
            transport,
            world,
            members: vec![],
            searches: 0,
        }
    }

    /// A link to a node that answers as the one that is wanted. `leader` is who was named as such.
    pub async fn find(&mut self, leader: Option<Node>) -> Result<Link, String> {
        let mut node = match leader {
            Some(leader) => leader,
            None => self.choose().await?,
        };
        for _ in 0..MAX_HOPS {
            match self.reach(&node).await {
                Ok(link) => return Ok(link),
                Err(Failure::NotLeader(Some(leader))) if leader != node => node = leader,
                Err(failure) => return Err(failure.to_string()),
            }
        }
        Err(format!(
            "the nodes name each other as the leader, {node} last"
        ))
    }

    /// A link to this very node, if it answers.
    async fn reach(&self, node: &Node) -> Result<Link, Failure> {
        let channel = self.transport.connect(node).await;
        let channel = channel.map_err(Failure::Broken)?;
        let link = Link::new(
            self.settings.clone(),
            channel,
            node.clone(),
            self.world.clone(),
        );
        let probe = read::newest(&link);
        match self
            .world
            .within(self.settings.gossip_patience, probe)
            .await
        {
            Err(_) => Err(Failure::Broken(format!("{node} is silent"))),
            Ok(Err(failure)) if failure.passes() => Err(failure),
            // Who may not read is told so by the first call.
            Ok(Ok(()) | Err(_)) => Ok(link),
        }
    }

    async fn choose(&mut self) -> Result<Node, String> {
        self.searches = self.searches.wrapping_add(1);
        let mut candidates = self.settings.hosts.clone();
        if self.settings.discovery == Discovery::Named {
            return Ok(candidates.swap_remove(0));
        }
        for member in &self.members {
            if !candidates.contains(member) {
                candidates.push(member.clone());
            }
        }
        let first = self.searches % candidates.len();
        candidates.rotate_left(first);
        let mut failure = String::new();
        for candidate in candidates {
            let members = match self.ask(&candidate).await {
                Ok(members) => members,
                Err(cause) => {
                    failure = cause;
                    continue;
                }
            };
            let known = members.iter().filter_map(node_of).take(MAX_MEMBERS);
            self.members = known.collect();
            match best(&members, self.settings.preference, self.searches) {
                Some(node) => return Ok(node),
                None => {
                    failure = format!(
                        "{candidate} knows of no node to talk to: a leader may be being elected"
                    );
                }
            }
        }
        Err(failure)
    }

    /// Who is in the cluster, by this node.
    async fn ask(&self, node: &Node) -> Result<Vec<MemberInfo>, String> {
        let mut gossip = gossip(self.transport.connect(node).await?);
        let asked = gossip.read(self.settings.request(Empty {}));
        match self
            .world
            .within(self.settings.gossip_patience, asked)
            .await
        {
            Ok(Ok(answer)) => Ok(answer.into_inner().members),
            Ok(Err(status)) => Err(format!("{node}: {}", Failure::of(&status))),
            Err(_) => Err(format!("{node} is silent")),
        }
    }
}

fn node_of(member: &MemberInfo) -> Option<Node> {
    let end_point = member.http_end_point.as_ref()?;
    Some(Node::told(
        &end_point.address,
        end_point.port.try_into().ok()?,
    ))
}

/// The member that is wanted; where only a leader will do, no other.
fn best(members: &[MemberInfo], preference: Preference, turn: usize) -> Option<Node> {
    let wanted: &[VNodeState] = match preference {
        Preference::Leader => &[VNodeState::Leader],
        Preference::Follower => &[VNodeState::Follower],
        Preference::ReadOnlyReplica => &[VNodeState::ReadOnlyReplica],
        Preference::Random => &[],
    };
    let any = [
        VNodeState::Leader,
        VNodeState::Follower,
        VNodeState::ReadOnlyReplica,
    ];
    let among = |states: &[VNodeState]| -> Vec<Node> {
        members
            .iter()
            .filter(|member| member.is_alive && states.contains(&member.state()))
            .filter_map(node_of)
            .collect()
    };
    let mut nodes = among(wanted);
    if nodes.is_empty() && preference != Preference::Leader {
        nodes = among(&any);
    }
    let count = nodes.len();
    (count > 0).then(|| nodes.swap_remove(turn % count))
}

#[cfg(test)]
mod tests {
    use super::super::proto::gossip::EndPoint;
    use super::*;

    fn member(port: u32, state: VNodeState, is_alive: bool) -> MemberInfo {
        MemberInfo {
            state: state.into(),
            is_alive,
            http_end_point: Some(EndPoint {
                address: "node".to_owned(),
                port,
            }),
            ..MemberInfo::default()
        }
    }

    #[test]
    fn only_a_living_leader_will_do_unless_another_node_is_wanted() {
        let electing = [
            member(1, VNodeState::Leader, false),
            member(2, VNodeState::Follower, true),
            member(3, VNodeState::Shutdown, true),
        ];
        assert_eq!(best(&electing, Preference::Leader, 0), None);
        for preference in [
            Preference::Follower,
            Preference::Random,
            Preference::ReadOnlyReplica,
        ] {
            let node = best(&electing, preference, 7).unwrap();
            assert_eq!(node.port, 2, "{preference:?}");
        }
        let elected = [electing[1].clone(), member(4, VNodeState::Leader, true)];
        assert_eq!(best(&elected, Preference::Leader, 5).unwrap().port, 4);
    }
}
