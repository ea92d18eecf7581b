// An event in a line: what happened is in its type, with what its data say that can be read by itself.
import { descriptionOf, detectionOf, originOf } from '~/catalogue/software/logged.ts';
import { periodWords } from '~/fleet/agreement/period.ts';
import { constantOf, eachOf, isThere, type Members, membersOf, textOf } from '~/kit/json/members.ts';
import { shortly } from '~/kit/json/shortly.ts';
import { plural, spaced } from '~/kit/text/words.ts';
import { deedOf, purposeOf, waitOf, whyOf } from '~/maintenance/session/words.ts';
import { desiredOf, enforcementOf, parametersOf, targetOf } from '~/rules/deployment/logged.ts';
import { prerequisiteOf } from '~/rules/prerequisite/logged.ts';
import { type Names, nameIn } from './names.ts';

/** Members that say something without the rest, in the order in which they are read. */
const TELLING = [
  'name',
  'itemName',
  'stage',
  'message',
  'ending',
  'upn',
  'tag',
  'tags',
  'agreementType',
  'product',
  'timeZone',
  'publisher',
  'strategy',
  'role',
];
const LONGEST = 160;
/** One of a few words, as the log writes them: `partiallyPassed`. */
const CLOSED = /^[a-z]+([A-Z][a-z]+)+$/;
/** Items that are named; the rest is counted. */
const FEW = 3;

/** Why an action failed that did what it was to do: its message says what it found. */
const AUDIT = 'auditDiffers';

type Say = (members: Members, names: Names) => readonly (string | undefined)[];

export function titleOf(type: string): string {
  return spaced(type);
}

