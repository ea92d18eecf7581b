use crate::{Sampled, golden, id, now, package, script, told, version};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::catalogue::script::ScriptTimeout;
use upkeep_domain::catalogue::software::ExitCodes;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::*;
use upkeep_domain::maintenance::session::*;
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::prerequisite::*;

#[test]
fn a_wait_for_a_serial_task_still_decodes() {
    let wait = WaitCause::SerialTask;
    let written = golden("serialTaskWait", &serde_json::to_vec(&wait).unwrap());
    let read: WaitCause = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, wait);
}

#[test]
fn a_session_about_a_draft_and_all_that_a_draft_may_be_still_decode() {
    use Meaning as M;
    let meanings = [M::Detection, M::Test, M::Get, M::Action];
    let readings = [
        Reading::Finding {
            finding: Finding::Absent,
        },
        Reading::Done,
        Reading::Unclear {
            reason: ResultReason::ScriptFailed,
            message: "the script ended with exit code 3".into(),
        },
    ];
    let all = (About::Draft, RunPurpose::Act, meanings, readings);
    let written = golden("drafts", &serde_json::to_vec(&all).unwrap());
    let read: (About, RunPurpose, [Meaning; 4], [Reading; 3]) =
        serde_json::from_slice(&written).unwrap();
    assert_eq!(read, all);
}

#[test]
fn every_finding_that_was_ever_written_still_decodes() {
    let findings = [
        Finding::from(version("24.1")),
        Finding::Broken {
            version: version("24.1"),
        },
        Finding::Absent,
        Finding::Yes,
        Finding::No,
        Finding::Value {
            value: serde_json::json!({ "free": 12.5, "disks": ["C:"] }),
        },
    ];
    let written = golden("findings", &serde_json::to_vec(&findings).unwrap());
    let read: Vec<Finding> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, findings);
}

/// What tells a task nothing is written as it was before tasks had parameters.
#[test]
fn goals_and_jobs_with_values_still_decode() {
    let goal = Goal {
        desired: DesiredState::Enforce,
        version: None,
        parameters: told(),
    };
    let job = Job::Script {
        script: script("set").digest(),
        version: None,
        package: None,
        parameters: told(),
    };
    let written = golden(
        "goal and job with values",
        &serde_json::to_vec(&(&goal, &job)).unwrap(),
    );
    let read: (Goal, Job) = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, (goal, job));
}

