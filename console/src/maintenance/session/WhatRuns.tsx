// What a session would do on a computer, if it began now: which items, into which state, whom it may interrupt, and when it comes to its turn.
import { Loader } from '@mantine/core';
import { type Item, idsOfItem } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { type Parts, partsOf } from './parts.ts';
import css from './WhatRuns.module.css';

const needingFragment = graphql(
  'fragment NeedingOfSession on Software @_unmask { uuid name ...WhichSoftware prerequisites { text consequence: then { kind } } }',
  [whichFragment],
);

const whatRunsQuery = graphql(
  `
  query WhatRuns($id: ID!, $softwareId: ID, $taskId: ID, $deploymentId: ID!, $isDeployment: Boolean!, $asOf: AsOfInput) {
    computer(id: $id, asOf: $asOf) {
      name isOnline
      primaryPerson { uuid name }
      sessions(last: 5) { nodes { uuid status } }
      resolution(softwareId: $softwareId, taskId: $taskId, first: 100) @skip(if: $isDeployment) {
        totalCount
        nodes { software { ...NeedingOfSession } task { uuid name } winner { desired { kind text } } }
      }
    }
    deployment(id: $deploymentId, asOf: $asOf) @include(if: $isDeployment) {
      software { ...NeedingOfSession } task { uuid name } cloudTask { uuid name } desired { kind text }
    }
  }
`,
  [needingFragment],
);

const CONCERNS = ['COMPUTER', 'MAINTENANCE_SESSION', 'DEPLOYMENT', 'AGENT', 'TENANT', 'PERSON', 'GROUP', 'AGREEMENT', 'SOFTWARE', 'TASK', 'PREREQUISITES'];
/** Items that are named; the others are counted. */
const SHOWN = 8;

interface Props {
  computerId: string;
  item: Item | undefined;
  deploymentId: string | undefined;
}

export function WhatRuns({ computerId, item, deploymentId }: Props) {
  const variables = { id: computerId, ...idsOfItem(item), deploymentId: deploymentId ?? '', isDeployment: deploymentId !== undefined };
  const { data, failure } = usePage(whatRunsQuery, variables, { concerns: CONCERNS });
  if (failure && !data) {
    return (
      <p role="alert" className="small break">
        What would run could not be read: {failure.message} <span className="mono">{failure.code}</span>
      </p>
    );
  }
  if (!data) return <Loader size="xs" aria-label="Reading what would run" />;
  const { computer, deployment } = data;
  if (!computer) return null;
  const items = deployment ? [{ ...deployment, winner: deployment }] : (computer.resolution?.nodes ?? []);
  const { brought, leftAlone, needs, uninstalls } = partsOf(items);
  const unread = Math.max(0, (computer.resolution?.totalCount ?? 0) - items.length);
  return (
    <div className={css.runs}>
      <Brought items={brought} unread={unread} />
      <Needs needs={needs} uninstalls={uninstalls} />
      <LeftAlone names={leftAlone} />
      {brought.length > 0 && <Disturbed computer={computer} />}
      <Turn computer={computer} />
    </div>
  );
}

type Computer = NonNullable<ResultOf<typeof whatRunsQuery>['computer']>;

function Brought({ items, unread }: { items: Parts['brought']; unread: number }) {
  if (items.length === 0) return <p>No deployment wants anything to be there or gone: it would change nothing.</p>;
  const more = Math.max(0, items.length - SHOWN) + unread;
  return (
    <>
      <p>It looks what is there, and brings about what is missing:</p>
      <ul>
        {items.slice(0, SHOWN).map(({ name, state }) => (
          <li key={name}>
            {name} is to be <strong>{state}</strong>
          </li>
        ))}
        {more > 0 && <li>and {plural(more, 'other item')}</li>}
      </ul>
    </>
  );
}

function Needs({ needs, uninstalls }: Pick<Parts, 'needs' | 'uninstalls'>) {
  if (needs.length === 0) return null;
  return (
    <>
      <p>
        What is installed or updated brings along what it needs first, and what that needs before it
        {uninstalls && (
          <>
            {'; '}
            <strong>other software may be uninstalled</strong>
          </>
        )}
        :
      </p>
      <ul>
        {needs.slice(0, SHOWN).map((text) => (
          <li key={text}>{text}</li>
        ))}
        {needs.length > SHOWN && <li>and {plural(needs.length - SHOWN, 'other')}</li>}
      </ul>
    </>
  );
}

function LeftAlone({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p className="dimmed small">
      Left alone: {names.slice(0, SHOWN).join(', ')}
      {names.length > SHOWN && ` and ${plural(names.length - SHOWN, 'other')}`}.
    </p>
  );
}

function Disturbed({ computer: { primaryPerson } }: { computer: Computer }) {
  return (
    <p>
      <strong>
        {primaryPerson ? (
          <>
            <PathLink to={`/people/${primaryPerson.uuid}`}>{primaryPerson.name}</PathLink>, or whoever else works there,
          </>
        ) : (
          'Whoever works there'
        )}{' '}
        may be interrupted:
      </strong>{' '}
      scripts can close programs, and some ask for a restart.
    </p>
  );
}

function Turn({ computer: { name, isOnline, sessions } }: { computer: Computer }) {
  const running = sessions.nodes.find(({ status }) => status === 'RUNNING');
  if (!isOnline) return <p className="small">{name} is offline: the session waits until it is back, 7 days at most.</p>;
  return (
    <p className="small">
      {name} is online: the session begins{' '}
      {running ? (
        <>
          once <PathLink to={`/sessions/${running.uuid}`}>the one that runs there</PathLink> has ended
        </>
      ) : (
        'at once'
      )}
      .
    </p>
  );
}
