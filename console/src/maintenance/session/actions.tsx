// What can be done with a session: end it, or have the same once more.
import type { Item, OfItem } from '~/catalogue/item/item.ts';
import type { Possibility } from '~/kit/action/Action.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import type { Asked } from './draft.ts';
import { StartSession } from './StartSession.tsx';
import { TryScript } from './TryScript.tsx';

const cancelMutation = graphql(`
  mutation CancelSession($input: CancelSessionInput!) {
    cancelSession(input: $input) { position userErrors { code message field } session { uuid } }
  }
`);

interface CancelProps {
  session: { uuid: string };
  may?: Possibility | undefined;
}

export function CancelSession({ session: { uuid }, may }: CancelProps) {
  return (
    <DialogAction label="Cancel" may={may} color="red" variant="light">
      {(dialog) => (
        <ChangeDialog
          {...dialog}
          title="Cancel this session"
          label="Cancel the session"
          isDangerous
          document={cancelMutation}
          variables={({ commandId, reason }) => ({ input: { id: uuid, options: { commandId, reason } } })}
          done={() => tell('The session is cancelled', '“Run again” starts the same anew.')}
        >
          <p className="small">
            A script that runs is stopped, with all that it has started. What was done already stays; actions that are not done yet end as cancelled.
          </p>
        </ChangeDialog>
      )}
    </DialogAction>
  );
}

interface TryAgainProps {
  computer: { uuid: string; name: string };
  draft: Asked;
  may?: Possibility | undefined;
}

/** The same script once more, or what becomes of it. */
export function TryAgain({ computer, draft, may }: TryAgainProps) {
  return (
    <DialogAction label="Try again" may={may}>
      {(dialog) => <TryScript computer={computer} before={draft} {...dialog} />}
    </DialogAction>
  );
}

interface RunAgainProps {
  computer: { uuid: string; name: string };
  kind: string;
  item: Item | undefined;
  deployment: ({ uuid: string } & OfItem) | null;
  may?: Possibility | undefined;
}

/** The same once more; what is wanted may have changed since. */
export function RunAgain({ computer, kind, item, deployment, may }: RunAgainProps) {
  // What the session was about may be out of reach by now; then the same cannot be asked for.
  const isKnown = kind === 'FULL' || (kind === 'SINGLE_ITEM' ? item !== undefined : deployment !== null);
  const possibility = isKnown || may?.isAllowed === false ? may : { isAllowed: false, reason: 'what it was about is out of your reach.' };
  const subject = { item: kind === 'SINGLE_ITEM' ? item : undefined, deployment: (kind === 'AD_HOC' && deployment) || undefined };
  return (
    <DialogAction label="Run again" may={possibility}>
      {(dialog) => <StartSession computer={computer} {...subject} {...dialog} />}
    </DialogAction>
  );
}
