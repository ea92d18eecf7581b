// Takes back what was just done, by the change that compensates it; what came of it stands in the same place.
import { Button } from '@mantine/core';
import type { DocumentInput } from '@urql/core';
import { useChange } from '../api/useChange.ts';
import { Errors } from './Errors.tsx';

interface Props<D, I> {
  document: DocumentInput<D, { input: I }>;
  /** Of the change, without its options. */
  input: Omit<I, 'options'>;
}

export function Undo<D, I>({ document, input }: Props<D, I>) {
  const { outcome, isBusy, send } = useChange<D, { input: I }>(document);
  if (outcome?.kind === 'done') return <span>Undone.</span>;
  return (
    <>
      <Button size="compact-xs" loading={isBusy} onClick={() => void send((commandId) => ({ input: { ...input, options: { commandId } } as I }))}>
        Undo
      </Button>
      <Errors outcome={outcome} />
    </>
  );
}
