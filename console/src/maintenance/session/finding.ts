// What an action found on its computer.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const foundFields = graphql(`
  fragment Found on MaintenanceAction @_unmask { detected isBroken tested type resultReason task { uuid } }
`);

export type Found = ResultOf<typeof foundFields>;

export type Finding =
  | { kind: 'version'; version: string; isBroken: boolean }
  | { kind: 'absent' }
  | { kind: 'asItShouldBe' }
  | { kind: 'differs' }
  /** What it is, is read apart from the action: it may be long. */
  | { kind: 'value' }
  /** No script told anything that could be understood. */
  | { kind: 'unclear' };

export function findingOf({ detected, isBroken, tested, type, resultReason, task }: Found): Finding {
  if (detected !== null) return { kind: 'version', version: detected, isBroken };
  if (resultReason === 'VALUE_COLLECTED') return { kind: 'value' };
  if (tested !== null) return { kind: tested ? 'asItShouldBe' : 'differs' };
  return { kind: task || type === null ? 'unclear' : 'absent' };
}
