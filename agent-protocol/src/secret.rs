use serde::{Deserialize, Serialize};
use std::fmt;

/// What opens something to whoever shows it. Only the other side reads it: in JSON it is the text, in a log it is nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Body, EnrolRequest, Facts, Hardware, IdentitySource, OsFacts, OsFamily, ServerFrame,
        ServerMessage,
    };
    use uuid::Uuid;

    #[test]
    fn what_opens_something_is_said_to_the_other_side_and_to_nobody_else() {
        let welcome = ServerMessage {
            seq: 0,
            ack: 0,
            frame: ServerFrame::Welcome {
                sig: "00".into(),
                ticket: Secret("open sesame".into()),
                credit: 1,
            },
        };
        assert!(!format!("{welcome:?}").contains("sesame"), "{welcome:?}");
        let said = serde_json::to_string(&welcome).unwrap();
        assert_eq!(
            said,
            r#"{"seq":0,"ack":0,"t":"welcome","sig":"00","ticket":"open sesame","credit":1}"#
        );
        let heard: Body<ServerFrame> = serde_json::from_str(&said).unwrap();
        assert_eq!(heard, welcome);

        let enrol = EnrolRequest {
            token: Secret("open sesame".into()),
            public_key: "00".into(),
            facts: Facts {
                host_name: "pc".into(),
                hardware: Hardware {
                    uuid: Uuid::nil(),
                    source: IdentitySource::ProductUuid,
                },
                os: OsFacts {
                    family: OsFamily::Linux,
                    name: "Debian".into(),
                    version: "13".into(),
                },
                chassis_type: None,
                agent_version: "1".into(),
                interpreters: vec![],
            },
        };
        assert!(!format!("{enrol:?}").contains("sesame"), "{enrol:?}");
        let said = serde_json::to_value(&enrol).unwrap();
        assert_eq!(said["token"], "open sesame");
    }
}
