// A change of one thing that reaches no computer, from its button to its end.
import type { DocumentInput } from '@urql/core';
import { type Asking, type Came, type Thing, useAsking } from './asking.ts';
import { ChangeDialog } from './ChangeDialog.tsx';
import { type Dialog, DialogAction } from './DialogAction.tsx';
import { possible } from './may.ts';

interface Props<T extends Thing, F, I, D> extends Asking<T, F, I> {
  /** What it is called by in `may`. */
  mutation: string;
  document: DocumentInput<D, { input: I }>;
  done: (came: Came<T, F, NonNullable<D[keyof D]>>) => void;
}

export function ThingAction<T extends Thing, F, I, D>(props: Props<T, F, I, D>) {
  const { of, label, mutation, isInRow = false } = props;
  return (
    <DialogAction label={label} isInRow={isInRow} may={possible(of.may, mutation)}>
      {(dialog) => <ThingDialog {...dialog} {...props} />}
    </DialogAction>
  );
}

function ThingDialog<T extends Thing, F, I, D>({ isOpen, close, ...props }: Dialog & Props<T, F, I, D>) {
  const { label, document, done, children } = props;
  const { seen, fields, change, isReady, whole, words } = useAsking(props);
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
