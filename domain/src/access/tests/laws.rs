//! What holds whatever the table says, and what every table must hold to.

use super::*;

#[test]
fn no_table_lets_a_tenants_role_out_of_its_tenant() {
    let confined = [Role::TenantAdmin(OWN), Role::TenantMember(OWN)];
    for principal in confined.map(holder) {
        for reach in [Reach::OwnTenant, Reach::Everywhere] {
            for owner in [Owner::Tenant(OTHER), Owner::Unknown] {
                assert!(!reaches(principal, reach, owner), "{principal:?} {owner:?}");
            }
            assert!(reaches(principal, reach, Owner::Tenant(OWN)));
        }
        assert!(!reaches(principal, Reach::OwnTenant, Owner::Installation));
    }
}

/// Tokens are the exception: they are given out by admins, whose tenant it is, and a technician is none.
#[test]
fn nobody_may_more_than_those_above_but_a_tenants_admin_with_its_tokens() {
    let mut exceptions = Vec::new();
    for (action, _) in answers::rows() {
        let [may_msp_admin, may_technician, may_tenant_admin, may_member] =
            ROLES.map(|role| may(holder(role), action).is_ok());
        let (permission, _) = action.needs();
        assert!(may_msp_admin, "{action:?}");
        assert!(may_tenant_admin || !may_member, "{action:?}");
        if (may_tenant_admin || may_member) && !may_technician {
            assert!(!may_member, "{action:?}");
            exceptions.push(permission);
        }
    }
    exceptions.dedup();
    assert_eq!(exceptions, [Permission::ManageTokens]);
}

#[test]
fn the_msp_has_no_own_tenant_and_its_admins_may_everything() {
    for permission in Permission::ALL {
        let reach = |rank| permission.reach(rank);
        assert_eq!(reach(Rank::MspAdmin), Some(Reach::Everywhere));
        assert_ne!(reach(Rank::MspTechnician), Some(Reach::OwnTenant));
    }
}
