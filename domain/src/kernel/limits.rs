//! The bounds that the domain itself keeps. Each is named, so that an error can say which one was met.

use chrono::TimeDelta;
use std::time::Duration;

/// Longest name of a tenant, software, computer or token, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Longest version text, in characters.
pub const MAX_VERSION_CHARS: usize = 100;
/// Longest script, in bytes. A script is a part of an event, and an append is bounded by 1 MiB.
pub const MAX_SCRIPT_BYTES: usize = 128 * 1024;
/// Longest time that a script may be given.
pub const MAX_SCRIPT_TIMEOUT: Duration = Duration::from_hours(24);
/// Most versions of one software.
pub const MAX_VERSIONS_PER_SOFTWARE: usize = 1_000;
/// Most bytes of the scripts of one version together: they are parts of one event, and an append is bounded by 1 MiB.
pub const MAX_VERSION_SCRIPT_BYTES: usize = 384 * 1024;
/// Most signs by which one software is told among the programs of a computer; each run that looks for it holds them.
pub const MAX_PROGRAM_SIGNS: usize = 32;
/// Longest regular expression for a program's name, in characters.
pub const MAX_PROGRAM_REGEX_CHARS: usize = 500;
/// Memory of a regular expression for a program's name, once compiled, in bytes. Agents have the same bound.
pub const MAX_PROGRAM_PATTERN_BYTES: usize = 1024 * 1024;
/// Programs that one look tells of: where more fit, it cannot tell them apart.
pub const MAX_FOUND_PROGRAMS: usize = 16;
/// Each text that is kept of a program, in characters.
pub const MAX_PROGRAM_TEXT_CHARS: usize = 200;
/// Most exit codes of a software that mean success.
pub const MAX_EXIT_CODES: usize = 100;
/// Longest notes on a software or a task, in characters.
pub const MAX_NOTES_CHARS: usize = 10_000;
/// Longest name of a source of the catalogue, in characters.
pub const MAX_SOURCE_NAME_CHARS: usize = 40;
/// Longest name of a title in its source, in characters, as the Windows Package Manager has it.
pub const MAX_TITLE_IDENTIFIER_CHARS: usize = 128;
/// Longest revision of a source, in characters: the digest of a whole folder has 71.
pub const MAX_REVISION_CHARS: usize = 100;
/// Most versions of one title of the catalogue: the newest ones.
pub const MAX_VERSIONS_PER_TITLE: usize = 20;
/// Largest title of a pack, in bytes of JSON: the events of taking it over are one append, which is bounded by 1 MiB.
pub const MAX_TITLE_BYTES: usize = 256 * 1024;
/// Most dependencies of one version of a title.
pub const MAX_DEPENDENCIES: usize = 100;
/// Longest address of a software's homepage, in characters.
pub const MAX_HOMEPAGE_CHARS: usize = 2_048;
/// Most tags of one software.
pub const MAX_SOFTWARE_TAGS: usize = 50;
/// Longest address of a package, in characters.
pub const MAX_PACKAGE_URL_CHARS: usize = 2_000;
/// Most parameters of one task.
pub const MAX_PARAMETERS: usize = 50;
/// Longest name of a parameter, in characters.
pub const MAX_PARAMETER_NAME_CHARS: usize = 64;
/// Longest help for a parameter, in characters.
pub const MAX_PARAMETER_HELP_CHARS: usize = 1_000;
/// Longest text that is the value of a parameter, in characters.
pub const MAX_PARAMETER_TEXT_CHARS: usize = 4_000;
/// Longest regular expression that a parameter's text has to match, in characters.
pub const MAX_PARAMETER_PATTERN_CHARS: usize = 500;
/// Most choices of one parameter.
pub const MAX_CHOICES: usize = 100;
/// Longest choice of a parameter, in characters.
pub const MAX_CHOICE_CHARS: usize = 200;
/// Most bytes of the parameters of one task together, as their event holds them.
pub const MAX_PARAMETERS_BYTES: usize = 64 * 1024;
/// So much of a value's text is told within a sentence.
pub const MAX_PARAMETER_TOLD_CHARS: usize = 40;
/// Most bytes of the values of one deployment as JSON, and of the defaults of one task: with both together and its script escaped,
/// an order fits into one frame to an agent.
pub const MAX_PARAMETER_VALUES_BYTES: usize = 8 * 1024;
/// Longest secret, in bytes.
pub const MAX_SECRET_BYTES: usize = 4_096;
/// Shortest secret, in bytes: it is masked in all that a script says, and a shorter one would be found everywhere.
pub const MIN_SECRET_BYTES: usize = 4;
/// Most parameters of one task that are secrets: with them an order fits into one frame to an agent.
pub const MAX_SECRET_PARAMETERS: usize = 4;
/// Deployments that a refusal names, and what does not fit of each.
pub const MAX_NAMED_IN_REFUSAL: usize = 5;
/// Largest package that a version may name, in bytes.
pub const MAX_PACKAGE_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// Deepest tenant tree. A chain of parents longer than this is refused when written and cut when read.
pub const MAX_TENANT_DEPTH: usize = 32;
/// Most uses of one enrolment token.
pub const MAX_ENROLMENT_USES: u32 = 100_000;
/// Longest life of an enrolment token.
pub const MAX_ENROLMENT_LIFE: Duration = Duration::from_hours(366 * 24);
/// Longest chain from a token to the token that created it and so on; longer chains have no rights.
pub const MAX_TOKEN_CHAIN: usize = 16;
/// Most actions of one session; items beyond it are left to the next session and reported.
pub const MAX_ACTIONS_PER_SESSION: usize = 500;
/// Most bytes of a session's plan, as its event holds it; items beyond it are left to the next session and reported. An
/// append is bounded by 1 MiB.
pub const MAX_PLAN_BYTES: usize = 512 * 1024;
/// Longest description of a deployment's target inside a plan, in characters; a filter expression may be longer.
pub const MAX_BECAUSE_CHARS: usize = 500;
/// Most events that one step of a session makes, so that they fit into one append; the next step goes on from there.
pub const MAX_EVENTS_PER_ADVANCE: usize = 100;
/// A step of a session that has made so many bytes of events makes no more.
pub const MAX_ADVANCE_BYTES: usize = 256 * 1024;
/// Longest sentence on what became of an action, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1_000;
/// Runs of one session that wait for an answer at once: as many as an agent runs at once, so that a run's time begins when
/// it can start.
pub const MAX_OPEN_RUNS: usize = 4;
/// Longest line of a script's output that a message quotes, in characters.
pub const MAX_QUOTED_LINE_CHARS: usize = 200;
/// How far the clocks of two servers may differ: a lease counts as over only so much later.
pub const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(2);
/// Jumps of a clock that are told from each other.
pub const MAX_CLOCK_JUMPS: usize = 64;
/// Output kept in the event of a run's end, for each of standard output and standard error, in bytes.
pub const RUN_TAIL_BYTES: usize = 4 * 1024;
/// The values of one script's result together as JSON, in bytes.
pub const MAX_RESULT_BYTES: usize = 64 * 1024;
/// Values of one script's result that are kept: the last ones.
pub const MAX_RESULT_VALUES: usize = 20;
/// Largest value that a monitored task may have, in bytes of compact JSON.
pub const MAX_MONITORED_BYTES: usize = 16 * 1024;
/// Lists and objects within each other in one value.
pub const MAX_RESULT_DEPTH: usize = 6;
/// Errors of one script that are kept: the first ones.
pub const MAX_RESULT_FAULTS: usize = 5;
/// Each text of an error, in bytes.
pub const MAX_FAULT_BYTES: usize = 1024;
/// How long after its own timeout the server waits for a run's result before it counts as lost: room for
/// delivery, a package download and a reconnection.
pub const RUN_GRACE: Duration = Duration::from_mins(5);
/// After a restart the server gives its agents this long to come back before it counts any run as lost.
pub const RECONNECT_GRACE: Duration = Duration::from_mins(2);
/// How long a computer's agent has to be gone before a session writes down that it waits for it: a lost connection is made anew
/// within seconds.
pub const CONNECTION_GRACE: Duration = Duration::from_secs(10);
/// How long a session waits for its computer to come online before it is missed.
pub const SESSION_MAX_WAIT: Duration = Duration::from_hours(7 * 24);
/// How long a session that tries a script waits for its turn before it is missed.
pub const DRAFT_MAX_WAIT: Duration = Duration::from_hours(1);
/// How long a session waits for a task that is brought about on one computer at a time.
pub const SERIAL_TASK_LIMIT: Duration = Duration::from_hours(24);
/// How long a running session waits for its computer to come back before what is left of it fails.
pub const OFFLINE_LIMIT: Duration = Duration::from_hours(1);
/// Most sessions that one computer may have waiting.
pub const MAX_WAITING_SESSIONS_PER_COMPUTER: usize = 10;
/// How long a server leaves a session to the server that its agent is connected to, before it starts it itself.
pub const NEIGHBOUR_GRACE: Duration = Duration::from_secs(10);
/// How long something stays claimed for somebody who has not come to have it (hardware for a computer that does not live in the
/// tenant), because it may be on its way: commands take seconds.
pub const CLAIM_PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// Longest tag, in characters.
pub const MAX_TAG_CHARS: usize = 64;
/// Most tags of one computer, tenant or person.
pub const MAX_TAGS: usize = 200;
/// Most members of one group, of all kinds together.
pub const MAX_GROUP_MEMBERS: usize = 50_000;
/// Most members that one command adds or takes away; an event holds them.
pub const MAX_MEMBERS_PER_CHANGE: usize = 1_000;
/// Deepest nesting of groups; deeper ones are refused when written.
pub const MAX_GROUP_DEPTH: usize = 64;
/// Most products on one agreement.
pub const MAX_ADDITIONS: usize = 1_000;
/// Most metascripts whose answers a computer keeps.
pub const MAX_METASCRIPT_ANSWERS: usize = 1_000;
/// How far the clock of whoever observed something may be ahead of the server's.
pub const MAX_CLOCK_LEAD: Duration = Duration::from_mins(5);
/// Most optional deployments that are approved for one computer.
pub const MAX_APPROVALS: usize = 1_000;
/// Longest filter expression, in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 4 * 1024;
/// Most parts of a filter expression: each costs at most one comparison, so that this bounds an evaluation.
pub const MAX_EXPRESSION_PARTS: usize = 200;
/// Deepest nesting of a filter expression.
pub const MAX_EXPRESSION_DEPTH: u16 = 40;
/// Memory of all regular expressions of one filter expression together, or of one parameter's, once compiled, in bytes.
pub const MAX_COMPILED_PATTERN_BYTES: usize = 64 * 1024;
/// Most deployments of one tenant, its computers and its people together, deleted ones aside; and most for every tenant.
pub const MAX_DEPLOYMENTS_PER_TENANT: usize = 5_000;
/// Most of them whose target is a filter expression: with the bound above, what they come to in memory is 32 MB a tenant.
pub const MAX_EXPRESSIONS_PER_TENANT: usize = 500;
/// Most items that are ordered at the beginning, and at the end.
pub const MAX_ORDERED_ITEMS: usize = 500;
/// Most prerequisites of all software together.
pub const MAX_PREREQUISITES: usize = 5_000;
/// Most prerequisites of one software.
pub const MAX_PREREQUISITES_PER_SOFTWARE: usize = 50;
/// Most conditions of one prerequisite.
pub const MAX_CONDITIONS_PER_PREREQUISITE: usize = 20;
/// Most installations that may have to come before one another: a longer chain is refused when written, and not followed.
pub const MAX_PREREQUISITE_DEPTH: usize = 16;
/// Longest message of a prerequisite that lets an action fail, in characters.
pub const MAX_PREREQUISITE_MESSAGE_CHARS: usize = 300;
/// Conditions that a sentence tells one by one.
pub const MAX_PHRASED_CONDITIONS: usize = 4;
/// A change of a deployment that reaches more computers than this must say how many.
pub const CONFIRM_ABOVE: usize = 25;
