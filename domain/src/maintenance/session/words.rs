//! The sentences that a session says of its actions.

use super::finding::Finding;
use super::need::Need;
use super::plan::{Goal, PlannedAction};
use super::purpose::RunPurpose;
use super::report::{RunOutcome, RunReport};
use crate::catalogue::parameter::Faults;
use crate::catalogue::software::ScriptRole;
use crate::catalogue::task::Method;
use crate::catalogue::version::Version;
use crate::kernel::limits::{MAX_MESSAGE_CHARS, MAX_QUOTED_LINE_CHARS, RUN_TAIL_BYTES};
use crate::kernel::text::is_seen;

pub(super) const NOT_IN_CATALOGUE: &str = "it is not in the catalogue any more";
pub(super) const LEFT_ALONE: &str = "it is left alone, whatever is there";
pub(super) const BY_ITSELF: &str =
    "it reached the desired state by itself before anything was done";
pub(super) const NOT_NEEDED: &str =
    "nothing here needs it: it is a prerequisite of what has nothing to do, or does not apply";
pub(super) const WENT_OFFLINE: &str = "the computer went offline and did not come back in time";

pub(super) const TURN_NEVER_CAME: &str = "it is brought about on one computer at a time, and other sessions held its lock for a whole day: see who holds it now";
/// What looks where no script does.
pub(super) const LOOK_AT_PROGRAMS: &str = "the look at the installed programs";
pub(super) const UPGRADE_FORBIDDEN: &str = "an update is due, and the software's upgrade strategy is to do nothing: choose another one, or update it by hand";
pub(super) const REPAIR_FORBIDDEN: &str = "its test says that it does not work, and the software's repair strategy is to do nothing: choose another one, or mend it by \
     hand";
pub(super) const RESTART_NEEDED: &str = "the computer has to be restarted before all of it works";

/// What is there, as the beginning of a sentence.
pub(super) fn found(finding: &Finding) -> String {
    match finding {
        Finding::Version { version } => format!("version {version} is there"),
        Finding::Broken { version } => {
            format!("version {version} is there, and its test says that it does not work")
        }
        Finding::Absent => "it is not there".to_owned(),
        Finding::Yes => "its test says that it is as it should be".to_owned(),
        Finding::No => "its test says that it is not as it should be".to_owned(),
        Finding::Value { value } => {
            let value = shorten(&value.to_string(), MAX_QUOTED_LINE_CHARS);
            format!("its value is {value}")
        }
    }
}

/// What an execution has brought about.
pub(super) fn brought_about(finding: &Finding) -> String {
    match finding {
        Finding::Version { version } => format!("version {version} is there now"),
        Finding::Broken { version } => {
            format!("version {version} is there now, and its test says that it does not work")
        }
        Finding::Absent => "it is not there any more".to_owned(),
        Finding::Yes | Finding::No | Finding::Value { .. } => found(finding),
    }
}

pub(super) fn as_it_should_be(finding: &Finding) -> String {
    format!("{}, as it should be", found(finding))
}

/// `errors` is how many the scripts wrote that ended well all the same.
pub(super) fn in_vain(plan: &PlannedAction, finding: &Finding, errors: u64) -> String {
    format!(
        "{}, but {}, and it should be {}",
        ended_well(errors),
        found(finding),
        plan.goal.phrase()
    )
}

fn ended_well(errors: u64) -> String {
    match errors {
        0 => "every script succeeded".to_owned(),
        1 => "every script ended well and one error was written".to_owned(),
        more => format!("every script ended well and {more} errors were written"),
    }
}

/// The same of a task.
pub(super) fn set_in_vain(errors: u64) -> String {
    format!("{}, but {}", ended_well(errors), found(&Finding::No))
}

pub(super) fn set_and_tested() -> String {
    format!("it was set, and {} now", found(&Finding::Yes))
}

/// What an audit found that is not as it should be.
pub(super) fn only_audited() -> String {
    format!(
        "{}; it is only audited, so nothing was done",
        found(&Finding::No)
    )
}

pub(super) fn no_task_script(method: Method) -> String {
    format!(
        "the task has no {} script any more: give it one, or choose another mode",
        method.name()
    )
}

/// What a deployment tells its task, and what the task asks for by now, do not go together.
pub(super) fn misfits(faults: &Faults) -> String {
    format!(
        "what the deployment tells the task does not fit the parameters that the task has now, so nothing was run: {faults}"
    )
}

pub(super) fn no_version(plan: &PlannedAction) -> String {
    format!(
        "the catalogue has no version of {} that would do: publish one",
        plan.item_name
    )
}

/// The same where the computer itself said so.
pub(super) fn nothing_available(plan: &PlannedAction) -> String {
    format!(
        "this computer can get no version of {}: its availability script answered with nothing",
        plan.item_name
    )
}

pub(super) fn no_script(purpose: RunPurpose, version: &Version) -> String {
    let role = purpose.role().map_or("detection", ScriptRole::phrase);
    format!(
        "the {role} script is missing: give one to version {version} or to its software, or choose another strategy"
    )
}

