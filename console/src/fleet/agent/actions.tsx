// What can be decided of an agent.
import { Radio } from '@mantine/core';
import { useState } from 'react';
import { Actions } from '~/kit/action/Actions.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { mustBeTold, RELEASED_AS, type ReleasedAs } from './standing.ts';

export const decidedAgentFragment = graphql('fragment DecidedAgent on Agent { uuid name revision standing holdReason claims { name } may { ...May } }', [
  mayFragment,
]);

type Decided = ResultOf<typeof decidedAgentFragment>;

const releaseMutation = graphql(`
  mutation ReleaseAgent($input: ReleaseAgentInput!) {
    releaseAgent(input: $input) { agent { uuid } userErrors { code message field } position }
  }
`);
const revokeMutation = graphql(`
  mutation RevokeAgent($input: RevokeAgentInput!) {
    revokeAgent(input: $input) { agent { uuid } userErrors { code message field } position }
  }
`);

export function AgentActions({ agent: masked }: { agent: FragmentOf<typeof decidedAgentFragment> }) {
  const agent = readFragment(decidedAgentFragment, masked);
  if (agent.standing === 'REVOKED') return null;
  return (
    <Actions>
      {agent.standing === 'HELD' && (
        <DialogAction label="Release" variant="filled" may={possible(agent.may, 'releaseAgent')}>
          {(dialog) => <Release agent={agent} {...dialog} />}
        </DialogAction>
      )}
      <DialogAction label="Revoke" may={possible(agent.may, 'revokeAgent')}>
        {(dialog) => <Revoke agent={agent} {...dialog} />}
      </DialogAction>
    </Actions>
  );
}

interface Props extends Dialog {
  agent: Decided;
}

function Release({ agent, ...dialog }: Props) {
  const [releasedAs, setReleasedAs] = useState<ReleasedAs>();
  const isAsked = mustBeTold(agent.holdReason);
  const { uuid: id, name, revision } = agent;
  return (
    <ChangeDialog
      {...dialog}
      title={`Release the agent on ${name}`}
      label="Release it"
      document={releaseMutation}
      isReady={!isAsked || releasedAs !== undefined}
      variables={({ commandId, reason }) => ({ input: { id, releasedAs, options: { commandId, reason, expectedRevision: revision } } })}
      done={() => tell(`The agent on ${name} may work`)}
    >
      {(errorOf) => (
        <>
          <p className="plain small">Make sure first that it is the real one, and that nobody else has its key. It cannot be taken back, only revoked.</p>
          {isAsked && (
            <Radio.Group
              label={`What is it? It claims the hardware of ${agent.claims?.name ?? 'a known computer'}.`}
              value={releasedAs ?? null}
              onChange={(value) => setReleasedAs(RELEASED_AS.find((one) => one.value === value)?.value)}
              error={errorOf('releasedAs')}
            >
              <div className="stack">
                {RELEASED_AS.map(({ value, label, means }) => (
                  <Radio key={value} value={value} label={label} description={means} size="xs" />
                ))}
              </div>
            </Radio.Group>
          )}
        </>
      )}
    </ChangeDialog>
  );
}

function Revoke({ agent, ...dialog }: Props) {
  const { uuid: id, name } = agent;
  return (
    <ChangeDialog
      {...dialog}
      title={`Revoke the agent on ${name}`}
      label="Revoke it for ever"
      isDangerous
      document={revokeMutation}
      variables={(options) => ({ input: { id, options } })}
      done={() => tell(`The agent on ${name} is revoked`)}
    >
      <p className="plain small">
        Its key opens nothing any more, and its connection is closed within a second. This cannot be taken back: the computer has to enrol again.
      </p>
    </ChangeDialog>
  );
}
