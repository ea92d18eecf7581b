// A change of one thing that may reach computers, from its button to its end.
import type { Standing, Thing } from '~/kit/action/asking.ts';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { type Mutation, type PreviewedThingChange, PreviewedThingDialog } from './PreviewedThingDialog.tsx';

interface Props<T extends Thing, F, M extends Mutation, D> extends Standing, PreviewedThingChange<T, F, M, D> {}

export function PreviewedAction<T extends Thing, F, M extends Mutation, D>({ label, isInRow = false, ...change }: Props<T, F, M, D>) {
  return (
    <DialogAction label={label} isInRow={isInRow} may={possible(change.of.may, change.mutation)}>
      {(dialog) => <PreviewedThingDialog {...dialog} {...change} label={label} />}
    </DialogAction>
  );
}
