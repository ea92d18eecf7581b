// What a parameter of a task can be told: as the API tells it, as it takes it, and in words.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const valueFragment = graphql('fragment ValueOfParameter on ParameterValue @_unmask { text number boolean choices secretId }');

/** Exactly one of them is there. */
export type Value = { text: string } | { number: number } | { boolean: boolean } | { choices: string[] } | { secretId: string };

/** What secrets are called, by their ids. */
export type SecretNames = ReadonlyMap<string, string>;
const NONE: SecretNames = new Map();

export function valueIn({ text, number, boolean, choices, secretId }: ResultOf<typeof valueFragment>): Value {
  if (number !== null) return { number };
  if (boolean !== null) return { boolean };
  if (choices !== null) return { choices };
  if (secretId !== null) return { secretId };
  return { text: text ?? '' };
}

/** A secret by its name, or as one that cannot be seen. */
export function valueWords(value: Value, names: SecretNames = NONE): string {
  if ('secretId' in value) return names.has(value.secretId) ? `the secret ${names.get(value.secretId)}` : 'a secret';
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

const MEMBERS = { TEXT: 'text', NUMBER: 'number', BOOLEAN: 'boolean', CHOICE: 'text', MULTI_CHOICE: 'choices', SECRET: 'secretId' } as const;

/** Whether a parameter of this kind can be told such a value. */
export function isOfKind(kind: keyof typeof MEMBERS, value: Value): boolean {
  return MEMBERS[kind] in value;
}
