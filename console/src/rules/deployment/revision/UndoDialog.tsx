// Has a deployment say again what it said: a new change like any other, shown before it is made.
import { tell } from '~/kit/action/tell.tsx';
import type { FragmentOf } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '../../preview/PreviewedDialog.tsx';
import type { Draft } from '../editor/draft.ts';
import { changedParts, type draftFragment, draftOf } from '../editor/input.ts';
import { changeDeployment } from '../editor/mutations.ts';
import { Saved } from '../editor/Saved.tsx';
import { says } from '../sentence.ts';
import type { Version } from './useVersions.ts';

/** Whether both say the same, whatever their status. */
export function isSaid(now: Draft, then: Draft): boolean {
  return Object.keys(changedParts(now, then)).length === 0;
}

interface Props {
  of: FragmentOf<typeof draftFragment> & { uuid: string };
  revision: number;
  to: Version;
  close: () => void;
}

export function UndoDialog({ of, revision, to, close }: Props) {
  const input = { id: of.uuid, ...changedParts(draftOf(of), draftOf(to)) };
  const { software, cloudTask, desired, target, enforcement } = to;
  return (
    <PreviewedDialog
      isOpen
      close={close}
      title={`Undo to revision ${to.revision}`}
      verb="Undo to this"
      change={{ changeDeployment: input }}
      document={changeDeployment}
      variables={({ commandId, reason, confirmImpact }) => ({ input: { ...input, confirmImpact, options: { commandId, reason, expectedRevision: revision } } })}
      done={({ payload }) =>
        tell(`It says again what it said in revision ${to.revision}`, <Saved id={of.uuid} conflicts={payload.deployment?.conflicts.totalCount ?? 0} />)
      }
    >
      <p>{says({ item: (software ?? cloudTask)?.name ?? 'The item', desired: desired.text, target: target.text, enforcement })}</p>
      <p className="dimmed">Whether it is enabled stays as it is now.</p>
    </PreviewedDialog>
  );
}
