// A change of one thing that reaches no computer, asked about once more.
import type { DocumentInput } from '@urql/core';
import { type Asking, type Came, type Thing, useAsking } from './asking.ts';
import { ChangeDialog } from './ChangeDialog.tsx';
import type { Dialog } from './DialogAction.tsx';

export interface ThingChange<T extends Thing, F, I, D> extends Asking<T, F, I> {
  document: DocumentInput<D, { input: I }>;
  done: (came: Came<T, F, NonNullable<D[keyof D]>>) => void;
}

interface Props<T extends Thing, F, I, D> extends Dialog, ThingChange<T, F, I, D> {
  /** What the button does where the words do not say. */
  label: string;
}

export function ThingDialog<T extends Thing, F, I, D>({ isOpen, close, label, ...asked }: Props<T, F, I, D>) {
  const { document, done, children } = asked;
  const { seen, fields, change, isReady, whole, words, places } = useAsking(asked);
  return (
    <ChangeDialog
      isOpen={isOpen}
      close={close}
      title={words.title}
      label={words.verb ?? label}
      isDangerous={words.isDangerous ?? false}
      document={document}
      variables={(said) => ({ input: whole({ options: { ...said, expectedRevision: seen.revision } }) })}
      isReady={isReady}
      places={places}
      done={({ payload }) => done({ seen, fields, payload })}
    >
      {(errorOf) => (
        <>
          {words.means && <p className="small">{words.means}</p>}
          {children?.(fields, change, errorOf)}
        </>
      )}
    </ChangeDialog>
  );
}
