//! A change that reaches many computers is meant only if its sender knows how many.

use crate::kernel::codes::Code;
use crate::kernel::limits::CONFIRM_ABOVE;
use std::fmt;

/// What a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// What computers should have: by a rule, or by a fact that rules read.
    Wanted,
    /// What is run on computers: by a script or a version of a software that rules want something of.
    Run,
}

/// Nobody said that so many computers are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpactUnconfirmed {
    pub impact: Impact,
    pub computers: usize,
}

impl ImpactUnconfirmed {
    pub const CODE: Code = Code::ImpactUnconfirmed;
}

impl std::error::Error for ImpactUnconfirmed {}

impl fmt::Display for ImpactUnconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let computers = self.computers;
        let what = match self.impact {
            Impact::Wanted => format!(
                "this changes what {computers} computers should have: look at it with previewDeployment"
            ),
            Impact::Run => format!(
                "this changes what is run on {computers} computers: look at the software's winners"
            ),
        };
        write!(
            f,
            "{what}, and if it is meant send it again with confirmImpact: {computers}"
        )
    }
}

/// Refuses a change that reaches more than [`CONFIRM_ABOVE`] computers and was not expected to reach just so many: nobody
/// uninstalls a fleet by a slip.
pub fn confirm_impact(
    impact: Impact,
    computers: usize,
    expected: Option<u32>,
) -> Result<(), ImpactUnconfirmed> {
    let is_expected = expected.is_some_and(|expected| expected as usize == computers);
    if computers <= CONFIRM_ABOVE || is_expected {
        Ok(())
    } else {
        Err(ImpactUnconfirmed { impact, computers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_computers_must_be_expected_exactly() {
        for impact in [Impact::Wanted, Impact::Run] {
            let confirm = |computers, expected| confirm_impact(impact, computers, expected);
            let refused = Err(ImpactUnconfirmed {
                impact,
                computers: 26,
            });
            assert_eq!(confirm(25, None), Ok(()));
            assert_eq!(confirm(25, Some(3)), Ok(()));
            assert_eq!(confirm(26, None), refused);
            assert_eq!(confirm(26, Some(25)), refused);
            assert_eq!(confirm(26, Some(27)), refused);
            assert_eq!(confirm(26, Some(26)), Ok(()));
        }
    }
}
