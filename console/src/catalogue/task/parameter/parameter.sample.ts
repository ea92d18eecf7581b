// A parameter for tests: an optional text, unless something else is said.
import type { Parameter } from './parameter.ts';

export const parameter = (name: string, parts: Partial<Parameter> = {}): Parameter => ({
  name,
  label: null,
  help: null,
  kind: 'TEXT',
  maxChars: null,
  pattern: null,
  min: null,
  max: null,
  isWhole: null,
  choices: null,
  isRequired: false,
  default: undefined,
  shownWhen: undefined,
  ...parts,
});
