// What a draft tells its task, held to what the task can be told.
import { lackingAmong, type Parameter, shownAmong, titleOf } from '~/catalogue/task/parameter/parameter.ts';
import { isEmpty, type Value } from '~/catalogue/task/parameter/value.ts';
import { type Told, toldNow, valuesOf } from '../told.ts';
import { type Draft, fitted } from './draft.ts';

export interface Telling {
  /** Those that are asked for, in the order of the task. */
  shown: Parameter[];
  /** What is told, and waits until its parameter is shown. */
  waiting: { parameter: Parameter; value: Value }[];
  /** What is told, and is no parameter of the task. */
  strange: Told[];
}

export function tellingOf(parameters: readonly Parameter[], told: readonly Told[]): Telling {
  const values = valuesOf(told);
  const shown = shownAmong(parameters, values);
  const waiting = parameters.flatMap((parameter) => {
    const value = shown.includes(parameter) ? undefined : values.get(parameter.name);
    return value ? [{ parameter, value }] : [];
  });
  const known = new Set(parameters.map(({ name }) => name));
  return { shown, waiting, strange: told.filter(({ name }) => !known.has(name)) };
}

/** With this told of a parameter, or nothing; in the order of the names, as the server tells them. */
export function withTold(told: readonly Told[], name: string, value: Value | undefined): Told[] {
  const others = told.filter((one) => one.name !== name);
  if (!value) return others;
  return [...others, { name, value }].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What a field says that holds this: one that is empty says something only where that is not what would be told without it. */
export function saidBy({ isRequired, default: usual }: Pick<Parameter, 'isRequired' | 'default'>, value: Value | undefined): Value | undefined {
  if (!value || !isEmpty(value)) return value;
  return isRequired || !usual || isEmpty(usual) ? undefined : value;
}

/** What has to be said before it can be previewed; of a task that is left alone nothing: it is told nothing. */
export function missingOf(parameters: readonly Parameter[], draft: Draft): string[] {
  const { told, desired } = fitted(draft);
  return desired === 'IGNORED' ? [] : lackingAmong(parameters, valuesOf(told)).map((parameter) => `a value for ${titleOf(parameter)}`);
}

/** What of it the task is told as things are. */
export function toldByDraft(parameters: readonly Parameter[], draft: Draft): Told[] {
  const { told, desired } = fitted(draft);
  return toldNow(parameters, told, desired);
}
