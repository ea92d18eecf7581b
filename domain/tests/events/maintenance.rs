use crate::{Sampled, id, now, package, script, version};
use upkeep_domain::catalogue::script::{ScriptTimeout, Sha256Digest};
use upkeep_domain::kernel::ids::*;
use upkeep_domain::maintenance::session::*;
use upkeep_domain::rules::deployment::*;

impl Sampled for Session {
    #[expect(clippy::too_many_lines, reason = "a list")]
    fn samples() -> Vec<Self::Event> {
        let item = MaintenanceItem::Software(SoftwareId(id(2)));
        let plan = PlannedAction {
            action: ActionId(id(11)),
            item,
            item_name: "Reader".into(),
            deployment: DeploymentId(id(3)),
            desired: DesiredState::InstalledLatest,
            desired_version: Some(version("24.1")),
            because: "Reader should be installed".into(),
            scope: Scope::CrossTenant,
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
        };
        vec![
            SessionCreated {
                computer: ComputerId(id(4)),
                tenant: TenantId(id(1)),
                kind: SessionKind::SingleItem(item),
                at: now(),
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
            SessionResolved {
                actions: vec![plan],
                left_out: 1,
            }
            .into(),
            RunRequested {
                run: RunId(id(12)),
                action: ActionId(id(11)),
                purpose: RunPurpose::Install,
                agent: AgentId(id(7)),
                software: SoftwareId(id(2)),
                version: Some(version("24.1")),
                script: script("install").digest(),
                timeout: ScriptTimeout::ACTION,
                package: Some(package()),
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
            ActionAssessed {
                action: ActionId(id(11)),
                detected: Some(version("22.3")),
                action_type: ActionType::Update,
                reason: ActionReason::UpdateAvailable,
            }
            .into(),
            ActionRechecked {
                action: ActionId(id(11)),
                detected: None,
                steps: vec![Step {
                    purpose: RunPurpose::Upgrade,
                    version: version("24.1"),
                }],
            }
            .into(),
            ActionCompleted {
                action: ActionId(id(11)),
                verdict: Verdict::Success,
                reason: ResultReason::Verified,
                message: "version 24.1 is there now".into(),
                detected: Some(version("24.1")),
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
