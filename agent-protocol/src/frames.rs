use crate::{AnswerMode, MAX_INTERPRETERS, ProgramsOrder, RunResult, Secret};
use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The SMBIOS chassis type.
pub type ChassisType = u8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interpreter {
    Sh,
    Bash,
    Python,
    PowerShell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IdentitySource {
    ProductUuid,
    Smbios,
    MachineId,
    AgentGenerated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OsFamily {
    Linux,
    Windows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hardware {
    pub uuid: Uuid,
    pub source: IdentitySource,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OsFacts {
    pub family: OsFamily,
    pub name: String,
    pub version: String,
}

/// What an agent knows of its computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub host_name: String,
    pub hardware: Hardware,
    pub os: OsFacts,
    pub chassis_type: Option<ChassisType>,
    pub agent_version: String,
    /// What runs scripts here, each proven when the agent started: at most [`MAX_INTERPRETERS`].
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "known_interpreters"
    )]
    pub interpreters: Vec<InterpreterFacts>,
}

/// A program that runs scripts, and did so when it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterpreterFacts {
    pub interpreter: Interpreter,
    /// As it calls itself; empty where it does not say.
    pub version: String,
    /// Where it is.
    pub path: String,
}

/// Those that this program knows: a newer agent may run languages that it does not, and is let in all the same.
fn known_interpreters<'de, D: Deserializer<'de>>(
    told: D,
) -> Result<Vec<InterpreterFacts>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Known(InterpreterFacts),
        Newer(IgnoredAny),
    }
    let told = Vec::<Told>::deserialize(told)?.into_iter();
    let known = told.filter_map(|told| match told {
        Told::Known(facts) => Some(facts),
        Told::Newer(IgnoredAny) => None,
    });
    Ok(known.take(MAX_INTERPRETERS).collect())
}

/// The body of `POST /agent/v1/enrol`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolRequest {
    pub token: Secret,
    /// Ed25519, 64 hexadecimal digits.
    pub public_key: String,
    pub facts: Facts,
}

/// The answer to an enrolment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolResponse {
    pub agent_id: Uuid,
    /// The current key first, then the next one: the agent pins both.
    pub server_keys: Vec<ServerKey>,
}

/// The answer to a request over HTTP that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable, `SCREAMING_SNAKE_CASE`.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerKey {
    pub key_id: String,
    /// Ed25519, 64 hexadecimal digits.
    pub public_key: String,
}

/// A frame with its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body<F> {
    /// This side's number of the frame: for an agent the number in its outbox, kept over reconnections; for the
    /// server counted from 1 in each connection. 0 for frames that need no acknowledgement.
    #[serde(default)]
    pub seq: u64,
    /// The other side's highest number that was taken in; everything up to it may be forgotten.
    #[serde(default)]
    pub ack: u64,
    #[serde(flatten)]
    pub frame: F,
}

pub type ServerMessage = Body<ServerFrame>;
pub type AgentMessage = Body<AgentFrame>;

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerFrame {
    /// First of all.
    Hello {
        protocol: String,
        /// 64 hexadecimal digits, fresh for each connection.
        nonce: String,
        server_time: DateTime<Utc>,
        key_id: String,
    },
    /// The agent's proof holds, and here is the server's own.
    Welcome {
        sig: String,
        /// Opens package downloads as long as this connection lives.
        ticket: Secret,
        /// Output that may be sent before more is granted, in bytes.
        credit: u64,
    },
    /// Run a script: `order` is a [`RunOrder`] as JSON text, `sig` covers exactly these bytes.
    Run { order: String, sig: String },
    /// Stop a run, or never start it.
    Cancel { run_id: Uuid },
    /// More output may be sent, in bytes.
    Credit { bytes: u64 },
    /// Only the numbers matter.
    Ack,
    Ping {
        /// The server's clock at this moment: the agent's own may be wrong, or be set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server_time: Option<DateTime<Utc>>,
    },
    /// The connection will be closed; come back, not earlier than this.
    Goodbye { reason: String, retry_after_ms: u64 },
    /// Something newer than this program; it is ignored.
    #[serde(other)]
    Unknown,
}

/// What an agent says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AgentFrame {
    /// The answer to `hello`.
    Auth {
        agent_id: Uuid,
        /// 64 hexadecimal digits, fresh for each connection.
        nonce: String,
        /// The host that was dialled, as in the `Host` header.
        host: String,
        agent_version: String,
        /// What it can do that agents could not always.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        features: Vec<Feature>,
        sig: String,
    },
    /// After `welcome`: where this side goes on. `first_seq` is the first number that was not acknowledged.
    Resume {
        first_seq: u64,
    },
    /// What the computer is like now.
    Inventory {
        facts: Facts,
    },
    /// The run is written down and starts now. Numbered.
    RunStarted {
        run_id: Uuid,
    },
    /// A piece of output, numbered from 0 within its run. Numbered.
    Output {
        run_id: Uuid,
        index: u64,
        text: String,
    },
    /// The run is over, or will never start. Numbered.
    RunEnded {
        run_id: Uuid,
        report: Report,
    },
    Pong,
    /// Only the numbers matter.
    Ack,
    /// Something newer than this program; it is ignored.
    #[serde(other)]
    Unknown,
}

