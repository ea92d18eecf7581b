// A change of one thing that reaches no computer, from its button to its end.
import type { Standing, Thing } from './asking.ts';
import { DialogAction } from './DialogAction.tsx';
import { possible } from './may.ts';
import { type ThingChange, ThingDialog } from './ThingDialog.tsx';

interface Props<T extends Thing, F, I, D> extends Standing, ThingChange<T, F, I, D> {
  /** What it is called by in `may`. */
  mutation: string;
}

export function ThingAction<T extends Thing, F, I, D>({ label, isInRow = false, mutation, ...change }: Props<T, F, I, D>) {
  return (
    <DialogAction label={label} isInRow={isInRow} may={possible(change.of.may, mutation)}>
      {(dialog) => <ThingDialog {...dialog} {...change} label={label} />}
    </DialogAction>
  );
}
