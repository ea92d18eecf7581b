// Which field an error of the server belongs to: the way that it names, from the rule on.
import type { UserError } from '~/kit/api/useChange.ts';

/** `input` of a mutation; `change`, and the change's own name, of a preview. */
const WAY_TO_RULE = /^(input|change\.(create|change)Deployment)\./;

/** The fields of the form that show their own errors. */
const FIELDS = [
  'target.membership.expression',
  'target.membership.tag',
  'target.membership.agreementType',
  'target.membership.agreementProduct',
  'target.membership.metascript',
  'target.membership',
  'target.scope',
  'target.filter',
  'desired.version',
  'desired',
  'enforcement',
  'parameters',
  'softwareId',
  'taskId',
  'cloudTaskId',
] as const;

export type Field = (typeof FIELDS)[number];

const wayOf = ({ field }: UserError) => field?.join('.').replace(WAY_TO_RULE, '');

/** The narrowest of the form's fields that the error is about. */
export function fieldOf(error: UserError): Field | undefined {
  const way = wayOf(error);
  return FIELDS.find((known) => way === known || way?.startsWith(`${known}.`));
}

export function mistakeIn(errors: readonly UserError[], ...fields: readonly Field[]): UserError | undefined {
  return errors.find((error) => {
    const field = fieldOf(error);
    return field !== undefined && fields.includes(field);
  });
}

/** What is wrong with one of the parameters that were sent, by its place among them. */
export function mistakeInTold(errors: readonly UserError[], place: number): UserError | undefined {
  return errors.find((error) => wayOf(error)?.startsWith(`parameters.${place}.`));
}

/** What is wrong with what the task is told, and with none of it alone: something is missing, or all of it is too much. */
export function mistakeOfTold(errors: readonly UserError[]): UserError | undefined {
  return errors.find((error) => wayOf(error) === 'parameters');
}
