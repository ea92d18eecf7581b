// Has a deployment say again what it said: a new change like any other, shown before it is made, and taken back like any other.
import { useState } from 'react';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import type { FragmentOf } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '../../preview/PreviewedDialog.tsx';
import type { Draft } from '../editor/draft.ts';
import { changedParts, type draftFragment, draftOf } from '../editor/input.ts';
import { changeDeployment } from '../editor/mutations.ts';
import { ConflictsLink } from '../editor/Saved.tsx';
import { sentenceOf } from '../editor/words.ts';
import { STAYS } from '../sentence.ts';

/** What it is to say, and how that is called. */
export interface Goal {
  title: string;
  draft: Draft;
}

interface Props {
  of: FragmentOf<typeof draftFragment> & { uuid: string; revision: number };
  goal: Goal;
  close: () => void;
}

export function BackDialog({ of, goal: { title, draft }, close }: Props) {
  const [seen] = useState(() => ({ id: of.uuid, revision: of.revision, draft: draftOf(of) }));
  const input = { id: seen.id, ...changedParts(seen.draft, draft) };
  const undo = { id: seen.id, ...changedParts(draft, seen.draft) };
  return (
    <PreviewedDialog
      isOpen
      close={close}
      title={title}
      verb="Change it"
      document={changeDeployment}
      change={{ changeDeployment: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={({ payload }, confirmImpact) =>
        tell(
          sentenceOf(draft),
          <div className="bar">
            <span>Undo takes back the rule, not what sessions do meanwhile.</span>
            <Undo document={changeDeployment} input={{ ...undo, confirmImpact }} />
            <ConflictsLink id={seen.id} conflicts={payload.deployment?.conflictCount} />
          </div>,
        )
      }
    >
      <p className="dimmed">Now: {sentenceOf(seen.draft)}</p>
      <p>Then: {sentenceOf(draft)}</p>
      <p className="dimmed small">Whether it is enabled stays as it is. {STAYS}</p>
    </PreviewedDialog>
  );
}
