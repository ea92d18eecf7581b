//! How many deployments a tenant may have: every one of them is kept in memory and judged for its computers.

use crate::kernel::codes::Code;
use crate::kernel::limits::{MAX_DEPLOYMENTS_PER_TENANT, MAX_EXPRESSIONS_PER_TENANT};

/// The deployments of one tenant, or those for every tenant; deleted ones aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeploymentCount {
    pub all: usize,
    /// Of these, the ones whose target is a filter expression.
    pub with_expression: usize,
}

/// No more deployments fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    #[error(
        "there are {MAX_DEPLOYMENTS_PER_TENANT} deployments for this tenant, or for every tenant, which is the most: delete some first"
    )]
    Deployments,
    #[error(
        "there are {MAX_EXPRESSIONS_PER_TENANT} deployments with a filter expression for this tenant, or for every tenant, which is \
         the most: choose computers by tags, or delete some first"
    )]
    Expressions,
}

impl NoRoom {
    pub const CODE: Code = Code::TooManyDeployments;
}

impl DeploymentCount {
    /// Refuses one more where there is no room for it. Who counts may miss what is being written at this moment: it is a
    /// bound of memory, not a promise.
    pub fn one_more(self, has_expression: bool) -> Result<(), NoRoom> {
        self.more(Self {
            all: 1,
            with_expression: usize::from(has_expression),
        })
    }

    /// Refuses so many more where there is no room for them: those that come along with a computer or a person.
    pub fn more(self, more: Self) -> Result<(), NoRoom> {
        let has_no_room = |has: usize, more: usize, most: usize| more > 0 && has + more > most;
        if has_no_room(self.all, more.all, MAX_DEPLOYMENTS_PER_TENANT) {
            Err(NoRoom::Deployments)
        } else if has_no_room(
            self.with_expression,
            more.with_expression,
            MAX_EXPRESSIONS_PER_TENANT,
        ) {
            Err(NoRoom::Expressions)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_so_many_deployments_and_no_more() {
        let count = |all, with_expression| DeploymentCount {
            all,
            with_expression,
        };
        let full = MAX_DEPLOYMENTS_PER_TENANT;
        assert_eq!(count(full - 1, 0).one_more(true), Ok(()));
        assert_eq!(count(full, 0).one_more(false), Err(NoRoom::Deployments));
        assert_eq!(count(full - 2, 0).more(count(2, 0)), Ok(()));
        assert_eq!(
            count(full - 2, 0).more(count(3, 0)),
            Err(NoRoom::Deployments)
        );
        assert_eq!(count(full + 1, 0).more(count(0, 0)), Ok(()));
        let expressions = count(600, MAX_EXPRESSIONS_PER_TENANT);
        assert_eq!(expressions.one_more(false), Ok(()));
        assert_eq!(expressions.one_more(true), Err(NoRoom::Expressions));
    }
}
