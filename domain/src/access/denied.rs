use crate::access::matrix::{Permission, Rank};

/// The answer to what may not be done.
///
/// Its sentence is made from the role and the permission alone, and names nothing of the thing that was asked for. Which
/// permission that takes can follow from the thing: whoever asks looks first whether the thing may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role does not reach so far.
    #[error("{}", sentence(*rank, *permission))]
    Role { rank: Rank, permission: Permission },
    /// No role matters: it is not for this kind of sender to say, or not of this thing.
    #[error("this is for somebody else to say: nothing was changed")]
    Sender,
}

fn sentence(rank: Rank, permission: Permission) -> String {
    let (role, what) = (rank.words(), permission.phrase());
    if permission.reach(rank).is_none() {
        let who = asked(|rank| permission.reach(rank).is_some());
        format!("your role, {role}, may not {what}: ask {who}")
    } else {
        let who = asked(|rank| permission.reach(rank).is_some() && !rank.is_confined());
        format!("your role, {role}, may {what} in its own tenant only: ask {who}")
    }
}

/// Those who may, as "an MSP admin, an MSP technician or a tenant admin".
fn asked(may: impl Fn(Rank) -> bool) -> String {
    let who = Rank::ALL.into_iter().filter(|rank| may(*rank));
    let mut who: Vec<String> = who.map(Rank::one).collect();
    match who.pop() {
        None => "nobody, for nobody may".to_owned(),
        Some(last) if who.is_empty() => last,
        Some(last) => format!("{} or {last}", who.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_is_missing_and_who_has_it() {
        let told = |rank, permission| Denied::Role { rank, permission }.to_string();
        assert_eq!(
            told(Rank::TenantAdmin, Permission::ManageTenants),
            "your role, tenant admin, may not create, change, remove and restore tenants: ask an MSP admin"
        );
        assert_eq!(
            told(Rank::TenantMember, Permission::ManagePeople),
            "your role, tenant member, may not add, change and remove people and groups: \
             ask an MSP admin, an MSP technician or a tenant admin"
        );
        assert_eq!(
            told(Rank::TenantMember, Permission::ReadEvents),
            "your role, tenant member, may read events in its own tenant only: ask an MSP admin or an MSP technician"
        );
    }
}
