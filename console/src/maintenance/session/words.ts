// A session, its actions and its runs in words.
import { itemIn, type OfItem } from '~/catalogue/item/item.ts';
import type { Tone } from '~/kit/text/Mark.tsx';
import { plural, sentence } from '~/kit/text/words.ts';

type Tones = Readonly<Record<string, Tone>>;

const STATUS: Tones = {
  QUEUED: 'quiet',
  PENDING_CONNECTIVITY: 'warn',
  RUNNING: 'busy',
  PASSED: 'good',
  PARTIALLY_PASSED: 'warn',
  FAILED: 'bad',
  MISSED: 'bad',
};
const RESULT: Tones = { PENDING: 'busy', SUCCESS: 'good', FAILED: 'bad' };
const RUN: Tones = { REQUESTED: 'quiet', STARTED: 'busy', CANCELLED: 'quiet' };

export const toneOfStatus = (status: string): Tone => STATUS[status] ?? 'quiet';
export const toneOfResult = (result: string): Tone => RESULT[result] ?? 'quiet';

/** By the exit code, and how the action that it ran for ended: another code than 0 may mean success for its software. */
export function toneOfRun(status: string, exitCode: number | null, result: string): Tone {
  if (status !== 'EXITED') return RUN[status] ?? 'bad';
  if (exitCode === 0) return 'good';
  return result === 'PENDING' ? 'quiet' : toneOfResult(result);
}

const PURPOSES: Readonly<Record<string, string>> = {
  ACT: 'Action',
  AVAILABLE: 'Availability',
  POST_INSTALL: 'Post-install',
  POST_UNINSTALL: 'Post-uninstall',
  RETEST: 'Test again',
};

/** What a script ran for. */
export const purposeOf = (purpose: string): string => PURPOSES[purpose] ?? sentence(purpose);

/** "Exit code 3", or what else a run came to. */
export function endOfRun(status: string, exitCode: number | null): string {
  if (status === 'EXITED') return `Exit code ${exitCode}`;
  if (status === 'STARTED') return 'Running';
  return sentence(status);
}

interface Subject extends OfItem {
  kind: string;
  deployment?: OfItem | null;
}

/** The item that was asked for, or that of the deployment that was. */
export function itemOf({ deployment, ...of }: Omit<Subject, 'kind'>): OfItem {
  return itemIn(of) ? of : (deployment ?? {});
}

/** What a session is about. */
export function subjectOf({ kind, deployment, ...of }: Subject): string {
  if (kind === 'FULL') return 'Everything';
  if (kind === 'DRAFT') return 'A draft of a script';
  const item = itemIn(itemOf({ deployment, ...of }))?.name ?? 'one item';
  return kind === 'AD_HOC' ? `${item}, ad hoc` : item;
}

/** What a session waits for. */
export function waitOf(cause: string, status: string): string {
  if (cause === 'CONNECTIVITY') return 'for its computer to come back';
  if (cause === 'SERIAL_TASK') return 'for its turn at a task that is set on one computer at a time';
  return status === 'PENDING_CONNECTIVITY' ? 'for its computer to come online' : 'for its turn';
}

/** What happens when such a wait is over. */
export function endOfWait(cause: string): string {
  if (cause === 'SERIAL_TASK') return 'that action fails';
  return cause === 'CONNECTIVITY' ? 'everything that is left to do fails' : 'the session is missed';
}

const DONE: Readonly<Record<string, string>> = {
  INSTALL: 'Install',
  UPDATE: 'Update',
  DOWNGRADE: 'Go back',
  UNINSTALL: 'Uninstall',
  REPAIR: 'Repair',
  NO_ACTION: 'Nothing to do',
};

interface Action {
  type: string | null;
  detectedBefore: string | null;
  detected: string | null;
  isBroken: boolean;
}

/** What an action does: "Update, 24.1 → 24.2". */
export function deedOf({ type, detectedBefore, detected, isBroken }: Action): string {
  if (!type) return 'Not looked at yet';
  const deed = DONE[type] ?? sentence(type);
  if (type === 'NO_ACTION') return deed;
  // What a repair mends stays the version that it is; it began broken.
  if (type === 'REPAIR') return `${deed} ${detectedBefore ?? ''}${isBroken ? '' : ', broken → works'}`;
  const changed = detectedBefore !== detected;
  return changed ? `${deed}, ${detectedBefore ?? 'absent'} → ${detected ?? 'absent'}` : deed;
}

const WHY: Readonly<Record<string, string>> = {
  SOFTWARE_MISSING: 'it was not there',
  UPDATE_AVAILABLE: 'an older version was there',
  OLDER_VERSION_REQUIRED: 'a newer version was there than the one that is wanted',
  SOFTWARE_DETECTED: 'it was there and should not be',
  UP_TO_DATE: 'it was as it should be',
  IGNORED: 'the deployment says to leave it alone',
  NOT_NEEDED: 'nothing here needs it',
  TEST_FAILED: 'its test said that it did not work',
  NOT_COMPLIANT: 'its test said that it was not as it should be',
  VALUE_WANTED: 'its value is wanted, whatever it is',
  NO_APPLICABLE_VERSION: 'the catalogue has no version that would do',
};

/** Why an action does what it does. */
export const whyOf = (reason: string | null): string | undefined => (reason ? (WHY[reason] ?? sentence(reason)) : undefined);

const RESULTS: Readonly<Record<string, string>> = {
  UPGRADE_FORBIDDEN: 'The upgrade strategy forbids it',
  REPAIR_FORBIDDEN: 'The repair strategy forbids it',
  SCRIPT_MISSING: 'A script is missing',
  TEST_UNCLEAR: 'The test said neither true nor false',
  LOCK_UNAVAILABLE: 'Its turn did not come within a day',
  VALUE_UNCLEAR: 'The get script did not tell one value',
  AVAILABILITY_UNCLEAR: 'The computer did not say what it can get',
  NOT_NEEDED: 'Nothing here needs it',
  PREREQUISITE_FAILED: 'What it needs first failed',
  PREREQUISITE_FORBIDS: 'A prerequisite forbids it here',
  PREREQUISITE_CONTRADICTED: 'What it needs first is wanted otherwise',
  PREREQUISITE_CIRCLE: 'It would need itself first',
};

/** Why an action ended as it did, in a few words. */
export const resultReasonOf = (reason: string): string => RESULTS[reason] ?? sentence(reason);

interface Ended {
  result: string;
  resultReason: string | null;
}

/** How an action ended, in a word: an audit that found a difference did what it was to do. */
export function endOfAction({ result, resultReason }: Ended): string {
  if (resultReason === 'AUDIT_DIFFERS') return 'Differs';
  return result === 'PENDING' ? 'Going on' : sentence(result);
}

/** How the actions of a session ended: "2 succeeded, 1 failed". */
export function countsOf(actions: readonly { result: string }[]): string {
  if (actions.length === 0) return '';
  const count = (result: string) => actions.filter((action) => action.result === result).length;
  const parts: [number, string][] = [
    [count('SUCCESS'), 'succeeded'],
    [count('FAILED'), 'failed'],
    [count('CANCELLED'), 'cancelled'],
    [count('PENDING'), 'to go'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number.toLocaleString('en')} ${words}`)
    .join(', ');
}

/** What a session did not take on. */
export function leftOutOf(leftOut: number): string | undefined {
  return leftOut > 0 ? `${plural(leftOut, 'item')} beyond the 500 of one session ${leftOut === 1 ? 'is' : 'are'} left to the next one` : undefined;
}