/** What an event's data say, shortly; nothing where only the whole says something. */
export function detailOf(data: unknown, names: Names): string | undefined {
  const members = membersOf(data);
  const whole = SAYINGS.flatMap((say) => say(members, names))
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
  if (!whole) return undefined;
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

const SAYINGS: readonly Say[] = [
  actedOn,
  (members) => TELLING.map((name) => plainOf(members[name])),
  ruled,
  ran,
  found,
  resolved,
  asked,
  ({ available }) => [availableOf(available)],
  ({ parameters }, names) => [parametersOf(parameters, names)],
  catalogued,
  needed,
  related,
  ({ period }) => [isThere(period) ? periodWords(period as Parameters<typeof periodWords>[0]) : undefined],
  ({ members }) => [Array.isArray(members) ? plural(members.length, 'member') : undefined],
  ({ metascript, answer }) => [typeof answer === 'boolean' ? `${textOf(metascript)}: ${answer ? 'yes' : 'no'}` : undefined],
];

/** The item of an action or a run, where an event around this one tells its name. */
function actedOn({ action, run }: Members, names: Names) {
  return [names.get(textOf(action)) ?? names.get(textOf(run))];
}

/** What a deployment says, from this event on. */
function ruled({ desired, target, enforcement }: Members, names: Names) {
  const state = desiredOf(desired);
  const where = targetOf(target, (id) => nameIn(names, id));
  const what = state && where ? `${state} on ${where}` : (state ?? (where && `for ${where}`));
  // What is acted on in every session needs no words beside the rest.
  const when = what && enforcement === 'required' ? undefined : enforcementOf(enforcement);
  return [what, when];
}

/** What ran, for which version, and how it ended. */
function ran({ purpose, version, job, steps, report, cause }: Members) {
  const { outcome } = membersOf(report);
  const { kind, code } = membersOf(outcome);
  const run = (one: unknown, of: unknown) => [purposeOf(constantOf(one)).toLowerCase(), textOf(of)].filter(Boolean).join(' ');
  return [
    run(purpose, version ?? membersOf(job).version),
    ...eachOf(steps).map((step) => run(step.purpose, step.version)),
    kind === 'exited' ? `exit code ${code}` : plainOf(kind),
    isThere(cause) ? waitOf(constantOf(membersOf(cause).kind), '') : undefined,
  ];
}

/** What was there, and what is done about it. */
function found({ finding, actionType, reason, message, verdict }: Members) {
  // A message says it in its own words.
  if (textOf(message)) return [verdict === 'failed' && reason !== AUDIT ? 'failed' : undefined];
  const there = isThere(finding) ? foundOf(membersOf(finding)) : undefined;
  if (typeof actionType !== 'string') return [there];
  const deed = deedOf({ type: constantOf(actionType), detectedBefore: null, detected: null, isBroken: false });
  return [there, `${deed.toLowerCase()}: ${whyOf(constantOf(reason)) ?? ''}`];
}

function foundOf({ kind, version, value }: Members): string {
  if (kind === 'absent') return 'not there';
  if (kind === 'yes') return 'as it should be';
  if (kind === 'no') return 'differs';
  if (kind === 'value') return `its value is ${shortly(value)}`;
  return `${textOf(version)} is there${kind === 'broken' ? ', broken' : ''}`;
}

/** The newest version that a computer says that it can get. */
function availableOf(available: unknown): string | undefined {
  const { kind, version } = membersOf(available);
  if (kind === 'nothing') return 'nothing to be had';
  return textOf(version) ? `${textOf(version)} is to be had` : undefined;
}

/** Which items a session brings into which state. */
function resolved({ actions }: Members) {
  if (!Array.isArray(actions)) return [];
  const items = eachOf(actions).map(({ itemName, goal }) => {
    const { desired, version } = membersOf(goal);
    const { kind } = membersOf(desired);
    const state = kind === 'installedLatest' || kind === 'installedExactly' ? textOf(version) : desiredOf(desired);
    return [textOf(itemName), state].filter(Boolean).join(' ');
  });
  const more = items.length - FEW;
  return [...items.slice(0, FEW), more > 0 ? `${more} more` : undefined, items.length === 0 ? 'nothing to do' : undefined];
}

/** What a session was asked for. */
function asked({ about }: Members, names: Names) {
  const { kind, item } = membersOf(about);
  if (kind === 'everything') return ['everything'];
  const id = textOf(membersOf(item).id);
  return [kind === 'item' ? (names.get(id) ?? 'one item') : kind === 'deployment' ? 'what one deployment says' : undefined];
}

/** Where a software comes from, and how it is told. */
function catalogued(members: Members, names: Names) {
  return [originOf(members, (id) => nameIn(names, id)), descriptionOf(members), detectionOf(members)];
}

/** What a prerequisite says, and of how many it was judged that they apply. */
function needed(members: Members, names: Names) {
  const { judged, goal } = members;
  const count = (judgement: string) => eachOf(judged).filter((one) => one.judgement === judgement).length;
  const counted = (number: number, one: string, many: string) => (number > 0 ? `${number} ${number === 1 ? one : many}` : undefined);
  return [
    prerequisiteOf(members, (id) => nameIn(names, id)),
    counted(count('holds'), 'prerequisite applies', 'prerequisites apply'),
    counted(count('doesNotHold'), 'does not apply', 'do not apply'),
    counted(count('unknown'), 'is not known', 'are not known'),
    desiredOf(membersOf(goal).desired),
  ];
}

/** Other things that it names, as far as their names are known. */
function related(members: Members, names: Names) {
  const { person, deployment, name, parent } = members;
  const isMoved = 'tenant' in members && Object.keys(members).length === 1;
  const called = (id: unknown) => names.get(textOf(id));
  const to = isMoved ? called(members.tenant) : undefined;
  const above = name === undefined ? called(parent) : undefined;
  return [
    person === null ? 'nobody' : called(person),
    called(deployment),
    to && `to ${to}`,
    above && `below ${above}`,
    parent === null && name === undefined ? 'below no other' : undefined,
  ];
}

function plainOf(value: unknown): string | undefined {
  if (typeof value === 'string') return CLOSED.test(value) ? spaced(value).toLowerCase() : value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : undefined;
}