pub(super) fn said_no_verdict(answer: &str) -> String {
    format!(
        "the test script printed {} last: it must end with true or false on a line of its own, true if what is there works",
        quoted(&shorten(answer, MAX_QUOTED_LINE_CHARS))
    )
}

pub(super) fn told_no_value(answer: &str) -> String {
    format!(
        "the get script printed {}, which is no JSON: it must print one value as JSON and nothing else, or write its value into the file \
         that UPKEEP_RESULT names; notes belong on standard error",
        quoted(&shorten(answer, MAX_QUOTED_LINE_CHARS))
    )
}

pub(super) fn told_too_much() -> String {
    format!(
        "the get script printed more than {RUN_TAIL_BYTES} bytes: write a value that long into the file that UPKEEP_RESULT names"
    )
}

pub(super) fn said_too_much() -> String {
    "the detection script printed much more than a version: it must print the version and nothing else, or nothing when the \
     software is absent; notes belong on standard error"
        .to_owned()
}

pub(super) fn said_no_version(answer: &str) -> String {
    format!(
        "the detection script printed {}, which is no version that stands alone: it must print the version and nothing \
         else (such as 1.2.3), or nothing when the software is absent; notes belong on standard error",
        quoted(&shorten(answer, MAX_QUOTED_LINE_CHARS))
    )
}

/// That it is not known whether a need applies.
pub(super) fn not_judged(need: &Need) -> String {
    format!(
        "whether a prerequisite applies is not known, because a look that it depends on told nothing: {}",
        need.says
    )
}

/// That a deployment leaves as it is what is needed otherwise.
pub(super) fn left_as_it_is(name: &str, goal: &Goal, finding: &Finding) -> String {
    format!(
        "{name} is needed {} first, and a deployment leaves it as it is: {}",
        goal.phrase(),
        found(finding)
    )
}

/// What a script of this purpose is called.
pub(super) fn script_of(purpose: RunPurpose) -> String {
    let of_software = || purpose.role().map_or("detection", ScriptRole::phrase);
    let role = match purpose {
        RunPurpose::Set => Method::Set.name(),
        RunPurpose::Get => Method::Get.name(),
        RunPurpose::Act => return "the script".to_owned(),
        _ => of_software(),
    };
    format!("the {role} script")
}

/// Why a run did not do what it was for.
pub(super) fn run_failure(what: &str, report: &RunReport) -> String {
    match &report.outcome {
        RunOutcome::Exited { code } => {
            let last = last_line(report)
                .map(|line| format!(": {}", shorten(line, MAX_QUOTED_LINE_CHARS)))
                .unwrap_or_default();
            let code = report.exit_code().unwrap_or(*code);
            format!("{what} ended with exit code {code}{last}")
        }
        RunOutcome::Signalled { signal } => format!("{what} was ended by signal {signal}"),
        RunOutcome::TimedOut => {
            format!("{what} did not end in time and was killed with all that it had started")
        }
        RunOutcome::Cancelled => format!("{what} was cancelled"),
        RunOutcome::Interrupted => format!(
            "the agent stopped while {what} ran: what it did is not known, and it is not run again"
        ),
        RunOutcome::CouldNotStart { why } => format!("{what} could not start: {why}"),
        RunOutcome::PackageUnavailable { why } => {
            format!("the package could not be fetched: {why}")
        }
        RunOutcome::PackageCorrupt { expected, actual } => {
            format!("the package's SHA-256 is {actual}, not {expected}: {what} was not run")
        }
        RunOutcome::Refused { why } => format!("the agent refused {what}: {why}"),
        RunOutcome::Lost => format!("the agent did not say in time how {what} ended"),
    }
}

/// What it wrote last, before all on standard error: what it found stands on standard output, and is not why it failed.
fn last_line(report: &RunReport) -> Option<&str> {
    last(&report.stderr_tail).or_else(|| last(&report.stdout_tail))
}

fn last(text: &str) -> Option<&str> {
    let line = text.lines().rfind(|line| !line.trim().is_empty());
    line.map(str::trim)
}

/// A text between quotes, in which what shows nothing is shown by its code.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if c == ' ' || is_seen(c) {
            quoted.push(c);
        } else {
            quoted.extend(c.escape_unicode());
        }
    }
    quoted.push('"');
    quoted
}

/// The beginning of a text as one line: what scripts print is quoted in sentences.
pub(super) fn shorten(text: &str, max_chars: usize) -> String {
    // Most are: a plan has hundreds of them.
    if text.len() <= max_chars && !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut short: String = text
        .chars()
        .take(max_chars)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(max_chars).is_some() {
        short.push('…');
    }
    short
}

pub(super) fn bounded(message: String) -> String {
    if message.chars().nth(MAX_MESSAGE_CHARS).is_none() {
        message
    } else {
        shorten(&message, MAX_MESSAGE_CHARS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_in_a_quotation_is_shown() {
        assert_eq!(quoted("1.0 beta é"), "\"1.0 beta é\"");
        assert_eq!(quoted("1.0\u{202e}\u{200b}"), r#""1.0\u{202e}\u{200b}""#);
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        assert_eq!(shorten("one\ntwo", 7), "one two");
        assert_eq!(shorten("one\ntwo", 6), "one tw…");
    }
}
