// What can be done with a deployment.
import { useNavigate } from '@tanstack/react-router';
import { useMakes } from '~/access/may/useMakes.ts';
import { Action } from '~/kit/action/Action.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { PreviewedDialog } from '../preview/PreviewedDialog.tsx';
import type { PreviewInput } from '../preview/usePreview.ts';
import { ExceptionDialog } from './ExceptionDialog.tsx';
import type { Act } from './search.ts';
import { STAYS, says } from './sentence.ts';

export const actedOnFragment = graphql(
  `
  fragment ActedOn on Deployment {
    uuid revision status origin recommendation enforcement
    software { name } cloudTask { name }
    desired { text } target { text }
    may { ...May }
  }
`,
  [mayFragment],
);

const disable = graphql(
  'mutation DisableDeployment($input: DisableDeploymentInput!) { done: disableDeployment(input: $input) { position userErrors { code message field } } }',
);
const enable = graphql(
  'mutation EnableDeployment($input: EnableDeploymentInput!) { done: enableDeployment(input: $input) { position userErrors { code message field } } }',
);
const remove = graphql(
  'mutation DeleteDeployment($input: DeleteDeploymentInput!) { done: deleteDeployment(input: $input) { position userErrors { code message field } } }',
);
const approve = graphql(
  'mutation ApproveRecommendation($input: ApproveRecommendationInput!) { done: approveRecommendation(input: $input) { position userErrors { code message field } } }',
);
const dismiss = graphql(
  'mutation DismissRecommendation($input: DismissRecommendationInput!) { done: dismissRecommendation(input: $input) { position userErrors { code message field } } }',
);

interface Change {
  mutation: string;
  document: typeof disable | typeof enable | typeof remove | typeof approve | typeof dismiss;
  verb: string;
  done: string;
  /** What takes it back; nothing does where a deployment is deleted. */
  back?: ChangingAct;
  means: string;
  preview: (id: string) => PreviewInput;
  isDangerous?: boolean;
}

type ChangingAct = Exclude<Act, 'except'>;

const CHANGES: Record<ChangingAct, Change> = {
  disable: {
    mutation: 'disableDeployment',
    document: disable,
    verb: 'Disable',
    done: 'Disabled',
    back: 'enable',
    means: 'It is kept and applies nowhere, until somebody enables it again.',
    preview: (id) => ({ disableDeployment: { id } }),
    isDangerous: true,
  },
  enable: {
    mutation: 'enableDeployment',
    document: enable,
    verb: 'Enable',
    done: 'Enabled',
    back: 'disable',
    means: 'It applies again, from the next session of each computer on.',
    preview: (id) => ({ enableDeployment: { id } }),
  },
  delete: {
    mutation: 'deleteDeployment',
    document: remove,
    verb: 'Delete',
    done: 'Deleted',
    means: 'It applies nowhere and cannot be brought back; its history stays, and a new one can be made like it.',
    preview: (id) => ({ deleteDeployment: { id } }),
    isDangerous: true,
  },
  approve: {
    mutation: 'approveRecommendation',
    document: approve,
    verb: 'Approve',
    done: 'Approved',
    back: 'dismiss',
    means: 'A catalogue recommends it; approved, it is in force here.',
    preview: (id) => ({ approveRecommendation: { id } }),
  },
  dismiss: {
    mutation: 'dismissRecommendation',
    document: dismiss,
    verb: 'Dismiss',
    done: 'Dismissed',
    back: 'approve',
    means: 'A catalogue recommends it; dismissed, it is not in force here.',
    preview: (id) => ({ dismissRecommendation: { id } }),
    isDangerous: true,
  },
};

