// Why an item gets what it gets here: who wins, who loses to whom and on what key, who does not apply; and since when, because of whom.
import { actorFields, By } from '~/access/actor/By.tsx';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Loading } from '~/kit/state/PageBody.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, plural, sentence, spaced } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Approval } from '~/rules/deployment/Approval.tsx';
import { Run } from '../actions.tsx';
import css from './Reasons.module.css';

export const reasonsFragment = graphql(
  `
  fragment Reasons on ItemResolution {
    ranked(first: 50) {
      totalCount
      nodes {
        place lostOn explanation revision
        deploymentId
        deployment { uuid enforcement }
        desired { text }
        changed { ...Changed }
      }
    }
    notCandidates(first: 50) {
      totalCount
      nodes { deploymentId reason explanation deployment { uuid enforcement desired { text } } changed { ...Changed } }
    }
  }
`,
  [changeFragment],
);

export const turnsFragment = graphql(
  `
  fragment Turns on ResolutionTurnConnection {
    totalCount
    nodes {
      at cause
      event { position type reason actor { ...ActorFields } }
      before { targetText desired { text } }
      after { targetText desired { text } }
    }
  }
`,
  [actorFields],
);

type Known = ResultOf<typeof reasonsFragment>;
type Turn = ResultOf<typeof turnsFragment>['nodes'][number];

export interface Subject {
  uuid: string;
  name: string;
}

interface Props {
  computer: Subject;
  /** What may be done with the computer. */
  may: May;
  software: Subject;
  reasons: FragmentOf<typeof reasonsFragment> | undefined;
  turns: FragmentOf<typeof turnsFragment> | undefined;
}

export function Reasons({ computer, may, software, reasons, turns }: Props) {
  return (
    <div className={css.panel}>
      <section aria-label={`Why, ${software.name}`}>
        <h3 className={css.title}>Why</h3>
        {reasons ? (
          <SaidOnce>
            <Why reasons={readFragment(reasonsFragment, reasons)} computer={computer} may={may} />
          </SaidOnce>
        ) : (
          <Loading />
        )}
      </section>
      <section aria-label={`Since when, ${software.name}`}>
        <h3 className={css.title}>Since when</h3>
        {turns ? <Turns turns={readFragment(turnsFragment, turns)} /> : <Loading />}
      </section>
    </div>
  );
}

function Why({ reasons: { ranked, notCandidates }, computer, may }: { reasons: Known; computer: Subject; may: May }) {
  const more = (ranked.totalCount ?? 0) - ranked.nodes.length + ((notCandidates.totalCount ?? 0) - notCandidates.nodes.length);
  return (
    <>
      {ranked.nodes.length === 0 && <p className={css.line}>No deployment applies, so it is left alone.</p>}
      <ol className={css.list}>
        {ranked.nodes.map(({ deploymentId, deployment, place, lostOn, explanation, desired, revision, changed }) => (
          <li key={deploymentId}>
            <Mark tone={place === 1 ? 'good' : 'quiet'}>{place === 1 ? 'Wins' : lostOn ? `Lost on ${sentence(lostOn).toLowerCase()}` : 'Lost'}</Mark>{' '}
            {capital(explanation)}
            <div className="small dimmed">
              {desired && <>It wants: {desired.text}. </>}
              {changed && (
                <>
                  {revision === null ? 'Changed' : `Revision ${revision}, changed`} <Changed change={changed} />.{' '}
                </>
              )}
              <ToDeployment deployment={deployment} />
            </div>
            {deployment?.enforcement === 'OPTIONAL' && (
              <Approval deploymentId={deployment.uuid} computer={computer} isApproved may={possible(may, 'setComputerDeploymentApproval')} />
            )}
          </li>
        ))}
      </ol>
      {notCandidates.nodes.length > 0 && <h4 className={css.title}>Do not apply</h4>}
      <ul className={css.list}>
        {notCandidates.nodes.map(({ deploymentId, deployment, reason, explanation, changed }) => (
          <li key={deploymentId}>
            <Mark>{reason ? sentence(reason) : 'Does not apply'}</Mark> {capital(explanation)}
            <div className="small dimmed">
              {deployment && <>It wants: {deployment.desired.text}. </>}
              {changed && (
                <>
                  Changed <Changed change={changed} />.{' '}
                </>
              )}
              <ToDeployment deployment={deployment} />
            </div>
            {reason === 'ONLY_WHEN_NAMED' && deployment && <Run label="Run it once" computer={computer} deployment={deployment} may={may} />}
            {reason === 'NOT_APPROVED' && deployment && (
              <Approval deploymentId={deployment.uuid} computer={computer} isApproved={false} may={possible(may, 'setComputerDeploymentApproval')} />
            )}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="small dimmed">And {plural(more, 'more deployment')}.</p>}
    </>
  );
}

function ToDeployment({ deployment }: { deployment: { uuid: string } | null }) {
  return deployment && <PathLink to={`/deployments/${deployment.uuid}`}>Look at the deployment</PathLink>;
}

function Turns({ turns: { nodes, totalCount } }: { turns: ResultOf<typeof turnsFragment> }) {
  if (nodes.length === 0) return <p className={css.line}>It was never otherwise: nothing has been wanted of it here.</p>;
  const more = (totalCount ?? 0) - nodes.length;
  return (
    <>
      <ol className={css.list} reversed>
        {nodes.toReversed().map((turn) => (
          <li key={`${turn.at} ${turn.event?.position}`}>
            <Moment at={turn.at} />: {stateOf(turn.after)}
            <div className="small dimmed">
              <Cause turn={turn} /> Before: {stateOf(turn.before)}.
            </div>
          </li>
        ))}
      </ol>
      {more > 0 && <p className="small dimmed">And {plural(more, 'earlier turn')}.</p>}
    </>
  );
}

function stateOf(winner: Turn['after']): string {
  return winner ? `${winner.desired.text}, because of the deployment for ${winner.targetText}` : 'nothing wanted';
}

function Cause({ turn: { cause, event } }: { turn: Turn }) {
  if (cause === 'TIME') return <>Time alone did it: an agreement, or a product on it, began or was over.</>;
  if (!event) return <>Something did it that you may not see.</>;
  return (
    <>
      <PathLink to={`/events/${event.position}`}>{spaced(event.type)}</PathLink> by {event.actor ? <By actor={event.actor} /> : 'somebody'}
      {event.reason ? <>: “{event.reason}”</> : '.'}
    </>
  );
}
