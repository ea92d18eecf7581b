// What a session is, where it stands, what it waits for, and who asked for it.

import { Link } from '@tanstack/react-router';
import { actorFields, By } from '~/access/actor/By.tsx';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { itemIn } from '~/catalogue/item/item.ts';
import { Which } from '~/catalogue/item/Which.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { Took } from '~/kit/time/Took.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { CancelSession, RunAgain, TryAgain } from './actions.tsx';
import { askedFields } from './draft.ts';
import { endOfWait, leftOutOf, subjectOf, toneOfStatus, waitOf } from './words.ts';

export const headFields = graphql(
  `
  fragment SessionHead on MaintenanceSession {
    uuid kind status stage leftOut startedAt endedAt
    waits { cause since deadline }
    created { at position by { ...ActorFields } }
    may { ...May }
    computer { uuid name isOnline lastSeenAt may { ...May } tenant { uuid name } }
    software { uuid name ...WhichSoftware } task { uuid name }
    draft { ...AskedDraft }
    deployment { uuid target { text } software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } }
  }
`,
  [actorFields, mayFragment, whichFragment, askedFields],
);

/** The event that a session began with: why it was asked for, and what led to it. */
export const beginningFields = graphql('fragment SessionBeginning on Event { position reason }');

/** The event by which somebody ended it. */
export const cancellationFields = graphql('fragment SessionCancellation on Event { position reason actor { ...ActorFields } }', [actorFields]);

interface Props {
  session: FragmentOf<typeof headFields>;
  beginning: FragmentOf<typeof beginningFields> | undefined;
  cancellation: FragmentOf<typeof cancellationFields> | undefined;
}

export function SessionHead({ session: masked, beginning, cancellation }: Props) {
  const session = readFragment(headFields, masked);
  const begun = readFragment(beginningFields, beginning);
  const cancelled = readFragment(cancellationFields, cancellation);
  const { computer, deployment, draft, status, stage, startedAt, endedAt, created } = session;
  const item = itemIn(session);
  const leftOut = leftOutOf(session.leftOut);
  return (
    <>
      <div className="bar">
        <h1>
          {subjectOf(session)}
          {computer && <span className="dimmed"> on {computer.name}</span>}
        </h1>
        <Mark tone={toneOfStatus(status)}>{sentence(status)}</Mark>
        {stage && <span className="small dimmed">{sentence(stage)}</span>}
        <span className="grow" />
        <Actions>
          {computer && draft && <TryAgain computer={computer} draft={draft} may={possible(computer.may, 'runScript')} />}
          {computer && !draft && (
            <RunAgain computer={computer} item={item} deployment={deployment} kind={session.kind} may={possible(computer.may, 'startSession')} />
          )}
          {!endedAt && <CancelSession session={session} may={possible(session.may, 'cancelSession')} />}
        </Actions>
      </div>
      <section className="card" aria-label="The session">
        <Facts>
          {session.waits.map(({ cause, since, deadline }) => (
            <Fact key={cause} name="Waits">
              {waitOf(cause, status)}, since <Moment at={since} />; <Moment at={deadline} /> {endOfWait(cause)}
            </Fact>
          ))}
          {computer && (
            <Fact name="Computer">
              <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>
              {computer.tenant && (
                <>
                  {' of '}
                  <PathLink to={`/tenants/${computer.tenant.uuid}`}>{computer.tenant.name}</PathLink>
                </>
              )}
              ,{' '}
              {computer.isOnline ? (
                'online'
              ) : (
                <>
                  offline, seen <Moment at={computer.lastSeenAt} />
                </>
              )}
            </Fact>
          )}
          {item && (
            <Fact name="Item">
              <ItemLink of={session} />
            </Fact>
          )}
          {deployment && (
            <Fact name="Deployment">
              <PathLink to={`/deployments/${deployment.uuid}`}>
                {itemIn(deployment)?.name ?? 'An item'} for {deployment.target.text}
              </PathLink>
              <Which of={deployment} />
            </Fact>
          )}
          <Fact name="Asked for">
            <Moment at={created.at} /> by <By actor={created.by} />
            {begun?.reason ? `: ${begun.reason}` : ', without a reason'}{' '}
            <Link to="/events/$id" params={{ id: created.position }} className="small">
              event
            </Link>
          </Fact>
          <Fact name="Started">{startedAt ? <Moment at={startedAt} /> : 'not yet'}</Fact>
          {endedAt && (
            <Fact name={cancelled ? 'Cancelled' : 'Ended'}>
              <Moment at={endedAt} />
              {cancelled && <Cancelled {...cancelled} />}
            </Fact>
          )}
          {startedAt && (
            <Fact name="Took">
              <Took from={startedAt} to={endedAt} />
            </Fact>
          )}
          {leftOut && <Fact name="Left out">{leftOut}</Fact>}
        </Facts>
      </section>
    </>
  );
}

function Cancelled({ actor, reason, position }: ResultOf<typeof cancellationFields>) {
  return (
    <>
      {' by '}
      <By actor={actor} />
      {reason ? `: ${reason}` : ', without a reason'}{' '}
      <Link to="/events/$id" params={{ id: position }} className="small">
        event
      </Link>
    </>
  );
}