impl Sampled for Session {
    #[expect(clippy::too_many_lines, reason = "a list")]
    fn samples() -> Vec<Self::Event> {
        let item = MaintenanceItem::Software(SoftwareId(id(2)));
        let plan = PlannedAction {
            action: ActionId(id(11)),
            parent: Some(ActionId(id(10))),
            item,
            item_name: "Reader".into(),
            goal: Goal {
                desired: DesiredState::InstalledLatest,
                version: Some(version("24.1")),
                parameters: Values::default(),
            },
            cause: Cause::Deployment {
                deployment: DeploymentId(id(3)),
                scope: Scope::CrossTenant,
            },
            because: "Reader should be installed".into(),
            needs: vec![Need {
                prerequisite: PrerequisiteId(id(60)),
                versions: VersionRange::Any,
                when: Conditions {
                    hold: Quantifier::All,
                    of: vec![Condition::NotInstalled {
                        software: SoftwareId(id(5)),
                    }],
                },
                met: Met::Before {
                    action: ActionId(id(10)),
                    goal: Goal {
                        desired: DesiredState::InstalledAtLeast(version("8.0")),
                        version: Some(version("9.1")),
                        parameters: Values::default(),
                    },
                },
                says: "install Runtime in version 8.0 or newer".into(),
            }],
        };
        let software = SoftwareId(id(5));
        let runtime = PlannedAction {
            action: ActionId(id(10)),
            parent: Some(plan.action),
            item: MaintenanceItem::Software(software),
            item_name: "Runtime".into(),
            cause: Cause::Prerequisite {
                prerequisite: PrerequisiteId(id(60)),
                of: SoftwareId(id(2)),
            },
            needs: vec![
                Need {
                    met: Met::AsFound {
                        software: SoftwareId(id(6)),
                        goal: plan.goal.clone(),
                    },
                    ..plan.needs[0].clone()
                },
                Need {
                    met: Met::Never {
                        obstacle: Obstacle::Contradicted,
                        why: "it should be uninstalled here".into(),
                    },
                    ..plan.needs[0].clone()
                },
            ],
            ..plan.clone()
        };
        let report = RunReport {
            outcome: RunOutcome::PackageCorrupt {
                expected: Sha256Digest::of(b"a"),
                actual: Sha256Digest::of(b"b"),
            },
            stdout_tail: "out".into(),
            stderr_tail: "err".into(),
            output_bytes: 6,
            output_sha256: Sha256Digest::of(b"outerr"),
            truncated: false,
            duration_ms: 12,
            remark: None,
            result: None,
        };
        vec![
            SessionCreated {
                subject: ComputerId(id(4)).into(),
                tenant: TenantId(id(1)),
                about: About::Item { item },
                at: now(),
            }
            .into(),
            DraftWritten {
                draft: Draft {
                    meaning: Meaning::Get,
                    script: script("draft"),
                    parameters: told(),
                },
            }
            .into(),
            SessionClaimed {
                server: ServerId(id(40)),
            }
            .into(),
            SessionStarted { at: now() }.into(),
            StageStarted {
                stage: Stage::Detection,
            }
            .into(),
            WaitBegan {
                cause: WaitCause::Connectivity,
                deadline: now(),
                at: now(),
            }
            .into(),
            WaitEnded {
                cause: WaitCause::Turn,
                outcome: WaitOutcome::Met,
                at: now(),
            }
            .into(),
            SessionResolved {
                actions: vec![runtime, plan],
                left_out: 1,
            }
            .into(),
            RunRequested {
                run: RunId(id(12)),
                action: Some(ActionId(id(11))),
                purpose: RunPurpose::Install,
                ordinal: 1,
                context: RunContext::System {
                    agent: AgentId(id(7)),
                },
                item: Some(item),
                job: Job::Script {
                    script: script("install").digest(),
                    version: Some(version("24.1")),
                    package: Some(package()),
                    parameters: Values::default(),
                },
                timeout: ScriptTimeout::ACTION,
                deadline: now(),
                at: now(),
            }
            .into(),
            RunStarted {
                run: RunId(id(12)),
                at: now(),
            }
            .into(),
            RunEnded {
                run: RunId(id(12)),
                report,
                at: now(),
            }
            .into(),
            DraftRead {
                reading: Reading::Finding {
                    finding: Finding::Value {
                        value: serde_json::json!({ "a": [1] }),
                    },
                },
            }
            .into(),
            LatestFound {
                action: ActionId(id(11)),
                available: Availability::Version {
                    version: version("24.1"),
                    package: Some(package()),
                },
            }
            .into(),
            ActionAssessed {
                action: ActionId(id(11)),
                finding: Some(version("22.3").into()),
                action_type: ActionType::Update,
                reason: ActionReason::UpdateAvailable,
            }
            .into(),
            PrerequisitesJudged {
                action: ActionId(id(11)),
                judged: vec![JudgedNeed {
                    prerequisite: PrerequisiteId(id(60)),
                    judgement: Judgement::Unknown,
                    seen: vec![
                        SeenSoftware {
                            software,
                            finding: Some(Finding::Absent),
                        },
                        SeenSoftware {
                            software: SoftwareId(id(6)),
                            finding: None,
                        },
                    ],
                }],
            }
            .into(),
            ActionGoalSettled {
                action: ActionId(id(10)),
                goal: Goal {
                    desired: DesiredState::InstalledExactly(version("8.0")),
                    version: Some(version("8.0")),
                    parameters: Values::default(),
                },
            }
            .into(),
            ActionRechecked {
                action: ActionId(id(11)),
                finding: Some(Finding::Absent),
                steps: vec![Step {
                    purpose: RunPurpose::Upgrade,
                    version: Some(version("24.1")),
                }],
                exit_codes: ExitCodes::new([1].into(), [3010].into()).unwrap(),
            }
            .into(),
            ActionCompleted {
                action: ActionId(id(11)),
                verdict: Verdict::Success,
                reason: ResultReason::Verified,
                message: "version 24.1 is there now".into(),
                finding: None,
            }
            .into(),
            TaskLocked {
                action: ActionId(id(11)),
                task: TaskId(id(60)),
            }
            .into(),
            SessionCompleted {
                ending: Ending::PartiallyPassed,
                at: now(),
            }
            .into(),
            SessionCancelled { at: now() }.into(),
            SessionMissed { at: now() }.into(),
        ]
    }
}
