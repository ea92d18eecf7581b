//! The plan of a session: 200 winners, and 300 prerequisites among them and what they need.

use crate::{Row, rate};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{
    Detection, ScriptRole, Software, SoftwareCreated, SoftwareEvent, SoftwareVersion,
    VersionPublished,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{DeploymentId, PrerequisiteId, SessionId, SoftwareId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{About, Planning, Winner};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use upkeep_domain::rules::prerequisite::{
    Condition, Conditions, Consequence, Prerequisite, PrerequisiteAdded, Prerequisites, Quantifier,
    VersionRange, WantedVersion,
};
use uuid::Uuid;

const WINNERS: u64 = 200;
/// What they need is software that no deployment wants.
const NEEDED: u64 = 100;
const PREREQUISITES: u64 = 300;

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(7, n)
}

fn software(n: u64) -> SoftwareId {
    SoftwareId(id(n))
}

pub fn run() -> Result<Vec<Row>> {
    let catalogue = catalogue()?;
    let winners: Vec<Winner> = (0..WINNERS).map(winner).collect();
    let mut rows = Vec::new();
    for count in [0, PREREQUISITES] {
        let prerequisites = (0..count).fold(Prerequisites::default(), |state, n| {
            let prerequisite = PrerequisiteId(id(n));
            let says = says(n);
            state.evolve(&PrerequisiteAdded { prerequisite, says }.into())
        });
        let planning = Planning {
            session: SessionId(id(1)),
            about: About::Everything,
            winners: &winners,
            catalogue: &catalogue,
            prerequisites: &prerequisites,
        };
        let needs = planning.plan().actions;
        let needs: usize = needs.iter().map(|action| action.needs.len()).sum();
        ensure!(needs as u64 == count, "{needs} of {count} are planned");
        let per_second = rate(|| {
            black_box(planning.plan());
            1
        });
        rows.push(Row::alone(
            &format!("plan of {WINNERS} items with {count} prerequisites"),
            format!("{:.0} µs", 1e6 / per_second),
        ));
    }
    Ok(rows)
}

fn winner(n: u64) -> Winner {
    Winner {
        item: MaintenanceItem::Software(software(n)),
        deployment: DeploymentId(id(n)),
        desired: DesiredState::InstalledLatest,
        target_phrase: "all computers of Contoso".into(),
        scope: Scope::CrossTenant,
        parameters: Values::default(),
    }
}

/// Each winner needs one of the others; each of those needs the next one, ten deep.
fn says(n: u64) -> Prerequisite {
    let (of, first) = match n.checked_sub(WINNERS) {
        None => (n, WINNERS + n % NEEDED),
        Some(needed) if needed % 10 == 9 => (WINNERS + needed, WINNERS - 1),
        Some(needed) => (WINNERS + needed, WINNERS + needed + 1),
    };
    // What comes round to a winner takes it away: that closes no circle.
    let then = if first == WINNERS - 1 {
        Consequence::Uninstall {
            software: software(WINNERS + NEEDED),
        }
    } else {
        Consequence::Install {
            software: software(first),
            version: WantedVersion::Latest,
        }
    };
    Prerequisite {
        of: software(of),
        versions: VersionRange::Any,
        when: Conditions {
            hold: Quantifier::Any,
            of: vec![Condition::NotInstalled {
                software: software(first),
            }],
        },
        then,
    }
}

fn catalogue() -> Result<BTreeMap<SoftwareId, Arc<Software>>> {
    let script = Script::new(Interpreter::Sh, "true", ScriptTimeout::ACTION)?;
    let scripts = ScriptRole::REQUIRED.map(|role| (role, script.clone()));
    let mut catalogue = BTreeMap::new();
    for n in 0..=WINNERS + NEEDED {
        let created = SoftwareCreated {
            name: Name::new(&format!("software {n}"))?,
            detection: Detection::Script(script.clone()),
        };
        let mut events: Vec<SoftwareEvent> = vec![created.into()];
        for version in ["1.0", "2.0"] {
            let published = VersionPublished {
                version: Version::new(version)?,
                content: SoftwareVersion {
                    package: None,
                    scripts: scripts.clone().into_iter().collect(),
                },
            };
            events.push(published.into());
        }
        let state = events.iter().fold(Software::default(), Software::evolve);
        catalogue.insert(software(n), Arc::new(state));
    }
    Ok(catalogue)
}
