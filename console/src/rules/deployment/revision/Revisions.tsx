// How a deployment came to say what it says: each change with who, when, why and what, and the way back to it.
import { useState } from 'react';
import { actorFields, By } from '~/access/actor/By.tsx';
import { Action } from '~/kit/action/Action.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Stale } from '~/kit/state/PageBody.tsx';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { spaced } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { draftFragment, draftOf } from '../editor/input.ts';
import { says } from '../sentence.ts';
import { differences } from './differences.ts';
import css from './revision.module.css';
import { isSaid, UndoDialog } from './UndoDialog.tsx';
import { REVISIONS_SHOWN, useVersions, type Version } from './useVersions.ts';

export const revisionsFragment = graphql('fragment DeploymentRevisions on Deployment { uuid revision status may { ...May } ...DraftOfDeployment }', [
  draftFragment,
  mayFragment,
]);

export const revisionEventsFragment = graphql(
  `
  fragment DeploymentEvents on EventConnection {
    pageInfo { hasNextPage }
    nodes { position revision type time reason actor { ...ActorFields } }
  }
`,
  [actorFields],
);

interface Props {
  of: FragmentOf<typeof revisionsFragment>;
  events: FragmentOf<typeof revisionEventsFragment>;
  cursors: Cursors;
}

export function Revisions({ of, events, cursors }: Props) {
  const deployment = readFragment(revisionsFragment, of);
  const { nodes } = readFragment(revisionEventsFragment, events);
  const { versions, failure, again } = useVersions(
    deployment.uuid,
    nodes.map(({ position }) => position),
  );
  const [undoing, setUndoing] = useState<Version>();
  const shown = nodes.slice(0, REVISIONS_SHOWN);
  return (
    <section className="card stack" aria-label="Revisions">
      {failure && <Stale failure={failure} position={undefined} again={again} />}
      <SaidOnce>
        <ol className={css.list} reversed>
          {shown.map((event, index) => (
            <Revision
              key={event.position}
              id={deployment.uuid}
              event={event}
              version={versions.get(event.position)}
              before={versions.get(nodes[index + 1]?.position ?? '')}
              undo={(version) => (
                <WayBack deployment={deployment} version={version} isNewest={index === 0 && cursors.passed === 0} start={() => setUndoing(version)} />
              )}
            />
          ))}
        </ol>
      </SaidOnce>
      <Pager
        label="revisions"
        cursors={cursors}
        size={REVISIONS_SHOWN}
        shown={shown.length}
        total={undefined}
        endCursor={shown.at(-1)?.position}
        hasNext={nodes.length > REVISIONS_SHOWN}
      />
      <p className="small">
        <PathLink to="/events" search={{ stream: `deployment-${deployment.uuid}` }}>
          All its events
        </PathLink>
      </p>
      {undoing && <UndoDialog of={deployment} revision={deployment.revision} to={undoing} close={() => setUndoing(undefined)} />}
    </section>
  );
}

interface RevisionProps {
  id: string;
  event: ResultOf<typeof revisionEventsFragment>['nodes'][number];
  version: Version | undefined;
  before: Version | undefined;
  undo: (version: Version) => React.ReactNode;
}

function Revision({ id, event, version, before, undo }: RevisionProps) {
  const { position, revision, type, time, reason, actor } = event;
  return (
    <li className={css.revision} value={revision}>
      <div className="bar">
        <strong>{spaced(type)}</strong>
        <span className="text">
          <Moment at={time} />
          {actor && (
            <>
              {' '}
              by <By actor={actor} />
            </>
          )}
        </span>
        <PathLink to={`/deployments/${id}`} search={{ asOf: position }}>
          Look at that moment
        </PathLink>
        {version && undo(version)}
      </div>
      {reason && <q className="break">{reason}</q>}
      {version && !before && revision === 0 && <p className={css.line}>{wording(version)}</p>}
      {version && before && (
        <dl className={css.differences}>
          {differences(before, version).map(({ what, before, after }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <del>{before || 'none'}</del> → <ins>{after || 'none'}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function wording({ software, cloudTask, desired, target, enforcement }: Version): string {
  return says({ item: (software ?? cloudTask)?.name ?? 'The item', desired: desired.text, target: target.text, enforcement });
}

interface WayBackProps {
  deployment: ResultOf<typeof revisionsFragment>;
  version: Version;
  isNewest: boolean;
  start: () => void;
}

/** Back to what it said then; a state that it is in already needs no way back. */
function WayBack({ deployment, version, isNewest, start }: WayBackProps) {
  if (isNewest) return <span className="dimmed small">as it is now</span>;
  if (isSaid(draftOf(deployment), draftOf(version))) return <span className="dimmed small">says what it says now</span>;
  const gone = { isAllowed: false, reason: 'It was deleted. Make a new one like it: Duplicate.' };
  return (
    <Action size="compact-xs" may={deployment.status === 'DELETED' ? gone : possible(deployment.may, 'changeDeployment')} onClick={start}>
      Undo to this
    </Action>
  );
}
