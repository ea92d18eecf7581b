// Takes back what was just done, by the change that compensates it; what came of it stands in the same place.
import { Button } from '@mantine/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import { useChange } from '../api/useChange.ts';
import { Errors } from './Errors.tsx';

interface Props<D, V> {
  document: DocumentInput<D, V>;
  variables: (commandId: string) => V;
}

export function Undo<D, V extends AnyVariables>({ document, variables }: Props<D, V>) {
  const { outcome, isBusy, send } = useChange<D, V>(document);
  if (outcome?.kind === 'done') return <span>Undone.</span>;
  return (
    <>
      <Button size="compact-xs" loading={isBusy} onClick={() => void send(variables)}>
        Undo
      </Button>
      <Errors outcome={outcome} />
    </>
  );
}