/// What an agent can do that agents could not always: the server asks for it of nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    /// It tells scripts their parameters.
    Parameters,
    /// It tells what scripts answer apart from what they print ([`RunResult`]).
    Results,
    /// It fetches packages from where they have an address.
    PackageUrls,
    /// It tells scripts secrets, and keeps them out of what they say.
    Secrets,
    /// Something newer than this program.
    #[serde(other)]
    Unknown,
}

/// A script to run, or a look to take, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunOrder {
    pub agent_id: Uuid,
    pub run_id: Uuid,
    pub interpreter: Interpreter,
    pub script: String,
    pub timeout_seconds: u32,
    /// The agent does not start the run later than this, by the server's clock.
    pub not_after: DateTime<Utc>,
    pub package: Option<PackageOrder>,
    /// Variables for the script, besides those that the agent sets itself.
    pub environment: BTreeMap<String, String>,
    /// What the script is told, by name: texts, numbers, true or false, lists of texts. Only agents with [`Feature::Parameters`] get any: others
    /// would run the script without.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// What else it is told that nobody may read, by name: it never comes to a disk, and is taken out of what the script says. Only agents with
    /// [`Feature::Secrets`] get any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Secret>,
    /// What it is to answer; absent where the server takes no results, as in former times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerMode>,
    /// A look at the installed programs, in place of the script: that is for agents which do not know of such looks, and says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programs: Option<ProgramsOrder>,
    /// The server knows that this run was started: the agent answers what it knows of it and starts nothing, even
    /// if it never heard of it (its disk may be an older image).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answer_only: bool,
}

/// A file that the script needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageOrder {
    pub file_name: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
    /// In bytes; 0 where only the host of its address knows.
    pub size: u64,
    /// Where it comes from; absent if from the server. Only agents with [`Feature::PackageUrls`] get one that has an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Outcome {
    Exited {
        code: i32,
    },
    Signalled {
        signal: i32,
    },
    TimedOut,
    Cancelled,
    /// Started, outcome unknown: the agent or the computer died while it ran.
    Interrupted,
    CouldNotStart {
        why: String,
    },
    PackageUnavailable {
        why: String,
    },
    PackageCorrupt {
        expected: String,
        actual: String,
    },
    Refused {
        why: String,
    },
}

