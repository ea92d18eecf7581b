// A change of a software that changes what runs on computers, from its button to its end: on how many is said, and confirmed.
import type { DocumentInput } from '@urql/core';
import type { Possibility } from '~/kit/action/Action.tsx';
import { type Asking, type Came, type Standing, type Thing, useAsking } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { plural } from '~/kit/text/words.ts';
import { UNSAID } from '~/rules/preview/reach.ts';

/** A software with the number that its changes confirm. */
export interface Running extends Thing {
  reach: number;
}

interface Props<T extends Running, F, I, D> extends Standing, Asking<T, F, I> {
  /** What it is called by in `may`. */
  mutation: string;
  /** Where `may` does not speak of this one alone. */
  may?: Possibility | undefined;
  document: DocumentInput<D, { input: I }>;
  /** Hears of the number that was confirmed, too: what takes the change back runs on as many. */
  done: (came: Came<T, F, NonNullable<D[keyof D]>> & { confirmImpact: number }) => void;
}

export function RunningAction<T extends Running, F, I, D>(props: Props<T, F, I, D>) {
  const { of, label, mutation, isInRow = false, may = possible(of.may, mutation) } = props;
  return (
    <DialogAction label={label} isInRow={isInRow} may={may}>
      {(dialog) => <RunningDialog {...dialog} {...props} />}
    </DialogAction>
  );
}

function RunningDialog<T extends Running, F, I, D>({ isOpen, close, ...props }: Dialog & Props<T, F, I, D>) {
  const { label, document, done, children } = props;
  const { seen, fields, change, isReady, whole, words, places } = useAsking(props);
  // As it is now, and shown so: the number that is confirmed is the one that is read.
  const { reach } = props.of;
  return (
    <ChangeDialog
      isOpen={isOpen}
      close={close}
      title={words.title}
      label={words.verb ?? label}
      isDangerous={words.isDangerous ?? false}
      document={document}
      reach={reach}
      mustTypeReach={reach > UNSAID}
      variables={(said) => ({ input: whole({ confirmImpact: reach, options: { ...said, expectedRevision: seen.revision } }) })}
      isReady={isReady}
      places={places}
      done={({ payload }) => done({ seen, fields, payload, confirmImpact: reach })}
    >
      {(errorOf) => (
        <>
          {words.means && <p className="small">{words.means}</p>}
          {children?.(fields, change, errorOf)}
          <Reach reach={reach} />
        </>
      )}
    </ChangeDialog>
  );
}

export function Reach({ reach }: { reach: number }) {
  return (
    <p className="dimmed small">
      {reach === 0 ? 'Its scripts run on no computer now.' : `Its scripts run on ${plural(reach, 'computer')}, when the next session of each comes.`}
    </p>
  );
}
