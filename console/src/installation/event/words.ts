// An event in a line: what happened is in its type, with what its data say that can be read by itself.
import { spaced } from '~/kit/text/words.ts';

/** Members that say something without the rest, in the order in which they are read. */
const TELLING = ['name', 'itemName', 'stage', 'purpose', 'version', 'message', 'ending', 'verdict', 'upn', 'tag', 'tags', 'agreementType', 'timeZone', 'role'];
const LONGEST = 120;
/** One of a few words, as the log writes them: `partiallyPassed`. */
const CLOSED = /^[a-z]+([A-Z][a-z]+)+$/;

export function titleOf(type: string): string {
  return spaced(type);
}

/** What an event's data say, shortly; nothing where only the whole says something. */
export function detailOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const members = data as Record<string, unknown>;
  const parts = TELLING.flatMap((name) => plainOf(members[name]));
  const whole = [...parts, ...outcomeOf(members)].join(', ');
  if (!whole) return undefined;
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

function plainOf(value: unknown): string[] {
  if (typeof value === 'string' && value !== '') return [CLOSED.test(value) ? spaced(value).toLowerCase() : value];
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')) return [value.join(', ')];
  return [];
}

/** How a run ended, what a wait is for, which actions were planned. */
function outcomeOf({ report, cause, actions }: Record<string, unknown>): string[] {
  const { outcome } = (report ?? {}) as { outcome?: { kind?: string; code?: number } };
  const { kind } = (cause ?? {}) as { kind?: string };
  return [
    ...(outcome?.kind === 'exited' ? [`exit code ${outcome.code}`] : plainOf(outcome?.kind)),
    ...(kind ? [`for ${kind}`] : []),
    ...(Array.isArray(actions) ? [`${actions.length} ${actions.length === 1 ? 'action' : 'actions'}`] : []),
  ];
}
