// What a parameter of a task can be told: as the API tells it, as it takes it, and in words.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const valueFragment = graphql('fragment ValueOfParameter on ParameterValue @_unmask { text number boolean choices }');

/** Exactly one of them is there. */
export type Value = { text: string } | { number: number } | { boolean: boolean } | { choices: string[] };

export function valueIn({ text, number, boolean, choices }: ResultOf<typeof valueFragment>): Value {
  if (number !== null) return { number };
  if (boolean !== null) return { boolean };
  if (choices !== null) return { choices };
  return { text: text ?? '' };
}

export function valueWords(value: Value): string {
  if ('text' in value) return `"${value.text}"`;
  if ('number' in value) return String(value.number);
  if ('boolean' in value) return value.boolean ? 'yes' : 'no';
  return value.choices.length === 0 ? 'none' : value.choices.join(', ');
}

/** An empty text, and a list without choices: whoever needs a value has none. */
export function isEmpty(value: Value): boolean {
  if ('text' in value) return value.text === '';
  return 'choices' in value && value.choices.length === 0;
}

export function isSameValue(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const MEMBERS = { TEXT: 'text', NUMBER: 'number', BOOLEAN: 'boolean', CHOICE: 'text', MULTI_CHOICE: 'choices' } as const;

/** Whether a parameter of this kind can be told such a value. */
export function isOfKind(kind: keyof typeof MEMBERS, value: Value): boolean {
  return MEMBERS[kind] in value;
}
