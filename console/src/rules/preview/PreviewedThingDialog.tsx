// A change of one thing that may reach computers, asked about once more: what it would do is shown before it is made.
import type { DocumentInput } from '@urql/core';
import { type Asking, type Came, type Thing, useAsking } from '~/kit/action/asking.ts';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { PreviewedDialog } from './PreviewedDialog.tsx';
import type { PreviewInput } from './usePreview.ts';

export type Mutation = PreviewInput extends infer One ? (One extends unknown ? keyof One : never) : never;
/** What a mutation takes; its preview takes the same. */
type InputOf<M extends Mutation> = NonNullable<Extract<PreviewInput, Record<M, object>>[M]>;

/** What changes one computer takes no number to confirm. */
type OfOne = { [M in Mutation]: 'confirmImpact' extends keyof InputOf<M> ? never : M }[Mutation];
const OF_ONE: Readonly<Record<OfOne, true>> = {
  moveComputer: true,
  recordMetascriptAnswer: true,
  removeComputer: true,
  reportInventoryDetail: true,
  restoreComputer: true,
  setComputerDeploymentApproval: true,
  setComputerMaintenanceExclusion: true,
  setComputerPrimaryPerson: true,
};

export interface PreviewedThingChange<T extends Thing, F, M extends Mutation, D> extends Asking<T, F, InputOf<M>> {
  mutation: M;
  document: DocumentInput<D, { input: InputOf<M> }>;
  /** Hears of the number that was confirmed, too: what takes the change back reaches as many. */
  done: (came: Came<T, F, NonNullable<D[keyof D]>> & { confirmImpact: number | undefined }) => void;
}

interface Props<T extends Thing, F, M extends Mutation, D> extends Dialog, PreviewedThingChange<T, F, M, D> {
  /** What the button does where the words do not say. */
  label: string;
}

export function PreviewedThingDialog<T extends Thing, F, M extends Mutation, D>({ isOpen, close, label, ...asked }: Props<T, F, M, D>) {
  const { mutation, document, done, children } = asked;
  const { seen, fields, change, isReady, whole, words } = useAsking(asked);
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
      variables={({ confirmImpact, ...said }) => ({
        input: whole({ ...(mutation in OF_ONE ? {} : { confirmImpact }), options: { ...said, expectedRevision: seen.revision } }),
      })}
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
