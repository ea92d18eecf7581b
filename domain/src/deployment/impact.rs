//! A change that reaches many computers is meant only if its sender knows how many (design.md, section 11a).

use crate::limits::CONFIRM_ABOVE;

/// Nobody said that so many computers are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this changes what {computers} computers should have: look at it with previewDeployment, and if it is meant send it \
     again with confirmImpact: {computers}"
)]
pub struct ImpactUnconfirmed {
    pub computers: usize,
}

impl ImpactUnconfirmed {
    pub const CODE: &'static str = "IMPACT_UNCONFIRMED";
}

/// Refuses a change that reaches more than [`CONFIRM_ABOVE`] computers and was not expected to reach just so many: nobody
/// uninstalls a fleet by a slip.
pub fn confirm_impact(computers: usize, expected: Option<u32>) -> Result<(), ImpactUnconfirmed> {
    let is_expected = expected.is_some_and(|expected| expected as usize == computers);
    if computers <= CONFIRM_ABOVE || is_expected {
        Ok(())
    } else {
        Err(ImpactUnconfirmed { computers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_computers_must_be_expected_exactly() {
        let refused = Err(ImpactUnconfirmed { computers: 26 });
        assert_eq!(confirm_impact(25, None), Ok(()));
        assert_eq!(confirm_impact(25, Some(3)), Ok(()));
        assert_eq!(confirm_impact(26, None), refused);
        assert_eq!(confirm_impact(26, Some(25)), refused);
        assert_eq!(confirm_impact(26, Some(27)), refused);
        assert_eq!(confirm_impact(26, Some(26)), Ok(()));
    }
}
