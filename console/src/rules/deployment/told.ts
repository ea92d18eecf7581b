// What a deployment tells its task: as the API tells it, as the API takes it, and in words.
import { useSecretNames } from '~/catalogue/secret/names.ts';
import { type Showing, shownAmong, type Values } from '~/catalogue/task/parameter/parameter.ts';
import { type SecretNames, type Value, valueFragment, valueIn, valueWords } from '~/catalogue/task/parameter/value.ts';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';

export const toldFragment = graphql(
  `
    fragment ToldToTask on GivenParameter { name value { ...ValueOfParameter } }
  `,
  [valueFragment],
);

export interface Told {
  name: string;
  value: Value;
}

/** In the order of the names, as the server tells them: two lists that say the same are the same. */
export function toldIn(masked: readonly FragmentOf<typeof toldFragment>[]): Told[] {
  return readFragment(toldFragment, masked).map(({ name, value }) => ({ name, value: valueIn(value) }));
}

export const valuesOf = (told: readonly Told[]): Values => new Map(told.map(({ name, value }) => [name, value]));

/** What of it the task is told as things are: nothing of what waits, and of a task that is left alone nothing at all. What is no parameter any
 * more is said, so that somebody sees it. */
export function toldNow(parameters: readonly Showing[], told: readonly Told[], desired: string | undefined): Told[] {
  if (desired === 'IGNORED') return [];
  const shown = new Set(shownAmong(parameters, valuesOf(told)).map(({ name }) => name));
  const known = new Set(parameters.map(({ name }) => name));
  return told.filter(({ name }) => shown.has(name) || !known.has(name));
}

export function toldWords(told: readonly Told[], names: SecretNames): string {
  if (told.length === 0) return 'nothing';
  return told.map(({ name, value }) => `${name}: ${valueWords(value, names)}`).join('; ');
}

/** What the secrets are called that are told there. */
export function useNamesIn(...told: readonly (readonly Told[] | null | undefined)[]): SecretNames {
  return useSecretNames(told.flatMap((list) => (list ?? []).map(({ value }) => value)));
}

interface Telling {
  deployment: { parameters: readonly FragmentOf<typeof toldFragment>[] } | null;
  desired: { kind: string } | null;
}

/** What the deployment that wins tells its task, as far as it is known when its parameters are shown: null where none wins, nothing where the
 * viewer may not see it. */
export function toldBy(winner: Telling | null, parameters: readonly Showing[] = []): Told[] | null | undefined {
  if (!winner?.deployment) return winner && undefined;
  return toldNow(parameters, toldIn(winner.deployment.parameters), winner.desired?.kind);
}

/** From what to what; nothing where that is the same, where nothing is wanted any more, or where it is not known. */
export function toldChangeWords(before: readonly Told[] | null | undefined, after: readonly Told[] | null | undefined, names: SecretNames): string | undefined {
  if (before === undefined || !after) return undefined;
  if (before === null) return after.length > 0 ? toldWords(after, names) : undefined;
  const wordsIn = (told: readonly Told[]) => new Map(told.map(({ name, value }) => [name, valueWords(value, names)]));
  const [was, is] = [wordsIn(before), wordsIn(after)];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name)).sort();
  return changed.map((name) => `${name}: ${was.get(name) ?? 'not told'} → ${is.get(name) ?? 'not told'}`).join('; ') || undefined;
}
