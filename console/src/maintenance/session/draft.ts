// A script that is tried on a computer: as it was asked for, and as it is written.
import { scriptFragment } from '~/catalogue/script/script.ts';
import { type Value, valueFragment, valueIn } from '~/catalogue/task/parameter/value.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import type { ChoiceWords } from '~/kit/form/Radios.tsx';

export const askedFields = graphql(
  `
  fragment AskedDraft on ScriptDraft @_unmask {
    meaning script { ...ScriptInFull } parameters { name value { ...ValueOfParameter } }
  }
`,
  [scriptFragment, valueFragment],
);

export type Asked = ResultOf<typeof askedFields>;
export type Meaning = Asked['meaning'];

/** As what a script is meant, in the order in which it is offered. */
export const MEANINGS: ChoiceWords<Meaning> = {
  DETECTION: { name: 'Detection', means: 'Answers with the version that is there, or with nothing where the software is absent.' },
  TEST: { name: 'Test', means: 'Answers with true or false.' },
  GET: { name: 'Get', means: 'Answers with one value.' },
  ACTION: { name: 'Action', means: 'Changes something, and went well if it ends with exit code 0.' },
};

/** What the server takes for a time limit that is not given, in seconds (schema.graphql, `RunScriptInput`). */
export const usualTimeout = (meaning: Meaning): number => (meaning === 'ACTION' ? 900 : 120);

/** One thing that a script is told, as it is written. */
export interface Told {
  name: string;
  value: Value;
}

export const toldBy = ({ parameters }: Pick<Asked, 'parameters'>): Told[] => parameters.map(({ name, value }) => ({ name, value: valueIn(value) }));

/** Whether each has a name. */
export const areNamed = (told: readonly Told[]): boolean => told.every(({ name }) => name.trim() !== '');
