import { actorFields, By } from '~/access/actor/By.tsx';
import { Which } from '~/catalogue/item/Which.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { duration } from '~/kit/time/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { countsOf, itemOf, subjectOf, toneOfStatus } from '~/maintenance/session/words.ts';

export const sessionsFragment = graphql(
  `
  fragment ComputerSessions on Computer {
    uuid
    sessions(last: 50) {
      totalCount
      nodes {
        uuid kind status stage startedAt endedAt
        software { uuid name ...WhichSoftware } task { uuid name }
        deployment { software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } }
        actions { result }
        created { at by { ...ActorFields } }
      }
    }
  }
`,
  [actorFields, whichFragment],
);

/** The newest sessions, the last one first. */
export function SessionsTab({ computer }: { computer: FragmentOf<typeof sessionsFragment> }) {
  const { uuid, sessions } = readFragment(sessionsFragment, computer);
  if (sessions.nodes.length === 0) {
    return <Empty title="No session yet">A session brings the computer into the state that its winning deployments describe.</Empty>;
  }
  return (
    <div className="card">
      <Wide label="Sessions of this computer">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Asked for</th>
              <th scope="col">What</th>
              <th scope="col">Status</th>
              <th scope="col">Actions</th>
              <th scope="col">Took</th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {sessions.nodes.toReversed().map((session) => (
              <tr key={session.uuid}>
                <td>
                  <PathLink to={`/sessions/${session.uuid}`}>
                    <Moment at={session.created.at} />
                  </PathLink>
                </td>
                <td>
                  {subjectOf(session)}
                  <Which of={itemOf(session)} />
                </td>
                <td>
                  <Mark tone={toneOfStatus(session.status)}>{sentence(session.status)}</Mark>
                  {session.stage && <span className="small dimmed"> {sentence(session.stage)}</span>}
                </td>
                <td>{countsOf(session.actions)}</td>
                <td>{session.startedAt && session.endedAt && duration(Date.parse(session.endedAt) - Date.parse(session.startedAt))}</td>
                <td>
                  <By actor={session.created.by} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <p className="small">
        <PathLink to="/sessions" search={{ computer: uuid }}>
          These in the list of sessions
        </PathLink>
      </p>
    </div>
  );
}