/** What makes sense in the state that it is in: whoever may not do it is not told either that it is done already. */
function actsIn({ status, recommendation }: { status: string; recommendation: string | null }): ChangingAct[] {
  if (status === 'DELETED') return [];
  const decisions: ChangingAct[] = recommendation === 'UNDECIDED' ? ['approve', 'dismiss'] : [];
  if (recommendation === 'APPROVED') decisions.push('dismiss');
  if (recommendation === 'DISMISSED') decisions.push('approve');
  return [...decisions, status === 'ENABLED' ? 'disable' : 'enable', 'delete'];
}

/** The mutation that does it. */
export function mutationOf(act: Act): string {
  return act === 'except' ? 'createDeployment' : CHANGES[act].mutation;
}

interface Props {
  of: FragmentOf<typeof actedOnFragment>;
  /** What is asked for at the moment: the address holds it. */
  asked: Act | undefined;
  ask: (act: Act | undefined) => void;
}

export function DeploymentActions({ of, asked, ask }: Props) {
  const deployment = readFragment(actedOnFragment, of);
  const { uuid, status, may } = deployment;
  const isPast = useMoment() !== undefined;
  const make = useMakes()('createDeployment');
  const navigate = useNavigate();
  const acts = actsIn(deployment);
  return (
    <Actions>
      {status !== 'DELETED' && (
        <Action variant="filled" may={possible(may, 'changeDeployment')} onClick={() => void navigate({ to: '/deployments/$id/edit', params: { id: uuid } })}>
          Edit
        </Action>
      )}
      <Action may={make} onClick={() => ask('except')}>
        Make an exception…
      </Action>
      <Action may={make} onClick={() => void navigate({ to: '/deployments/new', search: { from: uuid } })}>
        Duplicate
      </Action>
      {acts.map((act) => (
        <Action key={act} may={possible(may, CHANGES[act].mutation)} onClick={() => ask(act)}>
          {`${CHANGES[act].verb}…`}
        </Action>
      ))}
      {asked === 'except' && !isPast && <ExceptionDialog of={uuid} close={() => ask(undefined)} />}
      {asked && asked !== 'except' && acts.includes(asked) && <ActDialog act={asked} deployment={deployment} close={() => ask(undefined)} />}
    </Actions>
  );
}

interface ActProps {
  act: ChangingAct;
  deployment: ResultOf<typeof actedOnFragment>;
  close: () => void;
}

function ActDialog({ act, deployment, close }: ActProps) {
  const { document, verb, done, back, means, preview, isDangerous } = CHANGES[act];
  const { uuid, revision, software, cloudTask, desired, target, enforcement } = deployment;
  const item = (software ?? cloudTask)?.name ?? 'The item';
  return (
    <PreviewedDialog
      isOpen
      close={close}
      title={`${verb} this deployment`}
      verb={verb}
      isDangerous={isDangerous ?? false}
      change={preview(uuid)}
      // The five take the same; only their types have other names.
      document={document as typeof disable}
      variables={({ commandId, reason, confirmImpact }) => ({ input: { id: uuid, confirmImpact, options: { commandId, reason, expectedRevision: revision } } })}
      done={() => tell(`${done} for ${target.text}`, <Back id={uuid} act={back} />)}
    >
      <p>{says({ item, desired: desired.text, target: target.text, enforcement })}</p>
      <p className="dimmed">
        {means} {STAYS}
      </p>
    </PreviewedDialog>
  );
}

/** The way back leads over a preview too. */
function Back({ id, act }: { id: string; act: ChangingAct | undefined }) {
  if (act) {
    return (
      <PathLink to={`/deployments/${id}`} search={{ do: act }}>
        Undo: {CHANGES[act].verb.toLowerCase()} it again
      </PathLink>
    );
  }
  return (
    <PathLink to="/deployments/new" search={{ from: id }}>
      Make a new one like it
    </PathLink>
  );
}

export function NewDeployment() {
  const navigate = useNavigate();
  return (
    <Action variant="filled" may={useMakes()('createDeployment')} onClick={() => void navigate({ to: '/deployments/new' })}>
      New deployment
    </Action>
  );
}
