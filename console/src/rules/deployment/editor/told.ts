// What a deployment tells its task: as the API tells it, as the API takes it, and in words.
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';

export const toldFragment = graphql(`
  fragment ToldToTask on GivenParameter {
    name
    value { text number boolean choices }
  }
`);

/** Exactly one of them is there. */
type Value = { text: string } | { number: number } | { boolean: boolean } | { choices: string[] };

export interface Told {
  name: string;
  value: Value;
}

/** In the order of the names, as the server tells them: two lists that say the same are the same. */
export function toldIn(masked: readonly FragmentOf<typeof toldFragment>[]): Told[] {
  return readFragment(toldFragment, masked).map(({ name, value }) => ({ name, value: valueIn(value) }));
}

function valueIn({ text, number, boolean, choices }: ResultOf<typeof toldFragment>['value']): Value {
  if (number !== null) return { number };
  if (boolean !== null) return { boolean };
  if (choices !== null) return { choices };
  return { text: text ?? '' };
}

export function toldWords(told: readonly Told[]): string {
  if (told.length === 0) return 'nothing';
  return told.map(({ name, value }) => `${name}: ${valueWords(value)}`).join('; ');
}

function valueWords(value: Value): string {
  if ('text' in value) return `"${value.text}"`;
  if ('number' in value) return String(value.number);
  if ('boolean' in value) return value.boolean ? 'yes' : 'no';
  return value.choices.length === 0 ? 'none' : value.choices.join(', ');
}
