// A change of one thing that may reach computers, from its button to its end: what it would do is shown before it is made.
import type { DocumentInput } from '@urql/core';
import { type Asking, type Came, type Thing, useAsking } from '~/kit/action/asking.ts';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { PreviewedDialog } from './PreviewedDialog.tsx';
import type { PreviewInput } from './usePreview.ts';

type Mutation = PreviewInput extends infer One ? (One extends unknown ? keyof One : never) : never;
/** What a mutation takes; its preview takes the same. */
type InputOf<M extends Mutation> = NonNullable<Extract<PreviewInput, Record<M, object>>[M]>;

interface Props<T extends Thing, F, M extends Mutation, D> extends Asking<T, F, InputOf<M>> {
  mutation: M;
  document: DocumentInput<D, { input: InputOf<M> }>;
  /** Hears of the number that was confirmed, too: what takes the change back reaches as many. */
  done: (came: Came<T, F, NonNullable<D[keyof D]>> & { confirmImpact: number | undefined }) => void;
}

export function PreviewedAction<T extends Thing, F, M extends Mutation, D>(props: Props<T, F, M, D>) {
  const { of, label, mutation, isInRow = false } = props;
  return (
    <DialogAction label={label} isInRow={isInRow} may={possible(of.may, mutation)}>
      {(dialog) => <PreviewedThingDialog {...dialog} {...props} />}
    </DialogAction>
  );
}

function PreviewedThingDialog<T extends Thing, F, M extends Mutation, D>({ isOpen, close, ...props }: Dialog & Props<T, F, M, D>) {
  const { label, mutation, document, done, children } = props;
  const { seen, fields, change, isReady, whole, words } = useAsking(props);
  return (
    <PreviewedDialog
      isOpen={isOpen}
      close={close}
      title={words.title}
      verb={words.verb ?? label}
      isDangerous={words.isDangerous ?? false}
      document={document}
      // One member, as the type wants it; the compiler does not know which.
      change={{ [mutation]: whole({}) } as unknown as PreviewInput}
      variables={({ confirmImpact, ...said }) => ({ input: whole({ confirmImpact, options: { ...said, expectedRevision: seen.revision } }) })}
      isReady={isReady}
      done={({ payload }, confirmImpact) => done({ seen, fields, payload, confirmImpact })}
    >
      {(errorOf) => (
        <>
          {words.means && <p className="small">{words.means}</p>}
          {children?.(fields, change, errorOf)}
        </>
      )}
    </PreviewedDialog>
  );
}
