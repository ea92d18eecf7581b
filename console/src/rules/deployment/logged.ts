// What a deployment said, out of the data of its events, in the words of now: the log has its own spelling, and ids in place of names.
import type { SecretNames } from '~/catalogue/task/parameter/value.ts';
import { constantOf, eachOf, isThere, type Members, membersOf, textOf } from '~/kit/json/members.ts';
import { plural } from '~/kit/text/words.ts';
import { type Chosen, type Draft, EMPTY } from './editor/draft.ts';
import { desiredWords, targetWords } from './editor/words.ts';
import { ENFORCEMENTS, FILTERS, MEMBERSHIPS, STATES, TASK_STATES } from './kinds.ts';
import { type Told, toldWords } from './told.ts';

/** What something is called, or what stands for that where it is not known. */
export type NameOf = (id: string) => string;

/** Nothing where a newer server says what is not known here. */
export function desiredOf(logged: unknown): string | undefined {
  const { kind, version } = membersOf(logged);
  const desired = known(STATES, kind);
  return desired && desiredWords({ ...EMPTY, item: itemFor(desired), desired, version: textOf(version) });
}

export function targetOf(logged: unknown, nameOf: NameOf): string | undefined {
  const { scope, membership, filter } = membersOf(logged);
  const chosen = (id: unknown): Chosen => ({ id: textOf(id), name: nameOf(textOf(id)) });
  const part = { ...scopeOf(membersOf(scope), chosen), ...membershipOf(membersOf(membership), chosen) };
  const filtered = filter === 'none' ? 'ALL_COMPUTERS' : known(FILTERS, filter);
  return part.scope && part.membership && filtered && targetWords({ ...EMPTY, ...part, filter: filtered });
}

export function enforcementOf(logged: unknown): string | undefined {
  const enforcement = known(ENFORCEMENTS, logged);
  return enforcement && ENFORCEMENTS[enforcement].name.toLowerCase();
}

type Choose = (id: unknown) => Chosen;

function scopeOf({ kind, tenant, includeChildren, computer, person }: Members, chosen: Choose): Partial<Draft> {
  switch (kind) {
    case 'crossTenant':
      return { scope: 'everyTenant' };
    case 'singleTenant':
      return { scope: 'tenant', tenant: chosen(tenant), includesChildren: includeChildren === true };
    case 'individual':
      return { scope: 'computer', computer: chosen(computer) };
    case 'person':
      return { scope: 'person', person: chosen(person) };
    default:
      return {};
  }
}

function membershipOf({ kind, ...said }: Members, chosen: Choose): Partial<Draft> {
  const membership = known(MEMBERSHIPS, kind);
  return {
    ...(membership ? { membership } : {}),
    tag: textOf(said.tag),
    tagOn: said.bearer === 'tenant' ? 'TENANT' : said.bearer === 'person' ? 'PERSON' : 'COMPUTER',
    deviceGroup: chosen(said.group),
    directoryGroup: chosen(said.group),
    agreementType: textOf(said.agreementType),
    agreementProduct: textOf(said.product),
    metascript: textOf(said.metascript),
    expression: textOf(said.expression),
  };
}

/** What is wanted of tasks alone is worded as theirs. */
function itemFor(desired: Draft['desired']): Draft['item'] {
  return desired !== 'IGNORED' && TASK_STATES.some((state) => state === desired) ? { kind: 'task', id: '', name: '' } : undefined;
}

/** A closed word, if it is one that is known here. */
function known<K extends string>(words: Readonly<Record<K, unknown>>, logged: unknown): K | undefined {
  const word = constantOf(logged);
  return (Object.keys(words) as K[]).find((one) => one === word);
}

/** What a task can be told, which is a list, or is told by a deployment, each by its name. */
export function parametersOf(logged: unknown, names: SecretNames): string | undefined {
  if (Array.isArray(logged)) {
    const names = eachOf(logged).map(({ name }) => textOf(name));
    return names.length === 0 ? 'no parameters' : `${plural(names.length, 'parameter')}: ${names.join(', ')}`;
  }
  if (!isThere(logged)) return undefined;
  const told = Object.entries(logged).flatMap(([name, logged]) => {
    const value = loggedValue(logged);
    return value ? [{ name, value }] : [];
  });
  return told.length === 0 ? 'tells its task nothing' : toldWords(told, names);
}

function loggedValue(logged: unknown): Told['value'] | undefined {
  if (typeof logged === 'string') return { text: logged };
  if (typeof logged === 'number') return { number: logged };
  if (typeof logged === 'boolean') return { boolean: logged };
  if (Array.isArray(logged)) return { choices: logged.map(textOf) };
  const secretId = textOf(membersOf(logged).secret);
  return secretId ? { secretId } : undefined;
}