/// What an agent knows of a run that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub outcome: Outcome,
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub output_bytes: u64,
    /// 64 hexadecimal digits.
    pub output_sha256: String,
    pub truncated: bool,
    pub duration_ms: u64,
    /// What a person should know besides, such as what of the run stays on the computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What the script answered; absent where what it printed is its answer, or nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RunResult>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Missing, NamePattern, ProgramEntry, ProgramScope, ProgramSign, ProgramSource};

    #[test]
    fn frames_look_as_the_protocol_says() {
        let message = Body {
            seq: 0,
            ack: 7,
            frame: ServerFrame::Credit { bytes: 5 },
        };
        let text = serde_json::to_string(&message).unwrap();
        assert_eq!(text, r#"{"seq":0,"ack":7,"t":"credit","bytes":5}"#);
        let back: AgentMessage = serde_json::from_str(
            r#"{"t":"runEnded","seq":3,"runId":"01890a5d-ac96-774b-bcce-b302099a8057","report":
               {"outcome":{"kind":"exited","code":0},"stdoutTail":"","stderrTail":"","outputBytes":0,
                "outputSha256":"","truncated":false,"durationMs":1}}"#,
        )
        .unwrap();
        assert_eq!(back.seq, 3);
        assert!(matches!(back.frame, AgentFrame::RunEnded { .. }));
    }

    #[test]
    fn what_came_later_is_left_out_where_it_says_nothing_and_may_be_absent() {
        let ping = |text: &str| serde_json::from_str::<ServerMessage>(text).unwrap().frame;
        assert_eq!(
            ping(r#"{"t":"ping"}"#),
            ServerFrame::Ping { server_time: None }
        );
        let frame = ping(r#"{"t":"ping","serverTime":"2030-01-02T03:04:05Z"}"#);
        assert!(matches!(
            frame,
            ServerFrame::Ping {
                server_time: Some(_)
            }
        ));
        let silent = ServerFrame::Ping { server_time: None };
        assert_eq!(serde_json::to_string(&silent).unwrap(), r#"{"t":"ping"}"#);
    }

    #[test]
    fn a_result_is_told_apart_from_none_and_a_newer_word_is_no_answer() {
        let parse = |text: &str| serde_json::from_str::<RunResult>(text).unwrap();
        let text = r#"{"kind":"missing","why":"unwritten"}"#;
        assert_eq!(serde_json::to_string(&parse(text)).unwrap(), text);
        let newer = parse(r#"{"kind":"missing","why":"eaten"}"#);
        let why = Missing::Unreadable;
        assert_eq!(newer, RunResult::Missing { why });
        let text = r#"{"kind":"given","values":[{"type":"System.String","json":"1.2"}],"valueCount":1,"errors":[],"errorCount":0,"fatal":null,"exitCode":null,"lastNativeCode":null,"hostLines":0}"#;
        assert_eq!(serde_json::to_string(&parse(text)).unwrap(), text);
        let mode = |text: &str| serde_json::from_str::<AnswerMode>(text).unwrap();
        assert_eq!(mode(r#""value""#), AnswerMode::Value);
        assert_eq!(mode(r#""sing""#), AnswerMode::Unknown);
    }

    #[test]
    fn a_look_at_programs_is_told_from_a_script_and_a_newer_sign_is_known_as_unknown() {
        let text = r#"{"any":[{"kind":"name","name":{"kind":"regex","text":"^7-Zip"}},{"kind":"package","name":"7zip"}]}"#;
        let order: ProgramsOrder = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&order).unwrap(), text);
        let newer = r#"{"any":[{"kind":"smell","of":"it"},{"kind":"name","name":{"kind":"rhymes","with":"zip"}}]}"#;
        let order: ProgramsOrder = serde_json::from_str(newer).unwrap();
        let name = NamePattern::Unknown;
        let publisher = None;
        assert_eq!(
            order.any,
            [ProgramSign::Unknown, ProgramSign::Name { name, publisher }]
        );
        let text = r#"{"kind":"programs","entries":[{"name":"7zip","publisher":null,"version":"24.08","productCode":null,"source":"dpkg","scope":"machine","architecture":"amd64"}],"count":1}"#;
        let result: RunResult = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&result).unwrap(), text);
    }

    #[test]
    fn an_agent_that_says_nothing_of_features_has_none_and_newer_ones_are_passed_over() {
        let features = |more: &str| {
            let text = format!(
                r#"{{"t":"auth","agentId":"01890a5d-ac96-774b-bcce-b302099a8057","nonce":"","host":"","agentVersion":"1",{more}"sig":""}}"#
            );
            match serde_json::from_str::<AgentMessage>(&text).unwrap().frame {
                AgentFrame::Auth { features, .. } => features,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(features(""), []);
        assert_eq!(
            features(r#""features":["parameters","results","packageUrls","secrets","flight"],"#),
            [
                Feature::Parameters,
                Feature::Results,
                Feature::PackageUrls,
                Feature::Secrets,
                Feature::Unknown
            ]
        );
    }

    #[test]
    fn what_a_newer_agent_says_besides_does_not_keep_it_out() {
        let known = r#"{"interpreter":"sh","version":"1","path":"/bin/sh"}"#;
        let newer = r#"{"interpreter":"ruby","version":"4","path":"/bin/ruby","jit":true},7,null"#;
        let many = [known; 20].join(",");
        let facts = format!(
            r#"{{"hostName":"pc","hardware":{{"uuid":"01890a5d-ac96-774b-bcce-b302099a8057","source":"smbios"}},
               "os":{{"family":"linux","name":"Debian","version":"12"}},"chassisType":3,"agentVersion":"9","interpreters":[{newer},{many}]}}"#
        );
        let message = format!(r#"{{"seq":0,"ack":2,"t":"inventory","facts":{facts}}}"#);
        let message: AgentMessage = serde_json::from_str(&message).unwrap();
        let AgentFrame::Inventory { facts: told } = message.frame else {
            panic!("an inventory");
        };
        let sh: InterpreterFacts = serde_json::from_str(known).unwrap();
        assert_eq!(told.interpreters, vec![sh; MAX_INTERPRETERS]);
        let enrolment = format!(r#"{{"token":"t","publicKey":"k","facts":{facts}}}"#);
        let enrolment: EnrolRequest = serde_json::from_str(&enrolment).unwrap();
        assert_eq!(enrolment.facts, told);

        let entry = r#"{"name":"7zip","publisher":null,"version":"24.08","productCode":null,"source":"flatpak","scope":"session","architecture":null}"#;
        let entry: ProgramEntry = serde_json::from_str(entry).unwrap();
        assert_eq!(
            (entry.source, entry.scope),
            (ProgramSource::Other, Some(ProgramScope::Other))
        );
    }

    #[test]
    fn frames_of_a_newer_protocol_are_recognised_as_unknown() {
        let message: AgentMessage = serde_json::from_str(r#"{"t":"dance","tempo":3}"#).unwrap();
        assert_eq!(message.frame, AgentFrame::Unknown);
    }
}
